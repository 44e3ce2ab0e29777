from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from msgspec.structs import replace as changed

from backend.protocol.lifecycle import State
from backend.protocol.messages import DefinitionInfo, ErrorInfo
from desktop.files.download import Download, DownloadState
from desktop.files.preview_status import Unavailable
from desktop.session.connection_status import Waiting
from desktop.session.state import Entry, Session
from desktop.wording.form.orders import key_of
from desktop.wording.reports.arrangement import Arrangement, Chip
from desktop.wording.reports.empty import EmptyText
from desktop.wording.reports.offers import ActionId
from desktop.wording.window import Desk, WindowView, present

EntryFactory = Callable[..., Entry]
SessionFactory = Callable[..., Session]
REFUSAL = ErrorInfo(
    code="invalidParameters",
    message="Not allowed.",
    fields={"format": "must be csv", "parameters.delay": "must be less"},
)


def shown(now: datetime, *desks: Desk) -> list[WindowView]:
    views: list[WindowView] = []
    for desk in desks:
        views.append(present(desk, 100.0, now, views[-1] if views else None))
    return views


def chosen(view: WindowView) -> str | None:
    return view.chosen.report_id if view.chosen else None


def looking_at(*entries: Entry, **changes: Any) -> dict[str, Any]:
    ids = [entry.report_id for entry in entries]
    return {"selected": frozenset(ids), "current": ids[0] if ids else None} | changes


def test_nothing_is_selected_until_the_analyst_does(
    known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    (view,) = shown(now, Desk(session=make_session(known(1))))
    assert (chosen(view), view.pane.caption) == (None, "No report selected")


def test_selected_report_stays_selected_as_newer_ones_come(
    known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    first, newer = known(1, ago_s=50), known(2, ago_s=10)
    desk = Desk(session=make_session(first), **looking_at(first))
    views = shown(now, desk, replace(desk, session=make_session(first, newer)))
    assert [chosen(view) for view in views] == [first.report_id, first.report_id]


def test_report_that_was_asked_for_is_selected_once_it_is_there(
    known: EntryFactory, unsent: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    first, asked = known(1), unsent(2)
    desk = Desk(session=make_session(first), **looking_at(first))
    waiting = replace(desk, **looking_at(asked))
    views = shown(now, desk, waiting, replace(waiting, session=make_session(first, asked)))
    assert [chosen(view) for view in views] == [first.report_id, first.report_id, asked.report_id]
    assert [view.asked for view in views[1:]] == [None, asked.report_id]


def test_row_in_the_place_of_one_that_goes_is_selected(
    known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    entries = [known(number, State.FAILED, ago_s=100 + number) for number in (1, 2, 3)]
    desk = Desk(session=make_session(*entries), **looking_at(entries[1]))
    kept = [entries, [entries[0], entries[2]], [entries[0]], []]
    views = shown(now, *(replace(desk, session=make_session(*each)) for each in kept))
    assert [chosen(view) for view in views] == [entries[1].report_id, entries[2].report_id, entries[0].report_id, None]


def test_selected_row_is_the_news_of_its_report(
    known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    desk = Desk(session=make_session(known(1)), **looking_at(known(1)))
    views = shown(now, desk, replace(desk, session=make_session(known(1, State.RUNNING))))
    words = [view.chosen.shown.value.words if view.chosen else None for view in views]
    assert words == ["Queued", "Running"]
    assert views[1].chosen is views[1].listed[0]


def test_several_reports_are_selected_together(
    known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    entries = [known(number) for number in (1, 2, 3)]
    (view,) = shown(now, Desk(session=make_session(*entries), **looking_at(*entries[:2])))
    assert (chosen(view), len(view.selected), view.pane.caption) == (None, 2, "2 reports selected")


def test_filter_keeps_what_is_selected_and_says_when_nothing_passes(
    known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    entries = [known(1, State.FAILED), known(2, State.SUCCEEDED)]
    desk = Desk(session=make_session(*entries), arrangement=Arrangement(chip=Chip.CANCELLED))
    (view,) = shown(now, desk)
    assert (view.listed, view.empty) == ((), EmptyText("search", "Nothing matches", button="Show all"))
    (view,) = shown(now, replace(desk, **looking_at(entries[0])))
    assert [row.report_id for row in view.listed] == [entries[0].report_id]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"is_listed": False}, "Loading earlier reports…"),
        ({"is_listed": True}, "No reports yet"),
    ],
)
def test_empty_list_says_whether_it_is_known_to_be_empty(
    make_session: SessionFactory, now: datetime, changes: dict[str, bool], words: str
) -> None:
    (view,) = shown(now, Desk(session=make_session(**changes)))
    assert view.empty is not None
    assert words in (view.empty.heading, view.empty.sentence)


def test_list_that_was_cleared_offers_what_was_removed(
    known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    entries = [known(number, State.SUCCEEDED) for number in (1, 2)]
    session, removed = make_session(*entries, is_listed=True), frozenset({entries[0].report_id, "gone"})
    (view,) = shown(now, Desk(session=session, removed=removed))
    assert (view.empty, ActionId.SHOW_REMOVED in view.offered) == (None, True)
    (view,) = shown(now, Desk(session=session, removed=removed | {entries[1].report_id}))
    assert view.empty is not None
    assert (view.empty.sentence, view.empty.button) == ("2 reports were removed from it.", "Show removed reports")
    (view,) = shown(now, Desk(session=make_session(is_listed=True), removed=removed))
    assert view.empty is not None
    assert (view.empty.heading, ActionId.SHOW_REMOVED in view.offered) == ("No reports yet", False)


def test_title_and_counts_tell_what_is_under_way(
    known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    entries = [known(1, State.RUNNING), known(2, State.QUEUED), known(3, State.FAILED)]
    (view,) = shown(now, Desk(session=make_session(*entries)))
    assert (view.title, view.counts) == ("2 under way – Reportwire", "1 running, 1 queued")
    (quiet,) = shown(now, Desk(session=make_session(known(3, State.FAILED))))
    assert (quiet.title, quiet.counts) == ("Reportwire", "")


@pytest.mark.parametrize("state", [DownloadState.ACTIVE, DownloadState.PAUSED])
def test_title_counts_the_same_whatever_is_looked_for(
    known: EntryFactory, make_session: SessionFactory, now: datetime, state: DownloadState
) -> None:
    entries = [known(1, State.RUNNING), known(2, State.SUCCEEDED)]
    download = Download(entries[1].report_id, Path("a.csv"), 1, 2, state)
    desk = Desk(session=make_session(*entries), downloads={entries[1].report_id: download})
    for arrangement in (Arrangement(), Arrangement(search="nothing"), Arrangement(chip=Chip.FAILED)):
        (view,) = shown(now, replace(desk, arrangement=arrangement))
        assert view.title == "1 under way – Reportwire"
        assert view.counts == ("1 running, 1 saving" if state is DownloadState.ACTIVE else "1 running, 1 paused")


def test_clock_is_looked_at_each_second_only_while_something_counts(
    known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    sessions = [
        make_session(known(1, State.SUCCEEDED)),
        make_session(known(1, State.RUNNING)),
        make_session(connection=Waiting(112.0, "")),
    ]
    assert [view.is_moving for view in shown(now, *(Desk(session=each) for each in sessions))] == [False, True, True]


def test_orders_under_way_are_known_to_the_form(
    known: EntryFactory, make_session: SessionFactory, sample: DefinitionInfo, now: datetime
) -> None:
    running, ended = known(1, State.RUNNING), known(2, State.FAILED, parameters={"delay": 7})
    (view,) = shown(now, Desk(session=make_session(running, ended)))
    assert running.snapshot is not None
    assert view.under_way == {key_of(running.snapshot, sample)}


def test_notice_and_wrong_fields_are_said_once(
    unsent: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    refused = make_session(unsent(1, refusal=REFUSAL), notice="It cannot be cancelled.")
    desks = [Desk(session=make_session(unsent(1))), Desk(session=refused), Desk(session=refused)]
    views = shown(now, *desks)
    assert [view.notice for view in views] == ["", "It cannot be cancelled.", ""]
    assert [view.wrong_fields.reasons if view.wrong_fields else None for view in views] == [
        None,
        {"delay": "must be less"},
        None,
    ]


def test_preview_is_new_when_another_report_is_selected_or_has_one_at_last(
    known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    def with_preview(number: int) -> Entry:
        entry: Any = known(number, State.SUCCEEDED, ago_s=number)
        link = changed(entry.snapshot.link, preview_url="https://bucket.test/preview.json")
        return known(number, State.SUCCEEDED, ago_s=number, link=link)

    first, second = with_preview(1), with_preview(2)
    running = Desk(session=make_session(known(1, State.RUNNING, ago_s=1)), **looking_at(first))
    ready = replace(running, session=make_session(first, second))
    failed = replace(ready, previews={first.report_id: Unavailable("It is gone.")})
    other = replace(ready, **looking_at(second))
    views = shown(now, running, ready, failed, other, replace(failed, **looking_at(first)))
    assert [view.is_preview_new for view in views] == [False, True, False, True, True]


def test_selection_alone_lists_nothing_anew(now: datetime, known: EntryFactory, make_session: SessionFactory) -> None:
    entries = known(1, State.RUNNING), known(2, State.SUCCEEDED)
    desk = Desk(session=make_session(*entries))
    before, after = shown(now, desk, replace(desk, selected=frozenset({entries[1].report_id})))
    assert after.listed is before.listed
    assert (after.title, after.chips, after.is_moving) == (before.title, before.chips, True)
    assert [row.report_id for row in after.selected] == [entries[1].report_id]
