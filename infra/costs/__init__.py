"""What the service costs in AWS: prices with their sources, and what a use of it comes to.

benchmarks, commands ── `Usage` ──▶ **costs** ──▶ dollars. Pure: imports neither pulumi nor anything of this project.
"""
