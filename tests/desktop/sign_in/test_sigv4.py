import hashlib
import hmac
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.exceptions import ClientError
from botocore.session import Session
from msgspec.structs import replace

from desktop.sign_in.auth import IamAuth
from desktop.sign_in.findings import NotSignedIn
from desktop.sign_in.profiles import Profile
from desktop.sign_in.sigv4 import Signer
from tests.desktop.services import profile_of

SECRET_KEY = "wJalrXUtnFEMI"
PROFILE = profile_of("wss://reports.example:8443/prod")
AMBIENT = replace(PROFILE, auth=IamAuth())


@pytest.fixture(autouse=True)
def no_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Take away whatever the AWS tools would find; return where their credentials file would be."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    (tmp_path / ".aws").mkdir()
    return tmp_path / ".aws" / "credentials"


def parts_of(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the parts of `Authorization`: Credential, SignedHeaders and Signature."""
    algorithm, _, parts = headers["Authorization"].partition(" ")
    assert algorithm == "AWS4-HMAC-SHA256"
    return dict(part.split("=", 1) for part in parts.split(", "))


def signature_of(endpoint: str, headers: Mapping[str, str], secret_key: str) -> str:
    """Compute the signature as the service does.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
    """
    url, parts = urlsplit(endpoint), parts_of(headers)
    sent = {"host": url.netloc} | {name.lower(): value for name, value in headers.items()}
    signed = parts["SignedHeaders"].split(";")
    assert set(sent) - {"authorization"} == set(signed)
    lines = "".join(f"{name}:{sent[name]}\n" for name in signed)
    empty = hashlib.sha256(b"").hexdigest()
    canonical = "\n".join(["GET", url.path or "/", "", lines, parts["SignedHeaders"], empty])
    _, date, region, service, end = parts["Credential"].split("/")
    scope = f"{date}/{region}/{service}/{end}"
    text = f"AWS4-HMAC-SHA256\n{sent['x-amz-date']}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{secret_key}".encode()
    for part in (date, region, service, end, text):
        key = hmac.digest(key, part.encode(), "sha256")
    return key.hex()


@pytest.mark.parametrize(
    "endpoint",
    [
        "wss://reports.example/prod",
        "wss://reports.example:8443/prod",
        "wss://reports.example",
        "ws://127.0.0.1:4566/_aws/execute-api/abc/local",
    ],
)
def test_headers_sign_the_handshake_with_the_endpoint(endpoint: str) -> None:
    headers = Signer(profile_of(endpoint)).sign()
    parts = parts_of(headers)
    assert headers.keys() == {"Authorization", "X-Amz-Date"}
    assert parts["Credential"].split("/")[2:] == ["eu-central-1", "execute-api", "aws4_request"]
    assert parts["Signature"] == signature_of(endpoint, headers, SECRET_KEY)


def test_headers_are_signed_anew_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    signed: list[object] = []
    monkeypatch.setattr(SigV4Auth, "add_auth", lambda _self, request: signed.append(request))
    signer = Signer(PROFILE)
    signer.sign()
    signer.sign()
    assert len(set(map(id, signed))) == 2


def test_secret_key_is_not_in_the_headers() -> None:
    assert SECRET_KEY not in str(Signer(PROFILE).sign())


def write_keys(path: Path, name: str, key: str) -> None:
    path.write_text(f"[{name}]\naws_access_key_id = {key}\naws_secret_access_key = {SECRET_KEY}\n")


def key_of(headers: Mapping[str, str]) -> str:
    return parts_of(headers)["Credential"].partition("/")[0]


def test_credentials_are_read_again_only_after_they_were_refused(no_credentials: Path) -> None:
    write_keys(no_credentials, "default", "AKIDOLD")
    signer = Signer(AMBIENT)
    assert key_of(signer.sign()) == "AKIDOLD"
    write_keys(no_credentials, "default", "AKIDNEW")
    assert key_of(signer.sign()) == "AKIDOLD"
    signer.forget()
    assert key_of(signer.sign()) == "AKIDNEW"


def test_named_profile_is_used(no_credentials: Path) -> None:
    write_keys(no_credentials, "work", "AKIDWORK")
    profile = replace(PROFILE, auth=IamAuth(aws_profile="work"))
    assert key_of(Signer(profile).sign()) == "AKIDWORK"


def test_session_token_is_signed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "ACCESS_KEY_ID": "AKIDTEMP",
        "SECRET_ACCESS_KEY": SECRET_KEY,
        "SESSION_TOKEN": "a/b+c=" * 700,
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    headers = Signer(AMBIENT).sign()
    assert headers["X-Amz-Security-Token"] == "a/b+c=" * 700
    assert parts_of(headers)["Signature"] == signature_of(AMBIENT.endpoint, headers, SECRET_KEY)


def test_nobody_signed_in_says_what_to_do() -> None:
    with pytest.raises(NotSignedIn, match="Sign in with the AWS CLI"):
        Signer(AMBIENT).sign()


def test_sign_in_after_a_failure_is_found(no_credentials: Path) -> None:
    signer = Signer(AMBIENT)
    with pytest.raises(NotSignedIn):
        signer.sign()
    write_keys(no_credentials, "default", "AKIDNEW")
    assert key_of(signer.sign()) == "AKIDNEW"


def process(body: str) -> str:
    return f'credential_process = "{sys.executable}" -c "{body}"\n'


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ("", r"There is no AWS profile called work\."),
        ("[profile work]\ncredential_process = /no/such/program\n", "No such file"),
        ("[profile work]\n" + process("print('nonsense')"), "cannot be read: Expecting value"),
        ("[profile work]\n" + process("raise SystemExit('locked')"), "custom-process: locked"),
        ("[profile work]\nsource_profile = gone\nrole_arn = arn:aws:iam::1:role/a\n", "gone"),
    ],
)
def test_credentials_that_cannot_be_read_say_why(no_credentials: Path, config: str, reason: str) -> None:
    no_credentials.with_name("config").write_text(config)
    profile = replace(PROFILE, auth=IamAuth(aws_profile="work"))
    with pytest.raises(NotSignedIn, match=reason):
        Signer(profile).sign()


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "AccessDenied", "Message": "not allowed"}}, "AssumeRole"),
        RuntimeError("Credentials were refreshed, but the refreshed credentials are still expired."),
    ],
)
def test_credentials_that_cannot_be_renewed_say_why(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    class Lapsed:
        method = "sso"

        def get_frozen_credentials(self) -> None:
            raise error

    monkeypatch.setattr(Session, "get_credentials", lambda _self: Lapsed())
    with pytest.raises(NotSignedIn, match=r"(cannot be read|refused the sign-in): .*[^.][.]( Sign in .*)?$"):
        Signer(AMBIENT).sign()


@pytest.mark.slow
def test_metadata_service_that_never_answers_is_soon_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(NotSignedIn):
            Signer(AMBIENT).sign()


def test_explicit_keys_ask_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "get_credentials", lambda _self: pytest.fail("asked"))
    profile: Profile = PROFILE
    assert key_of(Signer(profile).sign()) == "AKIDEXAMPLE"
