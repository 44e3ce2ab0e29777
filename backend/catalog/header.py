"""The header of a report's SQL file: TOML in the comment the file begins with.

reports/*.sql ── text ──▶ **read** ──▶ `Header`, SQL ──▶ sql_file
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal, get_args, get_type_hints

import msgspec
from msgspec import Meta, Struct

from backend.catalog.parameter_faults import faults_of
from backend.catalog.query import DATASET_NAME, is_dataset_name
from backend.protocol import quotas
from backend.protocol.formats import FORMATS, USUAL_FORMATS
from backend.protocol.parameters import Schema
from backend.protocol.ranges import with_ranges

Words = Annotated[str, Meta(min_length=1, max_length=1_000)]
Group = Annotated[str, Meta(min_length=1, max_length=128)]
"""The name of a group at the issuer of tokens, or of a role: as long as Cognito lets one be.

Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html
"""
Engine = Literal["auto", "duckdb", "distributed"]
"""What finds the rows of a report; `auto` is DuckDB, but for more data than a worker has room for."""
Name = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,62}\Z")]

NUMBER_FORMAT = r"""^("[^"]*"|\[[^\[\]]*\]|\\.|[^"\[\]\\])+$"""
"""Quotes and brackets are closed: a program may refuse the whole file for one that is not. Source: ECMA-376 18.8.31."""


class InvalidDefinition(ValueError):
    """A file that defines no report; tells the line, from 1, and why."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


class Items(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What each item of a list may be."""

    type: Literal["string", "integer"]
    enum: Annotated[list[str | int], Meta(min_length=1)]


class Parameter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One parameter, as JSON Schema has it, but that `required` stands with it."""

    type: Literal["string", "integer", "number", "boolean", "array"]
    title: Words
    description: Words | None = None
    format: Literal["date"] | None = None
    enum: Annotated[list[str | int], Meta(min_length=1)] | None = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    minLength: Annotated[int, Meta(ge=0)] | None = None  # noqa: N815  JSON Schema's own words
    maxLength: Annotated[int, Meta(ge=0)] | None = None  # noqa: N815
    pattern: str | None = None
    items: Items | None = None
    minItems: Annotated[int, Meta(ge=1)] | None = None  # noqa: N815
    maxItems: Annotated[int, Meta(ge=1)] | None = None  # noqa: N815
    uniqueItems: bool | None = None  # noqa: N815  true of every list, said or not
    rangeWith: str | None = None  # noqa: N815  our own word, beside JSON Schema's
    default: Any = None
    required: bool = False


class ColumnHeader(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a spreadsheet shows one column."""

    number_format: Annotated[str, Meta(min_length=1, max_length=255, pattern=NUMBER_FORMAT)] | None = None
    width: Annotated[float, Meta(gt=0, le=255)] | None = None


class Header(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that stands in a header."""

    title: Words
    description: Words
    datasets: tuple[str, ...]
    order: tuple[Words, ...]
    row_limit: Annotated[int, Meta(ge=1)] | None = None
    formats: Annotated[tuple[str, ...], Meta(min_length=1)] = USUAL_FORMATS
    groups: Annotated[tuple[Group, ...], Meta(min_length=1)] | None = None
    engine: Engine = "auto"
    parameters: dict[Name, Parameter] = {}
    columns: dict[str, ColumnHeader] = {}

    @property
    def schema(self) -> Schema:
        """The JSON Schema of the parameters."""
        properties = {name: _described(parameter) for name, parameter in self.parameters.items()}
        required = [name for name, prop in properties.items() if prop.pop("required", False)]
        return {"type": "object", "properties": properties} | ({"required": required} if required else {})


def _described(parameter: Parameter) -> dict[str, Any]:
    prop: dict[str, Any] = msgspec.to_builtins(parameter)
    return {**prop, "uniqueItems": True} if prop["type"] == "array" and "uniqueItems" not in prop else prop


Shared = Mapping[str, Mapping[str, Any]]
"""Parameters that reports may share, by name, as TOML has them."""

SHARED_FILE = "parameters.toml"
"""Stands beside the reports that share its parameters."""


def read(text: str, shared: Shared = MappingProxyType({})) -> tuple[Header, str]:
    """Return the header and the SQL, which keeps its line numbers.

    A parameter with `shared = true` is that of its name in `shared`, but for what else the header says of it.

    Raises:
        InvalidDefinition: There is no header, or something in it is wrong.
    """
    begin = re.match(r"\s*/\*", text)
    end = text.find("*/")
    if begin is None or end < 0:
        raise InvalidDefinition(1, "must begin with a header between /* and */")
    toml = " " * begin.end() + text[begin.end() : end]
    toml = "\n" * text[: begin.end()].count("\n") + toml
    header = _convert(toml, shared)
    _check(header, toml)
    return header, re.sub(r"[^\n]", "", text[: end + 2]) + text[end + 2 :].rstrip().removesuffix(";")


def read_shared(text: str) -> Shared:
    """Return the parameters of a file of shared ones.

    Raises:
        InvalidDefinition: Something in it is wrong.
    """
    tables = _parse(text)
    for name, parameter in tables.items():
        _shaped(name, Name, text, [name])
        _shaped(parameter, Parameter, text, [name])
    return tables


def _convert(toml: str, shared: Shared) -> Header:
    tables = _parse(toml)
    for name, parameter in _parts(tables, "parameters"):
        if isinstance(parameter, dict) and "shared" in parameter:
            tables["parameters"][name] = _completed(name, parameter, toml, shared)
    for name, parameter in _parts(tables, "parameters"):  # one by one: msgspec would not say which one is wrong
        _shaped(name, Name, toml, ["parameters", name])
        _shaped(parameter, Parameter, toml, ["parameters", name])
    for name, column in _parts(tables, "columns"):
        _shaped(column, ColumnHeader, toml, ["columns", name])
    header: Header = _shaped(tables, Header, toml, [])
    return header


def _completed(name: str, parameter: dict[str, Any], toml: str, shared: Shared) -> dict[str, Any]:
    if parameter["shared"] is not True or name not in shared:
        known = ", ".join(shared) or "none"
        reason = f"parameters.{name}: `shared = true` takes a parameter of {SHARED_FILE}; there is: {known}"
        raise InvalidDefinition(find_line(toml, ["parameters", name, "shared"]), reason)
    return {**shared[name], **{key: value for key, value in parameter.items() if key != "shared"}}


def _parse(toml: str) -> dict[str, Any]:
    try:
        return tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)", str(error))
        line = int(found[1]) if found and found[1] else toml.count("\n") + 1
        raise InvalidDefinition(line, re.sub(r" \(at .*\)$", "", str(error))) from error
    except RecursionError as error:
        raise InvalidDefinition(1, "the header is nested too deep") from error


def _parts(tables: dict[str, Any], kind: str) -> Iterable[tuple[str, Any]]:
    parts = tables.get(kind)
    return list(parts.items()) if isinstance(parts, dict) else ()


def _shaped(value: object, shape: Any, toml: str, place: list[str]) -> Any:  # noqa: ANN401  any type of msgspec's
    """Return what is at `place` in the header as `shape`."""
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        path = re.search(r" - at `\$\.?(.*)`", str(error))
        keys = re.findall(r"[A-Za-z_]\w*", path[1]) if path else re.findall(r"unknown field `(.*)`", str(error))
        place = [*place, *keys]
        reason = re.sub(" - at `.*`$", "", str(error)) + _allowed(str(error), shape, keys)
        raise InvalidDefinition(find_line(toml, place), f"{'.'.join(place) or 'header'}: {reason}") from error


def _allowed(error: str, shape: Any, keys: list[str]) -> str:  # noqa: ANN401
    """Return the allowed names, after an error about another one."""
    if "unknown field" in error:
        return "; there is: " + ", ".join(shape.__struct_fields__)
    if "Invalid enum value" in error and keys:
        choices = get_args(get_type_hints(shape)[keys[-1]])
        return "; there is: " + ", ".join(
            str(choice) for each in choices for choice in get_args(each) or [each] if choice
        )
    if "matching regex" in error:
        return "; that is not allowed as a number format" if keys == ["number_format"] else "; use letters and digits"
    return ""


def find_line(toml: str, path: list[str]) -> int:
    """Return the line of the table or key at `path`, else of the innermost around it, else the first."""
    found, depth, table = 1, 0, []
    for number, line in enumerate(toml.split("\n"), 1):
        if begins := re.match(r"\s*\[(.+)\]", line):
            table = _keys(begins[1])
            place = table if path[: len(table)] == table else table[:1]
        elif begins := re.match(r"\s*([^=]+?)\s*=", line):
            place = [*table, *_keys(begins[1])]
        else:
            continue
        if len(place) > depth and path[: len(place)] == place:
            found, depth = number, len(place)
    return found


def _keys(dotted: str) -> list[str]:
    return [quoted or bare for quoted, bare in re.findall(r'"([^"]*)"|([\w-]+)', dotted)]


def _check(header: Header, toml: str) -> None:
    """Check what types cannot say."""
    for name in header.datasets:
        if not is_dataset_name(name):
            raise InvalidDefinition(find_line(toml, ["datasets"]), f"a dataset's name must be {DATASET_NAME}: {name}")
        if header.datasets.count(name) > 1:
            raise InvalidDefinition(find_line(toml, ["datasets"]), f"the dataset {name} is named twice")
    for name in header.formats:
        if name not in FORMATS:
            reason = f"there is no format {name}: {', '.join(FORMATS)}"
            raise InvalidDefinition(find_line(toml, ["formats"]), reason)
    if (size_bytes := len(msgspec.json.encode(with_ranges(header.schema)))) > quotas.SCHEMA_SIZE_BYTES:
        reason = f"the parameters take {size_bytes:,} bytes, and {quotas.SCHEMA_SIZE_BYTES:,} are allowed"
        raise InvalidDefinition(find_line(toml, ["parameters"]), reason)
    names = list(header.parameters)
    for name in (name for n, name in enumerate(names) if name.lower() in map(str.lower, names[:n])):
        reason = f"parameter {name}: another one is called so, but for capitals, which SQL takes for the same"
        raise InvalidDefinition(find_line(toml, ["parameters", name]), reason)
    for name, key, reason in faults_of(header.schema):
        raise InvalidDefinition(find_line(toml, ["parameters", name, key]), f"parameter {name}: {reason}")
