"""The report of the connection test: which one is asked for, and each way it can end."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from backend.protocol.lifecycle import State
from backend.protocol.messages import (
    CancelReport,
    DefinitionInfo,
    DescribeCatalog,
    ErrorCode,
    ErrorInfo,
    GenerateReport,
    Snapshot,
)
from desktop.doctor.small_report import Patience, choose, make
from desktop.session.trial import is_trial
from desktop.wording.examination import Outcome, Step
from tests.desktop.doctor.benches import KnownSigner
from tests.desktop.services import (
    CONTENT,
    SAMPLE,
    Course,
    FakeService,
    files,
    finished,
    running,
    serving,
    snapshot_of,
)
from tests.limits import HANG_S

PATIENT = Patience(HANG_S, HANG_S, HANG_S)
DATE = {"type": "string", "format": "date"}


def definition(name: str, required: tuple[str, ...] = (), **properties: Any) -> DefinitionInfo:
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return DefinitionInfo(id=name, title=name, description="", parameters=schema, formats=("xlsx", "csv"))


def made(service: FakeService, patience: Patience = PATIENT) -> Step:
    async def test() -> Step:
        return await make(profile, KnownSigner(), patience)

    with serving(service) as profile:
        return asyncio.run(asyncio.wait_for(test(), HANG_S))


def with_end(**changes: Any) -> Course:
    def course(request: GenerateReport) -> Iterator[Snapshot]:
        yield snapshot_of(str(request.report_id))
        yield snapshot_of(str(request.report_id), revision=9, **changes)

    return course


# --- the choice -----------------------------------------------------------------------------------


def asked(*definitions: DefinitionInfo) -> tuple[str, dict[str, Any]] | None:
    chosen = choose(definitions)
    if chosen is None:
        return None
    known, request = chosen
    assert request.definition == known.id
    assert request.report_id is not None
    assert is_trial(request.report_id)
    assert request.format == "csv"
    return request.definition, request.parameters


def test_sample_is_asked_for_without_delay() -> None:
    sample = definition("try", delay={"type": "integer"}, amountOfRows={"type": "integer"})
    assert asked(definition("other"), sample) == ("try", {"delay": 0, "amountOfRows": 1})


def test_first_report_that_needs_no_choice_is_asked_for() -> None:
    needs = definition("needs", ("a",), a={"type": "string"})
    given = definition("given", ("a",), a={"type": "string", "default": "x"})
    assert asked(needs, given, definition("free")) == ("given", {})


def test_day_of_a_range_is_enough() -> None:
    ranged = definition("r", start=DATE | {"default": "2013-01-01"}, end=DATE | {"default": "2013-12-31"})
    assert asked(ranged) == ("r", {"start": "2013-01-01", "end": "2013-01-01"})


def test_range_without_a_default_is_left_alone() -> None:
    assert asked(definition("r", start=DATE, end=DATE)) == ("r", {})


def test_there_may_be_none() -> None:
    assert asked(definition("needs", ("a",), a={"type": "string"})) is None


def test_format_is_the_services_own_where_there_is_no_light_one() -> None:
    only = msgspec.structs.replace(definition("only"), formats=("parquet",))
    chosen = choose([only])
    assert chosen is not None
    assert chosen[1].format is None


# --- its end --------------------------------------------------------------------------------------


def test_file_comes_and_is_thrown_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with files() as server:

        def course(request: GenerateReport) -> Iterator[Snapshot]:
            yield finished(str(request.report_id), CONTENT, server.url)

        service = FakeService(course=course)
        step = made(service)
    assert (step.outcome, step.sentence) == (Outcome.PASSED, "Sample [EU] came, 7 rows")
    assert step.figure.endswith(" s")
    assert len(server.asked) == 1
    assert list(tmp_path.iterdir()) == []


def test_refused_report() -> None:
    error = ErrorInfo(code=ErrorCode.INVALID_PARAMETERS, message="The parameters are wrong.")
    step = made(FakeService(refused={GenerateReport: error}))
    assert (step.outcome, step.sentence) == (Outcome.FAILED, "Sample [EU] was refused: The parameters are wrong.")


def test_report_over_a_limit_has_to_wait() -> None:
    error = ErrorInfo(code=ErrorCode.TOO_MANY_REPORTS, message="Five reports are under way.")
    step = made(FakeService(refused={GenerateReport: error}))
    assert step.outcome is Outcome.WARNING
    assert step.sentence.startswith("Sample [EU] has to wait: Five reports are under way.")


def test_failed_report() -> None:
    error = ErrorInfo(code="outOfMemory", message="It needs {more} memory.")
    step = made(FakeService(course=with_end(state=State.FAILED, error=error)))
    assert step.outcome is Outcome.FAILED
    assert step.sentence.startswith("Sample [EU] failed: It needs {more} memory. The way to the service is open.")


def test_report_that_somebody_cancels() -> None:
    step = made(FakeService(course=with_end(state=State.CANCELLED)))
    assert (step.outcome, step.sentence) == (Outcome.WARNING, "Sample [EU] was cancelled by somebody.")


def test_file_that_does_not_come(tmp_path: Path) -> None:
    with files() as server:
        url = server.url

    def course(request: GenerateReport) -> Iterator[Snapshot]:
        yield finished(str(request.report_id), CONTENT, url)

    step = made(FakeService(course=course), replace(PATIENT, file_s=0.05))
    assert step.outcome is Outcome.FAILED
    assert step.sentence.startswith("Sample [EU] was made, but its file does not come: ")
    assert "X-Amz" not in step.sentence


def test_slow_report_is_cancelled() -> None:
    service = FakeService(course=lambda request: iter([running(str(request.report_id))]))
    step = made(service, replace(PATIENT, report_s=0.2))
    assert step.outcome is Outcome.WARNING
    assert step.sentence.startswith("Sample [EU] was not ready within 0 s, and was cancelled.")
    assert any(isinstance(request.data, CancelReport) for request in service.requests)


def test_silent_catalog() -> None:
    step = made(FakeService(mute=(DescribeCatalog,)), replace(PATIENT, catalog_s=0.2))
    assert (step.outcome, step.sentence) == (
        Outcome.FAILED,
        "The service did not say within 0 s which reports there are.",
    )


def test_refused_catalog() -> None:
    error = ErrorInfo(code=ErrorCode.INTERNAL, message="A fault of the service.")
    step = made(FakeService(refused={DescribeCatalog: error}))
    assert (step.outcome, step.sentence) == (Outcome.FAILED, "A fault of the service.")


def test_service_whose_reports_all_need_a_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    needs = {**SAMPLE.parameters, "properties": {"label": {"type": "string"}}, "required": ["label"]}
    monkeypatch.setattr("tests.desktop.services.SAMPLE", msgspec.structs.replace(SAMPLE, parameters=needs))
    assert made(FakeService()).outcome is Outcome.SKIPPED
