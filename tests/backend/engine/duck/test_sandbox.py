"""What a report's SQL, however it is written, and whatever its parameters, can reach: the datasets it declares."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import duckdb
import pytest

from backend.engine.budget import Limits
from backend.engine.duck import sandbox
from backend.engine.duck.dataset_files import DatasetFiles
from backend.engine.duck.sink import Sink
from backend.formats.sql import literal
from backend.service.ports import DefinitionFailed
from tests.backend.engine.duck.attacks import BREAK_OUTS, PEEKS, REACHES, STATEMENTS
from tests.backend.engine.exports import LIMITS, Made, export, parquet
from tests.backend.fakes import FakeDatasetStore

SECRET = "canary-7c1d"


class Listening(BaseHTTPRequestHandler):
    """Tells the secret to whoever asks, and counts."""

    requests: list[str]

    def do_GET(self) -> None:
        self.requests.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(SECRET.encode())

    do_HEAD = do_GET  # noqa: N815  the base class's own name

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@dataclass(frozen=True)
class Trap:
    """A place full of secrets, and what is asked of its web server."""

    directory: Path
    port: int
    requests: list[str]
    store: FakeDatasetStore

    def spell(self, sql: str) -> str:
        return sql.format(dir=self.directory, port=self.port)

    def files(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in self.directory.rglob("*") if path.is_file()}

    def export(self, sql: str, **query: Any) -> Made:
        return export(self.spell(sql), self.store, datasets=("open",), **query)


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trap]:
    directory = tmp_path_factory.mktemp("trap")
    for name in ("nested", "home", "tmp"):
        (directory / name).mkdir()
    (directory / "canary.csv").write_text(f"told\n{SECRET}\n")
    (directory / "canary.txt").write_text(SECRET)
    (directory / "canary.json").write_text(f'{{"told": "{SECRET}"}}')
    secret_rows = parquet(f"SELECT '{SECRET}' AS told", f", KV_METADATA {{'told': '{SECRET}'}}")
    (directory / "canary.parquet").write_bytes(secret_rows)
    with duckdb.connect(str(directory / "canary.duckdb")) as connection:
        connection.execute(f"CREATE TABLE t AS SELECT '{SECRET}' AS told")
    store = FakeDatasetStore({"open/open.parquet": parquet("SELECT 1 AS n"), "hidden/hidden.parquet": secret_rows})
    requests: list[str] = []
    with HTTPServer(("127.0.0.1", 0), type("Here", (Listening,), {"requests": requests})) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield Trap(directory, server.server_port, requests, store)
        server.shutdown()
        thread.join()


@pytest.fixture
def trap(laid: Trap, monkeypatch: pytest.MonkeyPatch) -> Trap:
    monkeypatch.setenv("CANARY", SECRET)
    monkeypatch.setenv("HOME", str(laid.directory / "home"))
    monkeypatch.chdir(laid.directory)
    monkeypatch.setattr(tempfile, "tempdir", str(laid.directory / "tmp"))
    return laid


@pytest.mark.parametrize("sql", PEEKS)
def test_peek_would_tell_where_nothing_is_forbidden(sql: str, trap: Trap) -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE open AS SELECT 1 AS n")
        told = str(connection.execute(trap.spell(sql)).fetchall())
    assert SECRET in told or "canary." in told


@pytest.mark.parametrize("sql", PEEKS + REACHES)
def test_select_tells_no_secret(
    sql: str, trap: Trap, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    python_rows = {"told": [SECRET]}
    before = trap.files()
    try:
        made = trap.export(sql)
        told = made.data + made.exported.preview
    except DefinitionFailed as error:
        told = str(error).encode()
    assert SECRET not in told.decode() + caplog.text + "".join(capfd.readouterr())
    assert b"canary." not in told
    assert b"hidden" not in told
    assert b"root:" not in told
    assert trap.files() == before
    assert not trap.requests
    assert python_rows


@pytest.mark.parametrize("sql", [sql for sql in PEEKS if "'{dir}" in sql and "query" not in sql])
def test_parameter_that_names_a_file_tells_no_secret(sql: str, trap: Trap, caplog: pytest.LogCaptureFixture) -> None:
    begin, quoted_path = sql.split("'{dir}", 1)
    name, rest = quoted_path.split("'", 1)
    with pytest.raises(DefinitionFailed) as caught:
        trap.export(f"{begin}$path{rest}", binds={"path": f"{trap.directory}{name}"})
    assert SECRET not in str(caught.value) + caplog.text


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("SELECT * FROM query($value)", "SELECT * FROM '{dir}/canary.csv'"),
        ("SELECT * FROM query($value)", "SELECT 1; COPY (SELECT 1) TO '{dir}/made.csv'"),
        ("SELECT * FROM query_table($value)", "hidden"),
        ("SELECT * FROM query_table($value)", "{dir}/canary.csv"),
        ("SELECT * FROM read_parquet($value)", "datasets://hidden/hidden.parquet"),
        ("SELECT getenv($value)", "CANARY"),
        ("SELECT * FROM glob($value)", "{dir}/*"),
        ("SELECT * FROM json_execute_serialized_sql($value)", "{{}}"),
    ],
)
def test_parameter_that_is_run_reaches_no_further(sql: str, value: str, trap: Trap) -> None:
    before = trap.files()
    with pytest.raises(DefinitionFailed) as caught:
        trap.export(sql, binds={"value": trap.spell(value)})
    assert SECRET not in str(caught.value)
    assert trap.files() == before


@pytest.mark.parametrize("sql", BREAK_OUTS)
def test_only_one_select_is_run(sql: str, trap: Trap) -> None:
    before = trap.files()
    written: list[bytes] = []
    with pytest.raises(DefinitionFailed):
        trap.export(sql, write=written.append)
    assert not written
    assert trap.files() == before


@pytest.mark.parametrize("sql", STATEMENTS)
def test_statement_is_refused_by_the_sandbox_itself(
    sql: str, trap: Trap, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    before = trap.files()
    tables = {"open": trap.store.files("open")}
    source = DatasetFiles(trap.store, tables["open"])
    with sandbox.opened(LIMITS, source, Sink(), tables) as connection:
        with pytest.raises(duckdb.Error) as caught:
            connection.execute(trap.spell(sql)).fetchall()
        assert connection.execute("SELECT * FROM open").fetchall() == [(1,)]
    assert SECRET not in str(caught.value) + caplog.text + "".join(capfd.readouterr())
    assert trap.files() == before
    assert not trap.requests


def test_dataset_of_another_report_in_the_same_process_stays_hidden(trap: Trap) -> None:
    assert export("SELECT told FROM hidden", trap.store, datasets=("hidden",)).rows == [[SECRET]]
    with pytest.raises(DefinitionFailed):
        trap.export("SELECT * FROM hidden")


def test_hostile_names_of_datasets_and_files_are_only_names() -> None:
    name = """we"ird'; DROP VIEW x; --"""
    store = FakeDatasetStore({f"{name}/[a]*?'\".parquet": parquet("SELECT 1 AS n")})
    assert export(f'SELECT n FROM "{name.replace(chr(34), chr(34) * 2)}"', store, datasets=(name,)).rows == [["1"]]


def test_path_of_a_spill_directory_is_only_a_path(trap: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = trap.directory / "o'dd"
    odd.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(odd))
    assert trap.export(f"SELECT n, {literal(str(odd))} AS path FROM open").rows == [["1", str(odd)]]
    assert not list(odd.iterdir())


@pytest.mark.parametrize(
    ("memory_mb", "storage_mb", "limits"),
    [(1_769, 1_024, (442, 884, 960)), (10_240, 9_280, (2_560, 5_120, 9_216)), (256, 1, (160, 160, 1))],
)
def test_query_gets_what_its_function_leaves(memory_mb: int, storage_mb: int, limits: tuple[int, int, int]) -> None:
    first, most, storage = limits
    given = Limits.of_function(memory_mb, storage_mb)
    assert given == Limits(memory_mb=first, most_memory_mb=most, storage_mb=storage)
    assert given.generous.memory_mb == most
