"""Reports in a call: a service and files on loopback; the caller's thread and its loop."""

import asyncio
import datetime as dt
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from io import BytesIO
from pathlib import Path

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from backend.protocol.lifecycle import State
from backend.protocol.messages import (
    ErrorInfo,
    Failure,
    GenerateReport,
    Progress,
    Snapshot,
)
from desktop import notebook
from desktop.headless import service as headless_service
from desktop.local_backend import LocalBackendFailed
from desktop.notebook import (
    NotConnected,
    NotSaved,
    Refused,
    ReportCancelled,
    ReportError,
    ReportFailed,
    WrongRequest,
    get,
)
from desktop.sign_in.profiles import Profile
from tests.desktop.services import (
    CONTENT,
    SECRET,
    FakeService,
    files,
    finished,
    profile_of,
    running,
    serving,
    snapshot_of,
    status,
)
from tests.iam import keys_of

WRITING = Progress(stage="writing", completed=12_000, total=50_000, unit="rows")


def with_file(url: str) -> FakeService:
    def course(request: GenerateReport) -> Iterator[Snapshot]:
        yield running(str(request.report_id), progress=WRITING)
        yield replace(finished(str(request.report_id), CONTENT, url), progress=WRITING)

    return FakeService(course)


@pytest.fixture
def no_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Keep temporary files apart."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


# --- the file -------------------------------------------------------------------------------------


def test_file_is_returned_in_memory_and_nothing_is_left(no_folder: Path) -> None:
    with files() as server, serving(with_file(server.url)) as profile:
        file = get("sample", profile=profile)
    assert isinstance(file, BytesIO)
    assert file.read() == CONTENT
    assert list(no_folder.iterdir()) == []


def test_output_is_where_the_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with files() as server, serving(with_file(server.url)) as profile:
        path = get("sample", profile=profile, output="a.parquet")
    assert path == tmp_path / "a.parquet"
    assert path.read_bytes() == CONTENT


def test_request_has_the_parameters_and_parquet() -> None:
    with files() as server:
        service = with_file(server.url)
        with serving(service) as profile:
            get(
                "sample",
                profile=profile,
                format_options={"bom": True},
                delay=np.int64(5),
                start=dt.date(2013, 1, 1),
                label=None,
            )
    (request,) = service.submitted
    assert (request.definition, request.format, request.format_options) == ("sample", "parquet", {"bom": True})
    assert request.parameters == {"delay": 5, "start": "2013-01-01"}


def test_call_works_inside_a_running_loop() -> None:
    async def cell(profile: Profile) -> BytesIO:
        return get("sample", profile=profile)

    with files() as server, serving(with_file(server.url)) as profile:
        assert asyncio.run(cell(profile)).read() == CONTENT


def test_call_works_in_any_thread() -> None:
    found: list[bytes] = []
    with files() as server, serving(with_file(server.url)) as profile:
        thread = threading.Thread(target=lambda: found.append(get("sample", profile=profile).read()))
        thread.start()
        thread.join()
    assert found == [CONTENT]


# --- progress -------------------------------------------------------------------------------------


def test_progress_gets_each_snapshot_once_in_the_caller_s_thread() -> None:
    seen: list[tuple[State, int]] = []
    with files() as server, serving(with_file(server.url)) as profile:
        get("sample", profile=profile, progress=lambda snapshot: seen.append((snapshot.state, threading.get_ident())))
    assert seen == [(State.RUNNING, threading.get_ident()), (State.SUCCEEDED, threading.get_ident())]


def test_progress_may_be_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with files() as server, serving(with_file(server.url)) as profile:
        get("sample", profile=profile, progress=True)
    said = capsys.readouterr()
    lines = [line.rstrip(" ") for line in said.err.split("\r")]
    assert (said.out, lines) == (
        "",
        ["", "sample: Writing · 12,000 of 50,000 rows", "sample: Succeeded" + " " * 62 + "\n"],
    )


def test_without_progress_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    with files() as server, serving(with_file(server.url)) as profile:
        get("sample", profile=profile)
        get("sample", profile=profile, progress=False)
    assert capfd.readouterr() == ("", "")


# --- no file --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("invalidParameters", WrongRequest),
        ("unknownDefinition", WrongRequest),
        ("tooManyReports", Refused),
        ("somethingNew", Refused),
    ],
)
def test_refusal_is_raised_with_the_service_s_sentence(code: str, kind: type[Refused]) -> None:
    def refuse(_: GenerateReport) -> Iterator[ErrorInfo]:
        yield ErrorInfo(code=code, message="Not this one.")

    with serving(FakeService(refuse)) as profile, pytest.raises(Refused, match=r"^Not this one\.$") as refused:
        get("sample", profile=profile)
    assert (type(refused.value), refused.value.code) == (kind, code)


def test_failure_is_raised_with_the_service_s_sentence() -> None:
    def fail(request: GenerateReport) -> Iterator[Snapshot]:
        failure = Failure(code="tooManyRows", message="There are too many rows.")
        yield snapshot_of(str(request.report_id), revision=2, state=State.FAILED, error=failure)

    with (
        serving(FakeService(fail)) as profile,
        pytest.raises(ReportFailed, match=r"^There are too many rows\.$") as failed,
    ):
        get("sample", profile=profile)
    assert failed.value.code == "tooManyRows"


def test_report_that_somebody_cancels_elsewhere_is_said_to_be() -> None:
    def cancelled(request: GenerateReport) -> Iterator[Snapshot]:
        yield snapshot_of(str(request.report_id), revision=2, state=State.CANCELLED)

    with serving(FakeService(cancelled)) as profile, pytest.raises(ReportCancelled):
        get("sample", profile=profile)


def test_refused_sign_in_is_no_connection() -> None:
    service = FakeService(status=HTTPStatus.FORBIDDEN)
    with serving(service) as profile, pytest.raises(NotConnected, match="refused the sign-in"):
        get("sample", profile=profile)


def test_damaged_file_is_not_returned(tmp_path: Path) -> None:
    with files(content=CONTENT[::-1]) as server, serving(with_file(server.url)) as profile:
        with pytest.raises(NotSaved, match="its checksum is wrong") as damaged:
            get("sample", profile=profile)
        with pytest.raises(NotSaved):
            get("sample", profile=profile, output=tmp_path / "a.parquet")
    assert SECRET not in str(damaged.value)
    assert list(tmp_path.iterdir()) == []


def test_file_that_is_gone_is_not_saved() -> None:
    with (
        files(status(404)) as server,
        serving(with_file(server.url)) as profile,
        pytest.raises(NotSaved, match="no longer there"),
    ):
        get("sample", profile=profile)


def test_place_that_takes_no_file_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    service = FakeService()
    with serving(service) as profile, pytest.raises(NotSaved, match="There is no folder"):
        get("sample", profile=profile, output=tmp_path / "missing" / "a.parquet")
    assert service.requests == []


@pytest.mark.parametrize("kind", [WrongRequest, Refused, NotConnected, ReportFailed, ReportCancelled, NotSaved])
def test_one_error_stands_for_all(kind: type[Exception]) -> None:
    assert issubclass(kind, ReportError)


# --- the service ----------------------------------------------------------------------------------


def test_profile_may_be_a_file_and_keys_that_others_can_read_are_said(tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    with files() as server, serving(with_file(server.url)) as profile:
        path.write_bytes(msgspec.json.encode(profile))
        path.chmod(0o644)
        with pytest.warns(UserWarning, match="chmod 600") as warned:
            assert get("sample", profile=str(path)).read() == CONTENT
    assert [each.filename for each in warned] == [__file__]
    assert str(keys_of(profile).secret_access_key) not in str(warned[0].message)


def test_profile_that_is_none_is_no_connection(tmp_path: Path) -> None:
    with pytest.raises(NotConnected, match="cannot be read"):
        get("sample", profile=tmp_path / "missing.json")


def test_proxy_that_cannot_be_is_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "ftp://proxy.example")
    with pytest.raises(NotConnected, match="proxy"):
        get("sample", profile=profile_of("wss://service.example/dev"))


class FakeLocalBackend:
    def __init__(self, ready: Callable[[], Profile]) -> None:
        self.ready = ready
        self.is_stopped = False

    def stop(self) -> None:
        self.is_stopped = True


def test_without_a_profile_a_local_backend_lives_as_long_as_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    with files() as server, serving(with_file(server.url)) as profile:
        backend = FakeLocalBackend(lambda: profile)
        monkeypatch.setattr(headless_service, "LocalBackend", lambda: backend)
        assert get("sample").read() == CONTENT
    assert backend.is_stopped


def test_local_backend_that_does_not_start_is_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Profile:
        raise LocalBackendFailed("No local backend: it ended at once.")

    backend = FakeLocalBackend(fail)
    monkeypatch.setattr(headless_service, "LocalBackend", lambda: backend)
    with pytest.raises(NotConnected, match="it ended at once"):
        get("sample")
    assert backend.is_stopped


def test_all_that_is_offered_is_there() -> None:
    assert all(hasattr(notebook, name) for name in notebook.__all__)
