"""The readers of foreign bytes, each with seeds to begin from and words that its inputs are made of.

fuzz ── bytes ──▶ **Target.read** ──▶ nothing, or an exception that nobody promised
"""

import base64
import contextlib
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest import mock

from botocore.credentials import ProcessProvider, RefreshableCredentials

from backend.catalog import header
from backend.formats.portable_types import portable
from backend.protocol import parameters, preview
from backend.protocol.codec import TransportFrame, decode_message, decode_request, encode
from backend.protocol.messages import ReportMessage
from backend.protocol.refusals import RefusedRequest
from desktop.outside import answers
from desktop.outside.environment import WrongEnvironment, proxy_of
from desktop.sign_in import credentials
from desktop.sign_in.auth import IamAuth, OidcAuth
from desktop.sign_in.credentials import Source
from desktop.sign_in.findings import NotSignedIn, SignInUnreachable
from desktop.sign_in.oidc.discovery import discover
from desktop.sign_in.oidc.page import PageWords
from desktop.sign_in.oidc.redirect import Redirect
from desktop.sign_in.oidc.tokens import tokens_of
from desktop.sign_in.profiles import InvalidProfile, parse
from infra.local.datasets import csv_records
from infra.local.datasets.csv_types import ColumnType
from infra.local.errors import DataError
from tests.desktop.services import finished

OIDC = OidcAuth(issuer="https://i.example", client_id="c")
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ZERO_ID = "00000000-0000-4000-8000-000000000000"
JSON_WORDS = (
    b'"',
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b"null",
    b"1e999",
    b"-0",
    b"\\ud800",
    b"\xff",
    b"[" * 2_000,
)


@dataclass(frozen=True, slots=True)
class Target:
    """One reader."""

    read: Callable[[bytes], object]
    promised: tuple[type[Exception], ...]
    """What it may raise."""
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape").encode("utf-8", "replace").decode()


def _tokens(data: bytes) -> None:
    """Read an answer of a token endpoint; what follows its first closing brace are the claims of its ID token."""
    answer, brace, claims = data.partition(b"}")
    payload = base64.urlsafe_b64encode(claims).rstrip(b"=")
    tokens = tokens_of((answer + brace).replace(b"\x00", b"e30." + payload + b".x"), OIDC, None)
    assert tokens.access.isascii()
    assert 0 <= tokens.life_s <= 7 * 86_400


def _headers(data: bytes) -> None:
    pairs = [tuple(line.partition(": ")[::2]) for line in _text(data).split("\n")]
    read = answers.read(429, cast("Any", pairs), NOW)
    if read.retry_after_s is not None and not 0 <= read.retry_after_s <= answers.LONGEST_RETRY_AFTER_S:
        raise AssertionError("the wait is out of bounds")
    answers.clock_fault(read.date, NOW)


def _typed(data: bytes) -> None:
    for prop in TYPED:
        with contextlib.suppress(ValueError):
            parameters.parse(prop, _text(data))


def _proxy(data: bytes) -> None:
    proxy, _, exempt = _text(data).partition("\n")
    proxy_of("wss://reports.example/prod", {"https": proxy, "no": exempt})


def _printed_credentials(data: bytes) -> None:
    """Read what a credential program prints, without the program."""

    def popen(*_: object, **__: object) -> object:
        return SimpleNamespace(communicate=lambda: (data, b""), returncode=0)

    def config() -> dict[str, Any]:
        return {"profiles": {"work": {"credential_process": "x"}}}

    def found(_auth: IamAuth) -> RefreshableCredentials:
        return cast("RefreshableCredentials", ProcessProvider("work", config, popen).load())

    with mock.patch.object(credentials, "_find", found):
        Source(IamAuth()).read()


@contextlib.contextmanager
def _file(data: bytes, name: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / name
        path.write_bytes(data)
        yield path


def _csv(data: bytes, name: str = "a.csv") -> None:
    with _file(data, name) as path, csv_records.read(path) as table:
        kinds = [ColumnType() for _ in table.columns]
        if len({csv_records._folded(name) for name in table.columns}) != len(table.columns):
            raise AssertionError("two columns have one name")
        for block in table.blocks:
            for kind, cells in zip(kinds, block.cells, strict=True):
                kind.take(cells)


SQL_FILE = b"""/*
title = "A"
description = "B"
datasets = ["flights"]
order = []
[parameters.a]
type = "integer"
title = "A"
*/
SELECT 1
"""
TYPED: tuple[parameters.Schema, ...] = (
    {"type": "integer", "minimum": 0},
    {"type": "number", "maximum": 1},
    {"type": "boolean"},
    {"type": "string", "format": "date"},
    {"type": "string", "pattern": "^[A-Z]{3}$", "maxLength": 3},
    {"type": "array", "items": {"type": "string", "enum": ["JFK", "a,b"]}, "uniqueItems": True},
    {"type": "array", "items": {"type": "integer", "enum": [1, 2]}, "maxItems": 1},
)

TARGETS = {
    "request": Target(
        lambda data: decode_request(_text(data)),
        (RefusedRequest,),
        (b'{"action":"generateReport","data":{"delay":40000,"amountOfRows":500}}', b'{"action":"ping"}'),
        (*JSON_WORDS, b"listReports", b"before", b"requestId", b"definition", b"parameters"),
    ),
    "message": Target(
        decode_message,
        (TransportFrame,),
        (
            encode(ReportMessage(report=finished(ZERO_ID, b"", "https://files.example/a?s=1"))),
            b'{"type":"pong","requestId":"ping"}',
            b'{"type":"reports","reports":[],"next":"x"}',
        ),
        (*JSON_WORDS, b"error", b"catalog", b"report", b"2026-11-02T09:00:00Z"),
    ),
    "preview": Target(
        preview.decode,
        (preview.BadPreview,),
        (
            b'{"columns":[{"name":"a","type":"number"}],"rows":[["1"],[null]],"rowCount":2}',
            b'{"columns":[{"name":"a","type":"x","format":{"code":"0%"},"summary":{"filled":1,"empty":1}}],"rows":[]}',
        ),
        (*JSON_WORDS, b"format", b"summary", b"filled", b"decimals", b"least"),
    ),
    "profile": Target(
        parse,
        (InvalidProfile,),
        (
            json.dumps(
                {"name": "x", "endpoint": "wss://reports.example/prod", "region": "eu", "auth": {"mode": "iam"}}
            ).encode(),
            json.dumps(
                {
                    "name": "x",
                    "endpoint": "wss://reports.example/prod",
                    "region": "eu",
                    "auth": {"mode": "oidc", "issuer": "https://i.example", "clientId": "c"},
                }
            ).encode(),
            "\ufeff{}".encode("utf-16"),
        ),
        (*JSON_WORDS, b"wss://", b"@", b":", b"[::1", b"?", b"#", b"xn--", b"\xef\xbb\xbf", b"\xff\xfe", b"awsProfile"),
    ),
    "credentials": Target(
        _printed_credentials,
        (NotSignedIn, SignInUnreachable),
        (b'{"Version":1,"AccessKeyId":"A","SecretAccessKey":"B","Expiration":"2099-01-01T00:00:00Z"}',),
        (*JSON_WORDS, b"SessionToken", b"2099-01-01", b"T25:00", b"+99:99", b"AccountId"),
    ),
    "tokens": Target(
        _tokens,
        (NotSignedIn, SignInUnreachable),
        (
            b'{"access_token":"a","token_type":"Bearer","expires_in":300,"refresh_token":"r"}',
            b'{"access_token":"a","token_type":"bearer","id_token":"\x00"}{"iss":"https://i.example","aud":["c"],"sub":"s"}',
        ),
        (*JSON_WORDS, b"id_token", b"expires_in", b"access_token", b"email", b"sub", b"\x00", b".", b"-1", b"NaN"),
    ),
    "discovery": Target(
        lambda data: discover(OIDC, lambda _url, _form=None: (200, data)),
        (NotSignedIn, SignInUnreachable),
        (b'{"issuer":"https://i.example","authorization_endpoint":"https://a.ex/","token_endpoint":"https://t.ex/"}',),
        (*JSON_WORDS, b"issuer", b"http://", b"https://[", b"127.0.0.1", b":99999", b"#", b"@"),
    ),
    "redirect": Target(
        lambda data: Redirect(1, "s", PageWords()).take(_text(data)),
        (ValueError,),
        (b"code=a&state=s", b"error=access_denied&error_description=No.&state=s&iss=https://i.example"),
        (b"&", b"=", b"%", b"%ff", b"+", b"{", b"}", b"{reason}", b"state=s", b"<b>", b"code", b";", b"\x00"),
    ),
    "headers": Target(
        _headers,
        (),
        (b"Retry-After: 3\nDate: Mon, 02 Nov 2026 09:00:00 GMT\nContent-Type: text/html",),
        (b"Retry-After: ", b"Date: ", b"\n", b"Mon, ", b"GMT", b"+9999", b"-", b"9" * 30, b"Content-Type: ", b"0001"),
    ),
    "proxy": Target(
        _proxy,
        (WrongEnvironment,),
        (b"http://user:pw@proxy.example:3128\nlocalhost,.example,10.0.0.0/8,[::1]", b"proxy:1\n*"),
        (b"://", b"[", b"]", b":", b"/", b"@", b"%", b"socks5h", b"\n", b",", b"::1", b"/99", b"\xe2\x84\x80"),
    ),
    "csv": Target(
        _csv,
        (DataError,),
        (
            b"a,b\n1,x\n",
            b'"a";"b, c"\r\n1;"two\r\nlines"\r\n',
            b",a\n1,2\n",
            b"a\tb\n1.5\t2024-01-02\n",
            b"id,ID,\n1,2,\n",
        ),
        (b",", b";", b"\t", b"|", b'"', b'""', b"\r", b"\n", b"\r\n", b"\0", b"\xef\xbb\xbf", b"1e400", b"-0", b"\x1f"),
    ),
    "gzip": Target(
        lambda data: _csv(data, "a.csv.gz"),
        (DataError,),
        (bytes.fromhex("1f8b08000000000002034bd449e232d4a9e00200f4a0010008000000"),),
        (b"\x1f\x8b", b"\x00" * 8, b"\xff"),
    ),
    "sql-header": Target(
        lambda data: header.read(_text(data)),
        (header.InvalidDefinition,),
        (SQL_FILE,),
        (
            b"/*",
            b"*/",
            b"[",
            b"]",
            b"=",
            b'"',
            b"'''",
            b"\n",
            b"default",
            b"pattern",
            b"minimum",
            b"1e999",
            b"inf",
            b"nan",
        ),
    ),
    "typed": Target(
        _typed,
        (),
        (b"12", b"0.25", b"true", b"2026-01-01"),
        (*JSON_WORDS, b" ", b"e", b".", b"-", b"_", b"9" * 400, b"NaN", b"Infinity"),
    ),
    "type": Target(
        lambda data: portable(_text(data)),
        (ValueError,),
        (b'STRUCT(a HUGEINT, "b c" INTERVAL)[]', b"MAP(VARCHAR, UNION(a DATE))", b"ENUM('a', 'b')[3]"),
        (b"(", b")", b", ", b"[]", b'"', b"'", b" ", b"STRUCT(", b"DECIMAL(38,2)"),
    ),
}
