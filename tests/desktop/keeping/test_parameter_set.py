"""What a definition still allows of a set that was made for an earlier one."""

import msgspec
import pytest

from backend.protocol.messages import DefinitionInfo
from desktop.keeping.errors import WrongName
from desktop.keeping.parameter_set import Fitted, ParameterSet, checked_name, fit

DATE = {"type": "string", "format": "date"}
DEFINITION = DefinitionInfo(
    id="worst-days",
    title="",
    description="",
    parameters={
        "type": "object",
        "properties": {
            "days": {"type": "integer", "minimum": 1, "maximum": 10, "default": 5},
            "origin": {"type": "string", "enum": ["EWR", "JFK"]},
            "start": DATE,
            "end": {**DATE, "default": "2013-12-31"},
        },
    },
    formats=("xlsx", "csv"),
)


def misfits(kept: ParameterSet) -> list[str]:
    return [str(misfit) for misfit in fit(kept, DEFINITION).misfits]


@pytest.mark.parametrize(
    "kept",
    [
        ParameterSet(),
        ParameterSet(parameters={"days": 10, "origin": "JFK"}, format="csv", format_options={"delimiter": ";"}),
        ParameterSet(parameters={"origin": None, "start": "2013-12-31"}, format="xlsx"),
    ],
)
def test_what_fits_is_used_as_it_is(kept: ParameterSet) -> None:
    assert fit(kept, DEFINITION) == Fitted(kept)


def test_each_value_that_does_not_fit_is_named_and_the_others_are_used() -> None:
    kept = ParameterSet(parameters={"days": 11, "carrier": "UA", "origin": "JFK"}, format="csv")
    assert fit(kept, DEFINITION).usable == ParameterSet(parameters={"origin": "JFK"}, format="csv")
    assert misfits(kept) == [
        "parameters.days must be a whole number from 1 to 10",
        "parameters.carrier is unknown: there is days, origin, start, end",
    ]


def test_range_that_a_moved_default_turns_round_is_left_out() -> None:
    kept = ParameterSet(parameters={"start": "2014-01-01", "days": 3})
    assert fit(kept, DEFINITION).usable.parameters == {"days": 3}
    assert misfits(kept) == ["parameters.start goes with a date that does not fit"]
    assert misfits(ParameterSet(parameters={"start": "2013-02-01", "end": "2013-01-01"})) == [
        "parameters.start goes with a date that does not fit",
        "parameters.end must not be before 2013-02-01",
    ]


def test_format_that_is_gone_takes_its_options_along() -> None:
    kept = ParameterSet(parameters={"days": 1}, format="parquet", format_options={"bom": True})
    assert fit(kept, DEFINITION).usable == ParameterSet(parameters={"days": 1})
    assert misfits(kept) == ["format must be one of xlsx, csv"]


@pytest.mark.parametrize(
    ("kept", "named"),
    [
        (ParameterSet(format="csv", format_options={"delimiter": "x", "bom": True}), "formatOptions.delimiter must be"),
        (ParameterSet(format_options={"bom": True}), "formatOptions.bom is unknown: there is nothing"),
    ],
)
def test_options_are_those_of_the_format(kept: ParameterSet, named: str) -> None:
    (misfit,) = misfits(kept)
    assert misfit.startswith(named)


def test_definition_without_parameters_allows_none() -> None:
    bare = msgspec.structs.replace(DEFINITION, parameters={"type": "object"})
    assert fit(ParameterSet(parameters={"days": 1}), bare).usable == ParameterSet()


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a" * 81, "a\x1b[1m"])
def test_name_is_a_short_line(name: str) -> None:
    with pytest.raises(WrongName, match="a line of 1 to 80 characters"):
        checked_name(name)
    assert checked_name(" Späte Flüge, JFK ") == "Späte Flüge, JFK"
