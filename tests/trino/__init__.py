"""Reports' compiled texts on a real Trino, which is started here; see "A real Trino" in tests/README.md."""
