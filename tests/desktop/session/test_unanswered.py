import os
import stat
from pathlib import Path

import pytest

from backend.protocol.lifecycle import State
from backend.protocol.messages import ErrorInfo, ErrorMessage, GenerateReport, ReportMessage
from desktop.session.connection_status import Connected
from desktop.session.events import ConnectionChanged, Received, Submitted
from desktop.session.store import Store
from desktop.session.unanswered import MOST_BYTES, Unanswered
from tests.desktop.services import snapshot_of

ID = "00000000-0000-4000-8000-000000000001"
ASKED = GenerateReport(report_id=ID, definition="sample", parameters={"delay": 1})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "app" / "unanswered.json"


@pytest.fixture
def store(path: Path) -> Store:
    store = Store()
    store.listen(Unanswered(path).keep)
    return store


def test_unanswered_request_survives_a_restart(store: Store, path: Path) -> None:
    store.dispatch(Submitted(ASKED, 0))
    assert Unanswered(path).load() == (ASKED,)


def test_answered_request_is_forgotten(store: Store, path: Path) -> None:
    store.dispatch(Submitted(ASKED, 0))
    store.dispatch(ConnectionChanged(Connected(), 0))
    store.dispatch(Received(ReportMessage(report=snapshot_of(ID, state=State.QUEUED)), 0))
    assert Unanswered(path).load() == ()


def test_refused_request_is_forgotten(store: Store, path: Path) -> None:
    store.dispatch(Submitted(ASKED, 0))
    store.dispatch(Received(ErrorMessage(request_id=ID, error=ErrorInfo(code="internal", message="no")), 0))
    assert Unanswered(path).load() == ()


def test_request_loaded_and_not_answered_is_kept(store: Store, path: Path) -> None:
    store.dispatch(Submitted(ASKED, 0))
    history, restarted = Unanswered(path), Store()
    for request in history.load():
        restarted.dispatch(Submitted(request, 0))
    restarted.listen(history.keep)
    restarted.dispatch(ConnectionChanged(Connected(), 0))
    assert Unanswered(path).load() == (ASKED,)


@pytest.mark.parametrize("content", [b"", b"no json", b'[{"definition": 1}]', b"\xff", b" " * (MOST_BYTES + 1)])
def test_file_that_is_not_ours_is_left_out(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert Unanswered(path).load() == ()


def test_missing_file_and_unwritable_folder_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    history = Unanswered(tmp_path / "file" / "unanswered.json")
    assert history.load() == ()
    store = Store()
    store.listen(history.keep)
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
    path.with_suffix(f".{os.getpid()}.new").symlink_to(precious)
    store.dispatch(Submitted(ASKED, 0))
    assert precious.read_bytes() == b"mine"
    assert Unanswered(path).load() == (ASKED,)
