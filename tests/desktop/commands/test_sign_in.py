"""`reportwire login`, `logout` and `whoami`, and what the other commands make of a sign-in."""

from collections.abc import Iterator

import msgspec
import pytest

from backend.protocol.messages import ErrorInfo, GenerateReport
from desktop.commands.exits import Exit
from desktop.outside import browsers
from desktop.sign_in import signers
from desktop.sign_in.profiles import Profile
from tests.desktop.command_lines import Reportwire, complaint
from tests.desktop.services import FakeService, profile_of
from tests.issuer.people import Keyring, Person
from tests.issuer.server import Issuer, issuing
from tests.issuer.service import guarded, use


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing() as running:
        yield running


@pytest.fixture
def service() -> FakeService:
    return FakeService()


@pytest.fixture
def profile(issuer: Issuer, service: FakeService, reportwire: Reportwire) -> Iterator[Profile]:
    with guarded(issuer, service) as profile:
        reportwire.write(profile)
        yield profile


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Keyring:
    kept = Keyring()
    use(monkeypatch, Person(), kept)
    return kept


def run(reportwire: Reportwire, *arguments: str) -> tuple[int, str, str]:
    """Run a command as a process of its own would: with nothing but the keyring from the one before."""
    signers.sign_in_of.cache_clear()
    done = reportwire.run(*arguments, "--profile", str(reportwire.profile))
    return done.status, done.out, done.err


@pytest.mark.usefixtures("profile", "keyring")
def test_from_login_to_logout(reportwire: Reportwire, issuer: Issuer, service: FakeService) -> None:
    assert run(reportwire, "login") == (Exit.DONE, "Signed in as ann@example.com.\n", "Waiting for the browser…\n")
    status, out, _ = run(reportwire, "whoami")
    assert status == Exit.DONE
    assert out.startswith("ann@example.com, signed in at 127.0.0.1, until ")
    status, out, _ = run(reportwire, "catalog")
    assert (status, "Sample" in out) == (Exit.DONE, True)
    assert service.owners == [f"{issuer.url}|sub-ann"]
    assert run(reportwire, "logout") == (Exit.DONE, "You are signed out.\n", "")
    assert len(issuer.revoked) == 1
    status, _, err = run(reportwire, "logout")
    assert (status, err) == (Exit.NO_CONNECTION, "reportwire: You are not signed in.\n")


@pytest.mark.usefixtures("profile", "keyring")
@pytest.mark.parametrize("arguments", [["catalog"], ["reports"], ["generate", "sample"], ["whoami"]])
def test_whoever_is_not_signed_in_is_told_how(reportwire: Reportwire, arguments: list[str]) -> None:
    status, out, err = run(reportwire, *arguments)
    assert (status, out) == (Exit.NO_CONNECTION, "")
    assert err == "reportwire: You are not signed in. Sign in first: reportwire login\n"


@pytest.mark.usefixtures("profile", "keyring")
def test_sign_in_that_ended_is_said_to_have(reportwire: Reportwire, issuer: Issuer) -> None:
    run(reportwire, "login")
    issuer.end_all()
    assert run(reportwire, "reports") == (
        Exit.NO_CONNECTION,
        "",
        "reportwire: The sign-in has ended. Sign in first: reportwire login\n",
    )


@pytest.mark.usefixtures("profile", "keyring")
def test_without_a_browser_the_address_is_printed(reportwire: Reportwire, monkeypatch: pytest.MonkeyPatch) -> None:
    person = Person()

    def open_elsewhere(address: str) -> bool:
        person(address)
        return False

    monkeypatch.setattr(browsers, "open_in_browser", open_elsewhere)
    status, out, err = run(reportwire, "login")
    assert status == Exit.DONE
    assert out == f"{person.addresses[0]}\nSigned in as ann@example.com.\n"
    assert err == "Open this address in a browser on this computer:\nWaiting for the browser…\n"


@pytest.mark.usefixtures("profile")
def test_login_without_a_keyring_says_that_it_is_in_vain(
    reportwire: Reportwire, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Person(), None)
    status, _, err = run(reportwire, "login")
    assert status == Exit.FAILED
    assert err.endswith("You will sign in again next time.\n")


@pytest.mark.usefixtures("profile", "keyring")
def test_login_that_is_refused_says_why(reportwire: Reportwire, issuer: Issuer) -> None:
    issuer.refuses = {"error": "access_denied"}
    status, _, err = run(reportwire, "login")
    assert status == Exit.NO_CONNECTION
    assert err.endswith("reportwire: The sign-in was refused, or given up in the browser.\n")


def test_aws_credentials_are_told_and_neither_signed_in_nor_out(reportwire: Reportwire) -> None:
    reportwire.write(profile_of("ws://127.0.0.1:1/none"))
    assert run(reportwire, "whoami") == (Exit.DONE, "keys in the profile\n", "")
    for command in ("login", "logout"):
        done = reportwire.run(command, "--profile", str(reportwire.profile))
        assert (done.status, complaint(done)) == (
            Exit.USAGE,
            "test takes AWS credentials: sign in and out with the AWS CLI.",
        )


def test_local_backend_needs_no_sign_in(reportwire: Reportwire) -> None:
    assert reportwire.run("whoami").out == "not needed on this computer\n"
    assert reportwire.run("login").status == Exit.USAGE


@pytest.mark.usefixtures("keyring")
def test_doctor_judges_a_sign_in(
    reportwire: Reportwire, profile: Profile, issuer: Issuer, service: FakeService
) -> None:
    service.refused[GenerateReport] = ErrorInfo(code="INVALID_PARAMETERS", message="Not now.")
    status, out, _ = run(reportwire, "doctor", "--details")
    assert status == Exit.NO_CONNECTION
    assert "You are not signed in. Sign in, in the window or with reportwire login." in out
    run(reportwire, "login")
    _, out, _ = run(reportwire, "doctor", "--details")
    assert "sign-in in the browser at 127.0.0.1" in out
    assert "ann@example.com, signed in at 127.0.0.1" in out
    assert not any(secret in out for secret in issuer.given)
    assert msgspec.json.encode(profile).decode() not in out
