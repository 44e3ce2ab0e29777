"""What a report's SQL, however it is written, and whatever its parameters, can reach: the datasets it declares."""

import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import duckdb
import polars as pl
import pytest

from backend import sql_reports
from backend.engine import sandbox
from backend.engine.sink import Sink
from backend.engine.source import DatasetFiles
from backend.formats.sql import literal
from backend.headers import read
from backend.ports import DefinitionFailed
from backend.protocol.codec import RefusedRequest
from backend.protocol.lifecycle import State
from backend.protocol.messages import ErrorCode, GenerateReport
from tests.backend.engine.exports import LIMITS, Made, export, parquet
from tests.backend.fakes import ANNA, FakeDatasetStore, World

SECRET = "canary-7c1d"  # noqa: S105
ID = "00000000-0000-4000-8000-000000000001"

PEEKS = [
    "SELECT * FROM read_csv('{dir}/canary.csv')",
    "SELECT * FROM '{dir}/canary.csv'",
    "SELECT * FROM '{dir}/canary.parquet'",
    "SELECT * FROM 'canary.csv'",
    "SELECT * FROM read_csv('{dir}/nested/../canary.csv')",
    "SELECT * FROM read_csv('{dir}/*.csv')",
    "SELECT * FROM read_csv('file://{dir}/canary.csv')",
    "SELECT * FROM read_csv(['{dir}/canary.csv'])",
    "SELECT * FROM sniff_csv('{dir}/canary.csv')",
    "SELECT content FROM read_text('{dir}/canary.txt')",
    "SELECT content FROM read_text('file:{dir}/canary.txt')",
    "SELECT content::VARCHAR FROM read_blob('{dir}/canary.txt')",
    "SELECT * FROM read_json('{dir}/canary.json')",
    "SELECT * FROM read_json_objects('{dir}/canary.json')",
    "SELECT * FROM read_ndjson('{dir}/canary.json')",
    "SELECT * FROM read_parquet('{dir}/canary.parquet')",
    "SELECT * FROM parquet_metadata('{dir}/canary.parquet')",
    "SELECT * FROM parquet_schema('{dir}/canary.parquet')",
    "SELECT decode(key), decode(value) FROM parquet_kv_metadata('{dir}/canary.parquet')",
    "SELECT * FROM read_duckdb('{dir}/canary.duckdb', table_name='t')",
    "SELECT * FROM glob('{dir}/*')",
    "SELECT * FROM query('SELECT * FROM ''{dir}/canary.csv''')",
    "SELECT * FROM query_table('{dir}/canary.csv')",
    "SELECT (SELECT max(content) FROM read_text('{dir}/canary.txt')) AS told FROM open",
    "WITH told AS MATERIALIZED (FROM read_text('{dir}/canary.txt')) SELECT content FROM told",
    "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('FROM read_text(''{dir}/canary.txt'')'))",
]
"""Each of them tells the secret where nothing keeps it from doing so."""

REACHES = [
    "SELECT * FROM read_csv('http://127.0.0.1:{port}/canary.csv')",
    "SELECT * FROM read_parquet('https://127.0.0.1:{port}/canary.parquet')",
    "SELECT * FROM read_text('s3://127.0.0.1:{port}/canary.txt')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_text('/proc/self/environ')",
    "SELECT * FROM glob('/proc/self/fd/*')",
    "SELECT * FROM read_parquet('datasets://hidden/hidden.parquet')",
    "SELECT * FROM read_parquet('datasets://open/../hidden/hidden.parquet')",
    "SELECT * FROM read_parquet('DATASETS://hidden/hidden.parquet')",
    "SELECT * FROM read_parquet(['datasets://open/open.parquet', 'datasets://hidden/hidden.parquet'])",
    "SELECT * FROM glob('datasets://*/*')",
    "SELECT * FROM glob('datasets://hidden/*')",
    "SELECT content FROM read_blob('datasets://hidden/hidden.parquet')",
    "SELECT * FROM hidden",
    "SELECT * FROM 'datasets://hidden/hidden.parquet'",
    "SELECT * FROM parquet_full_metadata('datasets://hidden/hidden.parquet')",
    "SELECT * FROM query_table('hidden')",
    "SELECT * FROM read_text('sink://file')",
    "SELECT * FROM read_text('sink://other')",
    "SELECT getenv('CANARY') AS told",
    "SELECT getvariable('CANARY') AS told",
    "SELECT current_setting('secret_directory') AS told",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM which_secret('s3://bucket', 's3')",
    "SELECT * FROM python_rows",
    "SELECT * FROM SECRET",
    "SELECT * FROM pandas_scan(1)",
    "SELECT * FROM sqlite_scan('{dir}/canary.duckdb', 't')",
    "SELECT * FROM duckdb_temporary_files()",
    "SELECT * FROM glob(current_setting('temp_directory') || '/../*')",
    "SELECT * FROM read_text(current_setting('temp_directory') || '/../canary.txt')",
    "WITH made AS (INSERT INTO open VALUES (1) RETURNING *) SELECT * FROM made",
]

STATEMENTS = [
    "COPY (SELECT 1) TO '{dir}/made.csv'",
    "COPY (SELECT 1) TO 'made.csv'",
    "COPY (SELECT 1) TO '{dir}/canary.csv'",
    "COPY (SELECT 1) TO '{dir}/made' (FORMAT parquet, PARTITION_BY (\"1\"))",
    "COPY (SELECT 1) TO '{dir}/made' (FORMAT csv, PER_THREAD_OUTPUT)",
    "COPY (SELECT 1) TO 'file://{dir}/made.csv'",
    "COPY (SELECT 1) TO '/dev/stderr'",
    "COPY (SELECT 1) TO 'sink://other' (USE_TMP_FILE false)",
    "COPY (SELECT 1 AS n) TO 'datasets://open/open.parquet' (USE_TMP_FILE false)",
    "COPY (SELECT 1 AS n) TO 'datasets://hidden/hidden.parquet' (USE_TMP_FILE false)",
    "CREATE TABLE told AS SELECT 1; EXPORT DATABASE '{dir}/made'",
    "IMPORT DATABASE '{dir}'",
    "ATTACH '{dir}/canary.duckdb' AS c; SELECT * FROM c.t",
    "ATTACH '{dir}/made.duckdb' AS made",
    "ATTACH 'http://127.0.0.1:{port}/canary.duckdb' AS c (READ_ONLY)",
    "CREATE TABLE told (t VARCHAR); COPY told FROM '{dir}/canary.csv'",
    "INSTALL httpfs",
    "FORCE INSTALL httpfs FROM 'http://127.0.0.1:{port}'",
    "LOAD httpfs",
    "LOAD '{dir}/canary.txt'",
    "SET enable_external_access = true",
    "SET allowed_paths = ['{dir}/canary.csv']",
    "SET allowed_directories = ['{dir}']",
    "SET lock_configuration = false",
    "SET memory_limit = '64GB'",
    "SET temp_directory = '{dir}/made'",
    "SET python_enable_replacements = true",
    "SET GLOBAL log_query_path = '{dir}/made.log'",
    "SET profiling_output = '{dir}/made.json'",
    "RESET lock_configuration",
    "RESET allowed_paths",
    "PRAGMA enable_external_access = true",
    "PRAGMA enable_profiling = 'json'",
    "PRAGMA profiling_output = '{dir}/made.json'",
    "CALL enable_logging('QueryLog', storage = 'file', storage_config = {{'path': '{dir}/made'}})",
    "CALL enable_logging('QueryLog', storage_path = '{dir}/made')",
    "CREATE PERSISTENT SECRET told (TYPE http, BEARER_TOKEN 'x')",
    "SELECT * FROM read_text('{dir}/canary.txt')",
]

BREAK_OUTS = [
    "SELECT 1 AS a; SELECT 2 AS a",
    "SELECT 1 AS a) AS result; COPY (SELECT 1) TO '{dir}/made.csv'; SELECT * FROM (SELECT 1 AS a",
    "SELECT 1 AS a) TO '{dir}/made.csv' (FORMAT csv); SELECT * FROM (SELECT 1 AS a",
    "SELECT 1 AS a) TO '{dir}/made.csv' --",
    "SELECT 1 AS a) AS result; COPY (SELECT 1) TO 'sink://file' (USE_TMP_FILE false); DESCRIBE SELECT * FROM (SELECT 1",
    "SELECT 1 AS a) AS result; COPY (SELECT 1) TO (current_setting('temp_directory') || '/made.csv'); FROM (SELECT 1",
    "SELECT 1 AS a) AS result; ATTACH ':memory:' AS other; SELECT * FROM (SELECT 1 AS a",
    "SELECT 1 AS a) AS result; SET VARIABLE told = 1; SELECT * FROM (SELECT getvariable('told') AS a",
    "SELECT 1 AS a) AS result; DROP VIEW open; SELECT * FROM (SELECT 1 AS a",
    "SELECT 1 AS a) AS result /*",
    "SELECT 1 AS a /*",
    "SELECT 1 AS a) --",
    "COPY (SELECT 1 AS a) TO '{dir}/made.csv'",
    "CREATE TABLE made AS SELECT 1 AS a",
    "SET threads = 64",
    "PRAGMA database_list",
    "CALL duckdb_secrets()",
    "EXPLAIN ANALYZE SELECT 1",
    "",
]


class Listening(BaseHTTPRequestHandler):
    """Tells the secret to whoever asks, and counts."""

    requests: list[str]

    def do_GET(self) -> None:
        self.requests.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(SECRET.encode())

    do_HEAD = do_GET

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@dataclass
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


@pytest.fixture
def trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trap]:
    (tmp_path / "nested").mkdir()
    (tmp_path / "home").mkdir()
    (tmp_path / "tmp").mkdir()
    (tmp_path / "canary.csv").write_text(f"told\n{SECRET}\n")
    (tmp_path / "canary.txt").write_text(SECRET)
    (tmp_path / "canary.json").write_text(f'{{"told": "{SECRET}"}}')
    secret_rows = parquet(f"SELECT '{SECRET}' AS told", f", KV_METADATA {{'told': '{SECRET}'}}")
    (tmp_path / "canary.parquet").write_bytes(secret_rows)
    with duckdb.connect(str(tmp_path / "canary.duckdb")) as connection:
        connection.execute(f"CREATE TABLE t AS SELECT '{SECRET}' AS told")
    monkeypatch.setenv("CANARY", SECRET)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    store = FakeDatasetStore({"open/open.parquet": parquet("SELECT 1 AS n"), "hidden/hidden.parquet": secret_rows})
    requests: list[str] = []
    with HTTPServer(("127.0.0.1", 0), type("Here", (Listening,), {"requests": requests})) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield Trap(tmp_path, server.server_port, requests, store)
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("sql", PEEKS)
def test_peek_would_tell_where_nothing_is_forbidden(sql: str, trap: Trap) -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE open AS SELECT 1 AS n")
        told = str(connection.execute(trap.spell(sql)).fetchall())
    assert SECRET in told or "canary." in told


@pytest.mark.parametrize("sql", PEEKS + REACHES)
@pytest.mark.parametrize("order", [(), ("open",)], ids=["streamed", "gathered"])
def test_select_tells_no_secret(
    sql: str, order: tuple[str, ...], trap: Trap, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    python_rows = {"told": [SECRET]}
    before = trap.files()
    sql = f"SELECT *, 1 AS open FROM ({sql})" if order else sql
    try:
        made = trap.export(sql, order=order)
        told = made.data + made.exported.preview
    except DefinitionFailed as error:
        told = str(error).encode()
    assert SECRET not in told.decode() + caplog.text + "".join(capfd.readouterr())
    assert b"canary." not in told
    assert b"hidden" not in told
    assert b"root" not in told
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
@pytest.mark.parametrize("order", [(), ("a",)], ids=["streamed", "gathered"])
@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_only_one_select_is_run(sql: str, order: tuple[str, ...], format_: str, trap: Trap) -> None:
    before = trap.files()
    written: list[bytes] = []
    with pytest.raises(DefinitionFailed):
        trap.export(sql, order=order, format=format_, write=written.append)
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


REPORT = """/*
title = "Echo"
description = "Says what it was told."
datasets = []
order = ["text"]
formats = ["parquet", "csv"]
parameters.text = { type = "string", title = "Text" }
parameters.choice = { type = "string", title = "Choice", enum = ["a", "b"] }
parameters.code = { type = "string", title = "Code", pattern = "^[A-Z]{3}$" }
parameters.since = { type = "string", format = "date", title = "Since" }
parameters.whole = { type = "integer", title = "Whole", minimum = 0 }
parameters.share = { type = "number", title = "Share" }
parameters.only = { type = "boolean", title = "Only" }
*/
SELECT $text AS "text", $choice AS choice, $code AS code, $since AS since, $whole AS whole, $share AS share, $only AS o
WHERE $text IS NULL OR $text <> 'nothing like it'
"""

INJECTIONS = [
    "' OR 1 = 1 --",
    "'; COPY (SELECT 1) TO 'made.csv'; --",
    "x') TO 'made.csv' (FORMAT csv); SELECT ('",
    '"; DROP VIEW open; --',
    "$text",
    "$choice || $code",
    "$$ SELECT 1 $$",
    "{0} %s %(x)s ${HOME} :1 ?",
    "\\'; SELECT 1; --",
    "' || getenv('CANARY') || '",
    "' || (SELECT content FROM read_text('canary.txt')) || '",
    "/* */ */ -- \r\n ;",
    "U&'\\0027' E'\\x27' X'27'",
    "\u2019 \uff07 \u02bc \x00 \u202e'",
    "NULL",
    "canary.txt",
]


@pytest.fixture
def echo(trap: Trap) -> World:
    return World({"echo": sql_reports.define("echo", *read(REPORT))})


@pytest.mark.parametrize("text", INJECTIONS)
def test_text_comes_out_as_it_went_in(text: str, echo: World, trap: Trap) -> None:
    before = trap.files()
    echo.submission.submit(ANNA, GenerateReport(report_id=ID, definition="echo", parameters={"text": text}))
    echo.execute(ID)
    row = echo.reports.rows[ID]
    assert row.state is State.SUCCEEDED
    frame = pl.read_parquet(io.BytesIO(echo.results.objects[row.object_key or ""]))
    assert frame.rows() == [(text, None, None, None, None, None, None)]
    assert trap.files() == before


@pytest.mark.parametrize("value", [*INJECTIONS, ["a"], {"a": 1}, "", float("inf")])
@pytest.mark.parametrize("name", ["choice", "code", "since", "whole", "share", "only"])
def test_other_parameters_take_no_sql(name: str, value: object, echo: World) -> None:
    if (name, value) == ("share", float("inf")):
        pytest.skip("JSON has no infinity")
    with pytest.raises(RefusedRequest) as caught:
        echo.submission.submit(ANNA, GenerateReport(definition="echo", parameters={name: value}))
    assert caught.value.error.code == ErrorCode.INVALID_PARAMETERS
    assert set(caught.value.error.fields or ()) == {name}
    assert not echo.reports.rows


@pytest.mark.parametrize("name", ["text) --", "text'", "Text", "$text", "1", "", "made.csv"])
def test_names_of_parameters_take_no_sql(name: str, echo: World) -> None:
    with pytest.raises(RefusedRequest) as caught:
        echo.submission.submit(ANNA, GenerateReport(definition="echo", parameters={name: "x"}))
    assert caught.value.error.code == ErrorCode.INVALID_PARAMETERS


def test_values_keep_their_types(echo: World) -> None:
    values = {"choice": "b", "code": "LAX", "since": "2024-02-29", "whole": 7, "share": 0.5, "only": True}
    echo.submission.submit(ANNA, GenerateReport(report_id=ID, definition="echo", parameters=values))
    echo.execute(ID)
    frame = pl.read_parquet(io.BytesIO(echo.results.objects[echo.reports.rows[ID].object_key or ""]))
    assert frame.select(pl.exclude("share")).rows() == [(None, "b", "LAX", date(2024, 2, 29), 7, True)]
    assert float(frame["share"][0]) == 0.5


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


@pytest.mark.parametrize(("memory_mb", "storage_mb", "limits"), [(1024, 1024, (170, 960)), (512, 512, (160, 448))])
def test_query_gets_what_its_function_leaves(memory_mb: int, storage_mb: int, limits: tuple[int, int]) -> None:
    assert sandbox.Limits.of_function(memory_mb, storage_mb) == sandbox.Limits(
        memory_mb=limits[0], storage_mb=limits[1]
    )
