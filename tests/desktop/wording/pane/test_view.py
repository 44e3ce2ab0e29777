from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from backend.protocol.lifecycle import State
from backend.protocol.messages import DefinitionInfo, ErrorCode, ErrorInfo, Failure, FailureCode
from backend.protocol.preview import Preview
from desktop.files.download import Download, DownloadState
from desktop.files.preview_status import Loading, Unavailable
from desktop.wording import language
from desktop.wording.language import LanguageId, tr
from desktop.wording.pane import failure
from desktop.wording.pane.details import say_parameter
from desktop.wording.pane.happenings import Happening, What
from desktop.wording.pane.message import Help
from desktop.wording.pane.times import say_duration, say_moment
from desktop.wording.pane.view import PaneView, TabId, nothing_selected, present_pane
from desktop.wording.tone import Tone
from tests.desktop.conftest import NOW, RESULT, EntryFactory
from tests.desktop.widgets.pane.previews import counted, make, view_of, with_preview

GONE = ErrorInfo(code="notFound", message="There is no such report.")
LATER = NOW + timedelta(days=7)
"""After the file is gone."""


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    language.use(LanguageId.ENGLISH)


def said(view: PaneView, tab: TabId = TabId.PREVIEW) -> str:
    return view.message(tab).text


# --- in place of rows -----------------------------------------------------------------------------


def test_nothing_selected_says_what_will_stand_here() -> None:
    view = nothing_selected()
    assert view.caption == "No report selected"
    assert said(view) == "The first rows of the report you select stand here."
    assert {said(view, tab) for tab in TabId if tab is not TabId.PREVIEW} == {"No report selected"}
    assert present_pane(None, NOW) == view


def test_of_several_reports_none_is_shown(known: EntryFactory) -> None:
    view = view_of(known(1, State.SUCCEEDED), selected=1200, previewed=make())
    assert view.caption == "1,200 reports selected"
    assert {said(view, tab) for tab in TabId} == {"1,200 reports selected"}
    assert (view.report_id, view.details, view.preview.rows) == (None, None, ())


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING])
def test_rows_of_a_report_under_way_are_still_to_come(known: EntryFactory, state: State) -> None:
    assert said(view_of(known(1, state))) == "The first rows stand here as soon as the report is ready."


def test_failed_report_says_why_on_every_tab_of_rows(known: EntryFactory) -> None:
    failure = Failure(code="tooManyRows", message="More than 20,000,000 rows")
    view = view_of(known(1, State.FAILED, error=failure))
    for tab in (TabId.PREVIEW, TabId.CHART, TabId.SUMMARY):
        message = view.message(tab)
        assert (message.text, message.tone, message.help) == (
            "More than 20,000,000 rows.",
            Tone.FAILED,
            Help.SHOW_DETAILS,
        )
    assert said(view, TabId.DETAILS) == ""


@pytest.mark.parametrize(
    ("changes", "previewed", "text", "helps", "is_passing"),
    [
        ({}, None, "Loading the first rows…", None, True),
        ({}, Loading(), "Loading the first rows…", None, True),
        ({}, make(rows=()), "This report has no rows.", None, False),
        ({}, make(), "", None, False),
        ({}, Unavailable("It is gone"), "The preview cannot be loaded. It is gone.", Help.TRY_AGAIN, False),
        (
            {},
            Unavailable("The preview cannot be loaded: the service is too slow."),
            "The preview cannot be loaded. The service is too slow.",
            Help.TRY_AGAIN,
            False,
        ),
        ({"entry": {"refusal": GONE}}, None, "There is no such report.", None, False),
    ],
)
def test_ready_report_says_how_its_preview_stands(
    known: EntryFactory, *, changes: Any, previewed: Any, text: str, helps: Help | None, is_passing: bool
) -> None:
    message = view_of(with_preview(known, **changes), previewed=previewed).message(TabId.PREVIEW)
    assert (message.text, message.help, message.is_passing) == (text, helps, is_passing)


def test_report_without_preview_says_so(known: EntryFactory) -> None:
    view = view_of(known(1, State.SUCCEEDED))
    assert said(view) == "This report has no preview."
    assert not view.is_preview_wanted


def test_cancelled_report_says_so(known: EntryFactory) -> None:
    assert said(view_of(known(1, State.CANCELLED))) == "This report was cancelled."


def test_rows_that_are_here_stay_when_the_service_has_dropped_the_file(known: EntryFactory) -> None:
    entry = with_preview(known)
    assert said(present_pane(entry, LATER, previewed=make())) == ""
    gone = present_pane(entry, LATER)
    assert said(gone) == "The file was kept until 29 Nov."
    assert not gone.is_preview_wanted


def test_chart_alone_needs_numbers(known: EntryFactory) -> None:
    view = view_of(with_preview(known), previewed=make((("a",),), (("Name", "text"),)))
    assert (said(view), said(view, TabId.CHART)) == ("", "No column here has numbers.")


# --- the caption ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("previewed", "caption"),
    [
        (make(), "Sample report · all 3 rows · 1.2 MB"),
        (make(count=98_210), "Sample report · first 3 of 98,210 rows · 1.2 MB"),
        (make(rows=()), "Sample report · no rows · 1.2 MB"),
        (make(make().rows[:1]), "Sample report · 1 row · 1.2 MB"),
        (None, "Sample report · 1.2 MB"),
    ],
)
def test_caption_says_how_much_is_shown(
    known: EntryFactory, sample: DefinitionInfo, previewed: Any, caption: str
) -> None:
    assert view_of(with_preview(known), previewed=previewed, definition=sample).caption == caption


@pytest.mark.parametrize(
    ("previewed", "while_sorted", "beside_summary"),
    [
        (make(), "all 3 rows", "all 3 rows"),
        (make(count=98_210), "first 3 rows only, sorted", "first 3 of 98,210 rows"),
        (counted(98_210), "first 3 rows only, sorted", "all 98,210 rows"),
    ],
)
def test_caption_says_what_the_tab_shows(
    known: EntryFactory, previewed: Preview, while_sorted: str, beside_summary: str
) -> None:
    view = view_of(with_preview(known), previewed=previewed)
    assert f" · {while_sorted} · " in view.caption_sorted
    assert f" · {beside_summary} · " in view.caption_summary


@pytest.mark.parametrize(
    ("state", "entry", "caption"),
    [
        (State.FAILED, {}, "sample · Failed just now"),
        (State.CANCELLED, {}, "sample · Cancelled just now"),
        (State.RUNNING, {}, "sample"),
        (State.RUNNING, {"refusal": GONE}, "sample · Failed"),
    ],
)
def test_caption_says_how_a_report_ended(known: EntryFactory, state: State, entry: Any, caption: str) -> None:
    assert view_of(known(1, state, entry=entry)).caption == caption


# --- details --------------------------------------------------------------------------------------


def facts(view: PaneView) -> dict[str, str]:
    assert view.details is not None
    return {fact.label: fact.text for fact in view.details.facts}


def test_facts_of_a_report_that_is_ready(known: EntryFactory, sample: DefinitionInfo) -> None:
    download = Download("", Path("/home/ana/sample.csv"), 1, 1, DownloadState.SAVED)
    entry = known(1, State.SUCCEEDED, parameters={"delay": 1000, "amountOfRows": 500, "more": None})
    view = view_of(entry, definition=sample, download=download)
    assert facts(view) == {
        "Report": "Sample report",
        "Parameters": "Delay (ms): 1,000 · Rows: 500 (default) · more: any",
        "Format": "CSV",
        "Asked": "today 14:04:41",
        "Ran for": "41 s",
        "File": "sample.csv · 500,000 rows · 1.2 MB · kept until 29 Nov",
        "Saved as": "/home/ana/sample.csv",
        "SHA-256": "0" * 64,
        "Report id": entry.report_id,
    }
    assert view.details is not None
    assert {fact.label for fact in view.details.facts if fact.is_id} == {"SHA-256", "Report id"}
    assert view.details.can_edit


def test_options_that_are_not_as_usual_follow_the_format(known: EntryFactory) -> None:
    view = view_of(known(1, State.QUEUED, format_options={"delimiter": ";", "bom": False}))
    assert facts(view)["Format"] == "CSV · Delimiter: Semicolon"


def test_request_that_is_not_answered_has_facts_too(unsent: EntryFactory, sample: DefinitionInfo) -> None:
    view = view_of(unsent(1, asked_at=NOW), definition=sample)
    assert list(facts(view)) == ["Report", "Parameters", "Asked", "Report id"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "any"),
        (True, "yes"),
        (1000, "1,000"),
        (999, "999"),
        (20_000, "20,000"),
        (0.5, "0.5"),
        (["EWR", "JFK"], "EWR, JFK"),
        ([], "any"),
        ("<b>x</b>", "<b>x</b>"),
    ],
)
def test_parameter_is_said_in_words(value: object, text: str) -> None:
    assert say_parameter(value) == text


@pytest.mark.parametrize(
    ("prop", "text"),
    [({"minimum": 1990, "maximum": 2030}, "2013"), ({"minimum": 0, "maximum": 2999}, "2,013"), ({}, "2,013")],
)
def test_year_has_no_comma(prop: dict[str, int], text: str) -> None:
    assert say_parameter(2013, prop) == text


@pytest.mark.parametrize("code", [*FailureCode, "somethingNew"])
def test_every_failure_says_what_may_help(known: EntryFactory, code: str) -> None:
    for spoken in LanguageId:
        language.use(spoken)
        view = view_of(known(1, State.FAILED, error=Failure(code=code, message="It failed.")))
        assert view.details is not None
        assert view.details.failure is not None
        assert view.details.failure.help.endswith(".")
        assert tr("Edit and run") in view.details.failure.help


@pytest.mark.parametrize("code", sorted({*FailureCode, *ErrorCode}))
def test_every_code_of_the_protocol_has_its_own_help(code: str) -> None:
    assert code in failure.HELP


@pytest.mark.parametrize("code", ErrorCode)
def test_every_refusal_says_what_may_help_in_german_too(unsent: EntryFactory, code: str) -> None:
    refused = unsent(1, refusal=ErrorInfo(code=code, message="It was refused."))
    said = []
    for spoken in LanguageId:
        language.use(spoken)
        text = failure.say_failure(refused)
        assert text is not None
        said.append(text.help)
    assert said[0] != said[1]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("The query fails. Tell whoever looks after the reports.", "The query fails."),
        ("The report took too long. Ask for less at a time.", "The report took too long."),
        ("Something went wrong in the service. Try again.", "Something went wrong in the service."),
        ("You have 5 reports under way. Wait for one to end, or cancel one.", "You have 5 reports under way."),
        ("Try again.", "Try again."),
        ("Nobody is there. Tryst ended.", "Nobody is there. Tryst ended."),
    ],
)
def test_advice_of_the_service_gives_way_to_that_of_the_window(known: EntryFactory, message: str, said: str) -> None:
    view = view_of(known(1, State.FAILED, error=Failure(code="workerLost", message=message)))
    assert view.details is not None
    assert view.details.failure is not None
    assert view.details.failure.message == said
    assert view.details.failure.help == 'Press "Edit and run" to ask for it again.'


def test_refused_fields_are_named_by_their_titles(unsent: EntryFactory, sample: DefinitionInfo) -> None:
    fields_ = {"parameters.delay": "must be less", "format": "must be csv"}
    refusal = ErrorInfo(code="invalidParameters", message="Not allowed.", fields=fields_)
    view = view_of(unsent(1, refusal=refusal), definition=sample)
    assert view.details is not None
    assert view.details.failure is not None
    assert view.details.failure.message == "Delay (ms) must be less. format must be csv."


def test_what_happened_has_times_and_tones(known: EntryFactory) -> None:
    heard = (Happening(NOW - timedelta(seconds=30), What.STAGE, "reading"),)
    view = view_of(known(1, State.FAILED), happened=heard)
    assert view.details is not None
    lines = view.details.happened
    assert [(line.time, line.text) for line in lines] == [
        ("", "Asked"),
        ("14:04:41", "Queued"),
        ("14:04:42", "Started"),
        ("14:05:11", "Reading"),
        ("14:05:23", "Failed"),
    ]
    assert [line.tone for line in lines] == [None, None, None, None, Tone.FAILED]


def test_second_attempt_is_counted(known: EntryFactory) -> None:
    heard = (Happening(NOW - timedelta(seconds=59.5), What.STARTED),)
    view = view_of(known(1, State.RUNNING), happened=heard)
    assert view.details is not None
    assert [line.text for line in view.details.happened] == [
        "Asked",
        "Queued",
        "Started",
        "Started, attempt 2",
    ]


def test_details_are_copied_as_text(known: EntryFactory) -> None:
    view = view_of(known(1, State.FAILED, error=Failure(code="internal", message="It failed")))
    assert view.details is not None
    lines = view.details.copied.splitlines()
    assert lines[0] == "It failed."
    assert f"Report id: {known(1).report_id}" in lines
    assert lines[-1] == "14:05:23  Failed"


def texts(value: Any) -> Iterator[str]:
    """Yield every text in a view but the cells of its preview."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Struct):
        for field in value.__struct_fields__:
            yield from texts(getattr(value, field))
    elif isinstance(value, dict):
        yield from (text for each in value.values() for text in texts(each))
    elif isinstance(value, tuple):
        yield from (text for each in value for text in texts(each))


SIGNED = "https://bucket.test/a?x=1&X-Amz-Signature=secret"


def test_no_text_has_a_signed_link(known: EntryFactory, sample: DefinitionInfo) -> None:
    failed = Failure(code="internal", message=f"See {SIGNED} for more")
    download = Download("", Path("/tmp/a"), 1, 2, DownloadState.FAILED, f"No answer from {SIGNED}")
    views = [
        view_of(known(1, State.FAILED, error=failed), definition=sample),
        view_of(with_preview(known, parameters={"delay": SIGNED}), previewed=Unavailable(SIGNED), definition=sample),
        view_of(known(1, State.SUCCEEDED, result=replace(RESULT, file_name=SIGNED)), download=download),
    ]
    found = [text for view in views for text in texts(view)]
    assert any("See … for more." in text for text in found)
    assert not [text for text in found if "x-amz" in text.lower()]


# --- times ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "< 1 s"),
        (41.9, "41 s"),
        (112, "1 min 52 s"),
        (120, "2 min"),
        (7500, "2 h 5 min"),
        (90_000, "1 d 1 h"),
        (-5, "< 1 s"),
    ],
)
def test_duration_has_its_two_largest_units(seconds: float, text: str) -> None:
    assert say_duration(seconds) == text


def test_moments_are_said_as_people_do() -> None:
    assert say_moment(NOW - timedelta(days=1), NOW) == "yesterday 14:05:41"
    assert say_moment(NOW - timedelta(days=2), NOW) == "21 Nov 14:05:41"
    language.use(LanguageId.GERMAN)
    assert say_duration(112) == "1 Min. 52 s"
