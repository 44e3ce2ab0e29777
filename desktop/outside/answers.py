"""Answers of HTTP servers: any of them, however wrong.

status, headers ──▶ **Answer** ──▶ transport.failures, files
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from msgspec import Struct

from desktop.outside.sentence import Sentence

LONGEST_RETRY_AFTER_S = 300.0
"""The longest wait that a service can ask for."""
REQUEST_IDS = frozenset({"x-amzn-requestid", "apigw-requestid", "x-amz-apigw-id", "x-amz-request-id"})
FAST = "This computer's clock is {count} minutes fast: set it right to sign in."
SLOW = "This computer's clock is {count} minutes slow: set it right to sign in."
CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far a signature's time may be from the service's.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
"""


class Answer(Struct, frozen=True):
    """An answer's status, and what its headers say; None for a header that is missing or makes no sense."""

    status: int
    retry_after_s: float | None
    date: datetime | None
    is_page: bool
    """Whether a page for people follows, which no service of ours sends."""
    is_bare: bool = False
    """Whether nothing tells that it is the service's: neither JSON nor the id that AWS gives every request."""


def read(status: int, headers: Iterable[tuple[str, str]], now: datetime) -> Answer:
    """Read an answer; `headers` may repeat a name, of which the first value that makes sense counts."""
    values: dict[str, list[str]] = {}
    for name, value in headers:
        values.setdefault(name.lower(), []).append(value)
    date = next(filter(None, map(_date, values.get("date", ()))), None)
    waits = (_wait_s(value, date or now) for value in values.get("retry-after", ()))
    return Answer(
        status=status,
        retry_after_s=next((wait for wait in waits if wait is not None), None),
        date=date,
        is_page=_is_page(values),
        is_bare=not values.keys() & REQUEST_IDS and "json" not in " ".join(values.get("content-type", ())).lower(),
    )


def _is_page(values: Mapping[str, list[str]]) -> bool:
    """Tell by the type of what follows, and by the id that AWS gives every request."""
    types = " ".join(values.get("content-type", ())).lower()
    is_text = "text/" in types and "json" not in types and not values.keys() & REQUEST_IDS
    return "html" in types or is_text


def clock_fault(date: datetime | None, now: datetime) -> str | None:
    """Return a sentence if this computer's clock is too far from a service's for any signature to be accepted."""
    if date is None or abs(now - date) < CLOCK_TOLERANCE:
        return None
    minutes = round(abs(now - date).total_seconds() / 60)
    text = FAST if now > date else SLOW
    return Sentence(text, count=minutes)


def _wait_s(retry_after: str, now: datetime) -> float | None:
    """Return the seconds of a `Retry-After`, a number or a date, up to `LONGEST_RETRY_AFTER_S`."""
    text = retry_after.strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return min(float(text), LONGEST_RETRY_AFTER_S)
    date = _date(text)
    return None if date is None else min(max((date - now).total_seconds(), 0.0), LONGEST_RETRY_AFTER_S)


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
