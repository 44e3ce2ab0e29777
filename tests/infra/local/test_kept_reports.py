import errno
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from msgspec.structs import replace

from backend.aws.report_items import decode_report, encode_report
from backend.domain.report import Report
from backend.protocol.lifecycle import State
from backend.protocol.messages import Result
from desktop.session import step
from infra.local import kept_reports
from infra.local.backend import LocalBackend
from infra.local.kept_reports import ROW, KeptReports
from infra.local.under_way import UNDER_WAY

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
FILE = b"a,b\n1,2\n"


class Service:
    """The clients of a backend, as far as they are used here."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.rows: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.events: list[dict[str, str]] = []

    @property
    def backend(self) -> LocalBackend:
        outputs = dict.fromkeys(("reportsTable", "reportsBucket", "workerFunction"), "x")
        backend = SimpleNamespace(owner=self.owner, outputs=outputs, client=lambda _service: self)
        return cast("LocalBackend", backend)

    def query(self, **_: Any) -> dict[str, Any]:
        return {"Items": sorted(self.rows.values(), key=lambda row: str(row["createdAt"]), reverse=True)}

    def get_paginator(self, _operation: str) -> "Service":
        return self

    def paginate(self, **_: str) -> Iterator[dict[str, Any]]:
        yield {"Items": list(self.rows.values())}

    def put_item(self, TableName: str, Item: dict[str, Any]) -> None:  # noqa: N803  boto3's
        self.rows[Item["reportId"]["S"]] = Item

    def upload_file(self, file: str, _bucket: str, key: str) -> None:
        self.files[key] = Path(file).read_bytes()

    def download_file(self, _bucket: str, key: str, file: str) -> None:
        Path(file).write_bytes(self.files[key])

    def invoke(self, FunctionName: str, InvocationType: str, Payload: str) -> None:  # noqa: N803  boto3's
        self.events.append(json.loads(Payload))

    def add(self, report: Report) -> None:
        self.rows[report.report_id] = encode_report(report)
        if report.object_key:
            self.files[report.object_key] = FILE

    def report(self, report_id: str) -> Report:
        return decode_report(self.rows[report_id])


def report(number: int, state: State = State.SUCCEEDED, **changes: Any) -> Report:
    created = NOW - timedelta(minutes=number)
    made = Report(
        report_id=str(UUID(int=number)),
        owner="AKIAFIRST",
        definition="sample",
        parameters={"delay": 0},
        format="csv",
        created_at=created,
        expires_at=NOW + timedelta(days=30),
        state=state,
        revision=4,
        attempt=1,
        watchers=frozenset({"connection"}),
    )
    if state is State.SUCCEEDED:
        result = Result(
            size_bytes=8, sha256="0" * 64, row_count=1, file_name="a.csv", expires_at=NOW + timedelta(days=7)
        )
        made = replace(made, result=result, object_key=f"owner/{number}/file.csv")
    return replace(made, **changes)


@pytest.fixture
def first() -> Service:
    return Service("AKIAFIRST")


@pytest.fixture
def second() -> Service:
    return Service("AKIASECOND")


def kept(service: Service, folder: Path, now: datetime = NOW) -> KeptReports:
    return KeptReports(service.backend, folder / "reports", lambda: now)


@pytest.mark.parametrize("state", [State.SUCCEEDED, State.FAILED, State.CANCELLED])
def test_what_has_ended_is_there_at_the_next_start(
    state: State, first: Service, second: Service, tmp_path: Path
) -> None:
    before = report(1, state)
    first.add(before)
    kept(first, tmp_path).keep()
    kept(second, tmp_path).restore()
    assert second.report(before.report_id) == replace(before, owner="AKIASECOND", watchers=frozenset())
    assert second.files == first.files
    assert second.events == []


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING])
def test_what_had_not_ended_is_made_by_the_next_start_and_by_no_other(
    state: State, first: Service, second: Service, tmp_path: Path
) -> None:
    before = report(1, state)
    first.add(before)
    keeping = kept(first, tmp_path)
    keeping.keep()
    kept(second, tmp_path).restore()
    assert second.rows == {}
    keeping.keep(is_end=True)
    making = kept(second, tmp_path)
    making.restore()
    again = second.report(before.report_id)
    assert (again.state, again.lease_until, again.revision) == (State.RUNNING, NOW, 5)
    assert [event["reportId"] for event in second.events] == [before.report_id]
    third = Service("AKIATHIRD")
    kept(third, tmp_path).restore()
    assert third.rows == {}
    kill(making)


def kill(keeping: KeptReports) -> None:
    """Do what the end of a process does."""
    for _, file in keeping._under_way._held.values():
        file.close()


def last_seen(keeping: KeptReports, report_id: str, at: datetime) -> None:
    os.utime(keeping.folder / report_id / UNDER_WAY, (at.timestamp(), at.timestamp()))


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING])
@pytest.mark.parametrize("look", [KeptReports.look, KeptReports.keep])
def test_what_a_killed_backend_was_at_work_on_has_failed_at_every_next_start(
    state: State, look: Callable[[KeptReports], None], first: Service, second: Service, tmp_path: Path
) -> None:
    before = report(1, state)
    keeping = kept(first, tmp_path)
    for revision in (3, 4):
        first.add(replace(before, revision=revision))
        look(keeping)
    last_seen(keeping, before.report_id, NOW - timedelta(seconds=7))
    kill(keeping)
    for service in (second, Service("AKIATHIRD")):
        kept(service, tmp_path, NOW + timedelta(hours=9)).restore()
        after = service.report(before.report_id)
        assert (after.state, after.error, after.progress) == (State.FAILED, kept_reports.LOST, None)
        assert after.finished_at == NOW - timedelta(seconds=7)
        assert after.revision > 4 + 900  # a window may have seen some more
        assert service.events == []


def test_lost_report_is_called_what_the_window_calls_it_that_saw_it() -> None:
    assert kept_reports.LOST.message == step.LOST


def test_what_another_backend_is_at_work_on_is_left_to_it(first: Service, second: Service, tmp_path: Path) -> None:
    first.add(report(1, State.RUNNING))
    keeping = kept(first, tmp_path)
    keeping.look()
    kept(second, tmp_path).restore()
    assert second.rows == {}
    first.add(report(1))
    keeping.look()
    kill(keeping)
    kept(second, tmp_path).restore()
    assert second.report(report(1).report_id).state is State.SUCCEEDED
    assert second.files == first.files


def test_report_that_is_made_once_more_is_lost_with_the_backend_that_makes_it(
    first: Service, second: Service, tmp_path: Path
) -> None:
    first.add(report(1, State.RUNNING))
    kept(first, tmp_path).keep(is_end=True)
    keeping = kept(second, tmp_path)
    keeping.restore()
    kill(keeping)
    third = Service("AKIATHIRD")
    kept(third, tmp_path).restore()
    assert third.report(report(1).report_id).error == kept_reports.LOST
    assert third.events == []


def test_what_has_ended_is_kept_where_there_are_no_locks(
    first: Service, second: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    first.add(report(1, State.RUNNING))
    first.add(report(2))
    with pytest.raises(OSError, match="No locks"):
        kept(first, tmp_path).look()
    kept(second, tmp_path).restore()
    assert second.rows.keys() == {report(2).report_id}


@pytest.mark.parametrize("content", [b"", b"{"])
def test_row_under_way_that_cannot_be_read_stops_no_start(
    content: bytes, first: Service, second: Service, tmp_path: Path
) -> None:
    for number in (1, 2):
        first.add(report(number, State.RUNNING))
    keeping = kept(first, tmp_path)
    keeping.look()
    kill(keeping)
    (tmp_path / "reports" / report(1).report_id / UNDER_WAY).write_bytes(content)
    kept(second, tmp_path).restore()
    assert second.rows.keys() == {report(2).report_id}


def test_only_what_changed_is_written_again(first: Service, tmp_path: Path) -> None:
    first.add(report(1))
    keeping = kept(first, tmp_path)
    keeping.keep()
    row = tmp_path / "reports" / report(1).report_id / ROW
    row.unlink()
    keeping.keep()
    assert not row.exists()


def test_reports_of_another_user_of_the_backend_are_not_the_analyst_s(first: Service, tmp_path: Path) -> None:
    first.add(report(1, owner="AKIAELSE"))
    kept(first, tmp_path).keep(is_end=True)
    assert list((tmp_path / "reports").iterdir()) == []


def test_row_that_has_expired_is_gone_with_its_files(first: Service, second: Service, tmp_path: Path) -> None:
    first.add(report(1))
    kept(first, tmp_path).keep()
    kept(second, tmp_path, NOW + timedelta(days=31)).restore()
    assert second.rows == {}
    assert list((tmp_path / "reports").iterdir()) == []


def test_oldest_files_go_where_there_are_too_many_and_their_reports_have_expired(
    first: Service, second: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_reports, "LIMIT_BYTES", 2 * len(FILE))
    for number in (1, 2, 3):
        first.add(report(number))
    kept(first, tmp_path).keep()
    kept(second, tmp_path).restore()
    expiries = {number: second.report(report(number).report_id).result for number in (1, 2, 3)}
    assert [result.expires_at <= NOW for result in expiries.values() if result] == [False, False, True]


def test_oldest_reports_go_where_there_are_too_many(
    first: Service, second: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_reports, "REPORTS", 2)
    for number in (1, 2, 3):
        first.add(report(number, State.FAILED))
    kept(first, tmp_path).keep()
    kept(second, tmp_path).restore()
    assert second.rows.keys() == {report(number).report_id for number in (1, 2)}


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"reportId": 3}'])
def test_row_that_cannot_be_read_is_left_alone(content: bytes, first: Service, tmp_path: Path) -> None:
    first.add(report(1))
    kept(first, tmp_path).keep()
    row = tmp_path / "reports" / report(1).report_id / ROW
    row.write_bytes(content)
    kept(first, tmp_path).restore()
    assert row.read_bytes() == content


def test_row_in_a_folder_of_another_name_is_no_report(first: Service, second: Service, tmp_path: Path) -> None:
    first.add(report(1))
    kept(first, tmp_path).keep()
    (tmp_path / "reports" / report(1).report_id).rename(tmp_path / "reports" / "x")
    kept(second, tmp_path).restore()
    assert second.rows == {}


def test_what_is_kept_is_its_owner_s_alone(first: Service, tmp_path: Path) -> None:
    first.add(report(1))
    kept(first, tmp_path).keep()
    modes = {path.name: path.stat().st_mode & 0o077 for path in (tmp_path / "reports").rglob("*")}
    assert len(modes) == 3
    assert set(modes.values()) == {0}
