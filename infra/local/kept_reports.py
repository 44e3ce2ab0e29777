"""The reports of a local backend, from one run to the next.

serve ── at its end, and now and then ──▶ **KeptReports** ── rows, files ──▶ the user's data folder
the data folder ── at the start ──▶ **KeptReports** ──▶ table, bucket, worker

A report's files lie beside its row, which is written last: what has no row is no report. The analyst has another access
key, or another issuer, at each start, and becomes the owner of all there is. What a backend that was killed was at work
on has failed.
"""

import logging
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

import msgspec
from msgspec.structs import replace

from backend.aws.report_items import decode_report, encode_report
from backend.aws.report_table import ReportTable
from backend.aws.worker_invocation import WorkerInvocation
from backend.domain.report import Report
from backend.protocol.lifecycle import State, is_terminal
from backend.protocol.messages import Failure, FailureCode
from backend.service.ports import InvocationRefused
from infra import private_directories
from infra.local.backend import LocalBackend
from infra.local.datasets.local_datasets import default_data_dir
from infra.local.under_way import UnderWay

log = logging.getLogger(__name__)

ROW, FILE, PREVIEW = "row.json", "file", "preview"
LIMIT_BYTES = 512 * 1024 * 1024
"""Of all files together, as the emulator has them in memory; the oldest go first, and their reports say so."""
REPORTS = 1_000
"""The most that are kept, the newest."""
RECENT = 20
"""How many of the newest reports are looked at each time: more than one person may have under way."""
LOST = Failure(code=FailureCode.WORKER_LOST, message="Lost when the local service ended.")
"""The end of a report whose backend was killed: in the words of the window that saw it."""
LEAP = 1_000
"""How far the revision of a lost report leaps: its last ones, which a window may have seen, were not kept."""
_NAME = re.compile(r"[0-9a-fA-F-]{36}")
"""Of a report's folder: its id."""


def default_folder() -> Path:
    """Return the directory of this user's reports."""
    return default_data_dir().with_name("reports")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class KeptReports:
    """What one local backend keeps in a folder, and finds there."""

    backend: LocalBackend
    folder: Path
    clock: Callable[[], datetime] = _now
    _kept: dict[str, int] = field(default_factory=dict)
    """Ids of the reports that the folder has as they are, and their revisions."""
    _under_way: UnderWay = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_under_way", UnderWay(self.folder))

    def restore(self) -> None:
        """Put the reports of earlier runs into the table and the bucket; what had not ended is made once more.

        That is, where its backend had the time to hand it over: one that was killed may have been killed by the report.
        """
        for report, seen_at in self._under_way.lost():
            if not (self.folder / report.report_id / ROW).exists():
                self._write_row(self._lost(report, seen_at))
        for report in self._found():
            if report.expires_at <= self.clock():
                self._forget(report.report_id)
            elif is_terminal(report.state):
                self._put(self._with_its_files(replace(report, owner=self._owner, watchers=frozenset())))
                self._kept[report.report_id] = report.revision
            elif self._claim(report.report_id):
                self._begin_again(report)

    def look(self) -> None:
        """Keep the newest reports as they are, those under way too: for a next start, should this backend be killed."""
        table = ReportTable(self.backend.client("dynamodb"), self.backend.outputs["reportsTable"])
        self._keep_those(table.page(self._owner, None, RECENT, self.clock()).reports)

    def keep(self, *, is_end: bool = False) -> None:
        """Keep all reports; at the end of the backend those under way are for the next one to make."""
        self._keep_those([report for report in self._rows() if report.owner == self._owner], is_end=is_end)

    # --- the backend ---

    @property
    def _owner(self) -> str:
        return self.backend.owner

    @property
    def _bucket(self) -> str:
        return str(self.backend.outputs["reportsBucket"])

    def _rows(self) -> Iterator[Report]:
        pages = self.backend.client("dynamodb").get_paginator("scan")
        for page in pages.paginate(TableName=self.backend.outputs["reportsTable"]):
            yield from map(decode_report, page["Items"])

    def _put(self, report: Report) -> None:
        table = self.backend.outputs["reportsTable"]
        self.backend.client("dynamodb").put_item(TableName=table, Item=encode_report(report))

    def _with_its_files(self, report: Report) -> Report:
        """Bring a report's files back and return it; one whose file is gone has expired."""
        place, is_there = self.folder / report.report_id, report.object_key is None
        for name, key in _files_of(report):
            with suppress(FileNotFoundError):
                self.backend.client("s3").upload_file(str(place / name), self._bucket, key)
                is_there = is_there or name == FILE
        if is_there or report.result is None:
            return report
        return replace(report, result=replace(report.result, expires_at=min(self.clock(), report.result.expires_at)))

    def _begin_again(self, report: Report) -> None:
        """Give a report to a worker, as the end of a lease does."""
        now = self.clock()
        begun = replace(
            report,
            owner=self._owner,
            watchers=frozenset(),
            state=State.RUNNING,
            revision=report.revision + 1,
            started_at=report.started_at or now,
            lease_until=now,
            progress=None,
        )
        self._hold(begun)
        self._put(begun)
        start = WorkerInvocation(self.backend.client("lambda"), self.backend.outputs["workerFunction"])
        with suppress(InvocationRefused):  # then it ends as one whose worker was lost
            start(report.report_id, str(uuid4()))

    # --- the folder ---

    def _keep_those(self, reports: Iterable[Report], *, is_end: bool = False) -> None:
        private_directories.directory(self.folder)
        due, under_way = [], []
        for report in reports:
            if not is_end and not is_terminal(report.state):
                under_way.append(report)
            elif self._kept.get(report.report_id) != report.revision:
                due.append(report)
        for report in due:
            self._keep(report)
        if due:
            self._prune()
        for report in under_way:
            self._hold(report)

    def _hold(self, report: Report) -> None:
        if _NAME.fullmatch(report.report_id):
            self._under_way.hold(report)

    def _lost(self, report: Report, seen_at: datetime) -> Report:
        """Return the end of a report whose backend was killed."""
        ended_at = min(self.clock(), max(report.created_at, seen_at))
        revision = report.revision + LEAP
        return replace(
            report,
            state=State.FAILED,
            revision=revision,
            state_revision=revision,
            error=LOST,
            progress=None,
            finished_at=ended_at,
            lease_until=None,
        )

    def _found(self) -> Iterator[Report]:
        """Yield the reports that the folder has; what cannot be read is left alone."""
        for path in self.folder.glob(f"*/{ROW}"):
            try:
                report = msgspec.json.decode(path.read_bytes(), type=Report)
            except (OSError, msgspec.DecodeError):
                log.warning("a kept report cannot be read: %s", path)
                continue
            if report.report_id == path.parent.name:
                yield report

    def _keep(self, report: Report) -> None:
        if not _NAME.fullmatch(report.report_id):
            return
        place = private_directories.directory(self.folder / report.report_id)
        for name, key in _files_of(report):
            if not (place / name).exists():
                self._write(place / name, partial(self._fetch, key))
        self._write_row(report)
        self._under_way.let_go(report.report_id)
        self._kept[report.report_id] = report.revision

    def _write_row(self, report: Report) -> None:
        row = msgspec.json.encode(report)
        self._write(self.folder / report.report_id / ROW, lambda file: file.write_bytes(row))

    def _fetch(self, key: str, file: Path) -> None:
        self.backend.client("s3").download_file(self._bucket, key, str(file))

    def _write(self, path: Path, write: Callable[[Path], object]) -> None:
        """Have a file written beside, and put it in place once it is whole."""
        with tempfile.TemporaryDirectory(dir=self.folder) as beside:
            file = Path(beside) / path.name
            file.touch(private_directories.OWNERS_FILE)
            write(file)
            file.replace(path)

    def _claim(self, report_id: str) -> bool:
        """Take a report that had not ended out of the folder; another backend may have been faster."""
        try:
            (self.folder / report_id / ROW).unlink()
        except FileNotFoundError:
            return False
        return True

    def _forget(self, report_id: str) -> None:
        shutil.rmtree(self.folder / report_id, ignore_errors=True)

    def _prune(self) -> None:
        """Leave the newest reports, and of their files as many as there is room for."""
        newest = sorted(self._found(), key=lambda report: report.created_at, reverse=True)
        room = LIMIT_BYTES
        for report in newest[:REPORTS]:
            files = [self.folder / report.report_id / name for name, _ in _files_of(report)]
            room -= sum(file.stat().st_size for file in files if file.exists())
            for file in files if room < 0 else ():
                file.unlink(missing_ok=True)
        for report in newest[REPORTS:]:
            self._forget(report.report_id)


def _files_of(report: Report) -> Iterator[tuple[str, str]]:
    """Yield what a report's files are called here, and their keys in the bucket."""
    for name, key in ((FILE, report.object_key), (PREVIEW, report.preview_key)):
        if key:
            yield name, key
