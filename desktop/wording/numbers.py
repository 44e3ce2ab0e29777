"""Numbers and times as the analyst reads them.

snapshot ── number ──▶ **numbers** ── text ──▶ window, terminal. No locale: the words are English everywhere.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from backend.protocol.messages import Progress

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Names of our own: once Qt has started, `strftime` speaks the system's language, the window does not."""

KILO = 1000
"""Sizes are decimal, as in S3's console and on a disk's label."""


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
    for unit in ("kB", "MB", "GB", "TB"):
        size /= KILO
        if round(size, 1) < KILO or unit == "TB":
            break
    return f"{size:,.1f} {unit}"


def say_count(count: int) -> str:
    """Return a count as text: "12,000"."""
    return f"{count:,}"


def say_rows(count: int) -> str:
    """Return a number of rows as text: "12,000 rows"."""
    return "1 row" if count == 1 else f"{count:,} rows"


def say_stage(stage: str) -> str:
    """Return the name of a stage: "Writing"."""
    return stage[:1].upper() + stage[1:]


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
    return f"{say(completed)} of {say(total)}{suffix}".strip()


def say_time(at: datetime, now: datetime) -> str:
    """Return a time of day in the time zone of `now`, or the date if that is another day."""
    at = at.astimezone(now.tzinfo)
    if at.date() == now.date():
        return f"{at:%H:%M}"
    day = f"{at.day} {MONTHS[at.month - 1]}"
    return day if at.year == now.year else f"{day} {at.year}"


_UNITS: Mapping[str, tuple[Callable[[int], str], str]] = {
    "bytes": (say_size, ""),
    "ms": (lambda ms: say_elapsed(ms / 1000), ""),
    "s": (say_elapsed, ""),
    "seconds": (say_elapsed, ""),
}
"""Units that read better as something else than a count; any other unit is said as it is."""
