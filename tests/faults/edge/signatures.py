"""Signatures as API Gateway looks at them before it asks whose they are.

target, headers ──▶ **flaw_of** ──▶ http_edge, gateway

The emulator looks at the secret and at the grants, and takes a signature of any age, region and service. A request
without a signature has no flaw here: only the emulator knows whether its route asks for one.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"
SERVICE = "execute-api"
TOLERANCE = timedelta(minutes=5)
"""How old or how early a signature may be that says nothing of it."""
STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class _Signature:
    credential: str
    stamp: str
    life: timedelta


def flaw_of(target: str, headers: Mapping[str, str], region: str | None, now: datetime) -> str | None:
    """Return what is wrong with a signature, in a REST API's words; None if it may pass, or if there is none.

    Args:
        target: The request's path and query.
        headers: By names in small letters.
        region: The only region that is right; None for any.
        now: The service's time.
    """
    signature = _in_headers(headers) or _in_query(target)
    if signature is None:
        return None
    return _scope_flaw(signature, region) or _age_flaw(signature, now)


def access_key_of(target: str, headers: Mapping[str, str]) -> str | None:
    """Return the id of the key that a request is signed with."""
    signature = _in_headers(headers) or _in_query(target)
    return signature.credential.partition("/")[0] if signature else None


def _in_headers(headers: Mapping[str, str]) -> _Signature | None:
    text = headers.get("authorization", "")
    if not text.startswith(ALGORITHM):
        return None
    found = re.search(r"Credential=([^,\s]+)", text)
    return _Signature(found[1] if found else "", headers.get("x-amz-date", ""), TOLERANCE)


def _in_query(target: str) -> _Signature | None:
    query = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
    if "X-Amz-Signature" not in query:
        return None
    life = query.get("X-Amz-Expires", "")
    return _Signature(
        query.get("X-Amz-Credential", ""),
        query.get("X-Amz-Date", ""),
        timedelta(seconds=int(life)) if life.isdecimal() else TOLERANCE,
    )


def _scope_flaw(signature: _Signature, region: str | None) -> str | None:
    scope = signature.credential.split("/")[1:]
    if len(scope) != 4:
        return "Credential must have exactly 5 slash-delimited elements."
    date, signed_region, service, _ = scope
    if region not in {None, signed_region}:
        return "Credential should be scoped to a valid region."
    if service != SERVICE:
        return f"Credential should be scoped to correct service: '{SERVICE}'."
    if not signature.stamp.startswith(date):
        return f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date: {signature.stamp}."
    return None


def _age_flaw(signature: _Signature, now: datetime) -> str | None:
    try:
        signed_at = datetime.strptime(signature.stamp, STAMP).replace(tzinfo=UTC)
    except ValueError:
        return "Date must be in ISO-8601 'basic format'."
    if signed_at + signature.life < now:
        return f"Signature expired: {signature.stamp} is now earlier than {now - signature.life:{STAMP}}."
    if signed_at - TOLERANCE > now:
        return f"Signature not yet current: {signature.stamp} is still later than {now + TOLERANCE:{STAMP}}."
    return None
