"""A service with reports that were asked for earlier, for the commands about them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from backend.protocol.messages import (
    ReportMessage,
    ReportsMessage,
    Request,
    ServiceMessage,
    Snapshot,
    WatchReports,
)
from tests.desktop.command_lines import Reportwire
from tests.desktop.services import (
    SECRET,
    FakeService,
)

ID = "5f0c2a91-0000-4000-8000-000000000001"
LIKE_IT = "5f0c2a91-0000-4000-8000-000000000002"
OTHER = "e01b2c3d-0000-4000-8000-000000000003"


@dataclass
class Listing(FakeService):
    """Has reports: lists them without links, as the service does, and answers each watch with the next of `courses`."""

    listed: Sequence[Snapshot] = ()
    courses: dict[str, list[Snapshot]] = field(default_factory=dict)

    def answers(self, request: Request) -> Iterator[ServiceMessage]:
        if not isinstance(request.data, WatchReports):
            yield from super().answers(request)
            return
        for report_id in request.data.report_ids:
            for snapshot in self.courses.get(report_id, []):
                yield ReportMessage(report=snapshot)
        yield ReportsMessage(request_id=str(request.request_id), reports=())


def listing(*snapshots: Snapshot) -> Listing:
    """Return a service that ends no report, and gives the links of those that ended."""
    bare = [replace(snapshot, link=None) for snapshot in snapshots]
    return Listing(listed=bare, courses={snapshot.report_id: [snapshot] for snapshot in snapshots})


def run(reportwire: Reportwire, service: FakeService, *arguments: str) -> "tuple[int, str, str]":
    done = reportwire(service, *arguments)
    assert SECRET not in done.err
    return done.status, done.out, done.err
