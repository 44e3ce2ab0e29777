"""The partitions of a dataset's table in Glue, which Athena reads.

athena_cluster ── layout ──▶ **GluePartitions** ── GetPartitions, BatchCreatePartition, DeletePartition ──▶ Glue

The worker enters them before each query, and nothing projects them. A projection (`projection.enabled`) has to name its
values beforehand, and each `reportwire data add` may bring new ones; it has no NULL, nor values that folders spell
otherwise (`%2F`); and a Trino heeds it only where its catalog is told to. Nor does `data add` enter them: data that
came another way would be missing, without an error.

Sources: https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html;
https://docs.aws.amazon.com/glue/latest/webapi/API_BatchCreatePartition.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from backend.engine.layout import Layout

MOST_AT_ONCE = 100
"""Source: https://docs.aws.amazon.com/glue/latest/webapi/API_BatchCreatePartition.html"""
THERE_ALREADY = "AlreadyExistsException"
NOT_THERE = "EntityNotFoundException"

Places = dict[tuple[str, ...], str]
"""Addresses of folders by the values in their names."""


class CatalogClient(Protocol):
    """The part of botocore's client that is used here."""

    def get_table(self, *, DatabaseName: str, Name: str) -> Mapping[str, Any]:  # noqa: N803
        """Return a table."""

    def get_paginator(self, operation: str) -> Any:  # noqa: ANN401  the client's own
        """Return what asks for page after page."""

    def batch_create_partition(self, **request: Any) -> Mapping[str, Any]:  # noqa: ANN401  the client's own parameters
        """Create partitions."""

    def delete_partition(self, **request: Any) -> Mapping[str, Any]:  # noqa: ANN401  as above
        """Delete a partition."""


class NotEntered(Exception):
    """Glue did not take a partition."""


@dataclass(frozen=True, slots=True)
class GluePartitions:
    """The partitions of the tables of a database."""

    client: CatalogClient
    database: str

    def enter(self, table: str, layout: Layout, tick: Callable[[], None]) -> None:
        """Have the table of a dataset know the folders of a layout, and no others; call `tick` between two requests.

        Another worker may do the same meanwhile.

        Raises:
            NotEntered: A partition is refused.
            ClientError: Glue refuses to be asked.
        """
        storage = self.client.get_table(DatabaseName=self.database, Name=table)["Table"]["StorageDescriptor"]
        wanted, there = _places(layout, storage["Location"].rstrip("/")), self._there(table)
        for values in [each for each, place in there.items() if wanted.get(each) != place]:
            tick()
            self._delete(table, values)
            del there[values]
        missing = [
            {"Values": list(values), "StorageDescriptor": {**storage, "Location": place}}
            for values, place in wanted.items()
            if values not in there
        ]
        for some in _divided(missing):
            tick()
            self._create(table, some)

    def _there(self, table: str) -> Places:
        pages = self.client.get_paginator("get_partitions").paginate(
            DatabaseName=self.database, TableName=table, ExcludeColumnSchema=True
        )
        found = (each for page in pages for each in page["Partitions"])
        return {tuple(each["Values"]): each["StorageDescriptor"]["Location"] for each in found}

    def _create(self, table: str, partitions: Sequence[Mapping[str, Any]]) -> None:
        answer = self.client.batch_create_partition(
            DatabaseName=self.database, TableName=table, PartitionInputList=partitions
        )
        codes = {each["ErrorDetail"]["ErrorCode"] for each in answer.get("Errors", ())}
        if others := codes - {THERE_ALREADY}:
            raise NotEntered(", ".join(sorted(others)))

    def _delete(self, table: str, values: Sequence[str]) -> None:
        try:
            self.client.delete_partition(DatabaseName=self.database, TableName=table, PartitionValues=list(values))
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != NOT_THERE:
                raise


def _places(layout: Layout, root: str) -> Places:
    """Return the folders of a layout; values are as Hive has them, NULL as `__HIVE_DEFAULT_PARTITION__`."""
    folders = [part.path.rpartition("/")[0] for part in layout.parts]
    return {
        tuple(unquote(level.partition("=")[2]) for level in folder.split("/")): f"{root}/{folder}/"
        for folder in folders
    }


def _divided(partitions: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    return (partitions[start : start + MOST_AT_ONCE] for start in range(0, len(partitions), MOST_AT_ONCE))
