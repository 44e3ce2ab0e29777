"""Credentials from programs, portals and roles that answer anything."""

import json
import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import botocore.credentials
import pytest
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session
from botocore.session import Session

from desktop.sign_in.auth import IamAuth
from desktop.sign_in.credentials import Source
from desktop.sign_in.findings import Found, NotSignedIn, SignInUnreachable

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
    return Source(IamAuth(aws_profile="work")).read()


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
        "mfa_serial = arn:aws:iam::123456789012:mfa/anna\nregion = eu-central-1\nrole_session_name = anna\n"
    )
    (aws / "credentials").write_text("[base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = secret\n")
    with pytest.raises(NotSignedIn, match="asks for an MFA code, and there is nobody here to ask"):
        Source(IamAuth(aws_profile="work")).read()


@pytest.mark.slow
def test_role_that_cannot_be_asked_for_is_no_refusal(aws: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"http://127.0.0.1:{port}")
    (aws / "config").write_text(
        "[profile work]\nrole_arn = arn:aws:iam::123456789012:role/a\nsource_profile = base\nregion = eu-central-1\n"
        "role_session_name = anna\n"
    )
    (aws / "credentials").write_text("[base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = secret\n")
    with pytest.raises(SignInUnreachable, match=f"127.0.0.1:{port}"):
        Source(IamAuth(aws_profile="work")).read()


def test_credentials_are_described_by_their_origin_and_end(aws: Path) -> None:
    printed(aws, json.dumps(GOOD | {"Expiration": "2099-01-01T00:00:00Z"}))
    found = Source(IamAuth(aws_profile="work")).describe()
    assert found == Found("custom-process", datetime(2099, 1, 1, tzinfo=UTC))
    given = IamAuth(access_key_id="AKIDEXAMPLE", secret_access_key="secret")
    assert Source(given).describe() == Found("explicit")
    with pytest.raises(NotSignedIn):
        Source(IamAuth(aws_profile="other")).describe()


ROLE = "role_arn = arn:aws:iam::123456789012:role/analyst\n"
BASE = "[profile base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = secret\n"
WORK = IamAuth(aws_profile="work")


@pytest.fixture
def nothing_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(URLLib3Session, "send", lambda _self, _request: pytest.fail("sent"))


@pytest.mark.usefixtures("nothing_sent")
@pytest.mark.parametrize("name", [None, "", "botocore-session-1795609372", "AWSCLI-Session", "1795609372123456789"])
def test_role_without_a_name_for_its_session_is_refused_before_anything_is_sent(aws: Path, name: str | None) -> None:
    named = "" if name is None else f"role_session_name = {name}\n"
    (aws / "config").write_text(f"[profile work]\n{ROLE}source_profile = base\n{named}{BASE}")
    with pytest.raises(NotSignedIn, match=r"profile work .* Add \"role_session_name = .* in ~/\.aws/config\.$"):
        Source(WORK).read()


@pytest.mark.usefixtures("nothing_sent")
def test_role_of_the_environment_s_profile_is_refused_by_its_name(aws: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (aws / "config").write_text(
        f"[profile work]\n{ROLE}source_profile = base\n{BASE}[default]\n{ROLE}source_profile = base\n"
    )
    for variable, name in ((None, "default"), ("work", "work")):
        if variable:
            monkeypatch.setenv("AWS_PROFILE", variable)
        with pytest.raises(NotSignedIn, match=f"The AWS profile {name} assumes"):
            Source(IamAuth()).read()


@pytest.mark.usefixtures("nothing_sent")
def test_web_identity_without_a_name_is_refused(aws: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = aws / "token"
    token.write_text("token")
    (aws / "config").write_text(f"[profile work]\n{ROLE}web_identity_token_file = {token}\n")
    with pytest.raises(NotSignedIn, match="The AWS profile work assumes"):
        Source(WORK).read()
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token))
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/analyst")
    with pytest.raises(NotSignedIn, match=r"Set AWS_ROLE_SESSION_NAME"):
        Source(IamAuth()).read()


class Sent(Exception):
    pass


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the requests for credentials; none is answered."""
    found: list[str] = []

    def send(_self: object, request: Any) -> None:
        found.append(str(request.body))
        raise Sent

    monkeypatch.setattr(URLLib3Session, "send", send)
    return found


@pytest.mark.parametrize(
    ("settings", "variables"),
    [
        ("source_profile = base\nrole_session_name = anna\n", {}),
        ("web_identity_token_file = {aws}/token\nrole_session_name = anna\n", {}),
        (
            None,
            {
                "AWS_WEB_IDENTITY_TOKEN_FILE": "{aws}/token",
                "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/analyst",
                "AWS_ROLE_SESSION_NAME": "anna",
            },
        ),
    ],
)
def test_role_is_assumed_by_the_name_that_was_given(
    aws: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch, settings: str | None, variables: dict[str, str]
) -> None:
    (aws / "token").write_text("token")
    if settings is not None:
        monkeypatch.setenv("AWS_ROLE_SESSION_NAME", "botocore-session-1")  # a profile that is named looks at none
        (aws / "config").write_text(f"[profile work]\n{ROLE}region = eu-west-1\n{settings.format(aws=aws)}{BASE}")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(aws=aws))
    with pytest.raises(NotSignedIn):
        Source(WORK if settings is not None else IamAuth()).read()
    assert asked
    assert all("anna" in body for body in asked)


@pytest.mark.usefixtures("nothing_sent")
@pytest.mark.parametrize("role", ["", f"[profile taken]\n{ROLE}source_profile = work\nrole_session_name = anna\n"])
def test_credentials_of_aws_login_name_what_they_need(aws: Path, monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    monkeypatch.setattr(botocore.credentials, "EC", None)
    (aws / "config").write_text(f"[profile work]\nlogin_session = arn:aws:iam::123456789012:user/anna\n{role}")
    with pytest.raises(NotSignedIn, match=r'pip install "botocore\[crt\]".* aws configure export-credentials'):
        Source(IamAuth(aws_profile="taken" if role else "work")).read()


@pytest.mark.parametrize(
    ("code", "operation", "help_"),
    [
        ("AccessDenied", "AssumeRole", "role_session_name"),
        ("AccessDenied", "AssumeRoleWithWebIdentity", "ask who manages it"),
        ("ForbiddenException", "GetRoleCredentials", "does not assign you"),
        ("ExpiredToken", "AssumeRole", "Sign in with the AWS CLI"),
        ("InvalidClientTokenId", "AssumeRole", "has been deleted"),
        ("SomethingElse", "AssumeRole", "SomethingElse"),
    ],
)
def test_refusal_of_aws_says_what_may_help(
    aws: Path, monkeypatch: pytest.MonkeyPatch, code: str, operation: str, help_: str
) -> None:
    def refuse(_self: object) -> None:
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, operation)

    monkeypatch.setattr(Session, "get_credentials", refuse)
    with pytest.raises(NotSignedIn, match=rf"^AWS refused the sign-in: .*{help_}.*\.$"):
        Source(IamAuth()).read()
