import hashlib
import hmac
import os
import socket
import sys
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from botocore.auth import SigV4QueryAuth
from botocore.exceptions import ClientError
from botocore.session import Session
from msgspec.structs import replace

from desktop.sign_in.profiles import Auth, Profile
from desktop.sign_in.sigv4 import NotSignedIn, Signer
from tests.desktop.services import profile_of

SECRET_KEY = "wJalrXUtnFEMI"
PROFILE = profile_of("wss://reports.example:8443/prod")
AMBIENT = replace(PROFILE, auth=Auth(mode="iam"))


@pytest.fixture(autouse=True)
def no_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Take away whatever the AWS tools would find; return where their credentials file would be."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    (tmp_path / ".aws").mkdir()
    return tmp_path / ".aws" / "credentials"


def query_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query, strict_parsing=True))


def signature_of(address: str, secret_key: str) -> str:
    """Compute the signature as the service does.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
    """
    url, query = urlsplit(address), query_of(address)
    given = {name: value for name, value in sorted(query.items()) if name != "X-Amz-Signature"}
    empty = hashlib.sha256(b"").hexdigest()
    headers = f"host:{url.netloc}\n"
    canonical = "\n".join(
        ["GET", url.path or "/", urlencode(given, quote_via=quote, safe="-_.~"), headers, "host", empty]
    )
    _, date, region, service, end = query["X-Amz-Credential"].split("/")
    scope = f"{date}/{region}/{service}/{end}"
    text = f"AWS4-HMAC-SHA256\n{query['X-Amz-Date']}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
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
def test_address_is_the_endpoint_signed_for_a_minute(endpoint: str) -> None:
    address = Signer(profile_of(endpoint)).sign()
    query = query_of(address)
    assert address.startswith(f"{endpoint}?X-Amz-")
    assert query["X-Amz-Expires"] == "60"
    assert query["X-Amz-SignedHeaders"] == "host"
    assert query["X-Amz-Credential"].split("/")[2:] == ["eu-central-1", "execute-api", "aws4_request"]
    assert query["X-Amz-Signature"] == signature_of(address, SECRET_KEY)


def test_address_is_signed_anew_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    signed: list[object] = []
    monkeypatch.setattr(SigV4QueryAuth, "add_auth", lambda _self, request: signed.append(request))
    signer = Signer(PROFILE)
    signer.sign()
    signer.sign()
    assert len(set(map(id, signed))) == 2


def test_secret_key_is_not_in_the_address() -> None:
    assert SECRET_KEY not in Signer(PROFILE).sign()


def write_keys(path: Path, name: str, key: str) -> None:
    path.write_text(f"[{name}]\naws_access_key_id = {key}\naws_secret_access_key = {SECRET_KEY}\n")


def key_of(address: str) -> str:
    return query_of(address)["X-Amz-Credential"].partition("/")[0]


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
    profile = replace(PROFILE, auth=Auth(mode="iam", aws_profile="work"))
    assert key_of(Signer(profile).sign()) == "AKIDWORK"


def test_session_token_is_signed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "ACCESS_KEY_ID": "AKIDTEMP",
        "SECRET_ACCESS_KEY": SECRET_KEY,
        "SESSION_TOKEN": "a/b+c=",
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    address = Signer(AMBIENT).sign()
    assert query_of(address)["X-Amz-Security-Token"] == "a/b+c="
    assert query_of(address)["X-Amz-Signature"] == signature_of(address, SECRET_KEY)


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
        ("", r"\(work\) could not be found"),
        ("[profile work]\ncredential_process = /no/such/program\n", "No such file"),
        ("[profile work]\n" + process("print('nonsense')"), "cannot be read: Expecting value"),
        ("[profile work]\n" + process("raise SystemExit('locked')"), "custom-process: locked"),
        ("[profile work]\nsource_profile = gone\nrole_arn = arn:aws:iam::1:role/a\n", "gone"),
    ],
)
def test_credentials_that_cannot_be_read_say_why(no_credentials: Path, config: str, reason: str) -> None:
    no_credentials.with_name("config").write_text(config)
    profile = replace(PROFILE, auth=Auth(mode="iam", aws_profile="work"))
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
        def get_frozen_credentials(self) -> None:
            raise error

    monkeypatch.setattr(Session, "get_credentials", lambda _self: Lapsed())
    with pytest.raises(NotSignedIn, match=r"cannot be read: .*[^.][.]$"):
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
