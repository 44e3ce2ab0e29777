"""Reports over more data than one worker is for: on DuckDB in the worker, and on Trino."""
