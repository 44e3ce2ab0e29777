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

DOCUMENTS: Mapping[str, tuple[str, ...]] = {"/openapi.json": ("GET",), "/asyncapi.json": ("GET",)}
"""For everybody."""


def allowed(resource: str) -> tuple[str, ...]:
    """Return every method of a resource; none of an unknown one."""
    methods = {**RESOURCES, **DOCUMENTS}.get(resource, ())
    return ("GET", "HEAD", *methods[1:]) if methods[:1] == ("GET",) else methods
