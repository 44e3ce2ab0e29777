import pytest

from backend import reports
from backend.catalog.loading import load
from backend.protocol.messages import DefinitionInfo
from desktop.wording.form.search import Marked, find_reports, mark
from tests.desktop.conftest import NOW

CATALOG = tuple(definition.info(NOW.date()) for definition in load(reports).values())


def define(title: str, description: str = "", **parameters: str) -> DefinitionInfo:
    properties = {name: {"type": "string", "title": text} for name, text in parameters.items()}
    schema = {"type": "object", "properties": properties}
    return DefinitionInfo(id=title, title=title, description=description, parameters=schema, formats=("csv",))


def found(text: str, *recent: str) -> list[str]:
    findings = find_reports(CATALOG, recent, text)
    return [each.definition for each in (*findings.recent, *findings.others)]


@pytest.mark.parametrize("text", ["late car", "car late", " LATE  car "])
def test_all_words_anywhere_find_five(text: str) -> None:
    assert sorted(found(text)) == [
        "carrier-delays",
        "carrier-scorecard",
        "fleet-age",
        "hourly-punctuality",
        "route-matrix",
    ]


def test_nothing_typed_finds_all_and_recent_first_in_their_order() -> None:
    assert found("", "worst-days", "gone", "flights")[:2] == ["worst-days", "flights"]
    assert sorted(found("", "worst-days")) == sorted(each.id for each in CATALOG)
    assert find_reports(CATALOG, (), "xyz").shown == 0


def test_words_are_looked_for_in_the_parameters_too() -> None:
    catalog = [define("A", "Says much.", threshold="Late from (min)"), define("B", "Late.")]
    (first, second) = find_reports(catalog, (), "late").others
    assert first.detail == Marked("Says much. · Late from (min)", ((13, 17),))
    assert second.detail == Marked("Late.", ((0, 4),))


def test_each_word_is_in_sight() -> None:
    for each in find_reports(CATALOG, (), "late car").others:
        shown = f"{each.title.text} {each.detail.text[:75]}".casefold()
        assert "late" in shown
        assert "car" in shown


@pytest.mark.parametrize(
    ("text", "words", "marks"),
    [
        ("Carrier scorecard", ["car"], ((0, 3), (13, 16))),
        ("banana", ["ana", "nan"], ((1, 5),)),
        ("a.b", ["."], ((1, 2),)),
        ("x", [], ()),
    ],
)
def test_marks(text: str, words: list[str], marks: tuple[tuple[int, int], ...]) -> None:
    assert mark(text, words) == Marked(text, marks)
