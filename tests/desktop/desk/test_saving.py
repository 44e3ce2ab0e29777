from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from backend.protocol.lifecycle import State
from desktop.desk.saving import Saving
from desktop.session.state import Entry, Session
from desktop.wording import language
from desktop.wording.language import LanguageId
from desktop.wording.reports.report_row import Around, ReportRow, make_row
from tests.desktop.conftest import NOW
from tests.desktop.widgets.form.forms import define

EntryFactory = Callable[..., Entry]
SessionFactory = Callable[..., Session]


@pytest.fixture
def begun() -> list[tuple[str, Path]]:
    return []


@pytest.fixture
def saving(tmp_path: Path, begun: list[tuple[str, Path]]) -> Saving:
    return Saving(lambda report_id, path: begun.append((report_id, path)), tmp_path, "{report}", lambda: NOW)


def rows_of(*entries: Entry, now: datetime = NOW) -> Callable[[str], ReportRow | None]:
    return {entry.report_id: make_row(entry, Around(now)) for entry in entries}.get


def test_wanted_report_is_saved_once_as_soon_as_it_is_ready(
    saving: Saving, begun: list[tuple[str, Path]], known: EntryFactory, make_session: SessionFactory, tmp_path: Path
) -> None:
    for state in (State.QUEUED, State.RUNNING, State.SUCCEEDED, State.SUCCEEDED):
        entry = known(1, state)
        saving.want([entry.report_id] if state is State.QUEUED else [])
        saving.look(make_session(entry), rows_of(entry))
    assert begun == [(known(1).report_id, tmp_path / "sample.csv")]
    assert saving.wanted == frozenset()


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED])
def test_report_that_never_will_be_ready_is_forgotten(
    saving: Saving, begun: list[tuple[str, Path]], known: EntryFactory, make_session: SessionFactory, state: State
) -> None:
    entry = known(1, state)
    saving.want([entry.report_id])
    saving.look(make_session(entry), rows_of(entry))
    assert (saving.wanted, begun) == (frozenset(), [])


@pytest.mark.parametrize(("is_listed", "is_wanted"), [(False, True), (True, False)])
def test_report_of_an_earlier_run_is_waited_for_until_the_list_has_come(
    saving: Saving, make_session: SessionFactory, *, is_listed: bool, is_wanted: bool
) -> None:
    saving.want(["earlier"])
    saving.look(make_session(is_listed=is_listed), rows_of())
    assert ("earlier" in saving.wanted) is is_wanted


DAYS = {
    "start": {"type": "string", "format": "date", "default": "2013-01-01"},
    "end": {"type": "string", "format": "date", "default": "2013-12-31"},
}
ALL_YEAR = {"start": "2013-01-01", "end": "2013-12-31"}


@pytest.mark.parametrize("spoken", list(LanguageId))
@pytest.mark.parametrize(
    ("parameters", "name"),
    [(ALL_YEAR, "worst-days.csv"), (ALL_YEAR | {"start": "2013-03-01"}, "worst-days-2013-03-to-2013-12.csv")],
)
def test_name_of_a_file_is_the_same_in_every_language(
    saving: Saving, known: EntryFactory, spoken: LanguageId, parameters: dict[str, str], name: str
) -> None:
    saving.pattern = "{report}-{parameters}"
    language.use(spoken)
    try:
        definition = define(DAYS, id="worst-days", title="Worst days")
        entry = known(1, State.SUCCEEDED, definition="worst-days", parameters=parameters)
        assert saving.name(make_row(entry, Around(NOW, definition))) == name
    finally:
        language.use(LanguageId.ENGLISH)


def test_two_reports_never_get_one_name(
    saving: Saving, begun: list[tuple[str, Path]], known: EntryFactory, tmp_path: Path
) -> None:
    (tmp_path / "sample.csv").write_bytes(b"an older one")
    for number in (1, 2):
        row = rows_of(known(number, State.SUCCEEDED))(known(number).report_id)
        assert row is not None
        saving.save_in(row, tmp_path)
    assert [path.name for _, path in begun] == ["sample (2).csv", "sample (3).csv"]


def test_name_of_a_download_that_failed_is_free_again(
    saving: Saving, begun: list[tuple[str, Path]], known: EntryFactory, tmp_path: Path
) -> None:
    row = rows_of(known(1, State.SUCCEEDED))(known(1).report_id)
    assert row is not None
    saving.kept_promise(saving.save_in(row, tmp_path))
    saving.save_in(row, tmp_path)
    assert [path.name for _, path in begun] == ["sample.csv", "sample.csv"]


def test_expired_file_is_not_asked_for(
    saving: Saving, begun: list[tuple[str, Path]], known: EntryFactory, make_session: SessionFactory
) -> None:
    entry = known(1, State.SUCCEEDED)
    saving.want([entry.report_id])
    saving.look(make_session(entry), rows_of(entry, now=NOW + timedelta(days=30)))
    assert (saving.wanted, begun) == (frozenset(), [])
