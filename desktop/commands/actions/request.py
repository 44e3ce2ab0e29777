"""The arguments of `reportwire generate` as typed, and the request they make.

command line ──▶ **Order** ── catalog ──▶ `GenerateReport`. Pure: no I/O.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from backend.protocol.formats import FORMATS
from backend.protocol.messages import DefinitionInfo, GenerateReport
from backend.protocol.parameters import Schema, crossed, describe, parse
from desktop.headless.request import named_format
from desktop.keeping.parameter_set import ParameterSet
from desktop.wording.formats import differing, options_of, parse_option


class WrongOrder(ValueError):
    """The arguments make no request; the sentence says why."""


class Order(Struct, frozen=True):
    """Arguments of the command."""

    definition: str
    parameters: Sequence[str] = ()
    """`name=value` each."""
    format: str | None = None
    output: Path | None = None
    is_json: bool = False
    format_options: Sequence[str] = ()
    """`name=value` each."""
    base: ParameterSet = field(default_factory=ParameterSet)
    """What holds where nothing else was asked for."""
    save_as: str | None = None
    """The name of the parameter set to make of it."""


def check(order: Order) -> None:
    """Check all that does not depend on the catalog.

    Raises:
        WrongOrder: Something is.
    """
    for text in order.parameters:
        _split("-p", text)
    named = named_format(order.output)
    if order.format in FORMATS and named not in {None, order.format}:
        raise WrongOrder(f"--output is named after {named}, and --format is {order.format}.")
    suffix = order.output.suffix if order.output else ""
    if order.format is None and suffix and named is None:
        raise WrongOrder(
            f'--output ends with "{suffix}", which names no format: add --format, of {", ".join(FORMATS)}.'
        )
    likely = order.format or named or ""
    for text in order.format_options:
        name, value = _split("--format-option", text)
        _check_option(name, value, [likely] if likely in FORMATS else list(FORMATS))


def make_request(definition: DefinitionInfo, order: Order, report_id: str) -> GenerateReport:
    """Return the request for an order whose definition is `definition`, and whose base fits it.

    Raises:
        WrongOrder: The definition does not offer what was asked for.
    """
    chosen = _choose_format(definition, order)
    return GenerateReport(
        report_id=report_id,
        definition=definition.id,
        parameters=_parameters(definition.parameters, order),
        format=chosen,
        format_options=_options(chosen or definition.formats[0], order, definition),
    )


def _choose_format(definition: DefinitionInfo, order: Order) -> str | None:
    """Choose what was asked for, else what the file is named after, else leave it to the service."""
    offered = ", ".join(definition.formats)
    if order.format is not None:
        if order.format not in definition.formats:
            raise WrongOrder(f"--format must be one of {offered}.")
        return order.format
    named = named_format(order.output)
    if named is not None and named not in definition.formats:
        raise WrongOrder(f"This report does not come as {named}. It comes as {offered}.")
    return named or order.base.format


def _parameters(schema: Schema, order: Order) -> dict[str, Any]:
    properties = schema.get("properties", {})
    given = order.base.parameters | dict(_parameter(properties, text) for text in order.parameters)
    for name in schema.get("required", ()):
        if name not in given and "default" not in properties[name]:
            raise WrongOrder(f"-p {name}=… is missing: {describe(properties[name])}.")
    for name, reason in crossed({"properties": {}, **schema}, given).items():
        raise WrongOrder(f"{name} {reason}.")
    return given


def _parameter(properties: Mapping[str, Any], text: str) -> tuple[str, Any]:
    name, value = _split("-p", text)
    if name not in properties:
        known = f"There is: {', '.join(properties)}." if properties else "This report has none."
        raise WrongOrder(f'There is no parameter "{name}". {known}')
    try:
        return name, parse(properties[name], value)
    except ValueError as error:
        explained = " ".join([f"{name} must be {error}.", properties[name].get("description", "")])
        raise WrongOrder(explained.strip()) from error


def _options(format_name: str, order: Order, definition: DefinitionInfo) -> dict[str, Any] | None:
    is_of_base = format_name == (order.base.format or definition.formats[0])
    given: dict[str, Any] = dict(order.base.format_options) if is_of_base else {}
    for text in order.format_options:
        name, value = _split("--format-option", text)
        _check_option(name, value, [format_name])
        given[name] = parse_option(options_of(format_name)[name], value)
    return differing(format_name, given)


def _check_option(name: str, value: str, formats: Sequence[str]) -> None:
    """Check that at least one of `formats` has this option and allows the value."""
    having = {known: options_of(known)[name] for known in formats if name in options_of(known)}
    if not having:
        raise WrongOrder(_say_no_option(name, formats))
    refused = ""
    for prop in having.values():
        try:
            parse_option(prop, value)
        except ValueError as error:
            refused = f"--format-option {name} must be {error}."
        else:
            return
    raise WrongOrder(refused)


def _say_no_option(name: str, formats: Sequence[str]) -> str:
    elsewhere = [known for known in FORMATS if name in options_of(known)]
    of_format = f" of {formats[0]}" if len(formats) == 1 else ""
    known = ", ".join(option for known in formats for option in options_of(known))
    sentence = f'There is no format option "{name}"{of_format}.'
    if elsewhere:
        return f"{sentence} It is one of {', '.join(elsewhere)}: add --format {elsewhere[0]}."
    return f"{sentence} There is: {known}." if known else sentence


def _split(flag: str, text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise WrongOrder(f'{flag} needs name=value, not "{text}".')
    return name, value
