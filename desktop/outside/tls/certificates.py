"""Certificates of others, as far as they are said: the issuer, and the last day.

DER ──▶ **read** ──▶ `Certificate` ──▶ transport.knocking

Python decodes a certificate only once it trusts it, and who issued one that is not trusted is what has to be said.
Source: RFC 5280, section 4.1
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec import Struct

_VERSION = 0xA0
_UTC_TIME = 0x17
_COMMON_NAME, _ORGANIZATION = bytes.fromhex("550403"), bytes.fromhex("55040a")
_ENCODINGS = {0x0C: "utf-8", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii", 0x1E: "utf-16-be"}
"""By the tag of a string. Source: RFC 5280, section 4.1.2.4"""
_LONG_LENGTH = 0x80
LONGEST_NAME = 80


class Certificate(Struct, frozen=True):
    """The certificate of a service, or of whoever answers in its place."""

    issuer: str
    until: datetime


def read(der: bytes) -> Certificate | None:
    """Read a certificate; None of what is none."""
    try:
        ((_, whole),) = _values(der)
        _, body = next(_values(whole))
        parts = [part for part in _values(body) if part[0] != _VERSION]
        (_, issuer), (_, validity) = parts[2:4]
        _, (tag, until) = _values(validity)
        return Certificate(_name(issuer), _time(tag, until.decode("ascii")))
    except (ValueError, IndexError, StopIteration):
        return None


def _values(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the tag and the content of each value in a row of them (ITU-T X.690, section 8.1)."""
    at = 0
    while at < len(data):
        tag, size, at = data[at], data[at + 1], at + 2
        if size >= _LONG_LENGTH:
            octets = size - _LONG_LENGTH
            size, at = int.from_bytes(data[at : at + octets], "big"), at + octets
        if at + size > len(data):
            raise ValueError("a value is longer than what holds it")
        yield tag, data[at : at + size]
        at += size


def _name(name: bytes) -> str:
    """Return the common name of an issuer with its organization, where that is another word."""
    found: dict[bytes, str] = {}
    for _, several in _values(name):
        for _, one in _values(several):
            (_, kind), (tag, text) = _values(one)
            found.setdefault(kind, text.decode(_ENCODINGS.get(tag, "latin-1")))
    common, organization = found.get(_COMMON_NAME, ""), found.get(_ORGANIZATION, "")
    words = common if organization in common else f"{common} ({organization})" if common else organization
    return " ".join(words.split())[:LONGEST_NAME]


def _time(tag: int, text: str) -> datetime:
    """Return a time. Two digits of a year are of 1950 to 2049 (RFC 5280, section 4.1.2.5.1)."""
    first_of_last_century = 50
    if tag == _UTC_TIME:
        text = f"{19 if int(text[:2]) >= first_of_last_century else 20}{text}"
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
