"""Credentials from programs, portals and roles that answer anything."""

import json
import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.credentials import ReadOnlyCredentials

from desktop.sign_in.credentials import Found, NotSignedIn, SignInUnreachable, Source
from desktop.sign_in.profiles import Auth

GOOD = {"Version": 1, "AccessKeyId": "AKIDWORK", "SecretAccessKey": "secret", "SessionToken": "token"}
WRONG: list[Any] = [None, True, 7, 1.5, "", "two\nlines", "ä", "\x00", [], ["x"], {}, {"a": 1}, "x" * 100_000]
EXPIRATIONS: list[Any] = [*WRONG, "2099-01-01", "2099-01-01T00:00:00", "yesterday", "2001-01-01T00:00:00Z", "99999999"]


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of AWS's settings, of which there are no others."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    (tmp_path / ".aws").mkdir()
    return tmp_path / ".aws"


def printed(aws: Path, text: str) -> ReadOnlyCredentials:
    """Read the credentials that a program prints."""
    (aws / "printed").write_text(text)
    (aws / "config").write_text(f"[profile work]\ncredential_process = cat {aws / 'printed'}\n")
    return Source(Auth(mode="iam", aws_profile="work")).read()


def test_printed_credentials_are_read(aws: Path) -> None:
    assert printed(aws, json.dumps(GOOD | {"Expiration": "2099-01-01T00:00:00Z"}))[:3] == (
        "AKIDWORK",
        "secret",
        "token",
    )


@pytest.mark.parametrize("field", GOOD)
def test_field_of_any_form_is_used_or_refused(aws: Path, field: str) -> None:
    for value in WRONG:
        try:
            keys = printed(aws, json.dumps(GOOD | {field: value}))
        except NotSignedIn as told:
            assert "secret" not in str(told).replace("secret access key", "")
        else:
            assert all(isinstance(key, str) and key.isascii() for key in keys[:2])
            assert field == "SessionToken" or keys[:2] == ("AKIDWORK", "secret") or isinstance(value, str)


@pytest.mark.parametrize("value", EXPIRATIONS, ids=repr)
def test_expiration_of_any_form_is_used_or_refused(aws: Path, value: object) -> None:
    try:
        printed(aws, json.dumps(GOOD | {"Expiration": value}))
    except NotSignedIn as told:
        assert str(told).endswith(".")


@pytest.mark.parametrize("text", ["", "null", "[]", '"x"', "7", "{", "{}", "\ufeff{}", "\x00", "[" * 100_000])
def test_output_that_is_no_such_object_is_refused(aws: Path, text: str) -> None:
    with pytest.raises(NotSignedIn, match="cannot be"):
        printed(aws, text)


def test_profile_that_asks_for_a_code_says_so(aws: Path) -> None:
    (aws / "config").write_text(
        "[profile work]\nrole_arn = arn:aws:iam::123456789012:role/a\nsource_profile = base\n"
        "mfa_serial = arn:aws:iam::123456789012:mfa/anna\nregion = eu-central-1\n"
    )
    (aws / "credentials").write_text("[base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = secret\n")
    with pytest.raises(NotSignedIn, match="asks for an MFA code, and there is nobody here to ask"):
        Source(Auth(mode="iam", aws_profile="work")).read()


@pytest.mark.slow
def test_role_that_cannot_be_asked_for_is_no_refusal(aws: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"http://127.0.0.1:{port}")
    (aws / "config").write_text(
        "[profile work]\nrole_arn = arn:aws:iam::123456789012:role/a\nsource_profile = base\nregion = eu-central-1\n"
    )
    (aws / "credentials").write_text("[base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = secret\n")
    with pytest.raises(SignInUnreachable, match=f"127.0.0.1:{port}"):
        Source(Auth(mode="iam", aws_profile="work")).read()


def test_credentials_are_described_by_their_origin_and_end(aws: Path) -> None:
    printed(aws, json.dumps(GOOD | {"Expiration": "2099-01-01T00:00:00Z"}))
    found = Source(Auth(mode="iam", aws_profile="work")).describe()
    assert found == Found("custom-process", datetime(2099, 1, 1, tzinfo=UTC))
    given = Auth(mode="iam", access_key_id="AKIDEXAMPLE", secret_access_key="secret")
    assert Source(given).describe() == Found("explicit")
    with pytest.raises(NotSignedIn):
        Source(Auth(mode="iam", aws_profile="other")).describe()
