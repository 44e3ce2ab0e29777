import codecs
import json
from pathlib import Path
from typing import Any

import pytest

from desktop.sign_in.auth import IamAuth, OidcAuth
from desktop.sign_in.profiles import InvalidProfile, Profile, exposed_keys, load, parse
from tests.iam import keys_of

GOOD = '{"name": "ä", "endpoint": "wss://reports.example/prod", "region": "eu", "auth": {"mode": "iam"}}'
KEYS = {"accessKeyId": "AKIDEXAMPLE", "secretAccessKey": "wJalrXUtnFEMI"}


def document(**changes: Any) -> dict[str, Any]:
    fields = {"name": "prod", "endpoint": "wss://reports.example/prod", "region": "eu-central-1"}
    return fields | {"auth": {"mode": "iam"}} | changes


def with_auth(**auth: Any) -> dict[str, Any]:
    return document(auth={"mode": "iam"} | auth)


def with_issuer(**auth: Any) -> dict[str, Any]:
    fields = {"mode": "oidc", "issuer": "https://issuer.example/pool", "clientId": "desktop"} | auth
    return document(auth={name: value for name, value in fields.items() if value is not None})


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in document().items() if key != name}


def test_profile_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "prod.json"
    path.write_text(json.dumps(with_auth(awsProfile="work")))
    assert load(path) == Profile(
        name="prod",
        endpoint="wss://reports.example/prod",
        region="eu-central-1",
        auth=IamAuth(aws_profile="work"),
    )


def test_keys_may_stand_in_the_profile() -> None:
    auth = keys_of(parse(json.dumps(with_auth(**KEYS))))
    assert (auth.access_key_id, auth.secret_access_key) == ("AKIDEXAMPLE", "wJalrXUtnFEMI")


def test_sign_in_in_the_browser_is_read() -> None:
    assert parse(json.dumps(with_issuer())).auth == OidcAuth(issuer="https://issuer.example/pool", client_id="desktop")
    more = {"audience": "reports", "discoveryUrl": "http://127.0.0.1:4566/d", "scopes": ["openid", "offline_access"]}
    auth = parse(json.dumps(with_issuer(**more))).auth
    assert isinstance(auth, OidcAuth)
    assert (auth.audience, auth.discovery) == ("reports", "http://127.0.0.1:4566/d")
    assert auth.scopes == ("openid", "offline_access")


@pytest.mark.parametrize(
    "issuer", ["https://a.example", "https://a.example/", "http://127.0.0.1:8080", "http://[::1]:1"]
)
def test_issuer_stays_as_it_is_written_and_describes_itself_below_its_address(issuer: str) -> None:
    auth = parse(json.dumps(with_issuer(issuer=issuer))).auth
    assert isinstance(auth, OidcAuth)
    assert auth.issuer == issuer
    assert auth.discovery == issuer.rstrip("/") + "/.well-known/openid-configuration"


def test_fields_of_a_newer_version_are_ignored() -> None:
    assert parse(json.dumps(document(colour="red"))) == parse(json.dumps(document()))


@pytest.mark.parametrize(
    ("endpoint", "signed"),
    [
        ("wss://reports.example/prod", "wss://reports.example/prod"),
        ("wss://reports.example/prod/", "wss://reports.example/prod"),
        ("wss://reports.example:443/prod", "wss://reports.example/prod"),
        ("wss://reports.example:8443/prod", "wss://reports.example:8443/prod"),
        ("wss://reports.example", "wss://reports.example"),
        ("ws://127.0.0.1:4566/_aws/execute-api/a/local", "ws://127.0.0.1:4566/_aws/execute-api/a/local"),
        ("ws://localhost:4566/local", "ws://localhost:4566/local"),
        ("ws://[::1]:4566/local", "ws://[::1]:4566/local"),
    ],
)
def test_endpoint_is_kept_as_it_is_signed(endpoint: str, signed: str) -> None:
    assert parse(json.dumps(document(endpoint=endpoint))).endpoint == signed


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "It is empty"),
        ("{", "It ends before it is complete."),
        ("[]", "It is a list or a single value"),
        ('{\n"a": x}', "Line 2 cannot be read as JSON."),
        (b"\xff\xfe", "It is empty"),
        (b"\xff\xfe\xff", "no text in UTF-8"),
        (json.dumps(without("name")), '"name" is missing.'),
        (json.dumps(without("endpoint")), '"endpoint" is missing.'),
        (json.dumps(without("region")), '"region" is missing.'),
        (json.dumps(without("auth")), '"auth" is missing.'),
        (json.dumps(document(region="")), '"region" is empty.'),
        (json.dumps(document(region=1)), '"region" has a value that is not known.'),
        (json.dumps(document(auth={"mode": "saml"})), '"auth.mode" has a value that is not known.'),
        (json.dumps(with_issuer(issuer=None)), '"auth.issuer" is missing.'),
        (json.dumps(with_issuer(clientId=None)), '"auth.clientId" is missing.'),
        (json.dumps(with_issuer(clientId="")), '"auth.clientId" is empty.'),
        (json.dumps(with_issuer(audience=1)), '"auth.audience" has a value that is not known.'),
        (json.dumps(with_issuer(scopes=[])), '"auth.scopes" is empty.'),
        (json.dumps(with_issuer(scopes=["openid email"])), '" has a value that is not known.'),
        (json.dumps(with_issuer(issuer="http://issuer.example")), '"auth.issuer" must begin with https://.'),
        (json.dumps(with_issuer(issuer="issuer.example")), '"auth.issuer" must begin with https://.'),
        (json.dumps(with_issuer(issuer="https://")), '"auth.issuer" must begin with https://.'),
        (json.dumps(with_issuer(issuer="https://a b")), '"auth.issuer" is no address.'),
        (json.dumps(with_issuer(issuer="https://ä.example")), '"auth.issuer" is no address.'),
        (json.dumps(with_issuer(issuer="https://[")), '"auth.issuer" must begin with https://.'),
        (json.dumps(with_issuer(issuer="https://issuer.example?a=b")), "a host and a path, and no more."),
        (json.dumps(with_issuer(issuer="https://me@issuer.example")), "a host and a path, and no more."),
        (json.dumps(with_issuer(discoveryUrl="http://x.example/d")), '"auth.discoveryUrl" must begin with https://.'),
        (json.dumps(with_issuer(discoveryUrl="https://x.example/d#x")), '"auth.discoveryUrl" must be https://'),
        (json.dumps(document(auth={})), '"auth.mode" is missing.'),
        (json.dumps(with_auth(accessKeyId="AKIDEXAMPLE")), "go together"),
        (json.dumps(with_auth(secretAccessKey="wJalrXUtnFEMI")), "go together"),
        (json.dumps(with_auth(accessKeyId="", secretAccessKey="")), '"auth.accessKeyId" is empty.'),
        (json.dumps(document(endpoint="https://reports.example/prod")), "must begin with wss://"),
        (json.dumps(document(endpoint="ws://reports.example/prod")), "must begin with wss://"),
        (json.dumps(document(endpoint="wss:///prod")), "must begin with wss://"),
        (json.dumps(document(endpoint="")), "must begin with wss://"),
        (json.dumps(document(endpoint="wss://[::1/prod")), "is no address"),
        (json.dumps(document(endpoint="wss://reports.example:99999/prod")), "is no address"),
        (json.dumps(document(endpoint="wss://reports..example/prod")), "is no address"),
        (json.dumps(document(endpoint="wss://reports.example/prod?a=b")), "no more"),
        (json.dumps(document(endpoint="wss://reports.example/prod#a")), "no more"),
        (json.dumps(document(endpoint="wss://me:secret@reports.example/prod")), "no more"),
    ],
)
def test_bad_profile_names_the_file_and_the_reason(tmp_path: Path, text: str | bytes, reason: str) -> None:
    path = tmp_path / "prod.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InvalidProfile, match=reason) as failure:
        load(path)
    assert str(failure.value).startswith(f"The profile {path} is wrong: ")
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize(("name", "reason"), [("missing.json", "No such file or directory"), (".", "Is a directory")])
def test_profile_that_cannot_be_read_names_the_file_and_the_reason(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(InvalidProfile, match=f"{tmp_path / name} cannot be read: {reason}"):
        load(tmp_path / name)


def test_secrets_are_in_no_repr() -> None:
    profile = parse(json.dumps(with_auth(**KEYS)))
    for shown in (repr(profile), str(profile), repr(profile.auth), f"{profile}"):
        assert "wJalrXUtnFEMI" not in shown
        assert "AKIDEXAMPLE" not in shown


@pytest.mark.parametrize(
    "changes", [{"region": 1}, {"endpoint": "https://reports.example"}, {"endpoint": "wss://h:99999/"}, {"name": None}]
)
def test_secrets_are_in_no_error(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidProfile) as failure:
        parse(json.dumps(with_auth(**KEYS) | changes))
    assert "wJalrXUtnFEMI" not in str(failure.value)


@pytest.mark.parametrize("secret", [1234567890, ["wJalrXUtnFEMI"]])
def test_secret_of_the_wrong_type_is_not_repeated(secret: object) -> None:
    with pytest.raises(InvalidProfile) as failure:
        parse(json.dumps(with_auth(accessKeyId="AKIDEXAMPLE", secretAccessKey=secret)))
    assert "1234567890" not in str(failure.value)
    assert "wJalrXUtnFEMI" not in str(failure.value)


@pytest.mark.parametrize(
    ("mode", "keys", "is_said"),
    [(0o600, True, False), (0o644, True, True), (0o640, True, True), (0o644, False, False)],
)
def test_keys_that_others_can_read_are_said(tmp_path: Path, mode: int, *, keys: bool, is_said: bool) -> None:
    auth = {"mode": "iam", **({"accessKeyId": "AKIA", "secretAccessKey": "5ec2e7"} if keys else {})}
    path = tmp_path / "profile.json"
    path.write_text(json.dumps({"name": "x", "endpoint": "wss://h/s", "region": "eu-west-1", "auth": auth}))
    path.chmod(mode)
    said = exposed_keys(path, load(path))
    assert (said is not None) == is_said
    assert "5ec2e7" not in (said or "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_profile_that_another_program_wrote_is_read(tmp_path: Path, encoding: str) -> None:
    """PowerShell's `>` writes UTF-16 with a mark."""
    path = tmp_path / "profile.json"
    mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(encoding, b"")
    path.write_bytes(mark + GOOD.encode(encoding))
    assert load(path) == parse(GOOD)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{\n  "name": "x",\n  nonsense\n}', "Line 3 cannot be read as JSON."),
        ('{\n"name": "ä",\n\n"endpoint" 7}', "Line 4 cannot be read as JSON."),
    ],
)
def test_fault_of_json_is_named_by_its_line(text: str, reason: str) -> None:
    with pytest.raises(InvalidProfile) as told:
        parse(text)
    assert str(told.value) == reason


def test_profile_that_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidProfile, match="no text in UTF-8"):
        parse(b'{"name": "\xe9"}')
