"""Lists and the catalog come in pages, which are asked for one after the other."""

from msgspec.structs import replace

from backend.protocol.messages import (
    CatalogMessage,
    DefinitionInfo,
    DescribeCatalog,
    ListReports,
    ReportsMessage,
    Request,
)
from desktop.outside.patience import ANSWER_S, NEWS_S
from desktop.session.events import (
    Received,
    TimePassed,
)
from desktop.session.reference import Question, Reference
from desktop.session.step import step
from tests.desktop.session.test_step import DONE, connected, play


def page(*ids: int, following: str | None = None) -> Received:
    reports = tuple(replace(DONE, report_id=f"00000000-0000-4000-8000-{n:012}") for n in ids)
    return Received(ReportsMessage(request_id="list", reports=reports, next=following), 1)


def test_all_pages_of_the_list_are_asked_for() -> None:
    session, requests = play(connected(), page(1, 2, following="a"))
    assert requests == (Request(ListReports(before="a"), "list"),)
    assert not session.is_listed
    session, requests = play(page(3, following="b"), session=session)
    assert requests == (Request(ListReports(before="b"), "list"),)
    session, requests = play(page(), session=session)
    assert requests == ()
    assert session.is_listed
    assert len(session.entries) == 3


def test_reports_asked_for_elsewhere_are_asked_about_as_soon_as_they_may_be_there() -> None:
    session, _ = play(connected(), catalog_page("a"), page(1, following="a"), page(2))
    for second in range(2, 2 + int(NEWS_S)):
        session, requests = step(session, TimePassed(second))
        assert requests == ()
    session, requests = play(TimePassed(2 + NEWS_S), session=session)
    assert Request(ListReports(), "list") in requests
    session, requests = play(page(3, 1, following="a"), session=session)
    assert requests == ()
    assert len(session.entries) == 3


def test_more_new_reports_than_a_page_holds_are_all_asked_for() -> None:
    session, _ = play(connected(), page(1))
    session, requests = play(page(3, 2, following="a"), session=session)
    assert requests == (Request(ListReports(before="a"), "list"),)
    assert session.is_listed


def catalog_page(*ids: str, following: str | None = None, known: int = 0) -> Received:
    infos = tuple(DefinitionInfo(id=id_, title=id_, description="", parameters={}, formats=("csv",)) for id_ in ids)
    request_id = Reference(Question.CATALOG, known=known).encode()
    return Received(CatalogMessage(request_id=request_id, definitions=infos, next=following), 0)


def test_all_pages_of_the_catalog_are_asked_for() -> None:
    session, requests = play(connected(), catalog_page("a", "b", following="b"))
    assert (session.catalog, requests) == (None, (Request(DescribeCatalog(after="b"), "catalog:2"),))
    session, requests = play(catalog_page("c", known=2), session=session)
    assert ([info.id for info in session.catalog or ()], requests) == (["a", "b", "c"], ())


def test_catalog_whose_page_was_lost_is_asked_for_from_the_start() -> None:
    session, _ = play(connected(), catalog_page("a", following="a"))
    session, requests = play(TimePassed(ANSWER_S + 1), session=session)
    assert Request(DescribeCatalog(), "catalog") in requests
    session, requests = play(catalog_page("a", following="a"), session=session)
    assert requests == (Request(DescribeCatalog(after="a"), "catalog:1"),)
    session, _ = play(catalog_page("c", known=2), session=session)
    assert session.catalog is None
    session, _ = play(catalog_page("b", following="b", known=1), catalog_page("c", known=2), session=session)
    assert [info.id for info in session.catalog or ()] == ["a", "b", "c"]


def test_catalog_that_leads_nowhere_is_not_followed() -> None:
    pages = [catalog_page("a", following="a"), catalog_page("a", following="a", known=1)]
    session, requests = play(connected(), *pages)
    assert (session.catalog, requests) == (None, ())
