"""Running queries: DuckDB stops here, and only the worker imports it."""
