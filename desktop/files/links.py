"""Links of a service, checked once, as they arrive.

frame ──▶ client ──▶ **vetted** ──▶ session

The desktop opens a link with the system's program for it, which may start programs on shares, scripts or settings. So
only https is safe, and plain http to this machine if the service is on it.
"""

from urllib.parse import urlsplit

from msgspec.structs import replace

from backend.protocol.messages import Link, ReportMessage, ReportsMessage, ServiceMessage, Snapshot
from desktop.outside.environment import LOOPBACK
from desktop.session.state import NOT_SAFE


def vetted(message: ServiceMessage, *, is_local: bool) -> ServiceMessage:
    """Return the message with no address in it that must not be opened; a local service's may lead to this machine."""
    match message:
        case ReportMessage(report=report):
            return replace(message, report=_vetted(report, is_local=is_local))
        case ReportsMessage(reports=reports):
            return replace(message, reports=tuple(_vetted(report, is_local=is_local) for report in reports))
        case _:
            return message


def is_safe(url: str, *, is_local: bool) -> bool:
    """Return whether an address may be opened that this service gave."""
    if not (url.isascii() and url.isprintable()) or set(url) & set(' "<>\\^`{|}'):
        return False
    try:
        parts = urlsplit(url)
        host, has_user = parts.hostname, parts.username is not None
    except ValueError:
        return False
    if not host or has_user:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK and is_local)


def _vetted(snapshot: Snapshot, *, is_local: bool) -> Snapshot:
    link = snapshot.link
    return snapshot if link is None else replace(snapshot, link=_safe(link, is_local=is_local))


def _safe(link: Link, *, is_local: bool) -> Link:
    preview = link.preview_url
    return replace(
        link,
        url=link.url if is_safe(link.url, is_local=is_local) else NOT_SAFE,
        preview_url=preview if preview is not None and is_safe(preview, is_local=is_local) else None,
    )
