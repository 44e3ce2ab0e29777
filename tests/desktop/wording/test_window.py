from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from msgspec.structs import replace as changed

from backend.protocol.lifecycle import State
from backend.protocol.messages import ErrorInfo
from desktop.files.preview_status import Unavailable
from desktop.session.state import Entry, Session
from desktop.wording.pane.message import Help
from desktop.wording.pane.view import TabId
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


def test_first_report_is_chosen_and_stays_chosen_as_newer_ones_come(
    known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    first, newer = known(1, ago_s=50), known(2, ago_s=10)
    views = shown(now, *(Desk(session=make_session(*entries)) for entries in ([], [first], [first, newer])))
    assert [chosen(view) for view in views] == [None, first.report_id, first.report_id]


def test_report_that_was_asked_for_is_chosen_once_it_is_there(
    known: EntryFactory, unsent: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    first, asked = known(1), unsent(2)
    desk = Desk(session=make_session(first), chosen=asked.report_id)
    views = shown(now, desk, replace(desk, session=make_session(first, asked)))
    assert [chosen(view) for view in views] == [first.report_id, asked.report_id]


def test_row_in_the_place_of_one_that_goes_is_chosen(
    known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    entries = [known(number, ago_s=number) for number in (1, 2, 3)]
    desk = Desk(session=make_session(*entries), chosen=entries[1].report_id)
    kept = [entries, [entries[0], entries[2]], [entries[0]], []]
    views = shown(now, *(replace(desk, session=make_session(*each)) for each in kept))
    assert [chosen(view) for view in views] == [entries[1].report_id, entries[2].report_id, entries[0].report_id, None]


def test_chosen_row_is_the_news_of_its_report(known: EntryFactory, make_session: SessionFactory, now: datetime) -> None:
    desk = Desk(session=make_session(known(1)))
    views = shown(now, desk, replace(desk, session=make_session(known(1, State.RUNNING))))
    assert [view.chosen.state if view.chosen else None for view in views] == ["Queued", "Running"]
    assert views[1].chosen is views[1].rows[0]


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


def test_preview_is_new_when_another_report_is_chosen_or_has_one_at_last(
    known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    def with_preview(number: int) -> Entry:
        entry: Any = known(number, State.SUCCEEDED, ago_s=number)
        link = changed(entry.snapshot.link, preview_url="https://bucket.test/preview.json")
        return known(number, State.SUCCEEDED, ago_s=number, link=link)

    running = Desk(session=make_session(known(1, State.RUNNING, ago_s=1)))
    ready = Desk(session=make_session(with_preview(1), with_preview(2)))
    first = with_preview(1).report_id
    failed = replace(ready, previews={first: Unavailable("It is gone.")})
    other = replace(ready, chosen=with_preview(2).report_id)
    views = shown(now, running, ready, failed, other, replace(failed, chosen=first))
    assert [view.is_preview_new for view in views] == [False, True, False, True, True]
    assert [view.pane.message(TabId.PREVIEW).help is Help.TRY_AGAIN for view in views] == [
        False,
        False,
        True,
        False,
        True,
    ]
