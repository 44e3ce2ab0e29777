"""Numbers and times as the analyst reads them.

snapshot ── number ──▶ **numbers** ── text, in the language that is spoken ──▶ window, terminal
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from backend.protocol.messages import Progress
from desktop.wording.language import current, grouped, tr

KILO = 1000
"""Sizes are decimal, as in S3's console and on a disk's label."""


MINUTE_S, HOUR_MIN = 60, 60


def say_elapsed(seconds: float) -> str:
    """Return a duration as text: "0:41", "1:02:03". Clocks disagree by a little, so less than nothing is nothing."""
    minutes, second = divmod(max(0, int(seconds)), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def say_size(size_bytes: int) -> str:
    """Return a file's size as text: "820 B", "1.2 MB"."""
    if size_bytes < KILO:
        return f"{size_bytes} B"
    size = float(size_bytes)
    for unit in ("KB", "MB", "GB", "TB"):
        size /= KILO
        if round(size, 1) < KILO or unit == "TB":
            break
    return f"{grouped(f'{size:,.1f}')} {unit}"


def say_count(count: int) -> str:
    """Return a count as text: "12,000"."""
    return grouped(f"{count:,}")


LEAST_DOLLARS = 0.001


def say_dollars(dollars: float) -> str:
    """Return a price as text, to two digits that matter, and to cents from a dollar on: "$0.015", "$12.40"."""
    if 0 < dollars < LEAST_DOLLARS:
        return tr("less than ${amount}", amount=grouped(f"{LEAST_DOLLARS}"))
    cents = f"{dollars:,.2f}"
    exact = f"{float(f'{dollars:.2g}')}" if dollars < 1 else cents
    return tr("about ${amount}", amount=grouped(max(cents, exact, key=len)))


def say_share(fraction: float) -> str:
    """Return a share from 0 to 1 as text, "62 %", never rounded up: 100 % is all of it."""
    return f"{int(fraction * 100)} %"


def say_rows(count: int) -> str:
    """Return a number of rows as text: "12,000 rows"."""
    return tr("1 row") if count == 1 else tr("{count} rows", count=say_count(count))


def say_stage(stage: str) -> str:
    """Return the name of a stage: "Writing"."""
    return tr(stage[:1].upper() + stage[1:])


def say_work(progress: Progress) -> str:
    """Return the stage and its progress as text: "Writing · 12,000 of 500,000 rows", "Computing · 43 %"."""
    amount = say_progress(progress)
    return " · ".join(part for part in (say_stage(progress.stage), amount) if part)


def say_progress(progress: Progress) -> str:
    """Return the progress as text: "12,000 of 500,000 rows"; without a total "12,000 rows", or "" at first."""
    completed, total, unit = progress.completed, progress.total, progress.unit
    if unit == "%" and total:
        return f"{min(100, completed * 100 // total)} %"
    say, suffix = _UNITS.get(unit, (say_count, f" {unit}"))
    if total is None:
        return (say(completed) + suffix).strip() if completed else ""
    return f"{say(completed)} {tr('of')} {say(total)}{suffix}".strip()


def say_amount(progress: Progress) -> str:
    """Return the progress without a unit where rows are meant, as all around them is about rows: "12,000 of 98,210"."""
    if progress.unit == "bytes" and progress.total:
        return say_sizes(progress.completed, progress.total)
    if progress.unit == "%":
        return ""
    said = say_progress(progress)
    return said.removesuffix(" rows") if progress.unit == "rows" and progress.total else said


def say_sizes(part_bytes: int, all_bytes: int) -> str:
    """Return two sizes in the unit of the larger: "8.1 of 13.0 MB"."""
    whole = say_size(all_bytes)
    figure, unit = whole.split(" ")
    scale = KILO ** ("B", "KB", "MB", "GB", "TB").index(unit)
    part = f"{part_bytes / scale:,.1f}" if scale > 1 else str(part_bytes)
    return f"{grouped(part)} {tr('of')} {figure} {unit}"


def say_time(at: datetime, now: datetime) -> str:
    """Return a time of day in the time zone of `now`, or the date if that is another day."""
    at = at.astimezone(now.tzinfo)
    if at.date() == now.date():
        return f"{at:%H:%M}"
    return say_day(at, now)


def say_day(at: datetime, now: datetime) -> str:
    """Return a day in the time zone of `now`: "24 Nov", or "24 Nov 2025" where it is another year's."""
    at, language = at.astimezone(now.tzinfo), current()
    pattern = language.day if at.year == now.year else language.date
    return pattern.format(day=at.day, month=language.months[at.month - 1], year=at.year)


def say_ago(at: datetime, now: datetime) -> str:
    """Return how long ago something was, "3 min ago"; from an hour on the time of day, or the day."""
    minutes = int((now - at).total_seconds() // MINUTE_S)
    if minutes < 1:
        return tr("just now")
    if minutes < HOUR_MIN:
        return tr("{minutes} min ago", minutes=minutes)
    return say_time(at, now)


def say_in(at: datetime, now: datetime) -> str:
    """Return how long something will take from now, roughly: "in 40 s", "in 3 min"."""
    left_s = max(1, (at - now).total_seconds())
    return tr("in {duration}", duration=say_roughly(left_s))


def say_roughly(seconds: float) -> str:
    """Return a duration that nobody knows to the second: "< 1 s", "40 s", "3 min", "2 h"."""
    if seconds < 1:
        return tr("< 1 s")
    if seconds < MINUTE_S:
        return f"{int(seconds)} s"
    minutes = round(seconds / MINUTE_S)
    return f"{minutes} min" if minutes < HOUR_MIN else f"{round(minutes / HOUR_MIN)} h"


_UNITS: Mapping[str, tuple[Callable[[int], str], str]] = {
    "bytes": (say_size, ""),
    "ms": (lambda ms: say_elapsed(ms / 1000), ""),
    "s": (say_elapsed, ""),
    "seconds": (say_elapsed, ""),
}
"""Units that read better as something else than a count; any other unit is said as it is."""
