"""Exported sets: what is read, what is refused and where, and names that are there already."""

import codecs

import pytest

from desktop.keeping.errors import WrongFile
from desktop.keeping.exchange import Imported, NamedSet, OnConflict, Outcome, decode, encode, exported, importing
from desktop.keeping.kept import Kept
from desktop.keeping.parameter_set import LONGEST_NAME, ParameterSet

HERE, ELSEWHERE = "wss://a.example/prod", "local"
ONE = ParameterSet(
    parameters={"days": 1, "label": "ä", "is_late": True, "share": 0.5, "carriers": ["AA"]}, format="csv"
)
TWO = ParameterSet(parameters={"days": 2}, format_options={"bom": True})


def some() -> Kept:
    kept = Kept.empty().saving(HERE, "worst-days", "one", ONE).saving(HERE, "worst-days", "two", TWO)
    return kept.saving(HERE, "sample", "one", TWO).saving(ELSEWHERE, "sample", "other", ONE)


def test_what_is_exported_is_imported_into_any_connection() -> None:
    sets = decode(encode(exported(some(), HERE)))
    assert [(each.definition, each.name) for each in sets] == [
        ("sample", "one"),
        ("worst-days", "one"),
        ("worst-days", "two"),
    ]
    kept, done = importing(Kept.empty(), ELSEWHERE, sets, OnConflict.REPLACE)
    assert kept.named(ELSEWHERE, "worst-days") == {"one": ONE, "two": TWO}
    assert {each.outcome for each in done} == {Outcome.ADDED}
    assert HERE.encode() not in encode(sets)


@pytest.mark.parametrize(
    ("on_conflict", "name", "outcome"),
    [(OnConflict.REPLACE, "one", Outcome.REPLACED), (OnConflict.KEEP_BOTH, "one (2)", Outcome.RENAMED)],
)
def test_name_that_is_taken_is_replaced_or_both_are_kept(on_conflict: OnConflict, name: str, outcome: Outcome) -> None:
    coming = [NamedSet(definition="worst-days", name="one", parameters={"days": 9})]
    kept, done = importing(some(), HERE, coming, on_conflict)
    assert done == (Imported("worst-days", name, outcome),)
    assert kept.get(HERE, "worst-days", name) == ParameterSet(parameters={"days": 9})
    assert kept.get(HERE, "worst-days", "two") == TWO
    if on_conflict is OnConflict.KEEP_BOTH:
        assert kept.get(HERE, "worst-days", "one") == ONE
        assert importing(kept, HERE, coming[:1], on_conflict)[1][0].name == "one (3)"


def test_same_set_is_there_once() -> None:
    kept, done = importing(some(), HERE, exported(some(), HERE), OnConflict.KEEP_BOTH)
    assert kept == some()
    assert {each.outcome for each in done} == {Outcome.UNCHANGED}


def test_longest_name_has_room_for_its_number() -> None:
    name = "n" * LONGEST_NAME
    kept = Kept.empty().saving(HERE, "sample", name, ONE)
    _, (done,) = importing(kept, HERE, [NamedSet(definition="sample", name=name)], OnConflict.KEEP_BOTH)
    assert (len(done.name), done.name[-4:]) == (LONGEST_NAME, " (2)")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "It is empty."),
        (b"\xff\xfe\xfa", "It is no text in UTF-8."),
        (b'{"version": 1,\n "sets": [\n {"definition": "a" "name": "b"}]}', ", in line 3."),
        (b"[]", "Expected `object`, got `array`."),
        (b'{"sets": []}', "Object missing required field `version`."),
        (b'{"version": 1}', "Object missing required field `sets`."),
        (b'{"version": 2, "sets": []}', "It is of version 2, and this program reads version 1."),
        (b'{"version": 1, "sets": {}}', "sets: expected `array`, got `object`."),
        (b'{"version": 1, "sets": [{"definition": "a"}]}', "sets[0]: object missing required field `name`."),
        (b'{"version": 1, "sets": [{"definition": "a", "name": 5}]}', "sets[0].name: expected `str`, got `int`."),
        (
            b'{"version": 1, "sets": [{"definition": "a", "name": "b", "parameters": {"days": {}}}]}',
            "sets[0].parameters[...]: expected `bool | int | float | str | array | null`, got `object`.",
        ),
        (
            b'{"version": 1, "sets": [{"definition": "a", "name": "b", "parameters": {"days": [0.5]}}]}',
            "sets[0].parameters[...][0]: expected `int | str`, got `float`.",
        ),
        (
            b'{"version": 1, "sets": [{"definition": "a", "name": " "}]}',
            "sets[0].name: The name of a parameter set is a line of 1 to 80 characters.",
        ),
        (b'{"x": ' + b"[" * 100_000, "It is nested too deep."),
    ],
)
def test_what_is_no_export_is_refused_with_its_place(text: bytes, reason: str) -> None:
    with pytest.raises(WrongFile) as told:
        decode(text)
    assert str(told.value).endswith(reason)


def test_file_that_powershell_wrote_is_read() -> None:
    text = encode(exported(some(), HERE)).decode()
    assert decode(codecs.BOM_UTF16_LE + text.encode("utf-16-le")) == exported(some(), HERE)
