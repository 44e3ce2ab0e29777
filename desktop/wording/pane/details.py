"""One report in full: what went wrong, its facts, what happened.

`Entry`, `Download`, `Happening` values ──▶ **describe_report** ── `DetailsView` ──▶ details page, clipboard
"""

from collections.abc import Iterator
from datetime import datetime
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from backend.protocol.messages import DefinitionInfo, Result, Snapshot
from backend.protocol.parameters import Schema
from desktop.files.download import Download
from desktop.session.state import Entry
from desktop.wording import numbers
from desktop.wording.form.dates import show_day
from desktop.wording.formats import options_of, say_format, say_value
from desktop.wording.language import grouped, tr
from desktop.wording.pane.caption import BETWEEN
from desktop.wording.pane.cells import YEARS
from desktop.wording.pane.failure import FailureText, say_failure, title_of
from desktop.wording.pane.happenings import Happening, What, known_of, put_in_order
from desktop.wording.pane.texts import without_links
from desktop.wording.pane.times import say_clock, say_duration, say_moment
from desktop.wording.reports.report_parameters import day_of
from desktop.wording.reports.report_state import has_file
from desktop.wording.tone import Tone


class Fact(Struct, frozen=True):
    """A label and what it is about. An id is set in the fixed font."""

    label: str
    text: str
    is_id: bool = False


class Line(Struct, frozen=True):
    """One line of what happened. `note` follows in a quieter ink."""

    time: str
    text: str
    note: str = ""
    tone: Tone | None = None


class DetailsView(Struct, frozen=True):
    """What there is to know of one report. `copied` is all of it as text."""

    failure: FailureText | None
    facts: tuple[Fact, ...]
    happened: tuple[Line, ...]
    copied: str
    can_edit: bool
    """Whether its form can be filled again."""


def describe_report(
    entry: Entry,
    now: datetime,
    *,
    definition: DefinitionInfo | None = None,
    title: str,
    download: Download | None = None,
    happened: tuple[Happening, ...] = (),
) -> DetailsView:
    """Return what there is to know; times are in the time zone of `now`."""
    failure = say_failure(entry, definition)
    facts = tuple(_facts(entry, now, definition, title, download))
    lines = tuple(_lines(put_in_order(known_of(entry, download, now), happened), now))
    return DetailsView(failure, facts, lines, _as_text(failure, facts, lines), can_edit=definition is not None)


def _facts(
    entry: Entry, now: datetime, definition: DefinitionInfo | None, title: str, download: Download | None
) -> Iterator[Fact]:
    snapshot, asked = entry.snapshot, entry.snapshot or entry.request
    yield Fact(tr("Report"), title)
    if asked is not None:
        if parameters := _say_parameters(asked.parameters, definition):
            yield Fact(tr("Parameters"), parameters)
        if asked.format:
            yield Fact(tr("Format"), _say_format(asked.format, asked.format_options or {}))
    if asked_at := snapshot.created_at if snapshot else entry.asked_at:
        yield Fact(tr("Asked"), say_moment(asked_at, now))
    if snapshot is not None:
        yield from _facts_of_run(entry, snapshot, now, download)
    yield Fact(tr("Report id"), entry.report_id, is_id=True)


def _facts_of_run(entry: Entry, snapshot: Snapshot, now: datetime, download: Download | None) -> Iterator[Fact]:
    if snapshot.started_at and snapshot.finished_at:
        yield Fact(tr("Ran for"), say_duration((snapshot.finished_at - snapshot.started_at).total_seconds()))
    if result := snapshot.result:
        yield Fact(tr("File"), _say_file(entry, result, now))
        if download is not None and download.saved_path:
            yield Fact(tr("Saved as"), str(download.saved_path))
        if result.bytes_scanned is not None:
            yield Fact(tr("Data read"), _say_read(result.bytes_scanned, result.cost_usd))
        yield Fact(tr("SHA-256"), result.sha256, is_id=True)


def _say_read(scanned_bytes: int, cost_usd: float | None) -> str:
    """Return what a distributed engine read, and its price where there is one."""
    price = [] if cost_usd is None else [numbers.say_dollars(cost_usd)]
    return BETWEEN.join((numbers.say_size(scanned_bytes), *price))


def _say_file(entry: Entry, result: Result, now: datetime) -> str:
    parts = [without_links(result.file_name), numbers.say_rows(result.row_count), numbers.say_size(result.size_bytes)]
    day = numbers.say_day(result.expires_at, now)
    if has_file(entry, now):
        parts.append(tr("kept until {day}", day=day))
    elif entry.refusal is None:
        parts.append(tr("was kept until {day}", day=day))
    return BETWEEN.join(parts)


def _say_parameters(values: dict[str, Any], definition: DefinitionInfo | None) -> str:
    """Return all parameters, those of the definition first and in its order; what is a default is marked."""
    properties = definition.parameters.get("properties", {}) if definition else {}
    said = []
    for name in (*properties, *(name for name in values if name not in properties)):
        default = properties.get(name, {}).get("default")
        value = values.get(name, default)
        text = without_links(say_parameter(value, properties.get(name, {})))
        if value is not None and value == default:
            text = tr("{value} (default)", value=text)
        said.append(f"{title_of(name, definition)}: {text}")
    return BETWEEN.join(said)


def say_parameter(value: object, prop: Schema = MappingProxyType({})) -> str:
    """Return the value of a parameter, which its schema knows as `prop`; one that is absent is "any"."""
    match value:
        case None:
            return tr("any")
        case bool():
            return tr("yes") if value else tr("no")
        case int() | float():
            return str(value) if _is_year(prop) else grouped(f"{value:,}")
        case list() | tuple():
            return ", ".join(say_parameter(each) for each in value) or tr("any")
        case str() if day := day_of(value):
            return show_day(day)
        case _:
            return str(value)


def _is_year(prop: Schema) -> bool:
    """Return whether a parameter allows nothing but years: those have no comma."""
    low, high = YEARS
    return bool(low <= prop.get("minimum", 0) <= prop.get("maximum", high + 1) <= high)


def _say_format(name: str, options: dict[str, Any]) -> str:
    properties = options_of(name)
    differing = (
        f"{properties[option].get('title', option)}: {_say_option(value)}"
        for option, value in options.items()
        if option in properties and value != properties[option].get("default")
    )
    return BETWEEN.join((say_format(name), *differing))


def _say_option(value: object) -> str:
    return say_parameter(value) if isinstance(value, bool) else say_value(value)


def _lines(happened: tuple[Happening, ...], now: datetime) -> Iterator[Line]:
    attempts = 0
    for each in happened:
        attempts += each.what is What.STARTED
        text, note = _say_happening(each, attempts)
        is_today = each.at is not None and each.at.astimezone(now.tzinfo).date() == now.date()
        say = say_clock if is_today else say_moment
        yield Line(say(each.at, now) if each.at else "", text, note, _TONES.get(each.what))


def _say_happening(happening: Happening, attempt: int) -> tuple[str, str]:
    match happening.what:
        case What.STARTED if attempt > 1:
            return tr("Started, attempt {number}", number=attempt), ""
        case What.STAGE:
            stage = happening.detail
            return tr(stage[:1].upper() + stage[1:]), ""
        case What.SAVED | What.NOT_SAVED | What.EXPIRED:
            return tr(_WORDS[happening.what]), without_links(tr(happening.detail))
        case what:
            return tr(_WORDS[what]), ""


def _as_text(failure: FailureText | None, facts: tuple[Fact, ...], lines: tuple[Line, ...]) -> str:
    said = [f"{fact.label}: {fact.text}" for fact in facts]
    if failure:
        said = [failure.message, "", *said]
    happened = ["  ".join(filter(None, (line.time, _whole(line)))) for line in lines]
    return "\n".join([*said, "", tr("What happened"), *happened])


def _whole(line: Line) -> str:
    return BETWEEN.join(filter(None, (line.text, line.note)))


_WORDS = {
    What.ASKED: "Asked on this computer",
    What.ASKED_SOMEWHERE: "Asked",
    What.SENT: "Sent",
    What.QUEUED: "Queued",
    What.STARTED: "Started",
    What.CANCEL_ASKED: "Cancel asked",
    What.READY: "Ready",
    What.FAILED: "Failed",
    What.CANCELLED: "Cancelled",
    What.REFUSED: "Refused",
    What.SAVED: "Saved",
    What.NOT_SAVED: "Not saved",
    What.EXPIRED: "Expired",
}
_TONES = {
    What.READY: Tone.READY,
    What.SAVED: Tone.READY,
    What.FAILED: Tone.FAILED,
    What.REFUSED: Tone.FAILED,
    What.NOT_SAVED: Tone.FAILED,
}
