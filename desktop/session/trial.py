"""The reports of connection tests, known by their ids: no list shows them.

doctor.small_report ── **trial_id** ──▶ service ── reports ──▶ **is_trial** ──▶ step

Source: RFC 9562, section 5.8: of a UUID of version 8, the first 48 bits are whatever an application wants.
"""

from uuid import UUID

_MARK = int.from_bytes(b"doctor") << 80
_VERSION, _VARIANT = 0x8 << 76, 0b10 << 62
_RANDOM = (1 << 76) - 1 ^ (0b11 << 62)


def trial_id(random: UUID) -> str:
    """Return an id for the report of a test, with 74 bits of a random UUID."""
    return str(UUID(int=_MARK | _VERSION | _VARIANT | random.int & _RANDOM))


def is_trial(report_id: str) -> bool:
    """Return whether a report was made by a connection test, whoever ran it."""
    return report_id.lower().startswith("646f6374-6f72-8")
