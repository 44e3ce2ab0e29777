"""The window's sign-in: the real client, store and window, an issuer and a service that trusts it."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.protocol.messages import GenerateReport
from desktop.outside import browsers
from desktop.session.connection_status import Connected, Waiting
from desktop.sign_in.profiles import Profile
from desktop.widgets.intents import Generate
from desktop.wording.reports.offers import ActionId as A
from tests.desktop.services import FakeService
from tests.desktop.sign_in.desk import Desk
from tests.issuer.people import Keyring, Person
from tests.issuer.server import Issuer, issuing
from tests.issuer.service import guarded, use
from tests.qt_loops import Drive

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # a display without a window manager says so


def at_a_window(
    drive: Drive, issuer: Issuer, test: Callable[[Desk], Any], service: FakeService | None = None
) -> FakeService:
    service = service or FakeService()

    async def flow(profile: Profile) -> None:
        desk = Desk(profile)
        try:
            await test(desk)
        finally:
            await desk.close()

    with guarded(issuer, service) as profile:
        drive(flow(profile))
    return service


@pytest.mark.slow
def test_from_the_first_start_to_the_sign_out(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    person, keyring = Person(), Keyring()
    use(monkeypatch, person, keyring)

    async def test(desk: Desk) -> None:
        await desk.until(desk.wants_sign_in)
        assert desk.window.status.connection.helper.text() == "Sign in…"
        assert desk.reason() == "You are not signed in."
        desk.press()
        await desk.until(desk.is_signed_in)
        assert desk.reason() == "Signed in as ann@example.com."
        before = desk.app
        desk.window.actions_of_window[A.SIGN_OUT].trigger()
        await desk.begin_again(before)
        assert desk.window.status.message.text == "You are signed out."
        await desk.until(desk.wants_sign_in)

    with issuing() as issuer:
        service = at_a_window(drive, issuer, test)
        assert service.owners == [f"{issuer.url}|sub-ann"]
        assert len(issuer.revoked) == 1
    assert keyring.kept == {}
    assert "may be closed" in person.done().text


@pytest.mark.slow
def test_next_start_is_signed_in_without_a_browser(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    person, keyring = Person(), Keyring()
    use(monkeypatch, person, keyring)

    async def sign_in(desk: Desk) -> None:
        await desk.until(desk.wants_sign_in)
        desk.press()
        await desk.until(lambda: isinstance(desk.connection, Connected))

    async def look(desk: Desk) -> None:
        await desk.until(desk.is_signed_in)

    with issuing() as issuer:
        at_a_window(drive, issuer, sign_in)
        at_a_window(drive, issuer, look)
    assert len(person.addresses) == 1


def test_browser_is_waited_for_until_that_is_cancelled(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Person(), None)
    monkeypatch.setattr(browsers, "open_in_browser", lambda _: True)

    async def test(desk: Desk) -> None:
        await desk.until(desk.wants_sign_in)
        desk.press()
        await desk.until(lambda: desk.says("Waiting for the browser…") and desk.offers())
        assert desk.window.status.connection.helper.text() == "Cancel"
        desk.press()
        await desk.until(desk.wants_sign_in)

    with issuing() as issuer:
        at_a_window(drive, issuer, test)


@pytest.mark.slow
def test_sign_in_that_ends_while_connected_is_asked_for_again(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Person(), Keyring())

    async def test(desk: Desk) -> None:
        await desk.until(desk.wants_sign_in)
        desk.press()
        await desk.until(lambda: isinstance(desk.connection, Connected))
        issuer.end_all()
        await desk.until(desk.wants_sign_in)
        assert desk.reason() == "The sign-in has ended."
        desk.press()
        await desk.until(lambda: isinstance(desk.connection, Connected))

    with issuing(life_s=2.0) as issuer:
        service = at_a_window(drive, issuer, test)
    assert len(service.owners) >= 2


@pytest.mark.slow
def test_what_one_person_asked_for_in_vain_is_not_asked_for_by_the_next(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person()
    use(monkeypatch, person, None)
    service = FakeService(mute=(GenerateReport,))

    async def test(desk: Desk) -> None:
        await desk.until(desk.wants_sign_in)
        desk.press()
        await desk.until(desk.is_signed_in)
        desk.window.intended.emit(Generate(GenerateReport(definition="sample", parameters={})))
        await desk.until(lambda: len(service.submitted) == 1)
        person.user, before = "bert", desk.app
        desk.window.actions_of_window[A.SIGN_OUT].trigger()
        await desk.begin_again(before)
        await desk.until(desk.wants_sign_in)
        assert desk.window.reports.table.reports.rowCount() == 0
        desk.press()
        await desk.until(lambda: isinstance(desk.connection, Connected) and desk.app.store.session.is_listed)

    with issuing() as issuer:
        at_a_window(drive, issuer, test, service)
    assert len(service.submitted) == 1


def test_without_a_keyring_that_is_said(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Person(), None)

    async def test(desk: Desk) -> None:
        await desk.until(desk.wants_sign_in)
        desk.press()
        await desk.until(lambda: desk.offers(A.SIGN_OUT))
        reason = desk.reason()
        assert reason == "Signed in as ann@example.com. You will sign in again next time."

    with issuing() as issuer:
        at_a_window(drive, issuer, test)


def test_person_whom_the_service_does_not_let_in_can_sign_in_as_another(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person("bert")
    use(monkeypatch, person, Keyring())

    async def test(desk: Desk) -> None:
        await desk.until(desk.wants_sign_in)
        desk.press()
        await desk.until(lambda: desk.says("Sign in needed") and desk.offers(A.SIGN_IN, A.SIGN_OUT))
        reason = desk.reason()
        assert reason == "The service refused the sign-in. Signed in as bert@example.com."
        person.user, before = "ann", desk.app
        desk.press()
        await desk.begin_again(before)
        await desk.until(lambda: isinstance(desk.connection, Connected))

    with issuing() as issuer:
        service = FakeService()
        with guarded(issuer, service) as profile:
            let_in = service.lets_in
            assert let_in
            service.lets_in = lambda header: let_in(header) and service.owners[-1].endswith("ann")

            async def flow() -> None:
                desk = Desk(profile)
                try:
                    await test(desk)
                finally:
                    await desk.close()

            drive(flow())


@pytest.mark.slow
def test_network_that_is_gone_when_the_token_is_to_be_renewed_is_an_outage_and_no_sign_out(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person()
    use(monkeypatch, person, Keyring())

    async def test(desk: Desk) -> None:
        await desk.until(desk.wants_sign_in)
        desk.press()
        await desk.until(desk.is_signed_in)
        issuer.status = 503
        await desk.until(lambda: desk.reason().startswith("The sign-in at 127.0.0.1 answered with status 503."))
        assert isinstance(desk.connection, Waiting)
        assert desk.offers(A.SIGN_OUT)
        issuer.status = None
        desk.press()
        await desk.until(desk.is_signed_in)

    with issuing(life_s=1.0) as issuer:
        at_a_window(drive, issuer, test)
    assert len(person.addresses) == 1


def test_service_that_fails_while_the_browser_is_waited_for_is_named_and_another_attempt_offered(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person()
    use(monkeypatch, person, Keyring())

    async def test(desk: Desk) -> None:
        await desk.until(desk.wants_sign_in)
        issuer.status = 503
        desk.press()
        await desk.until(lambda: desk.wants_sign_in() and "status 503" in desk.reason())
        issuer.status = None
        desk.press()
        await desk.until(desk.is_signed_in)

    with issuing() as issuer:
        at_a_window(drive, issuer, test)
