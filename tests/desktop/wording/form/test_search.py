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


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("delay", ["Delay", "Delays by hour", "Late delays", "Undelayed", "Weather"]),
        ("  DELAY ", ["Delay", "Delays by hour", "Late delays", "Undelayed", "Weather"]),
        ("delays late", ["Late delays"]),
        ("delays  by", ["Delays by hour"]),
        ("d", ["Delays by hour", "Delay", "Late delays", "Undelayed", "Weather"]),
    ],
)
def test_title_counts_more_than_the_rest_and_its_beginning_more_than_its_middle(text: str, ids: list[str]) -> None:
    catalog = [
        define("Weather", "Says why there was a delay."),
        *map(define, ("Undelayed", "Late delays", "Delays by hour", "Delay")),
    ]
    assert [each.definition for each in find_reports(catalog, (), text).others] == ids
    lately = find_reports(catalog, ("Weather", "Undelayed"), text)
    assert [each.definition for each in lately.others] == ids, (
        "what was used lately does not go before what fits better"
    )
    assert lately.recent == ()


def test_used_lately_goes_first_among_those_that_fit_as_well() -> None:
    catalog = list(map(define, ("Delays A", "Delays B", "Delays C")))
    found = find_reports(catalog, ("Delays C", "Delays B"), "delays").others
    assert [each.definition for each in found] == ["Delays C", "Delays B", "Delays A"]


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
