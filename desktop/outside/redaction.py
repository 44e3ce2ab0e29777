"""Texts that leave this computer, as a ticket or a log: nothing in them opens anything.

doctor.details, crash_log ── text ──▶ **without_secrets** ──▶ whoever reads it
"""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

GONE = "…"
SHORTEST_SECRET = 4
"""A shorter one would take parts of words out, and guards nothing."""
SECRET_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")

_QUERY = r"(?<=[^\s?#])[?#](?=[^\s?#]*=)[^\s\"'<>]*"
"""What follows a question mark or a hash and has an equals sign: in an address, or in a path alone."""
_USER = r"(?<=//)[^\s/?#\"'<>]*@"
_KEYS = (
    r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b"  # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*"  # a token of OIDC
    r"|(?<![A-Za-z0-9/+=])(?=[A-Za-z0-9/+]*[a-z])(?=[A-Za-z0-9/+]*[A-Z])(?=[A-Za-z0-9/+]*[0-9])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])"
    r"|(?<![\w/+=-])(?=[\w/+=-]*[A-Z])(?=[\w/+=-]*[0-9])[\w/+=-]{100,}"  # a session's token
)
_NAMED = (
    r"(?i)\b([\w-]*(?:password|passwd|secret|token|signature|credential|authorization|api[-_]?key)[\w-]*[\"']?\s*[=:]\s*)"
    r"(?:(?:bearer|basic|aws4-hmac-sha256)\s+)?(?:\"[^\"]*\"|'[^']*'|[^\s,;]+)"
)


def without_secrets(text: str, secrets: Iterable[str] = ()) -> str:
    """Return the text without queries and users of addresses, keys, tokens, and the secrets that are known."""
    for secret in sorted({*secrets, *known_secrets()}, key=len, reverse=True):
        text = text.replace(secret, GONE)
    text = re.sub(_USER, "", re.sub(_QUERY, "", text))
    text = re.sub(_NAMED, rf"\1{GONE}", re.sub(_KEYS, GONE, text))
    return _without_home(text)


def known_secrets(variables: Mapping[str, str] | None = None) -> set[str]:
    """Return the secrets that the environment has: keys, and users and passwords of proxies."""
    from urllib.request import getproxies  # noqa: PLC0415  brings all of http.client, for which the window would wait

    environment = os.environ if variables is None else variables
    found = {environment.get(name, "") for name in SECRET_VARIABLES}
    for address in getproxies().values() if variables is None else variables.values():
        user, at, _ = address.rpartition("://")[2].partition("/")[0].rpartition("@")
        if at:
            found |= {part for each in (user, *user.split(":", 1)) for part in (each, unquote(each))}
    return {secret for secret in found if len(secret) >= SHORTEST_SECRET}


def host_of(url: str) -> str:
    """Return the host of an address, with its port if it names one, and nothing else."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return GONE
    return f"{host}:{port}" if port else host


def _without_home(text: str) -> str:
    try:
        home = str(Path.home())
    except RuntimeError:
        return text
    return re.sub(rf"{re.escape(home)}(?=[/\\\s:;,.\"')]|$)", "~", text) if len(home) > 1 else text
