"""What stays from one view to the next is as if everything had been made anew."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace

from backend.protocol.lifecycle import State
from backend.protocol.messages import Progress
from desktop.files.download import Download, DownloadState
from desktop.session.state import Entry, Session
from desktop.wording.reports.arrangement import Arrangement, Chip
from desktop.wording.reports.report_columns import ColumnId
from desktop.wording.window import Desk, WindowView, present

EntryFactory = Callable[..., Entry]
SessionFactory = Callable[..., Session]


def some_entry(random: Random, known: EntryFactory, unsent: EntryFactory, number: int) -> Entry:
    if random.random() < 0.1:
        return unsent(number)
    progress = Progress(stage="writing", completed=random.randrange(1, 100), total=100, unit="rows")
    state = random.choice(list(State))
    running = {"progress": progress} if state is State.RUNNING else {}
    return known(number, state, ago_s=random.choice([60, 60, 90]), parameters={"delay": 1000 * (number % 2)}, **running)


def some_desks(seed: int, known: EntryFactory, unsent: EntryFactory, make_session: SessionFactory) -> Iterator[Desk]:
    """Yield a hundred desks, each of which differs a little from the one before."""
    random, entries, desk = Random(seed), dict[int, Entry](), Desk()
    catalog = make_session().catalog
    for _ in range(100):
        number = random.randrange(6)
        match random.randrange(8):
            case 0:
                entries.pop(number, None)
            case 1:
                chip, search = random.choice(list(Chip)), random.choice(["", "writing", "1,000"])
                arrangement = Arrangement(random.choice(list(ColumnId)), random.random() < 0.5, chip, search)
                desk = replace(desk, arrangement=arrangement)
            case 2:
                chosen = random.sample(list(entries.values()), min(len(entries), random.randrange(3)))
                desk = replace(desk, selected=frozenset(entry.report_id for entry in chosen))
            case 3 if number in entries:
                report_id, state = entries[number].report_id, random.choice(list(DownloadState))
                download = Download(report_id, Path("/tmp/a.csv"), 1, 2, state)
                desk = replace(desk, downloads={**desk.downloads, report_id: download})
            case _:
                entries[number] = some_entry(random, known, unsent, number)
        yield replace(desk, session=make_session(*entries.values(), catalog=catalog))


def contents(view: WindowView) -> dict[str, object]:
    names = ("title", "listed", "chips", "selected", "offered", "empty", "counts", "under_way", "is_running")
    return {name: getattr(view, name) for name in names}


@pytest.mark.parametrize("seed", range(8))
def test_view_after_another_is_as_one_made_anew(
    seed: int, known: EntryFactory, unsent: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    view = None
    for desk in some_desks(seed, known, unsent, make_session):
        view = present(desk, 0.0, now, view)
        as_selected = replace(desk, selected=frozenset(row.report_id for row in view.selected))
        assert contents(view) == contents(present(as_selected, 0.0, now))
