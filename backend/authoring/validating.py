"""`reportwire doctor --engine`: whether a distributed engine would run the reports that are compiled for it.

reports' folder ──▶ **verdicts** ── each compiled text, with values ──▶ `Refusal`, an engine; ──▶ desktop.commands
"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct

from backend.authoring.examples import examples
from backend.catalog import sql_file
from backend.catalog.header import InvalidDefinition, read
from backend.protocol.parameters import Schema

Refusal = Callable[[str], str | None]
"""Return an engine's sentence on why it would not run a query, None where it would: `Cluster.refusal`."""
OK = "ok"
STAYS = "ok, by DuckDB alone: nothing is compiled from this text for the engine"
MISSING = "must run in the engine, and nothing is compiled from this text for it"


class Verdict(Struct, frozen=True, kw_only=True):
    """What becomes of one report."""

    report: str
    is_ok: bool
    sentence: str


def verdicts(folder: Path, today: date, refusal_of: Refusal) -> Iterator[Verdict]:
    """Yield the verdict on each SQL file of a folder, by name, as the engine gives it.

    Raises:
        ClusterBusy, ClusterSilent, ClusterRefused: The engine does not answer.
    """
    for file in sorted(folder.glob("*.sql")):
        try:
            yield _verdict(file, today, refusal_of)
        except InvalidDefinition as error:
            yield Verdict(report=file.stem, is_ok=False, sentence=f"line {error.line}: {error.reason}")


def _verdict(file: Path, today: date, refusal_of: Refusal) -> Verdict:
    header, sql = read(file.read_text(encoding="utf-8-sig"), sql_file.shared_with(file))
    schema = sql_file.define(file.stem, header, sql).schema(today)
    found = sql_file.elsewhere(file, header, sql, sql_file.binds(schema, _values(schema)))
    if found is None:
        is_ok = header.engine != "distributed"
        return Verdict(report=file.stem, is_ok=is_ok, sentence=STAYS if is_ok else MISSING)
    refusal = refusal_of(found.sql)
    return Verdict(report=file.stem, is_ok=refusal is None, sentence=OK if refusal is None else refusal)


def _values(schema: Schema) -> dict[str, Any]:
    """Return a value for each parameter that is never without one."""
    has_one = {name for name, prop in schema["properties"].items() if "default" in prop}
    return examples({**schema, "required": has_one | set(schema.get("required", ()))})
