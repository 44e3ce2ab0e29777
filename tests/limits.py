"""How long tests wait for what never comes: long enough for a machine that is busy with something else."""

HANG_S = 240.0
"""`faulthandler_timeout` in pyproject.toml is longer, and ends the run where this does not end the test."""
