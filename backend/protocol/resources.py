"""The resources of the HTTP door, version 1, and the methods each has. HEAD is wherever GET is.

web, infra ──▶ **RESOURCES**
"""

from collections.abc import Mapping

VERSION = "v1"
"""The last part of the door's address; what would break clients becomes another beside it."""

RESOURCES: Mapping[str, tuple[str, ...]] = {
    "/reports": ("GET", "POST"),
    "/reports/{reportId}": ("GET", "PUT"),
    "/reports/{reportId}/file": ("GET",),
    "/reports/{reportId}/cancel": ("POST",),
    "/changes": ("GET",),
    "/catalog": ("GET",),
    "/catalog/{definition}": ("GET",),
}
"""For callers who are signed in."""

EVENTS = "/reports/{reportId}/events"
"""A stream of snapshots, at an address of its own where a stack has it."""
SYNCHRONOUS = "/reports/synchronous"
"""A report in one request, alike."""
OPTIONAL: Mapping[str, tuple[str, ...]] = {EVENTS: ("GET",), SYNCHRONOUS: ("POST",)}
"""For callers who are signed in, of the REST API."""

DOCUMENTS: Mapping[str, tuple[str, ...]] = {"/openapi.json": ("GET",), "/asyncapi.json": ("GET",)}
"""For everybody."""


def allowed(resource: str) -> tuple[str, ...]:
    """Return every method of a resource; none of an unknown one."""
    methods = {**RESOURCES, **DOCUMENTS, **OPTIONAL}.get(resource, ())
    has_head = methods[:1] == ("GET",) and resource != EVENTS  # whose head says nothing that its beginning does not
    return ("GET", "HEAD", *methods[1:]) if has_head else methods
