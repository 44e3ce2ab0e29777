"""JSON Schemas of the protocol's types, as validators and generators of clients in any language read them.

types, words ──▶ **schemas_of** ──▶ OpenAPI, AsyncAPI

A request may leave out what has a default, or send null in its place, and may have nothing else. An answer has every
member, but for those that are left out where they are absent; clients ignore members they do not know.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import NODEFAULT
from msgspec import inspect as types

from backend.documents.words import EXAMPLES, MEMBERS
from backend.protocol.messages import Data, ReportId, Value

Schema = dict[str, Any]
NULL: Schema = {"type": "null"}
LARGEST_INT32 = 2**31 - 1
_ID_PATTERN = types.type_info(ReportId).type.pattern  # type: ignore[attr-defined]


def schemas_of(kinds: Iterable[type[Value]]) -> dict[str, Schema]:
    """Return the schemas of these types, and of all they are made of, by name."""
    found: dict[str, Schema] = {}
    for kind in kinds:
        _Collector(found).reference(types.type_info(kind))
    return dict(sorted(found.items()))


def parameters_of(kind: type[Data]) -> dict[str, tuple[Schema, bool]]:
    """Return the schema of each parameter of a query, and whether it is required. A query has no null."""
    collector = _Collector({})
    return {
        field.encode_name: (
            _described(kind, field.encode_name, collector.of(_without_null(field.type))),
            field.required,
        )
        for field in types.type_info(kind).fields  # type: ignore[attr-defined]
    }


def reference(name: str) -> Schema:
    """Return what stands for a schema of that name."""
    return {"$ref": f"#/components/schemas/{name}"}


def nullable(schema: Schema) -> Schema:
    """Return a schema that allows null as well."""
    return {"anyOf": [schema, NULL]}


class _Collector:
    """Makes schemas, and keeps those of named types under their names."""

    def __init__(self, found: dict[str, Schema]) -> None:
        self._found = found

    def reference(self, kind: types.Type) -> Schema:
        """Return a reference to the schema of a named type."""
        cls: type = kind.cls  # type: ignore[attr-defined]
        if cls.__name__ not in self._found:
            self._found[cls.__name__] = {}  # a type may contain itself
            self._found[cls.__name__] = self._named(kind)
        return reference(cls.__name__)

    def of(self, kind: types.Type) -> Schema:
        """Return the schema of a type."""
        match kind:
            case types.Metadata(type=inner):
                return self.of(inner)
            case types.StructType() | types.EnumType():
                return self.reference(kind)
            case types.UnionType(types=parts):
                some = [self.of(part) for part in parts]
                return some[0] if len(some) == 1 else {"anyOf": some}
            case types.VarTupleType(item_type=item, max_length=most):
                return {"type": "array", "items": self.of(item)} | ({} if most is None else {"maxItems": most})
            case types.DictType(value_type=value):
                return {"type": "object", "additionalProperties": self._of_values(value)}
            case _:
                return _scalar(kind)

    def _of_values(self, kind: types.Type) -> Schema | bool:
        return isinstance(kind, types.AnyType) or self.of(kind)

    def _named(self, kind: types.Type) -> Schema:
        match kind:
            case types.EnumType(cls=cls):
                return {"description": _sentence(cls), "type": "string", "enum": [member.value for member in cls]}
            case types.StructType(cls=cls):
                return self._object(kind)
            case _:
                raise TypeError(f"no name for {kind}")

    def _object(self, kind: types.StructType) -> Schema:
        cls = kind.cls
        is_request = issubclass(cls, Data)
        properties: dict[str, Schema] = {}
        if kind.tag_field:
            properties[kind.tag_field] = {"description": "The kind of message.", "type": "string", "const": kind.tag}
        for field in kind.fields:
            properties[field.encode_name] = _described(cls, field.encode_name, self._member(field, cls))
        defaults = {field.encode_name for field in kind.fields if _may_be_absent(field, cls)}
        required = [name for name in properties if name not in defaults]
        return {
            "description": _sentence(cls),
            "type": "object",
            **({"properties": properties} if properties else {}),
            **({"required": required} if required else {}),
            **({"additionalProperties": False} if is_request else {}),
        }

    def _member(self, field: types.Field, cls: type) -> Schema:
        if not issubclass(cls, Data):
            return self.of(_without_null(field.type) if _may_be_absent(field, cls) else field.type)
        plain = self.of(_without_null(field.type))
        return plain if field.required else nullable(plain)


def _scalar(kind: types.Type) -> Schema:
    match kind:
        case types.StrType() | types.DateTimeType():
            return _text(kind)
        case types.IntType(ge=least, le=most):
            size = "int32" if most is not None and most <= LARGEST_INT32 else "int64"
            return {"type": "integer", "format": size, **_given({"minimum": least, "maximum": most})}
        case types.FloatType(ge=lowest):
            return {"type": "number", "format": "double", **_given({"minimum": lowest})}
        case types.LiteralType(values=values):
            return {"type": "string", "enum": list(values)}
        case types.BoolType():
            return {"type": "boolean"}
        case types.NoneType():
            return dict(NULL)
        case _:
            raise TypeError(f"no schema for {kind}")


def _text(kind: types.StrType | types.DateTimeType) -> Schema:
    r"""Return the schema of a text. JavaScript has no `\Z`, and its `$` means that."""
    if isinstance(kind, types.DateTimeType):
        return {"type": "string", "format": "date-time"}
    pattern = kind.pattern and kind.pattern.replace(r"\Z", "$")
    is_id = {"format": "uuid"} if kind.pattern == _ID_PATTERN else {}
    return {
        "type": "string",
        **is_id,
        **_given({"minLength": kind.min_length, "maxLength": kind.max_length, "pattern": pattern}),
    }


def _without_null(kind: types.Type) -> types.Type:
    if not isinstance(kind, types.UnionType):
        return kind
    parts = tuple(part for part in kind.types if not isinstance(part, types.NoneType))
    return parts[0] if len(parts) == 1 else types.UnionType(parts)


def _may_be_absent(field: types.Field, cls: type) -> bool:
    """Return whether a request need not have a member, or an answer leaves it out where there is none."""
    if issubclass(cls, Data) or cls.__struct_config__.omit_defaults:  # type: ignore[attr-defined]
        return not field.required
    is_unset = field.default is field.default_factory is NODEFAULT
    return is_unset and not field.required


def _described(cls: type, member: str, schema: Schema) -> Schema:
    """Return the schema of a member with the sentence about it, and with examples where its values are open."""
    sentences = (MEMBERS.get(each.__name__, {}).get(member) for each in cls.__mro__)
    sentence = next((each for each in sentences if each), None)
    if sentence is None:
        raise ValueError(f"{cls.__name__}.{member} has no sentence in backend.documents.words")
    examples = EXAMPLES.get((cls.__name__, member))
    return {"description": sentence, **schema, **({"examples": list(examples)} if examples else {})}


def _sentence(cls: type) -> str:
    """Return the first paragraph of a docstring."""
    return " ".join((cls.__doc__ or "").partition("\n\n")[0].split())


def _given(limits: Mapping[str, Any]) -> Schema:
    return {name: value for name, value in limits.items() if value is not None}
