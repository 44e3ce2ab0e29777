from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from backend.catalog import sql_file
from backend.catalog.header import read
from backend.domain import steps
from backend.domain.caller import Caller
from backend.domain.report import Report, snapshot
from backend.protocol.formats import offered_options
from backend.protocol.lifecycle import State
from backend.protocol.messages import ErrorCode, Failure, FailureCode, GenerateReport
from backend.protocol.refusals import MOST_FAULTS, RefusedRequest
from tests.backend.fakes import ANNA, BERT, EVENT_MAX_AGE, MAX_ACTIVE, REPORT_TTL, START, World

ID = "00000000-0000-4000-8000-000000000001"
ASKED = GenerateReport(report_id=ID, definition="sample", parameters={"delay": 0, "amountOfRows": 3})


def refusal(world: World, request: GenerateReport) -> RefusedRequest:
    with pytest.raises(RefusedRequest) as caught:
        world.submit(ANNA, request)
    return caught.value


def test_report_is_stored_before_its_worker_starts(world: World) -> None:
    report = world.submit(ANNA, ASKED)
    assert world.reports.rows[ID] == report
    assert [report_id for report_id, _ in world.invoke.events] == [ID]
    assert (report.state, report.revision, report.attempt) == (State.QUEUED, 0, 0)
    assert report.watchers == {ANNA.connection_id}
    assert report.expires_at == START + REPORT_TTL


def test_defaults_are_filled_in_and_kept(world: World) -> None:
    report = world.submit(ANNA, GenerateReport(definition="sample"))
    assert report.parameters == {"delay": 40_000, "amountOfRows": 500}
    assert report.format == "csv"


def test_service_picks_an_id_where_the_client_gave_none(world: World) -> None:
    first = world.submit(ANNA, replace(ASKED, report_id=None))
    second = world.submit(ANNA, replace(ASKED, report_id=None))
    assert first.report_id != second.report_id


def test_duplicate_submit_keeps_first_report(world: World) -> None:
    world.submit(ANNA, ASKED)
    world.execute(ID)
    ended = world.submit(Caller(ANNA.owner, "conn-2"), ASKED)
    assert ended.state is State.SUCCEEDED
    assert ended.watchers == {ANNA.connection_id}
    assert [report_id for report_id, _ in world.invoke.events] == [ID]


@pytest.mark.parametrize(
    "request_",
    [
        {"format": "csv", "format_options": {f"option-{n}": "x" * 9 for n in range(1_000)}},
        {"format": "x" * 28_000},
        {"parameters": {f"name-{n}" * 9: 1 for n in range(40)}},
        {"parameters": {"delay": "x" * 3_000, "amountOfRows": "y" * 900}},
        {"definition": "d" * 28_000},
        {"format": "csv", "format_options": {"x" * 3_900: 1}},
    ],
)
def test_refusal_is_never_larger_than_the_request(world: World, request_: dict[str, Any]) -> None:
    with pytest.raises(RefusedRequest) as caught:
        world.submit(ANNA, replace(ASKED, **request_))
    error = caught.value.error
    assert len(msgspec.json.encode(error)) < 4_000
    assert len(error.fields or {}) <= MOST_FAULTS
    assert not world.reports.rows


def test_reports_under_way_are_counted_however_many_came_after_them(world: World) -> None:
    for _ in range(MAX_ACTIVE - 1):
        world.submit(ANNA, replace(ASKED, report_id=None))
    for _ in range(60):
        asked = world.submit(ANNA, replace(ASKED, report_id=None))
        world.cancel(ANNA, asked.report_id)
        world.clock.sleep(1)
    world.submit(ANNA, replace(ASKED, report_id=None))
    with pytest.raises(RefusedRequest) as caught:
        world.submit(ANNA, replace(ASKED, report_id=None))
    assert caught.value.error.code == ErrorCode.TOO_MANY_REPORTS


def test_reports_nobody_works_on_any_more_take_no_place(world: World) -> None:
    for _ in range(MAX_ACTIVE):
        world.submit(ANNA, replace(ASKED, report_id=None))
    world.clock.sleep(EVENT_MAX_AGE.total_seconds() + 1)
    world.submit(ANNA, ASKED)
    assert [row.state for row in world.reports.rows.values()].count(State.FAILED) == MAX_ACTIVE


def test_duplicate_submit_of_a_queued_report_invokes_again(world: World) -> None:
    world.submit(ANNA, ASKED)
    world.submit(ANNA, ASKED)
    assert [report_id for report_id, _ in world.invoke.events] == [ID, ID]


@pytest.mark.parametrize(
    ("caller", "change"),
    [(BERT, {}), (ANNA, {"parameters": {"delay": 1, "amountOfRows": 3}})],
    ids=["another owner", "other parameters"],
)
def test_known_id_with_other_content_is_a_conflict(world: World, caller: Caller, change: dict[str, object]) -> None:
    world.submit(ANNA, ASKED)
    with pytest.raises(RefusedRequest) as caught:
        world.submit(caller, replace(ASKED, **change))
    assert caught.value.error.code == ErrorCode.REPORT_ID_CONFLICT
    assert world.reports.rows[ID].parameters == ASKED.parameters
    assert world.reports.rows[ID].watchers == {ANNA.connection_id}


def test_failure_of_an_event_leaves_the_report_to_a_later_one(world: World) -> None:
    world.submit(ANNA, ASKED)
    world.submit(ANNA, ASKED)
    (_, first), (_, second) = world.invoke.events
    failure = Failure(code=FailureCode.WORKER_LOST, message="no")
    assert world.reports.change(ID, steps.fail_abandoned(first, failure, world.clock())) is None
    assert world.reports.rows[ID].state is State.QUEUED
    ended = world.reports.change(ID, steps.fail_abandoned(second, failure, world.clock()))
    assert ended is not None
    assert ended.state is State.FAILED


def test_refused_second_event_leaves_the_report_to_the_first(world: World) -> None:
    world.submit(ANNA, ASKED)
    world.invoke.is_refusing = True
    assert world.submit(ANNA, ASKED).state is State.QUEUED
    ((_, first),) = world.invoke.events
    assert world.reports.rows[ID].invocation == first
    claimed = world.reports.change(ID, steps.claim(first, world.clock()))
    assert claimed is not None
    assert world.submit(ANNA, ASKED) == claimed


def test_report_that_was_claimed_meanwhile_is_not_started_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.submit(ANNA, ASKED)
    watch = world.reports.watch

    def watch_and_claim(*args: Any) -> Report | None:
        watched = watch(*args)
        world.reports.change(ID, steps.claim(world.invoke.events[0][1], world.clock()))
        return watched

    monkeypatch.setattr(world.reports, "watch", watch_and_claim)
    assert world.submit(ANNA, ASKED).state is State.RUNNING
    assert len(world.invoke.events) == 1


def test_failed_invocation_ends_the_report_at_once(world: World) -> None:
    world.invoke.is_refusing = True
    report = world.submit(ANNA, ASKED)
    assert report.state is State.FAILED
    assert report.error is not None
    assert world.reports.rows[ID] == report


def test_expired_row_makes_room_for_its_id(world: World) -> None:
    world.submit(ANNA, ASKED)
    world.clock.now = START + REPORT_TTL
    assert world.submit(BERT, ASKED).owner == BERT.owner


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
            {"parameters.delay", "parameters.amountOfRows", "parameters.colour"},
        ),
        (replace(ASKED, parameters={"delay": 840_001}), ErrorCode.INVALID_PARAMETERS, {"parameters.delay"}),
        (replace(ASKED, parameters={"delay": True}), ErrorCode.INVALID_PARAMETERS, {"parameters.delay"}),
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
    assert not world.invoke.events


@pytest.mark.parametrize(
    ("format_", "options", "complete"),
    [
        ("csv", None, {"delimiter": ",", "bom": False}),
        ("csv", {}, {"delimiter": ",", "bom": False}),
        ("csv", {"bom": True}, {"delimiter": ",", "bom": True}),
        ("csv", {"delimiter": "\t"}, {"delimiter": "\t", "bom": False}),
        ("xlsx", None, {}),
        ("parquet", {}, {}),
    ],
)
def test_options_of_the_format_are_filled_in_and_kept(
    world: World, format_: str, options: dict[str, object] | None, complete: dict[str, object]
) -> None:
    report = world.submit(ANNA, replace(ASKED, format=format_, format_options=options))
    assert report.format_options == complete
    assert world.reports.rows[ID].format_options == complete


def test_every_wrong_thing_is_named_at_once(world: World) -> None:
    request = replace(ASKED, format="exe", format_options={"bom": True}, parameters={"delay": -1})
    error = refusal(world, request).error
    assert error.fields is not None
    assert set(error.fields) == {"format", "formatOptions.bom", "parameters.delay"}
    assert all(reason in error.message for reason in error.fields.values())


@pytest.mark.parametrize(
    ("word", "sign"), [("comma", ","), ("semicolon", ";"), ("tab", "\t"), ("bar", "|"), (";", ";")]
)
def test_delimiter_has_a_name_and_is_kept_as_its_sign(world: World, word: str, sign: str) -> None:
    report = world.submit(ANNA, replace(ASKED, format="csv", format_options={"delimiter": word, "bom": None}))
    assert report.format_options == {"delimiter": sign, "bom": False}
    assert word in offered_options("csv")["properties"]["delimiter"]["enum"]


def test_wrong_option_is_told_what_it_may_be(world: World) -> None:
    error = refusal(world, replace(ASKED, format="csv", format_options={"delimiter": "dot"})).error
    assert error.fields == {"formatOptions.delimiter": "must be one of comma, semicolon, tab, bar"}


def test_whole_numbers_may_have_a_point_and_nulls_are_absent(world: World) -> None:
    parameters = {"delay": 5000.0, "amountOfRows": 3, "nothing": None}
    report = world.submit(ANNA, replace(ASKED, parameters=parameters))
    again = world.submit(ANNA, replace(ASKED, parameters={"delay": 5000, "amountOfRows": 3.0}))
    assert repr(report.parameters) == repr(again.parameters) == repr({"delay": 5000, "amountOfRows": 3})


@pytest.mark.parametrize(
    "change", [{"format_options": {"bom": True}}, {"format": "xlsx"}, {"format_options": {"delimiter": ";"}}]
)
def test_known_id_with_another_file_in_mind_is_a_conflict(world: World, change: dict[str, object]) -> None:
    asked = replace(ASKED, format="csv")
    world.submit(ANNA, asked)
    assert refusal(world, replace(asked, **change)).error.code == ErrorCode.REPORT_ID_CONFLICT


def test_defaults_that_are_spelled_out_are_no_conflict(world: World) -> None:
    first = world.submit(ANNA, GenerateReport(report_id=ID, definition="sample"))
    spelled = GenerateReport(
        report_id=ID,
        definition="sample",
        parameters={"delay": 40_000, "amountOfRows": 500},
        format="csv",
        format_options={"delimiter": ",", "bom": False},
    )
    assert snapshot(world.submit(ANNA, spelled), None, START) == replace(snapshot(first, None, START), revision=1)


def test_order_of_a_list_and_an_empty_one_are_no_conflict() -> None:
    header = LAST_MONTH.replace("*/", "parameters.of = " + LIST + "\n*/")
    world = World({"listed": sql_file.define("listed", *read(header))})
    asked = GenerateReport(report_id=ID, definition="listed", parameters={"of": ["JFK", "EWR"], "last": "2026-10-31"})
    first = world.submit(ANNA, asked)
    assert first.parameters["of"] == ["EWR", "JFK"]
    again = replace(asked, parameters={**asked.parameters, "of": ["EWR", "JFK"]})
    assert world.submit(ANNA, again).parameters == first.parameters
    with pytest.raises(RefusedRequest) as caught:
        world.submit(ANNA, replace(asked, parameters={**asked.parameters, "of": []}))
    assert caught.value.error.code == ErrorCode.REPORT_ID_CONFLICT
    unnarrowed = replace(asked, report_id=None, parameters={**asked.parameters, "of": []})
    assert "of" not in world.submit(ANNA, unnarrowed).parameters


LIST = '{ type = "array", title = "Of", items = { type = "string", enum = ["EWR", "JFK", "LGA"] } }'
LAST_MONTH = """/*
title = "Last month"
description = "Moves with the calendar."
datasets = []
order = []
parameters.first = { type = "string", format = "date", title = "From", default = { relative = "first of last month" } }
parameters.last = { type = "string", format = "date", title = "To", default = { relative = "yesterday" } }
*/
SELECT $first AS a, $last AS b
"""
MONTHLY = GenerateReport(report_id=ID, definition="monthly")


@pytest.fixture
def monthly() -> World:
    world = World({"monthly": sql_file.define("monthly", *read(LAST_MONTH))})
    world.clock.now = datetime(2026, 10, 31, 23, 59, 30, tzinfo=UTC)
    return world


def test_default_is_the_date_of_the_day_it_is_asked_for(monthly: World) -> None:
    report = monthly.submit(ANNA, MONTHLY)
    assert report.parameters == {"first": "2026-09-01", "last": "2026-10-30"}


def test_resend_whose_dates_are_right_on_the_first_day_alone_keeps_the_report(monthly: World) -> None:
    asked = replace(MONTHLY, parameters={"last": "2026-09-30"})
    first = monthly.submit(ANNA, asked)
    monthly.clock.sleep(60)
    assert monthly.submit(ANNA, asked).parameters == first.parameters
    with pytest.raises(RefusedRequest):
        monthly.submit(ANNA, replace(asked, report_id=None))


def test_overdue_report_that_is_asked_for_again_has_ended(world: World) -> None:
    world.submit(ANNA, ASKED)
    world.clock.sleep(EVENT_MAX_AGE.total_seconds() + 1)
    assert world.submit(ANNA, ASKED).state is State.FAILED
    assert len(world.invoke.events) == 1


def test_resend_after_midnight_keeps_the_first_report(monthly: World) -> None:
    first = monthly.submit(ANNA, MONTHLY)
    monthly.clock.sleep(60)
    again = monthly.submit(ANNA, MONTHLY)
    assert snapshot(again, None, START) == replace(snapshot(first, None, START), revision=1)
    assert [report_id for report_id, _ in monthly.invoke.events] == [ID, ID]


def test_resend_after_midnight_is_a_conflict_where_it_asks_for_other_dates(monthly: World) -> None:
    monthly.submit(ANNA, MONTHLY)
    monthly.clock.sleep(60)
    dates = {"first": "2026-10-01", "last": "2026-10-31"}
    with pytest.raises(RefusedRequest) as caught:
        monthly.submit(ANNA, replace(MONTHLY, parameters=dates))
    assert caught.value.error.code == ErrorCode.REPORT_ID_CONFLICT


def test_report_is_made_with_the_dates_it_was_asked_for_with(monthly: World) -> None:
    monthly.submit(ANNA, replace(MONTHLY, format="csv"))
    monthly.clock.sleep(60)
    monthly.execute(ID)
    key = monthly.reports.rows[ID].object_key or ""
    assert monthly.results.objects[key] == b"a,b\r\n2026-09-01,2026-10-30\r\n"


def test_new_id_after_midnight_gets_new_dates(monthly: World) -> None:
    monthly.submit(ANNA, MONTHLY)
    monthly.clock.sleep(60)
    report = monthly.submit(ANNA, replace(MONTHLY, report_id=None))
    assert report.parameters == {"first": "2026-10-01", "last": "2026-10-31"}
