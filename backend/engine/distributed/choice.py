"""The choice between DuckDB in the worker and a distributed engine.

`Query`, bytes of its datasets ──▶ **is_for_cluster** ──▶ engine
"""

from collections.abc import Callable

from backend.catalog.query import Query
from backend.engine.distributed.failures import NO_ENGINE, NO_TEXT
from backend.service.ports import EngineFailed

DatasetBytes = Callable[[Query], int]
"""Return how many bytes the datasets of a query have, after pruning by its filters."""


def is_for_cluster(query: Query, *, has_cluster: bool, largest_bytes: int, dataset_bytes: DatasetBytes) -> bool:
    """Return whether a query is to run on a distributed engine.

    Args:
        query: The query.
        has_cluster: Whether there is a distributed engine.
        largest_bytes: The bytes of datasets that DuckDB reads where the query has `auto`; of more, only what has no
            text for the other engine.
        dataset_bytes: Asked only where the answer matters.

    Raises:
        EngineFailed: It must, and cannot.
    """
    match query.engine:
        case "duckdb":
            return False
        case "distributed":
            if not has_cluster:
                raise EngineFailed(NO_ENGINE)
            if query.elsewhere is None:
                raise EngineFailed(NO_TEXT)
            return True
        case "auto":
            return has_cluster and query.elsewhere is not None and dataset_bytes(query) > largest_bytes
