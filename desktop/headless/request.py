"""Python values of a program, and the request they make. Pure: no I/O.

notebook ── values ──▶ **make_request** ──▶ `GenerateReport`          commands ──▶ **named_format**
"""

import contextlib
import math
import operator
import sys
import uuid
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from backend.protocol.formats import FORMATS
from backend.protocol.messages import GenerateReport
from desktop.headless.errors import WrongRequest

FORMAT_OF_PROGRAMS = "parquet"
"""The format without any asked for: its columns have types, and every library of tables reads it."""


def make_request(
    definition: str,
    parameters: Mapping[str, object],
    *,
    format_name: str | None = None,
    format_options: Mapping[str, object] | None = None,
    output: Path | None = None,
) -> GenerateReport:
    """Return a request with an id of its own. The service checks the values; here they only become JSON.

    Raises:
        WrongRequest: A value has no form in JSON, or the file is named after another format than the one asked for.
    """
    named = named_format(output)
    if format_name is not None and named not in {None, format_name}:
        raise WrongRequest(f"The output is named after {named}, and the format is {format_name}.")
    return GenerateReport(
        report_id=str(uuid.uuid4()),
        definition=definition,
        parameters=_given(parameters),
        format=format_name or named or FORMAT_OF_PROGRAMS,
        format_options=_given(format_options or {}) or None,
    )


def named_format(output: Path | None) -> str | None:
    """Return the format an extension stands for; most extensions stand for none."""
    extension = output.suffix.removeprefix(".").lower() if output else ""
    return extension if extension in FORMATS else None


def _given(values: Mapping[str, object]) -> dict[str, Any]:
    """Return the values that are given, as JSON has them."""
    return {name: _plain(name, value) for name, value in values.items() if not is_missing(value)}


def is_missing(value: object) -> bool:
    """Return whether a value stands for none: None, NaN, NaT, or `pandas.NA`."""
    if value is None or value is getattr(sys.modules.get("pandas"), "NA", None):
        return True
    with contextlib.suppress(TypeError, ValueError):  # a column has an answer for each of its cells
        return bool(value != value)  # noqa: PLR0124  NaN and NaT alone differ from themselves
    return False


def _plain(name: str, value: object) -> bool | int | float | str | list[bool | int | float | str]:
    """Return a value as JSON has it: a list of the items of a collection, an array or a column."""
    several: Any = value
    if isinstance(value, list | tuple | set | frozenset) or _is_column(value):
        return [_plain_item(name, item) for item in several]
    return _plain_item(name, value)


def _is_column(value: object) -> bool:
    """Return whether a value is one of NumPy's or pandas' with one axis, or a column of polars."""
    return getattr(value, "ndim", None) == 1 or (hasattr(value, "dtype") and hasattr(value, "to_list"))


def _plain_item(name: str, value: object) -> bool | int | float | str:
    """Return a single value as JSON has it: of NumPy's scalars what they hold, of dates their ISO text."""
    match _held(value):
        case bool() | str() as plain:
            return plain
        case datetime() as moment if moment.time() == time():
            return moment.date().isoformat()
        case datetime():
            raise WrongRequest(f"{name} is a time of day: parameters are dates.")
        case date() as day:
            return day.isoformat()
        case float() as number if math.isfinite(number):
            return number
        case other:
            return _whole(name, other)


def _held(value: object) -> object:
    """Return what a scalar of NumPy holds; any other value is returned as it is."""
    kind = getattr(getattr(value, "dtype", None), "kind", None)
    scalar: Any = value
    if kind is None or getattr(value, "ndim", None) != 0:
        return value
    return scalar.astype("datetime64[us]").item() if kind == "M" else scalar.item()


def _whole(name: str, value: Any) -> int:  # noqa: ANN401  any value; those that are no integers raise
    try:
        return operator.index(value)
    except TypeError:
        kind = type(value).__name__
        allowed = "parameters are text, finite numbers, dates, true or false, or lists of these"
        raise WrongRequest(f"{name} cannot be of the type {kind}: {allowed}.") from None
