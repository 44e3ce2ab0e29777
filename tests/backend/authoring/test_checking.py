"""`reportwire check`, on files that are right and files that are not."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

import backend.reports
from backend.authoring import checking
from backend.authoring.checking import check
from backend.authoring.directories import Directories
from backend.catalog.header import InvalidDefinition
from backend.engine.budget import Limits
from backend.engine.datasets import DatasetFile
from backend.service.ports import DataUnreadable
from infra.local.datasets import local_datasets
from tests.backend.engine.exports import parquet

SHIPPED = sorted(Path(str(backend.reports.__file__)).parent.glob("*.sql"))
TODAY = date(2024, 5, 6)
HEAD = """/*
title = "Title"
description = "What it says."
datasets = ["numbers"]
order = ["n"]
row_limit = 100
formats = ["csv", "parquet"]

[parameters.most]
type = "integer"
title = "Most"
default = 3

[columns.n]
width = 10
*/
"""
MOST = 'type = "integer"\ntitle = "Most"\ndefault = 3\n'
SOME = 'type = "array"\ntitle = "Some"\nitems = { type = "integer", enum = [0, 1, 2, 3] }\ndefault = [0, 1, 2, 3]\n'
SQL = """SELECT
    n,
    text
FROM numbers
WHERE n <= $most
"""
"""Begins in line 17."""


@pytest.fixture(scope="module")
def datasets(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    directory = tmp_path_factory.mktemp("datasets")
    for name, sql in {
        "numbers": "SELECT range AS n, range // 2 AS half, 'x' AS text FROM range(10)",
        "other": "SELECT 1 AS n",
    }.items():
        (directory / name).mkdir()
        (directory / name / "a.parquet").write_bytes(parquet(sql))
    (directory / "empty").mkdir()
    return {name: directory / name for name in ("numbers", "other", "empty")}


def checked(text: str | bytes, datasets: Mapping[str, Path], directory: Path) -> int:
    path = directory / "report.sql"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return check(path, Directories(datasets), TODAY).row_count


@pytest.mark.parametrize(
    "text",
    [
        HEAD + SQL,
        HEAD + SQL.rstrip() + ";\n",
        HEAD + SQL + "-- done; really",
        HEAD + SQL + "/* done */",
        (HEAD + SQL).replace("\n", "\r\n"),
        "\ufeff" + HEAD + SQL,
        HEAD.replace("default = 3", "required = true\nminimum = 3") + SQL,
        HEAD.replace("default = 3", "required = true\nenum = [3]") + SQL,
        HEAD.replace("default = 3", "") + SQL.replace("$most", "coalesce($most, 3)"),
        HEAD + SQL.replace("FROM numbers", "FROM range(4) AS numbers(n), (SELECT 'x' AS text FROM numbers LIMIT 1)"),
        HEAD.replace('["n"]', "[]") + SQL,
        HEAD.replace(MOST, SOME) + SQL.replace("n <= $most", "list_contains($most, n)"),
        HEAD.replace(MOST, SOME) + SQL.replace("n <= $most", "n IN (SELECT unnest($most))"),
        HEAD.replace(MOST, SOME).replace('["n"]', "[]") + SQL.replace("n <= $most", "list_contains($most, n)"),
        HEAD.replace(MOST, SOME.replace("default = [0, 1, 2, 3]", "minItems = 4\nrequired = true"))
        + SQL.replace("n <= $most", "list_contains($most, n)"),
        HEAD.replace(MOST, SOME.replace("default = [0, 1, 2, 3]", ""))
        + SQL.replace("n <= $most", "($most IS NULL AND n < 4 OR list_contains($most, n))"),
        HEAD + SQL.replace("    text", '    half AS "É", half AS "é"'),
        HEAD.replace('["n"]', '["text", "n desc"]') + SQL,
        HEAD.replace('["n"]', '["text", "n DESC"]') + SQL,
    ],
)
def test_right_file_is_right(text: str, datasets: Mapping[str, Path], tmp_path: Path) -> None:
    assert checked(text, datasets, tmp_path) == 4


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (SQL, 1, "must begin with a header"),
        (HEAD.replace('title = "Title"', 'titel = "Title"'), 2, "`titel`"),
        (HEAD, 1, "exactly one SELECT"),
        (HEAD + "SELECT 1; SELECT 2", 1, "exactly one SELECT"),
        (HEAD + "DELETE FROM numbers", 1, "exactly one SELECT"),
        (HEAD + "COPY (SELECT 1) TO 'x'", 1, "exactly one SELECT"),
        (HEAD + SQL.replace("FROM", "FORM x y"), 20, '"x"'),
        ("\n\n" + HEAD + SQL.replace("    n,", "    n n n,"), 20, '"n"'),
        ((HEAD + SQL.replace("FROM", "FORM x y")).replace("\n", "\r\n"), 20, '"x"'),
        (HEAD + SQL.replace("FROM numbers", "FROM numbers, other"), 20, "dataset other, which the header does not"),
        (HEAD + SQL.replace("numbers", "temp.numbers"), 20, "dataset temp.numbers, which the header does not"),
        (HEAD + SQL.replace("numbers", "'numbers.csv'"), 20, "dataset numbers.csv, which the header does not"),
        (HEAD + SQL.replace("numbers", "duckdb_settings()"), 20, "must not select from duckdb_settings()"),
        (HEAD + SQL.replace("numbers", "read_csv('/etc/passwd')"), 20, "must not select from read_csv()"),
        (HEAD + SQL.replace("$most", "$least"), 21, "parameter least, which the header does not declare"),
        (HEAD.replace('["numbers"]', '["numbers", "other"]') + SQL, 4, "dataset other, which the SELECT does not use"),
        (HEAD + SQL.replace("$most", "3"), 9, "parameter most, which the SELECT does not use"),
        (HEAD.replace("numbers", "empty") + SQL.replace("numbers", "empty"), 4, "no data named empty"),
        (HEAD.replace("numbers", "missing") + SQL.replace("numbers", "missing"), 4, "no data named missing"),
        (HEAD + SQL.replace("    n,", "    nn AS n,"), 18, '"nn"'),
        (HEAD + SQL.replace("    n,", "    n + 'x' AS n,"), 18, "Conversion Error"),
        (HEAD.replace("columns.n", "columns.N") + SQL, 14, 'no column "N" in the result; there is: n, text'),
        (HEAD.replace('["n"]', '["m"]') + SQL, 5, 'no column "m" in the result; there is: n, text'),
        (HEAD.replace('["n"]', '["n down"]') + SQL, 5, 'no column "n down" in the result'),
        (HEAD.replace('["n"]', '["text"]') + SQL, 5, "the order leaves 3 rows in any order"),
        (HEAD.replace('["n"]', "[]") + "SELECT DISTINCT n FROM numbers WHERE n <= $most", 5, "must not be empty"),
        (HEAD + SQL.replace("    text", "    now() AS text"), 19, "now gives something else every time"),
        (
            HEAD + SQL.replace("    text", "    current_date AS text"),
            19,
            "current_date gives something else every time",
        ),
        (HEAD + SQL.replace("    text", "    random() AS text"), 19, "random gives something else every time"),
        (HEAD + SQL.replace("    text", "    half AS n"), 18, 'two columns have the same name: "n"'),
        (HEAD + "-- n\n" + SQL.replace("    n,\n    text", '    n AS "S (%)",\n    half AS "S (%)"'), 19, '"S (%)"'),
        (HEAD + SQL.replace("    text", "    half AS N"), 19, 'two columns have the same name: "N"'),
        (HEAD.replace("row_limit = 100", "row_limit = 3") + SQL, 6, "4 rows, and 3 are allowed"),
        (HEAD + SQL.replace("    text", "    error('x') AS text"), 1, "x"),
        (HEAD + SQL + "; -- done", 22, '";"'),
        (HEAD + SQL + "/* open", 22, "unterminated"),
        (HEAD + SQL + ") AS x; SELECT * FROM (SELECT 1", 22, '")"'),
        (HEAD + SQL.replace("text", "'open"), 19, "unterminated"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    text: str, line: int, reason: str, datasets: Mapping[str, Path], tmp_path: Path
) -> None:
    with pytest.raises(InvalidDefinition) as caught:
        checked(text, datasets, tmp_path)
    assert reason in caught.value.reason
    assert caught.value.line == line


def test_report_that_needs_more_memory_than_there_is_is_told_so(
    datasets: Mapping[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "LIMITS", Limits(memory_mb=50, storage_mb=1))
    text = HEAD.replace("row_limit = 100\n", "").replace('["n"]', '["text"]')
    sql = (
        "SELECT n, hash(r.range) || repeat('x', 100) AS text FROM numbers, range(500_000) AS r WHERE n < 1 + $most * 0"
    )
    with pytest.raises(InvalidDefinition, match="Memory"):
        checked(text + sql, datasets, tmp_path)


@pytest.mark.parametrize("junk", [b"\xff\xfe\x00\x01", bytes(range(256))])
def test_every_file_has_its_line_of_output(
    junk: bytes, datasets: Mapping[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contents = {"good": (HEAD + SQL).encode(), "junk": junk, "wrong": (HEAD + SQL.replace("$most", "3")).encode()}
    paths = [tmp_path / f"{name}.sql" for name in [*contents, "missing"]]
    for path, content in zip(paths, contents.values(), strict=False):
        path.write_bytes(content)
    assert checking.run(paths, datasets) == 1
    good, bad, wrong, missing = capsys.readouterr().out.splitlines()
    assert good == f"{paths[0]}: right; 4 rows with the default parameters"
    assert bad.startswith(f"{paths[1]}: ")
    assert wrong.startswith(f"{paths[2]}:9: the header declares the parameter most")
    assert missing.startswith(f"{paths[3]}: ")


def test_right_files_are_a_success(
    datasets: Mapping[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "good.sql"
    path.write_text(HEAD + SQL)
    assert checking.run([path], datasets) == 0
    assert checking.run([], datasets) == 0
    assert "right" in capsys.readouterr().out


def test_parameters_that_do_not_go_together_are_told(
    datasets: Mapping[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = '[parameters.code]\ntype = "string"\ntitle = "Code"\nrequired = true\nminLength = 2\n[columns.n]'
    text = HEAD.replace("[columns.n]", code) + SQL.replace("$most", "$most + len($code)")
    for name in ("wrong", "wrong-too"):
        (tmp_path / f"{name}.sql").write_text(text)
    assert checking.run([tmp_path / "wrong.sql", tmp_path / "wrong-too.sql"], datasets) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert all("give other parameters with -p NAME=VALUE: code must be a text of at least 2" in line for line in lines)


def test_given_parameters_come_before_the_defaults(
    datasets: Mapping[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "good.sql"
    path.write_text(HEAD + SQL)
    assert checking.run([path], datasets, ["most=1"]) == 0
    assert checking.run([path], datasets, ["most=-1"]) == 0
    assert checking.run([path], datasets, ["most=many"]) == 1
    assert checking.run([path], datasets, ["least=1"]) == 1
    some, none, wrong, unknown = capsys.readouterr().out.splitlines()
    assert some.endswith("right; 2 rows with these parameters")
    assert "0 rows with these parameters: give some with -p that find rows" in none
    assert "most as in -p most=many must be a whole number" in wrong
    assert "there is no parameter least as in -p least=1" in unknown


def test_damaged_data_are_told_with_the_line_that_names_them(tmp_path: Path) -> None:
    (tmp_path / "numbers").mkdir()
    (tmp_path / "numbers" / "a.parquet").write_bytes(b"PAR1 no more than this PAR1")
    with pytest.raises(InvalidDefinition, match=r"line 4: .*datasets://numbers/a\.parquet"):
        checked(HEAD + SQL, {"numbers": tmp_path / "numbers"}, tmp_path)


class Replaced(Directories):
    """Datasets of which somebody replaces or removes one before a read."""

    reads = 0
    turn = 0
    is_removed = False

    def read(self, file: DatasetFile, start: int, length: int) -> bytes:
        type(self).reads += 1
        if self.reads == self.turn:
            path = self.paths["numbers"] / "a.parquet"
            path.unlink()
            if not self.is_removed:
                path.write_bytes(parquet("SELECT -range AS n, range // 2 AS half, 'y' AS text FROM range(10_000)"))
        return super().read(file, start, length)


@pytest.mark.slow
@pytest.mark.parametrize("reason", ["the data numbers changed while they were read", "the data numbers went away"])
def test_data_that_change_while_a_report_is_checked_are_not_mixed(
    reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "numbers").mkdir()
    (tmp_path / "report.sql").write_text(HEAD + SQL)
    monkeypatch.setattr(Replaced, "is_removed", "went away" in reason)
    for turn in range(1, 1_000):
        (tmp_path / "numbers" / "a.parquet").write_bytes(parquet("SELECT range AS n, 'x' AS text FROM range(10)"))
        monkeypatch.setattr(Replaced, "turn", turn)
        monkeypatch.setattr(Replaced, "reads", 0)
        try:
            found = check(tmp_path / "report.sql", Replaced({"numbers": tmp_path / "numbers"}), TODAY)
        except DataUnreadable as error:
            assert reason in str(error)
        else:
            assert found.row_count == 4
            assert Replaced.reads < turn
            break
    assert turn > 5


@pytest.mark.slow
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_report_is_right(path: Path, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checking.run([path], local_datasets.samples(cache / "reportwire")) == 0, capsys.readouterr().out
