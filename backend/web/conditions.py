"""What a client says it knows, and how long it is ready to wait: `If-None-Match` and `Prefer`.

request ── headers ──▶ **conditions** ──▶ resources

A report's tag is `W/"revision"`, and with a link `W/"revision-expiry"`, as the link changes within a revision. Sources:
https://www.rfc-editor.org/rfc/rfc9110#field.if-none-match and https://www.rfc-editor.org/rfc/rfc7240
"""

import re
from datetime import datetime, timedelta

from backend.protocol.messages import Snapshot

LINK_LEFT = timedelta(minutes=5)
"""How long a link that a client has must still work to count as the same answer."""
_TAG = re.compile(r'(?:W/)?"([0-9]{1,15})(?:-([0-9]{1,12}))?"')
_WAIT = re.compile(r"\s*wait\s*=\s*\"?([0-9]+)\"?\s*(?:;.*)?", re.IGNORECASE)


def tag_of(snapshot: Snapshot) -> str:
    """Return the tag of a snapshot."""
    expiry = f"-{int(snapshot.link.expires_at.timestamp())}" if snapshot.link else ""
    return f'W/"{snapshot.revision}{expiry}"'


def known_revision(if_none_match: str) -> int:
    """Return the latest revision that a client has; -1 for none."""
    return max((int(revision) for revision, _ in _TAG.findall(if_none_match)), default=-1)


def known_tag(snapshot: Snapshot, if_none_match: str, now: datetime) -> str | None:
    """Return the tag of this answer that a client has, with a link that works for a while; None if it has none.

    The tag is the client's own: what it has is its link, not the one that was signed just now.
    """
    if if_none_match.strip() == "*":
        return tag_of(snapshot)
    for revision, expiry in _TAG.findall(if_none_match):
        if int(revision) != snapshot.revision or bool(expiry) != bool(snapshot.link):
            continue
        if snapshot.link is None:
            return tag_of(snapshot)
        if (now + LINK_LEFT).timestamp() <= int(expiry) <= snapshot.link.expires_at.timestamp():
            return f'W/"{revision}-{expiry}"'
    return None


def wait_s(prefer: str) -> int | None:
    """Return how many seconds a client is ready to wait, as the first `wait` of its preferences says; None for none."""
    for preference in prefer.split(","):
        found = _WAIT.fullmatch(preference)
        if found:
            return int(found[1][:9])
    return None
