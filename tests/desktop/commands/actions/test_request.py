from pathlib import Path
from typing import Any

import pytest

from backend.protocol.messages import DefinitionInfo
from desktop.commands.actions.request import Order, WrongOrder, check, make_request
from desktop.keeping.parameter_set import ParameterSet

DELAYS = DefinitionInfo(
    id="delays",
    title="Delays",
    description="",
    parameters={
        "type": "object",
        "properties": {
            "start": {"type": "string", "format": "date", "default": "2013-01-01"},
            "end": {"type": "string", "format": "date"},
            "carrier": {"type": "string", "enum": ["AA", "B6"]},
            "least": {"type": "integer", "minimum": 1, "default": 100},
            "threshold": {"type": "number", "minimum": 0},
            "cancelled": {"type": "boolean", "default": False},
            "origins": {
                "type": "array",
                "items": {"type": "string", "enum": ["EWR", "JFK", "LGA"]},
                "uniqueItems": True,
                "description": "All when left empty.",
            },
        },
        "required": ["start", "end"],
    },
    formats=("xlsx", "csv", "parquet"),
)
END = "end=2013-12-31"


def order(*parameters: str, output: str | None = None, **changes: Any) -> Order:
    path = Path("/somewhere") / output if output else None
    return Order("delays", **({"parameters": (END, *parameters), "output": path} | changes))


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("start=2013-02-01", "start", "2013-02-01"),
        ("carrier=B6", "carrier", "B6"),
        ("least=7", "least", 7),
        ("threshold=0.5", "threshold", 0.5),
        ("cancelled=true", "cancelled", True),
        ("origins=EWR", "origins", ["EWR"]),
        ("origins=EWR,JFK", "origins", ["EWR", "JFK"]),
        ('origins=["EWR", "JFK"]', "origins", ["EWR", "JFK"]),
        ("origins=", "origins", []),
    ],
)
def test_parameters_are_read_as_their_types(text: str, name: str, value: object) -> None:
    request = make_request(DELAYS, order(text), "id")
    assert request.parameters == {"end": "2013-12-31", name: value}
    assert (request.report_id, request.definition) == ("id", "delays")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("start=2013-02-30", "start must be a date, as YYYY-MM-DD."),
        ("start=01.02.2013", "start must be a date, as YYYY-MM-DD."),
        ("start=", "start must be a date, as YYYY-MM-DD."),
        ("carrier=ZZ", "carrier must be one of AA, B6."),
        ("carrier=", "carrier must be one of AA, B6."),
        ("least=0", "least must be a whole number from 1."),
        ("threshold=-1", "threshold must be a number from 0."),
        ("cancelled=yes", "cancelled must be true or false."),
        (
            "origins=EWR,XX",
            'origins must be a list of some of EWR, JFK, LGA, each once; "XX" is none of them. All when left empty.',
        ),
    ],
)
def test_parameter_that_is_not_allowed_says_what_is(text: str, reason: str) -> None:
    with pytest.raises(WrongOrder) as raised:
        make_request(DELAYS, order(text), "id")
    assert str(raised.value) == reason


def test_needed_parameter_is_missed_here_already() -> None:
    with pytest.raises(WrongOrder, match=r"^-p end=… is missing: a date, as YYYY-MM-DD\.$"):
        make_request(DELAYS, order(parameters=()), "id")


def test_range_that_ends_before_it_starts_is_refused_here_already() -> None:
    with pytest.raises(WrongOrder, match=r"^end must not be before 2014-01-01\.$"):
        make_request(DELAYS, order("start=2014-01-01"), "id")


def test_base_holds_where_nothing_else_was_asked_for() -> None:
    base = ParameterSet(parameters={"end": "2013-11-30", "least": 7}, format="csv", format_options={"bom": True})
    request = make_request(DELAYS, Order("delays", ["least=8"], base=base), "id")
    assert request.parameters == {"end": "2013-11-30", "least": 8}
    assert (request.format, request.format_options) == ("csv", {"bom": True})
    request = make_request(DELAYS, Order("delays", format="parquet", base=base), "id")
    assert (request.format, request.format_options) == ("parquet", None)


def test_report_without_parameters_says_so() -> None:
    bare = DefinitionInfo(id="x", title="", description="", parameters={"type": "object"}, formats=("csv",))
    assert make_request(bare, order(parameters=()), "id").parameters == {}
    with pytest.raises(WrongOrder, match="This report has none"):
        make_request(bare, order(parameters=("a=1",)), "id")


# --- formats --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "output", "asked"),
    [
        (None, None, None),
        (None, "a", None),
        (None, ".csv", None),
        (None, "a.csv", "csv"),
        (None, "a.b.PARQUET", "parquet"),
        ("csv", None, "csv"),
        ("csv", "a.csv", "csv"),
        ("csv", "a.txt", "csv"),
    ],
)
def test_format_is_what_was_asked_for_or_what_the_file_is_named_after(
    chosen: str | None, output: str | None, asked: str | None
) -> None:
    wanted = order(format=chosen, output=output)
    check(wanted)
    assert make_request(DELAYS, wanted, "id").format == asked


def test_file_named_after_another_format_is_refused_early() -> None:
    with pytest.raises(WrongOrder, match=r"^--output is named after xlsx, and --format is csv\.$"):
        check(order(format="csv", output="a.xlsx"))


def test_file_named_after_no_format_is_refused_unless_there_is_one() -> None:
    with pytest.raises(
        WrongOrder, match=r'^--output ends with "\.xls", which names no format: add --format, of csv, xlsx, '
    ):
        check(order(output="a.xls"))


def test_file_named_after_a_format_that_is_not_offered_is_refused() -> None:
    only_csv = DefinitionInfo(id="x", title="", description="", parameters={"type": "object"}, formats=("csv",))
    with pytest.raises(WrongOrder, match=r"^This report does not come as xlsx\. It comes as csv\.$"):
        make_request(only_csv, order(output="a.xlsx", parameters=()), "id")


@pytest.mark.parametrize("name", ["pdf", ""])
def test_format_that_is_not_offered_is_refused(name: str) -> None:
    wanted = order(format=name, output="a.csv")
    check(wanted)
    with pytest.raises(WrongOrder, match=r"^--format must be one of xlsx, csv, parquet\.$"):
        make_request(DELAYS, wanted, "id")


# --- their options --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "options"),
    [
        ((), None),
        (("delimiter=;",), {"delimiter": ";"}),
        (("delimiter=tab", "bom=true"), {"delimiter": "\t", "bom": True}),
        ((r"delimiter=\t",), {"delimiter": "\t"}),
        (("delimiter=,", "bom=false"), None),
        (("delimiter=;", "delimiter=|"), {"delimiter": "|"}),
    ],
)
def test_options_that_differ_from_the_defaults_are_asked_for(
    texts: tuple[str, ...], options: dict[str, Any] | None
) -> None:
    for wanted in (order(format="csv", format_options=texts), order(output="a.csv", format_options=texts)):
        check(wanted)
        assert make_request(DELAYS, wanted, "id").format_options == options


@pytest.mark.parametrize(
    ("chosen", "text", "reason"),
    [
        ("csv", "delimiter", '--format-option needs name=value, not "delimiter".'),
        (None, "delimiter", '--format-option needs name=value, not "delimiter".'),
        ("csv", "delimiter=x", "--format-option delimiter must be one of comma, semicolon, tab, bar."),
        (None, "delimiter=x", "--format-option delimiter must be one of comma, semicolon, tab, bar."),
        ("csv", "bom=1", "--format-option bom must be true or false."),
        ("csv", "quote=a", 'There is no format option "quote" of csv. There is: delimiter, bom.'),
        (None, "quote=a", 'There is no format option "quote". There is: delimiter, bom.'),
        ("parquet", "quote=a", 'There is no format option "quote" of parquet.'),
        ("xlsx", "bom=true", 'There is no format option "bom" of xlsx. It is one of csv: add --format csv.'),
    ],
)
def test_wrong_option_is_refused_before_the_catalog_is_known(chosen: str | None, text: str, reason: str) -> None:
    with pytest.raises(WrongOrder) as raised:
        check(order(format=chosen, format_options=(text,)))
    assert str(raised.value) == reason


def test_option_of_another_format_than_the_report_s_first_is_refused() -> None:
    wanted = order(format_options=("bom=true",))
    check(wanted)
    with pytest.raises(WrongOrder, match="add --format csv"):
        make_request(DELAYS, wanted, "id")


def test_option_of_the_report_s_first_format_needs_no_format() -> None:
    first = DefinitionInfo(id="x", title="", description="", parameters={"type": "object"}, formats=("csv", "xlsx"))
    request = make_request(first, order(parameters=(), format_options=("bom=true",)), "id")
    assert (request.format, request.format_options) == (None, {"bom": True})
