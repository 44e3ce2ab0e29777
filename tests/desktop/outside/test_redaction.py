"""Secrets of every kind, in every kind of sentence."""

from pathlib import Path

import pytest

from desktop.outside.redaction import host_of, known_secrets, without_secrets

KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY01"
SLASHED = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQ" * 4
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("GET https://bucket.example/a.csv?X-Amz-Signature=5ec2e7&X-Amz-Date=1 failed", "5ec2e7"),
        ("GET /a.csv?X-Amz-Signature=5ec2e7", "5ec2e7"),
        ("https://a.example/#access_token=5ec2e7", "5ec2e7"),
        ("http://anna:geheim@proxy.example:3128 refuses", "geheim"),
        ("http://anna@proxy.example:3128 refuses", "anna"),
        (f"key {KEY} is unknown", KEY),
        (f"key {KEY.replace('AKIA', 'ASIA')} is unknown", "ASIA"),
        (f"it printed {SECRET}.", SECRET),
        (f"it printed {SLASHED}.", SLASHED),
        (f"it printed {TOKEN}", TOKEN[:30]),
        (f"Bearer {JWT}", JWT[:20]),
        ("Authorization: AWS4-HMAC-SHA256 Credential=abc/2026", "abc"),
        ("Authorization: Basic YW5uYTpnZWhlaW0=", "YW5uYTpnZWhlaW0"),
        ('{"SecretAccessKey": "kurz", "SessionToken": "auch kurz"}', "kurz"),
        ("password=geheim", "geheim"),
    ],
)
def test_secret_goes(text: str, gone: str) -> None:
    assert gone in text
    assert gone not in without_secrets(text)


@pytest.mark.parametrize(
    "text",
    [
        "The service at reports.example refuses connections. A firewall may close port 443.",
        "SSL_CERT_FILE names /etc/ssl/certs/of-the-company-2024.pem, which cannot be read: No such file or directory.",
        "Report 00000000-0000-4000-8000-000000000001 was not ready within 60 s. Is that all?",
        "The certificate is valid until 31 Dec 2049, issued by Amazon RSA 2048 M04 (Amazon).",
        "https://abc.execute-api.eu-central-1.amazonaws.com/prod",
        'File "desktop/transport/client.py", line 12, in run',
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert without_secrets(text) == text


def test_known_secrets_go_wherever_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "plainword")
    monkeypatch.setenv("HTTPS_PROXY", "http://an%40na:s%3Aecret@proxy.example:3128")
    text = without_secrets("plainword, an@na, s:ecret, s%3Aecret and ownword", ["ownword"])
    assert text == "…, …, …, … and …"


def test_environment_without_secrets_has_none() -> None:
    assert known_secrets({}) == set()
    assert known_secrets({"https": "http://proxy.example:3128", "all": "http://a:b@proxy.example"}) == set()


def test_home_is_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/home/anna"))
    assert without_secrets('File "/home/anna/a.py", and /home/annabel') == 'File "~/a.py", and /home/annabel'


def test_host_is_all_that_is_said_of_an_address() -> None:
    assert host_of("wss://anna:geheim@reports.example:8443/prod?a=1") == "reports.example:8443"
    assert host_of("wss://reports.example/prod") == "reports.example"
    assert host_of("wss://[") == "…"
