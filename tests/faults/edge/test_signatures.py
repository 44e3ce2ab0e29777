"""Signatures that API Gateway refuses whatever their secret."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.faults.edge.signatures import access_key_of, flaw_of

KEYS = Credentials("AKIDEXAMPLE", "secret", "token")
URL = "http://127.0.0.1/_aws/execute-api/api/v1/reports?limit=5"

Parts = tuple[str, dict[str, str]]
Sign = Callable[[], Parts]


def in_headers(region: str = "eu-west-1", service: str = "execute-api") -> Parts:
    request = AWSRequest(method="GET", url=URL)
    SigV4Auth(KEYS, service, region).add_auth(request)
    return _parts(request)


def in_query(expires_s: int, region: str = "eu-west-1", service: str = "execute-api") -> Parts:
    request = AWSRequest(method="GET", url=URL)
    SigV4QueryAuth(KEYS, service, region, expires=expires_s).add_auth(request)
    return _parts(request)


def _parts(request: AWSRequest) -> Parts:
    url = urlsplit(str(request.url))
    return f"{url.path}?{url.query}", {name.lower(): value for name, value in request.headers.items()}


def flaw(sign: Sign, after: timedelta = timedelta()) -> str:
    return flaw_of(*sign(), "eu-west-1", datetime.now(UTC) + after) or ""


@pytest.mark.parametrize(
    "sign", [in_headers, partial(in_query, 60), lambda: (URL, {}), lambda: (URL, {"authorization": "Bearer x.y.z"})]
)
def test_what_is_right_or_unsigned_has_no_flaw(sign: Sign) -> None:
    assert flaw(sign) == ""


@pytest.mark.parametrize(
    ("sign", "after", "says"),
    [
        (in_headers, timedelta(minutes=6), "Signature expired"),
        (in_headers, timedelta(minutes=-6), "Signature not yet current"),
        (partial(in_headers, "us-east-2"), timedelta(), "valid region"),
        (partial(in_headers, service="s3"), timedelta(), "correct service"),
        (partial(in_query, 60), timedelta(seconds=70), "Signature expired"),
        (partial(in_query, 600), timedelta(minutes=-6), "Signature not yet current"),
        (partial(in_query, 60, "us-east-2"), timedelta(), "valid region"),
        (partial(in_query, 60, service="s3"), timedelta(), "correct service"),
        (lambda: ("/?X-Amz-Signature=1&X-Amz-Credential=key", {}), timedelta(), "5 slash-delimited elements"),
        (lambda: ("/", {**in_headers()[1], "x-amz-date": "today"}), timedelta(), "Date"),
    ],
)
def test_flaw_is_named(sign: Sign, after: timedelta, says: str) -> None:
    assert says in flaw(sign, after)


def test_query_may_be_as_old_as_it_says() -> None:
    assert flaw(partial(in_query, 3600), timedelta(minutes=59)) == ""


@pytest.mark.parametrize("sign", [in_headers, partial(in_query, 60)])
def test_key_is_read_from_either_place(sign: Sign) -> None:
    assert access_key_of(*sign()) == "AKIDEXAMPLE"
