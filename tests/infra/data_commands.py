"""`reportwire data`, run in this process."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from desktop import __main__ as program


class Reportwire:
    """Runs commands in this process; the samples are empty and at hand."""

    def __init__(self, there: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.own = there / "data" / "reportwire" / "datasets"
        self.err = ""
        self._capsys = capsys

    def __call__(self, *arguments: str, status: int = 0) -> str:
        """Return what stood on standard output."""
        self._capsys.readouterr()
        try:
            ended = program.main(["data", *arguments])
        except SystemExit as leave:
            ended = int(leave.code or 0)
        said = self._capsys.readouterr()
        self.err = said.err
        assert (ended, said.err if not status else "") == (status, "")
        return said.out

    def complaint(self, *arguments: str) -> str:
        assert self(*arguments, status=1) == ""
        assert self.err.startswith("reportwire data: ")
        assert self.err.count("\n") == 1
        return self.err.removeprefix("reportwire data: ").strip()

    def held(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return the rows of every file in the data directory."""
        files = sorted(path for path in self.own.rglob("*") if path.is_file())
        return {str(file.relative_to(self.own)): duckdb.read_parquet(str(file)).fetchall() for file in files}
