"""Partitioned datasets on a real Trino over the emulator's buckets: the same bytes as DuckDB's, of fewer files.

`reportwire data` ── layout ──▶ buckets ──▶ DuckDB, Trino ──▶ **the same file**
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from backend.aws.dataset_bucket import DatasetBucket
from backend.aws.landing_bucket import LandingBucket
from backend.catalog import sql_file
from backend.catalog.header import read as read_header
from backend.catalog.query import Elsewhere, ElsewhereColumn, Query
from backend.engine.budget import Limits
from backend.engine.distributed.attendance import Patience
from backend.engine.distributed.cluster import Reason
from backend.engine.distributed.engine import Distribution, ReportEngine
from backend.engine.distributed.failures import FAILURES
from backend.engine.export import DuckEngine
from backend.engine.layout import Layout
from backend.protocol.formats import FORMATS
from backend.protocol.parameters import complete
from backend.service.ports import EngineFailed, Exported, FileOrder
from backend.trino.statements import Statements
from backend.trino.trino_cluster import TrinoCluster
from infra.configuration.distributed import partitions_of
from infra.distributed.tables import Table, partitioned, read_compiled, tables_of
from infra.local import backend
from infra.local.datasets import local_datasets
from infra.local.datasets.partitioning import ByColumn, partition
from infra.local.emulator import process
from tests.administrators import EVERYTHING
from tests.backend.engine.exports import parquet
from tests.backend.reports.conftest import REPORTS
from tests.backend.trino import coordinator
from tests.trino.node import CATALOG
from tests.trino.test_reports import SETS

pytestmark = pytest.mark.trino

FLIGHTS = (ByColumn("date", "year"), ByColumn("carrier"))
KEYS_OF_ODD = (ByColumn("word"), ByColumn("number"), ByColumn("day"), ByColumn("day", "month"))
ODD = """
SELECT id, word, number, day, (id * 1.5)::DECIMAL(9,2) AS amount FROM (VALUES
    (1, 'a/b=c', -7, DATE '1999-12-31'), (2, '100 %', 0, DATE '2012-02-29'), (3, 'it''s "x" $y', 12, NULL),
    (4, 'Ünï 日本', NULL, DATE '0931-01-05'), (5, NULL, 12, DATE '2013-01-01'), (6, 'a b', 2147483647, '2013-01-01'),
    (7, ' padded ', -7, DATE '1999-12-31'), (8, 'a/b=c', -7, DATE '1999-12-31'), (9, '2013-01-01', 1, NULL)
) AS made(id, word, number, day)
"""
"""What names of folders spell otherwise than the values."""
TABLES = "flights=year(date),carrier odd=word,number,day,month(day)"
HIVE = {"string": "varchar", "int": "integer", "timestamp": "timestamp(6)"}
LIMITS = Limits(memory_mb=512, storage_mb=1024)


@dataclass
class Alone:
    """A `ports.Job` whose row nobody else has."""

    folder: str = "owner/report"
    report_id: str = "00000000-0000-4000-8000-000000000001"
    query: Any = None
    kept: list[Any] = field(default_factory=list)

    def progress(self, progress: Any) -> None:
        """Nobody looks."""

    def keep(self, progress: Any, query: Any) -> bool:
        self.query = query
        return True


@dataclass
class Site:
    url: str
    statements: Statements
    buckets: Any
    layouts: dict[str, Layout]

    def near(self) -> DuckEngine:
        return DuckEngine(DatasetBucket(self.buckets, "datasets"), LIMITS)

    def far(self) -> ReportEngine:
        distribution = Distribution(
            cluster=TrinoCluster(self.statements),
            landing=LandingBucket(self.buckets, "reports"),
            patience=Patience(clock=lambda: datetime.now(UTC), sleep=sleep),
            largest_bytes=0,
            dataset_bytes=lambda _: 1,
            partitions=partitions_of(TABLES),
        )
        return ReportEngine(self.near(), distribution)

    def put(self, name: str, file: Path, by: tuple[ByColumn, ...], work: Path) -> None:
        """Put a file into the bucket as a partitioned dataset."""
        self.layouts[name] = partition(file, by, work / name)
        for each in (work / name).rglob("*.*"):
            if each.is_file():
                key = f"{name}/{each.relative_to(work / name)}"
                self.buckets.upload_file(str(each), "datasets", key)

    def create(self, name: str, table: Table) -> None:
        columns = ", ".join(f'"{column}" {HIVE.get(kind, kind)}' for column, kind in table.all.items())
        keys = f", partitioned_by = ARRAY[{', '.join(f'{key!r}' for key in table.keys)}]" if table.keys else ""
        options = f"external_location = 's3://datasets/{name}/', format = 'PARQUET'{keys}"
        coordinator.run(self.statements, f"CREATE TABLE {name} ({columns}) WITH ({options})")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Site]:
    work = tmp_path_factory.mktemp("site")
    services = {"SERVICES": "iam,s3,sts"}
    with process.running(None, services) as started, backend.admin_clients(started, "eu-west-1") as admin:
        buckets, iam = admin("s3"), admin("iam")
        started.wait_until_ready()
        for bucket in ("datasets", "reports"):
            buckets.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        iam.create_user(UserName="trino")
        iam.put_user_policy(UserName="trino", PolicyName="everything", PolicyDocument=json.dumps(EVERYTHING))
        key = iam.create_access_key(UserName="trino")["AccessKey"]
        home = cache / "trino"
        home.mkdir(exist_ok=True)
        place = coordinator.Place(home, work, started.url, key["AccessKeyId"], key["SecretAccessKey"])
        with coordinator.running(place) as url:
            site = Site(url, Statements(url, coordinator.SESSION), buckets, {})
            _fill(site, local_datasets.samples(cache / "reportwire"), work / "datasets")
            yield site


ODD_COLUMNS = {"id": "int", "word": "string", "number": "int", "day": "date", "amount": "decimal(9,2)"}
TYPES = {"id": "INTEGER", "word": "VARCHAR", "number": "INTEGER", "day": "DATE", "amount": "DECIMAL(9,2)"}


def _fill(site: Site, samples: Mapping[str, Path], work: Path) -> None:
    work.mkdir()
    (work / "odd.parquet").write_bytes(parquet(ODD))
    site.put("odd", work / "odd.parquet", KEYS_OF_ODD, work)
    site.put("flights", samples["flights"] / "flights.parquet", FLIGHTS, work)
    for name in samples.keys() - {"flights"}:
        site.buckets.upload_file(str(samples[name] / f"{name}.parquet"), "datasets", f"{name}/{name}.parquet")
    columns = {**tables_of(read_compiled(REPORTS / "compiled")), "odd": ODD_COLUMNS}
    for name, table in partitioned(columns, partitions_of(TABLES)).items():
        site.create(name, table)


def exported(engine: Any, query: Query, job: Any) -> tuple[bytes, Exported]:
    written: list[bytes] = []
    order = FileOrder(format="csv", title="Report", options=complete(FORMATS["csv"].options, {}))
    try:
        done = engine.export(query, order, written.append, job)
    finally:
        if isinstance(engine, ReportEngine) and job.query:
            engine.clean(job.query, job.folder)
    return b"".join(written), done


def report(name: str, given: Mapping[str, Any]) -> Query:
    path = REPORTS / f"{name}.sql"
    header, sql = read_header(path.read_text(), sql_file.shared_with(path))
    binds = sql_file.binds(header.schema, complete(header.schema, dict(given)))
    found = sql_file.elsewhere(path, header, sql, binds)
    assert found
    return replace(sql_file.query(header, sql), binds=binds, elsewhere=found, engine="distributed")


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("name", sorted(SETS))
def test_report_of_partitioned_data_is_the_same_file(site: Site, name: str, number: int) -> None:
    query = report(name, SETS[name][number])
    near, _ = exported(site.near(), query, lambda _: None)
    far, done = exported(site.far(), query, Alone())
    assert far == near
    assert done.bytes_scanned
    assert near.count(b"\n") > 1


def odd(where: str = "true") -> Query:
    columns = tuple(ElsewhereColumn(title=name, type=kind) for name, kind in TYPES.items())
    listed = ", ".join(f"{name} AS c{number}" for number, name in enumerate(TYPES))
    return Query(
        sql=f"SELECT id, word, number, day, amount FROM odd WHERE {where}",
        datasets=("odd",),
        order=("id",),
        engine="distributed",
        elsewhere=Elsewhere(sql=f"SELECT {listed} FROM odd WHERE {where}", columns=columns, reads={"odd": TYPES}),
    )


@pytest.mark.parametrize(
    "where",
    [
        *("true", "word = 'a/b=c'", "word IS NULL", "word = '100 %'", "number = -7", "number IS NULL", "day IS NULL"),
        *("day = DATE '0931-01-05'", "number > 11", "day < DATE '2012-01-01'", "word = 'nothing'"),
    ],
)
def test_values_that_folders_spell_otherwise_are_the_same(site: Site, where: str) -> None:
    near, _ = exported(site.near(), odd(where), lambda _: None)
    far, _ = exported(site.far(), odd(where), Alone())
    assert far == near


def test_partitions_that_a_report_does_not_need_are_not_read(site: Site) -> None:
    """Of files that Trino does not read whole, as it does those below 3 MB, the count of rows reads the ends alone."""
    session = replace(coordinator.SESSION, properties=f"{CATALOG}.parquet_small_file_threshold=0B")
    large = replace(site, statements=Statements(site.url, session))
    whole, some = report("carrier-delays", {}), report("carrier-delays", {"carrier": "HA"})
    scanned = [exported(large.far(), each, Alone())[1].bytes_scanned or 0 for each in (whole, some)]
    assert scanned[1] < scanned[0] / 5, scanned


@contextmanager
def changed(site: Site, key: str, body: bytes | None) -> Iterator[None]:
    """Have an object be another, or none, for as long as the context lasts."""
    found = site.buckets.list_objects_v2(Bucket="datasets", Prefix=key).get("Contents", ())
    before = site.buckets.get_object(Bucket="datasets", Key=key)["Body"].read() if found else None
    for content in (body, before):
        if content is None:
            site.buckets.delete_object(Bucket="datasets", Key=key)
        else:
            site.buckets.put_object(Bucket="datasets", Key=key, Body=content)
        if content is body:
            yield


MORE = parquet("SELECT 99::INTEGER AS id, 1::DECIMAL(9,2) AS amount")


@pytest.mark.parametrize("where", ["true", "word = 'nothing'"], ids=["rows", "no rows"])
@pytest.mark.parametrize(
    ("key", "body"),
    [
        ("odd/word=100 %25/number=0/day=2012-02-29/day_month=2012-02-01/left.parquet", MORE),
        ("odd/word=new/number=5/day=2012-02-29/day_month=2012-02-01/early.parquet", MORE),
    ],
    ids=["two versions in a folder", "a folder of no layout"],
)
def test_rows_of_no_layout_are_an_error_and_no_result(site: Site, key: str, body: bytes, where: str) -> None:
    with changed(site, key, body), pytest.raises(EngineFailed) as raised:
        exported(site.far(), odd(where), Alone())
    assert raised.value.failure == FAILURES[Reason.OTHER_ROWS]


def test_partition_that_the_catalog_lacks_is_an_error_and_no_result(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported(site.far(), odd(), Alone())
    monkeypatch.setattr(TrinoCluster, "enter_partitions", lambda *_: None)
    place = f"schema_name => '{coordinator.SCHEMA}', table_name => 'odd'"
    columns = "partition_columns => ARRAY['word', 'number', 'day', 'day_month']"
    values = f"{columns}, partition_values => ARRAY['100 %', '0', '2012-02-29', '2012-02-01']"
    coordinator.run(site.statements, f"CALL system.unregister_partition({place}, {values})")
    with pytest.raises(EngineFailed) as raised:
        exported(site.far(), odd("word = '100 %'"), Alone())
    assert raised.value.failure == FAILURES[Reason.OTHER_ROWS]
