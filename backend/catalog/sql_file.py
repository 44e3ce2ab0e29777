"""Reports that are one SQL file each.

reports/*.sql ──▶ **load** ──▶ `Definition` ──▶ catalog
"""

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from backend.catalog.definition import Definition, Run
from backend.catalog.header import SHARED_FILE, Header, InvalidDefinition, Shared, read, read_shared
from backend.catalog.query import ColumnStyle, Query
from backend.protocol.parameters import Schema

log = logging.getLogger(__name__)


def load(files: Iterable[Path]) -> list[Definition]:
    """Return the definitions; a file that is wrong is logged and left out."""
    definitions = []
    for file in sorted(files):
        try:
            text = file.read_text(encoding="utf-8-sig")
            definitions.append(define(file.stem, *read(text, shared_with(file))))
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


def define(definition_id: str, header: Header, sql: str) -> Definition:
    """Return the definition of a header and its SQL.

    Raises:
        InvalidDefinition: The id is none.
    """
    if not re.fullmatch("[a-z][a-z0-9-]{0,63}", definition_id):
        raise InvalidDefinition(1, "the file's name must be of small letters, digits and hyphens: busiest-routes.sql")
    schema, template = header.schema, query(header, sql)

    def run(run: Run) -> int:
        return run.export(replace(template, binds=binds(schema, run.parameters)))

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
    )


def binds(schema: Schema, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return a value for every parameter: dates as dates, those that are absent as None."""
    return {name: _bound(prop, parameters.get(name)) for name, prop in schema["properties"].items()}


def _bound(prop: Schema, value: Any) -> Any:  # noqa: ANN401  as wide as JSON
    return date.fromisoformat(value) if value is not None and prop.get("format") == "date" else value
