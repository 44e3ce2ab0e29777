"""Running queries: DuckDB stops here, and only the worker imports it.

One report is made by several threads: the calling one, which ticks; the query's; DuckDB's own; the makers of slices;
and those that upload parts. Two of them or more touch these objects, and `python -m tests.races` puts that to the test:

- `dataset_files.OpenFile`, all threads of one DuckDB: each thread has an offset of its own, which is good for one read.
- `dataset_files.DatasetFiles`, all threads of all DuckDBs: its files never change, `lru_cache` locks itself, and
  `error` is only ever set.
- The stores, DuckDB's threads and the uploading ones: clients of boto3 may be shared, and are made before the threads.
- `DuckDBPyConnection`, the query's thread and the ticking one: the latter calls only `interrupt` and `query_progress`,
  which DuckDB allows.
- `sink.Sink`, DuckDB's writing threads: a COPY to one file writes under a lock of DuckDB's. `take` is set before it.
- `slices.SliceMaking`, both makers and the ticking thread: what they share are built-in lists and an iterator over one,
  and each operation on them is one step of the interpreter.
- A format's `Writer`, both makers: `prepare` changes nothing, and `append` is called by one thread at a time.
- `in_order.InOrder`, both makers and the ticking thread: all changes are made under its condition.
- `spilling`, every report of the process: a lock.
- `MultipartUpload`, one writing thread at a time and its pool: the pool gets buffers that nobody else refers to.

`progress.Stage` and the service's `Ticker` belong to the ticking thread alone.
"""
