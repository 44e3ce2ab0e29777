"""Reports that are one SQL file each.

reports/*.sql ──▶ **load** ──▶ `Definition` ──▶ catalog
compiled/*.json ── the same for a distributed engine, read when a report is made ──▶ `Query`
"""

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from backend.catalog import compiled
from backend.catalog.definition import Definition, Run
from backend.catalog.header import SHARED_FILE, Header, InvalidDefinition, Shared, read, read_shared
from backend.catalog.query import ColumnStyle, Elsewhere, Query
from backend.protocol.parameters import Schema

log = logging.getLogger(__name__)


def load(files: Iterable[Path]) -> list[Definition]:
    """Return the definitions; a file that is wrong is logged and left out."""
    definitions = []
    for file in sorted(files):
        try:
            header, sql = read(file.read_text(encoding="utf-8-sig"), shared_with(file))
            definitions.append(define(file.stem, header, sql, partial(elsewhere, file, header, sql)))
        except (InvalidDefinition, OSError, UnicodeDecodeError) as error:
            log.error("report left out", extra={"file": file.name, "reason": str(error)})  # noqa: TRY400  no trace needed
    return definitions


def shared_with(file: Path) -> Shared:
    """Return the parameters that a report's file may share: those of the file beside it, none if there is no such file.

    Raises:
        InvalidDefinition: That file is wrong.
        OSError: It cannot be read.
    """
    beside = file.with_name(SHARED_FILE)
    if not beside.exists():
        return {}
    try:
        return read_shared(beside.read_text(encoding="utf-8-sig"))
    except InvalidDefinition as error:
        raise InvalidDefinition(1, f"{SHARED_FILE}:{error.line}: {error.reason}") from error


Find = Callable[[Mapping[str, Any]], Elsewhere | None]
"""Return a report's query for a distributed engine, with these values for its parameters; None where it has none."""


def define(definition_id: str, header: Header, sql: str, find: Find = lambda _: None) -> Definition:
    """Return the definition of a header and its SQL.

    Raises:
        InvalidDefinition: The id is none.
    """
    if not re.fullmatch("[a-z][a-z0-9-]{0,63}", definition_id):
        raise InvalidDefinition(1, "the file's name must be of small letters, digits and hyphens: busiest-routes.sql")
    schema, template = header.schema, query(header, sql)

    def run(run: Run) -> int:
        values = binds(schema, run.parameters)
        return run.export(replace(template, binds=values, elsewhere=find(values)))

    return Definition(
        id=definition_id,
        title=header.title,
        description=header.description,
        parameters=schema,
        formats=header.formats,
        run=run,
        groups=frozenset(header.groups or ()),
    )


def query(header: Header, sql: str) -> Query:
    """Return the query, yet without values."""
    return Query(
        sql=sql,
        datasets=header.datasets,
        order=header.order,
        columns={
            name: ColumnStyle(number_format=column.number_format, width=column.width)
            for name, column in header.columns.items()
        },
        row_limit=header.row_limit,
        engine=header.engine,
    )


def elsewhere(file: Path, header: Header, sql: str, values: Mapping[str, Any]) -> Elsewhere | None:
    """Return the query of a report's file for a distributed engine, None where it is not compiled as it stands."""
    if header.engine == "duckdb":
        return None
    try:
        found = compiled.read(compiled.place_of(file).read_bytes())
        if found.source != compiled.source_key(header, sql):
            raise ValueError("it was compiled from another text")  # noqa: TRY301  logged as the others are
        text = found.filled(values)
    except FileNotFoundError:
        return None
    except ValueError as error:
        log.error("compiled text left out", extra={"file": file.name, "reason": str(error)})  # noqa: TRY400  no trace needed
        return None
    reads: dict[str, dict[str, str]] = {}
    for reading in found.readings:
        reads.setdefault(reading.dataset, {}).update(reading.columns)
    return Elsewhere(sql=text, columns=found.columns, reads=reads)


def binds(schema: Schema, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return a value for every parameter: dates as dates, those that are absent as None."""
    return {name: _bound(prop, parameters.get(name)) for name, prop in schema["properties"].items()}


def _bound(prop: Schema, value: Any) -> Any:  # noqa: ANN401  as wide as JSON
    return date.fromisoformat(value) if value is not None and prop.get("format") == "date" else value
