import pytest
from msgspec.structs import replace

from backend.connections import Caller
from backend.protocol.codec import RefusedRequest
from backend.protocol.lifecycle import State
from backend.protocol.messages import ErrorCode, GenerateReport
from tests.backend.fakes import ANNA, BERT, REPORT_TTL, START, World

ID = "00000000-0000-4000-8000-000000000001"
ASKED = GenerateReport(report_id=ID, definition="sample", parameters={"delay": 0, "amountOfRows": 3})


def refusal(world: World, request: GenerateReport) -> RefusedRequest:
    with pytest.raises(RefusedRequest) as caught:
        world.submission.submit(ANNA, request)
    return caught.value


def test_report_is_stored_before_its_worker_starts(world: World) -> None:
    report = world.submission.submit(ANNA, ASKED)
    assert world.reports.rows[ID] == report
    assert world.invoke.report_ids == [ID]
    assert (report.state, report.revision, report.attempt) == (State.QUEUED, 0, 0)
    assert report.watchers == {ANNA.connection_id}
    assert report.expires_at == START + REPORT_TTL


def test_defaults_are_filled_in_and_kept(world: World) -> None:
    report = world.submission.submit(ANNA, GenerateReport(definition="sample"))
    assert report.parameters == {"delay": 40_000, "amountOfRows": 500}
    assert report.format == "csv"


def test_service_picks_an_id_where_the_client_gave_none(world: World) -> None:
    first = world.submission.submit(ANNA, replace(ASKED, report_id=None))
    second = world.submission.submit(ANNA, replace(ASKED, report_id=None))
    assert first.report_id != second.report_id


def test_duplicate_submit_keeps_first_report(world: World) -> None:
    world.submission.submit(ANNA, ASKED)
    world.execute(ID)
    ended = world.submission.submit(Caller(ANNA.owner, "conn-2"), ASKED)
    assert ended.state is State.SUCCEEDED
    assert ended.watchers == {ANNA.connection_id, "conn-2"}
    assert world.invoke.report_ids == [ID]


def test_duplicate_submit_of_a_queued_report_invokes_again(world: World) -> None:
    world.submission.submit(ANNA, ASKED)
    world.submission.submit(ANNA, ASKED)
    assert world.invoke.report_ids == [ID, ID]


@pytest.mark.parametrize(
    ("caller", "change"),
    [(BERT, {}), (ANNA, {"parameters": {"delay": 1, "amountOfRows": 3}})],
    ids=["another owner", "other parameters"],
)
def test_known_id_with_other_content_is_a_conflict(world: World, caller: Caller, change: dict[str, object]) -> None:
    world.submission.submit(ANNA, ASKED)
    with pytest.raises(RefusedRequest) as caught:
        world.submission.submit(caller, replace(ASKED, **change))
    assert caught.value.error.code == ErrorCode.REPORT_ID_CONFLICT
    assert world.reports.rows[ID].parameters == ASKED.parameters
    assert world.reports.rows[ID].watchers == {ANNA.connection_id}


def test_failed_invocation_ends_the_report_at_once(world: World) -> None:
    world.invoke.is_refusing = True
    report = world.submission.submit(ANNA, ASKED)
    assert report.state is State.FAILED
    assert report.error is not None
    assert world.reports.rows[ID] == report


def test_expired_row_makes_room_for_its_id(world: World) -> None:
    world.submission.submit(ANNA, ASKED)
    world.clock.now = START + REPORT_TTL
    assert world.submission.submit(BERT, ASKED).owner == BERT.owner


@pytest.mark.parametrize(
    ("request_", "code", "fields"),
    [
        (replace(ASKED, definition="nothing"), ErrorCode.UNKNOWN_DEFINITION, None),
        (replace(ASKED, format="exe"), ErrorCode.INVALID_PARAMETERS, {"format"}),
        (replace(ASKED, format_options={"bom": 1}), ErrorCode.INVALID_PARAMETERS, {"formatOptions.bom"}),
        (
            replace(ASKED, format="xlsx", format_options={"bom": True}),
            ErrorCode.INVALID_PARAMETERS,
            {"formatOptions.bom"},
        ),
        (replace(ASKED, format_options={"delimiter": ":"}), ErrorCode.INVALID_PARAMETERS, {"formatOptions.delimiter"}),
        (
            replace(ASKED, parameters={"delay": -1, "amountOfRows": "many", "colour": 1}),
            ErrorCode.INVALID_PARAMETERS,
            {"delay", "amountOfRows", "colour"},
        ),
        (replace(ASKED, parameters={"delay": 840_001}), ErrorCode.INVALID_PARAMETERS, {"delay"}),
        (replace(ASKED, parameters={"delay": True}), ErrorCode.INVALID_PARAMETERS, {"delay"}),
        (replace(ASKED, parameters={"x" * 5000: 1}), ErrorCode.INVALID_PARAMETERS, None),
    ],
)
def test_bad_request_is_refused_before_a_row_exists(
    world: World, request_: GenerateReport, code: ErrorCode, fields: set[str] | None
) -> None:
    error = refusal(world, request_).error
    assert error.code == code
    assert (set(error.fields) if error.fields else None) == fields
    assert not world.reports.rows
    assert not world.invoke.report_ids
