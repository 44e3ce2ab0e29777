import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from backend.protocol.lifecycle import State
from backend.protocol.messages import ErrorInfo, ErrorMessage, GenerateReport, ReportMessage
from desktop.session.connection_status import Connected
from desktop.session.events import CancelAsked, ConnectionChanged, Received, Submitted
from desktop.session.store import Store
from desktop.session.unanswered import Asked, Unanswered
from tests.desktop.services import snapshot_of

ID, OTHER = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
ASKED = GenerateReport(report_id=ID, definition="sample", parameters={"delay": 1})
SERVICE = "wss://reports.example/prod"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "app" / "unanswered.db"


@pytest.fixture
def store(path: Path) -> Store:
    return window(path)


def window(path: Path, service: str = SERVICE) -> Store:
    """Return the store of a window that keeps what is unanswered."""
    unanswered, store = Unanswered(path, service), Store()
    for asked in unanswered.load():
        if asked.request:
            store.dispatch(Submitted(asked.request, 0, asked.is_sent))
        if asked.is_cancelled:
            store.dispatch(CancelAsked(asked.report_id))
    store.listen(unanswered.keep)
    return store


def kept(path: Path, service: str = SERVICE) -> tuple[Asked, ...]:
    return Unanswered(path, service).load()


def connect(store: Store) -> None:
    store.dispatch(ConnectionChanged(Connected(), 0))


def answer(store: Store, state: State, revision: int = 0) -> None:
    store.dispatch(Received(ReportMessage(report=snapshot_of(ID, state=state, revision=revision)), 0))


UNSENT = Asked(ID, ASKED, None, is_sent=False, is_cancelled=False)


def test_unanswered_request_survives_a_restart(store: Store, path: Path) -> None:
    store.dispatch(Submitted(ASKED, 0))
    assert kept(path) == (UNSENT,)


def test_answered_request_is_forgotten(store: Store, path: Path) -> None:
    store.dispatch(Submitted(ASKED, 0))
    connect(store)
    assert [asked.is_sent for asked in kept(path)] == [True]
    answer(store, State.QUEUED)
    assert kept(path) == ()


def test_refused_request_is_forgotten(store: Store, path: Path) -> None:
    store.dispatch(Submitted(ASKED, 0))
    store.dispatch(Received(ErrorMessage(request_id=ID, error=ErrorInfo(code="internal", message="no")), 0))
    assert kept(path) == ()


def test_request_loaded_and_not_answered_is_kept(store: Store, path: Path) -> None:
    store.dispatch(Submitted(ASKED, 0))
    connect(window(path))
    assert [asked.report_id for asked in kept(path)] == [ID]


def test_request_never_sent_and_cancelled_is_gone(store: Store, path: Path) -> None:
    store.dispatch(Submitted(ASKED, 0))
    store.dispatch(CancelAsked(ID))
    assert ID not in store.session.entries
    assert kept(path) == ()
    assert window(path).session.entries == {}


def test_request_of_an_earlier_run_that_never_went_out_can_be_cancelled(store: Store, path: Path) -> None:
    store.dispatch(Submitted(ASKED, 0))
    restarted = window(path)
    restarted.dispatch(CancelAsked(ID))
    assert kept(path) == ()


def test_time_of_a_request_survives_a_restart(store: Store, path: Path) -> None:
    asked_at = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    store.dispatch(Submitted(ASKED, 0, asked_at=asked_at))
    assert [asked.asked_at for asked in kept(path)] == [asked_at]


def test_cancel_is_kept_until_it_is_answered(store: Store, path: Path) -> None:
    store.dispatch(Submitted(ASKED, 0))
    connect(store)
    store.dispatch(CancelAsked(ID))
    assert kept(path) == (Asked(ID, ASKED, None, is_sent=True, is_cancelled=True),)
    restarted = window(path)
    assert restarted.session.entries[ID].is_cancel_asked
    connect(restarted)
    answer(restarted, State.RUNNING)
    assert [asked.is_cancelled for asked in kept(path)] == [True]
    answer(restarted, State.CANCELLED, 1)
    assert kept(path) == ()


def test_cancel_of_a_report_asked_for_elsewhere_is_kept_until_it_has_ended(store: Store, path: Path) -> None:
    answer(store, State.RUNNING)
    store.dispatch(CancelAsked(ID))
    assert kept(path) == (Asked(ID, None, None, is_sent=False, is_cancelled=True),)
    restarted = window(path)
    restarted.dispatch(Submitted(replace(ASKED, report_id=OTHER), 0))
    assert [asked.report_id for asked in kept(path)] == [ID, OTHER]
    answer(restarted, State.RUNNING)
    restarted.dispatch(CancelAsked(ID))
    answer(restarted, State.SUCCEEDED, 1)
    assert [asked.report_id for asked in kept(path)] == [OTHER]


def test_windows_of_two_processes_lose_nothing_of_each_other(path: Path) -> None:
    first, second = window(path), window(path)
    first.dispatch(Submitted(ASKED, 0))
    second.dispatch(Submitted(replace(ASKED, report_id=OTHER), 0))
    assert {asked.report_id for asked in kept(path)} == {ID, OTHER}
    first.dispatch(CancelAsked(ID))
    assert [asked.report_id for asked in kept(path)] == [OTHER]


def test_services_are_kept_apart(path: Path) -> None:
    window(path).dispatch(Submitted(ASKED, 0))
    assert kept(path, "wss://other.example/prod") == ()


def an_id(number: str, n: int) -> str:
    return f"00000000-0000-4000-800{number}-{n:012}"


def ask_many(path: Path, number: str) -> None:
    store = window(path)
    for n in range(20):
        store.dispatch(Submitted(replace(ASKED, report_id=an_id(number, n)), 0))


@pytest.mark.slow
def test_processes_that_write_at_once_lose_nothing(path: Path) -> None:
    program = "import sys; from pathlib import Path; from {0} import ask_many; ask_many(Path(sys.argv[1]), sys.argv[2])"
    command = [sys.executable, "-c", program.format(__name__), str(path)]
    processes = [subprocess.Popen([*command, str(n)], cwd=Path(__file__).parents[3]) for n in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert {asked.report_id for asked in kept(path)} == {an_id(number, n) for number in "012" for n in range(20)}


def test_requests_of_any_size_come_back(store: Store, path: Path) -> None:
    large = replace(ASKED, parameters={"text": "x" * 2_000_000})
    store.dispatch(Submitted(large, 0))
    assert [asked.request for asked in kept(path)] == [large]


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0 and then nonsense" * 100])
def test_file_that_is_not_ours_is_put_aside(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert kept(path) == ()
    window(path).dispatch(Submitted(ASKED, 0))
    assert kept(path) == (UNSENT,)
    assert path.with_suffix(".broken").read_bytes() == content


@pytest.mark.parametrize("asked_at", [b"x", "soon", "2026-11-02T09:00:00", 7.5])
def test_time_of_another_version_is_left_to_it(store: Store, path: Path, asked_at: object) -> None:
    store.dispatch(Submitted(ASKED, 0))
    with sqlite3.connect(path) as file:
        file.execute("UPDATE unanswered SET asked_at = ?", [asked_at])
    assert kept(path) == ()


def test_row_of_another_version_is_left_to_it(store: Store, path: Path) -> None:
    store.dispatch(Submitted(ASKED, 0))
    with sqlite3.connect(path) as file:
        file.execute("INSERT INTO unanswered VALUES (?, 'x', ?, NULL, 0, 0)", [SERVICE, b'{"definition": 1}'])
    assert kept(path) == (UNSENT,)
    window(path).dispatch(CancelAsked(ID))
    with sqlite3.connect(path) as file:
        assert file.execute("SELECT report_id FROM unanswered").fetchall() == [("x",)]


def test_missing_file_and_unwritable_folder_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = window(tmp_path / "file" / "unanswered.db")
    store.dispatch(Submitted(ASKED, 0))
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_what_was_asked_for_is_its_owner_s_alone(store: Store, path: Path) -> None:
    store.dispatch(Submitted(ASKED, 0))
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_link_laid_in_the_way_is_not_followed(store: Store, path: Path) -> None:
    path.parent.mkdir(parents=True)
    precious = path.with_name("precious")
    precious.write_bytes(b"mine")
    path.symlink_to(precious)
    store.dispatch(Submitted(ASKED, 0))
    assert precious.read_bytes() == b"mine"
