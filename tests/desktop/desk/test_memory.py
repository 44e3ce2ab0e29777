from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from backend.protocol.lifecycle import State
from desktop.desk.memory import Memory
from desktop.files.download import Download, DownloadState
from desktop.keeping.window_state import WindowState
from desktop.session.state import Entry, Session
from desktop.wording.form.orders import FormState

EntryFactory = Callable[..., Entry]
SessionFactory = Callable[..., Session]
SAVED = DownloadState.SAVED
SERVICE = "wss://reports.example/prod"
FORM = FormState(
    definition="sample",
    parameters={"delay": 7, "origins": ["EWR", "JFK"]},
    format="csv",
    format_options={"bom": True},
    saves_when_ready=True,
    folder="/tmp/Ünïcode",
    recent=("sample",),
    used={"sample": {"delay": 7}},
)


def memory(path: Path, connection: str = SERVICE) -> Memory:
    return Memory(WindowState(path), connection)


def test_form_comes_back_for_its_connection_only(tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    memory(path).keep_form(FORM)
    assert memory(path).form() == FORM
    assert memory(path, "local").form() == FormState()


def test_saved_removed_and_wanted_reports_come_back_while_the_service_lists_them(
    tmp_path: Path, known: EntryFactory, make_session: SessionFactory
) -> None:
    path, file, entry = tmp_path / "window.json", tmp_path / "a.csv", known(1, State.SUCCEEDED)
    file.write_bytes(b"x")
    saved = Download(entry.report_id, file, 1, 1, DownloadState.SAVED)
    gone = Download("gone", file, 1, 1, DownloadState.SAVED)
    session = make_session(entry, is_listed=True)
    memory(path).keep_reports(session, [saved, gone], ["gone", entry.report_id], [entry.report_id, "gone"])
    later = memory(path)
    assert later.saved() == {entry.report_id: file}
    assert (later.removed(), later.wanted()) == (frozenset({entry.report_id}), frozenset({entry.report_id}))
    file.unlink()
    assert memory(path).saved() == {}


@pytest.mark.parametrize("state", [state for state in DownloadState if state is not DownloadState.SAVED])
def test_good_file_of_an_earlier_save_comes_back(
    tmp_path: Path, state: DownloadState, known: EntryFactory, make_session: SessionFactory
) -> None:
    file, entry = tmp_path / "a.csv", known(1, State.SUCCEEDED)
    file.write_bytes(b"x")
    later = Download(entry.report_id, tmp_path / "b.csv", 0, 1, state, earlier=file)
    memory(tmp_path / "window.json").keep_reports(make_session(entry, is_listed=True), [later], [], [])
    assert memory(tmp_path / "window.json").saved() == {entry.report_id: file}


def test_window_that_closes_last_leaves_what_another_one_kept(
    tmp_path: Path, known: EntryFactory, make_session: SessionFactory
) -> None:
    path, file = tmp_path / "window.json", tmp_path / "a.csv"
    file.write_bytes(b"x")
    entries = [known(number, State.SUCCEEDED) for number in range(4)]
    ids = [entry.report_id for entry in entries]
    session, saved = make_session(*entries, is_listed=True), [Download(each, file, 1, 1, SAVED) for each in ids]
    memory(path).keep_reports(session, [saved[0]], ids[:1], ids[:1])
    one, other = memory(path), memory(path)
    one.keep_reports(session, saved[1:2], ids[1:2], ids[1:2])
    other.keep_form(FORM)
    other.keep_reports(session, [saved[0], saved[2]], [ids[0], ids[2]], [ids[0], ids[2]])
    for _ in range(2):
        later = memory(path)
        assert set(later.saved()) == later.removed() == later.wanted() == set(ids[1:3])
        assert later.form() == FORM
        one.keep_reports(session, saved[1:2], ids[1:2], ids[1:2])


def test_nothing_is_forgotten_before_the_service_has_said_what_there_is(
    tmp_path: Path, make_session: SessionFactory
) -> None:
    path = tmp_path / "window.json"
    WindowState(path).keep_connection(SERVICE, {"removed": ["a"]})
    memory(path).keep_reports(make_session(is_listed=False), [], [], [])
    assert memory(path).removed() == frozenset({"a"})


@pytest.mark.parametrize(
    "kept",
    [{"form": 7}, {"form": {"recent": 3}}, {"saved": [1], "removed": "x", "wanted": {"a": 1}}, {"saved": {"a": 1}}],
)
def test_nonsense_is_as_at_first(tmp_path: Path, kept: dict[str, object]) -> None:
    path = tmp_path / "window.json"
    WindowState(path).keep_connection(SERVICE, kept)
    found = memory(path)
    assert (found.form(), found.saved(), found.removed(), found.wanted()) == (FormState(), {}, frozenset(), frozenset())


def test_saves_and_removals_are_news_and_bytes_that_come_are_none(tmp_path: Path) -> None:
    kept = memory(tmp_path / "window.json")
    active = Download("a", tmp_path / "a.csv", 1, 9, DownloadState.ACTIVE)
    none: frozenset[str] = frozenset()
    told = [
        kept.has_news(downloads, removed, wanted)
        for downloads, removed, wanted in (
            ({}, none, none),
            ({"a": active}, none, none),
            ({"a": replace(active, received_bytes=5)}, none, none),
            ({"a": replace(active, state=SAVED)}, none, none),
            ({"a": replace(active, state=SAVED)}, frozenset("b"), none),
            ({"a": replace(active, state=SAVED)}, frozenset("b"), frozenset("c")),
            ({"a": replace(active, state=DownloadState.MISSING)}, frozenset("b"), frozenset("c")),
            ({"a": replace(active, state=DownloadState.MISSING)}, frozenset("b"), frozenset("c")),
        )
    ]
    assert told == [False, False, False, True, True, True, True, False]
