"""The text for a ticket: complete, and without a secret wherever one is put."""

from datetime import UTC, datetime

import msgspec
import pytest

from desktop.doctor.details import details
from desktop.sign_in.auth import IamAuth
from desktop.wording.examination import Check, Outcome, Step
from tests.desktop.services import profile_of

NOW = datetime(2026, 11, 29, 8, 10, 23, tzinfo=UTC)
SECRETS = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI", "5ec2e7", "geheim", "anna", "FwoGZXIvYXdzEA", "sessionword")
URL = "https://anna:geheim@bucket.example/a.csv?X-Amz-Signature=5ec2e7"


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://anna:geheim@proxy.example:3128")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "FwoGZXIvYXdzEA")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "sessionword")


def test_no_secret_is_in_it_wherever_it_is_put() -> None:
    auth = IamAuth(access_key_id=SECRETS[0], secret_access_key=SECRETS[1])
    known = profile_of(f"wss://anna:geheim@reports.example/prod?X-Amz-Signature={SECRETS[2]}")
    profile = msgspec.structs.replace(known, name=f"work {SECRETS[1]}", auth=auth, https=URL)
    words = f"{URL} {' '.join(set(SECRETS) - {'5ec2e7'})}"  # which nobody knows outside of an address
    steps = [Step(check, outcome, words, words) for check in Check for outcome in Outcome]
    text = details(profile, steps, now=NOW)
    assert [secret for secret in SECRETS if secret in text] == []
    assert "?" not in text
    assert "proxy.example:3128, from HTTPS_PROXY" in text


def test_it_has_what_a_helper_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/etc/company.pem")
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    profile = msgspec.structs.replace(profile_of("wss://reports.example/prod"), auth=IamAuth(aws_profile="work"))
    steps = [
        Step(Check.NAME, Outcome.PASSED, "reports.example", "3 ms"),
        Step(Check.WAY, Outcome.FAILED, "The proxy\nrefuses."),
    ]
    lines = details(profile, steps, now=NOW).splitlines()
    assert lines[0].startswith("Program:      Reportwire ")
    assert lines[1:] == [
        "Time:         2026-11-29 08:10:23 UTC",
        "Profile:      test, eu-central-1, AWS profile work",
        "Service:      reports.example",
        "HTTPS:        not offered",
        "Way:          auto",
        "Proxy:        proxy.example:3128, from HTTPS_PROXY",
        "Certificates: from SSL_CERT_FILE",
        "",
        "passed   Host name               3 ms  reports.example",
        "failed   Way there                     The proxy refuses.",
        "",
        'Reports do not come from here: "Way there" failed.',
    ]


@pytest.mark.parametrize(
    ("address", "words"), [("", "none"), ("socks5://anna:geheim@proxy.example", "HTTPS_PROXY names a SOCKS proxy")]
)
def test_proxy_is_said_where_there_is_none_or_a_wrong_one(
    address: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    monkeypatch.delenv("ALL_PROXY", raising=False)
    monkeypatch.delenv("all_proxy", raising=False)
    text = details(profile_of("wss://reports.example/prod"), (), now=NOW)
    assert f"Proxy:        {words}" in text
    assert "geheim" not in text
