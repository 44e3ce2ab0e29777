"""A service that writes escape sequences and markup wherever it may write: nothing of it is obeyed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from backend.protocol.lifecycle import State
from backend.protocol.messages import (
    CatalogMessage,
    DefinitionInfo,
    DescribeCatalog,
    ErrorInfo,
    Failure,
    GenerateReport,
    Progress,
    Request,
    ServiceMessage,
    Snapshot,
)
from backend.protocol.printable import printable
from tests.desktop.command_lines import Reportwire
from tests.desktop.services import FakeService, link_to, result_of, snapshot_of

EVIL = "x\x1b]52;c;eA==\x07\x1b[2J\x9b31m\r\u202e\x7f\x00y"
DEFINITION = DefinitionInfo(
    id=f"evil{EVIL}",
    title=EVIL,
    description=EVIL,
    parameters={
        "type": "object",
        "properties": {
            f"p{EVIL}": {"type": "string", "title": EVIL, "description": EVIL, "default": EVIL, "enum": [EVIL, "z"]},
            "q": {"type": "string", "title": EVIL, "pattern": f"^{EVIL}$", "maxLength": 9},
        },
    },
    formats=("csv",),
)


def course(request: GenerateReport) -> Iterator[Snapshot]:
    report_id = str(request.report_id)
    progress = Progress(stage=EVIL, completed=1, total=None, unit=EVIL)
    yield snapshot_of(report_id, state=State.RUNNING, revision=1, started_at=datetime.now(UTC), progress=progress)
    yield snapshot_of(report_id, state=State.FAILED, revision=2, error=Failure(code=EVIL, message=EVIL))


class Hostile(FakeService):
    def answers(self, request: Request) -> Iterator[ServiceMessage]:
        if isinstance(request.data, DescribeCatalog):
            yield CatalogMessage(request_id=str(request.request_id), definitions=(DEFINITION,))
        else:
            yield from super().answers(request)


def listed(**changes: Any) -> Snapshot:
    fields = {"definition": EVIL, "format": EVIL, "parameters": {"p": EVIL}, "error": Failure(code=EVIL, message=EVIL)}
    return snapshot_of("00000000-0000-4000-8000-000000000001", **(fields | {"state": State.FAILED} | changes))


COMMANDS = {
    "catalog": ["catalog"],
    "reports": ["reports"],
    "report that fails": ["generate", DEFINITION.id],
    "report that is not there": ["generate", f"n{EVIL}"],
    "parameter that is not there": ["generate", DEFINITION.id, "-p", f"n{EVIL}=1"],
    "value that is not allowed": ["generate", DEFINITION.id, "-p", f"q={EVIL}"],
}


@pytest.mark.parametrize("more", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_no_control_character_reaches_the_terminal(command: list[str], more: list[str], reportwire: Reportwire) -> None:
    service = Hostile(course=course, listed=[listed()])
    done = reportwire(service, *command, *more)
    assert done.out + done.err == printable(done.out + done.err)
    assert "x" in done.out + done.err
    if more and done.out:
        assert repr(EVIL)[1:-1] in str(msgspec.json.decode(done.out))


def test_refusal_s_words_are_plain(reportwire: Reportwire) -> None:
    service = Hostile(refused={GenerateReport: ErrorInfo(code=EVIL, message=EVIL)})
    done = reportwire(service, "generate", DEFINITION.id)
    assert done.err == printable(done.err)
    assert "eA==" in done.err


@pytest.mark.parametrize("url", ["file:///etc/passwd", f"https://files.example/{EVIL}", "http://127.0.0.1:9/x"])
def test_link_that_is_not_safe_is_neither_printed_nor_fetched(url: str, reportwire: Reportwire) -> None:
    def made(request: GenerateReport) -> Iterator[Snapshot]:
        yield snapshot_of(
            str(request.report_id), revision=2, state=State.SUCCEEDED, result=result_of(b""), link=link_to(url)
        )

    done = reportwire(Hostile(course=made), "generate", DEFINITION.id)
    if url.startswith("http://127.0.0.1"):  # the service is on this machine itself
        assert done.out == f"{url}\n"
        return
    assert (done.status, done.out) == (1, "")
    assert "not safe to open" in done.err
    for arguments in (["--json"], ["--output", str(reportwire.profile.with_name("r.csv"))]):
        done = reportwire(Hostile(course=made), "generate", DEFINITION.id, *arguments)
        assert url not in done.out + done.err
        assert not reportwire.profile.with_name("r.csv").exists()
