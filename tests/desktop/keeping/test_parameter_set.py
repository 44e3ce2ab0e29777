"""What a definition still allows of a set that was made for an earlier one."""

from pathlib import Path

import msgspec
import pytest

from backend.protocol.messages import DefinitionInfo
from backend.protocol.parameters import SINGLE_TYPES, type_of
from desktop.keeping.errors import WrongName
from desktop.keeping.parameter_set import Fitted, ParameterSet, Plain, checked_name, fit
from desktop.keeping.parameter_sets import ParameterSets

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
            "least": {"type": "number", "minimum": 0},
            "is_late": {"type": "boolean"},
            "label": {"type": "string"},
            "carriers": {"type": "array", "items": {"type": "string", "enum": ["AA", "B6"]}, "uniqueItems": True},
            "months": {"type": "array", "items": {"type": "integer", "enum": [1, 2, 3]}, "maxItems": 2},
        },
    },
    formats=("xlsx", "csv"),
)


OF_EVERY_TYPE: dict[str, Plain] = {
    "days": 3,
    "origin": "EWR",
    "start": "2013-02-01",
    "least": 0.5,
    "is_late": True,
    "label": "ä",
    "carriers": ["AA", "B6"],
    "months": [1, 3],
}


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
        f"parameters.carrier is unknown: there is {', '.join(DEFINITION.parameters['properties'])}",
    ]


def test_value_of_every_type_of_a_schema_is_read_back_as_it_was_kept(tmp_path: Path) -> None:
    known = {type_of(each) for each in DEFINITION.parameters["properties"].values()}
    assert known == {*SINGLE_TYPES, "array"}
    for name, value in OF_EVERY_TYPE.items():
        kept = ParameterSet(parameters={name: value})
        ParameterSets(tmp_path / "sets.json").save("local", "worst-days", name, kept)
        read = ParameterSets(tmp_path / "sets.json").load().get("local", "worst-days", name)
        assert (read, fit(read, DEFINITION)) == (kept, Fitted(kept))


@pytest.mark.parametrize(
    "wrong", [{"carriers": ["AA", "ZZ"]}, {"carriers": ["AA", "AA"]}, {"months": [1, 2, 3]}, {"days": [1]}]
)
def test_list_that_does_not_fit_is_named(wrong: dict[str, Plain]) -> None:
    fitted = fit(ParameterSet(parameters=wrong), DEFINITION)
    assert fitted.usable == ParameterSet()
    (misfit,) = fitted.misfits
    assert misfit.place == f"parameters.{next(iter(wrong))}"


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
