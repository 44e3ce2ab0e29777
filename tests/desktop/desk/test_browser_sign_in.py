"""The sign-in in the browser as the window's desk carries it out."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from desktop.desk.browser_sign_in import BrowserSignIn
from desktop.outside import browsers
from desktop.outside.http import NotExchanged
from desktop.outside.patience import BROWSER_S
from desktop.session.sign_in_status import SignInStatus
from desktop.sign_in.findings import NotSignedIn, SignInUnreachable
from desktop.sign_in.oidc.reasons import KNOWN
from desktop.sign_in.oidc.redirect import say_minutes
from desktop.sign_in.oidc.sign_in import ENDED, NOBODY, SOMEBODY_ELSE, SignIn
from desktop.wording import language
from desktop.wording.language import LanguageId
from tests.desktop.wording.test_language import german
from tests.issuer.people import Keyring, Person, sign_in_with
from tests.issuer.server import Issuer, issuing
from tests.limits import HANG_S


class Screen:
    """Notes what the window would show."""

    def __init__(self) -> None:
        self.shown: list[SignInStatus] = []
        self.said: list[str] = []
        self.done: list[str] = []
        self.changed = asyncio.Event()

    def show_sign_in(self, status: SignInStatus) -> None:
        self.shown.append(status)
        self.changed.set()

    def say(self, sentence: str) -> None:
        self.said.append(sentence)
        self.changed.set()

    def copy(self, text: str, notice: str) -> None:
        self.done.append(f"copied {text.partition('?')[0]}")
        self.said.append(notice)
        self.changed.set()

    def connect_again(self) -> None:
        self.done.append("connected")
        self.changed.set()

    def start_again(self) -> None:
        self.done.append("started")
        self.changed.set()

    async def until(self, is_so: Callable[[], object]) -> None:
        while not is_so():
            self.changed.clear()
            await self.changed.wait()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing() as running:
        yield running


def at_a_desk(sign_in: SignIn, test: Callable[[BrowserSignIn, Screen], Awaitable[None]]) -> Screen:
    async def run() -> Screen:
        screen = Screen()
        desk = BrowserSignIn(sign_in, screen)
        try:
            await test(desk, screen)
        finally:
            await desk.close()
        return screen

    return asyncio.run(asyncio.wait_for(run(), HANG_S))


@pytest.mark.parametrize("keyring", [Keyring(), None], ids=["kept", "not kept"])
def test_whoever_signs_in_is_shown_and_connected(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch, keyring: Keyring | None
) -> None:
    person = Person()
    monkeypatch.setattr(browsers, "open_in_browser", person)

    async def test(desk: BrowserSignIn, screen: Screen) -> None:
        desk.begin()
        await screen.until(lambda: screen.done)

    screen = at_a_desk(sign_in_with(issuer.auth, keyring), test)
    assert screen.done == ["connected"]
    assert screen.said == ["Signed in as ann@example.com."]
    assert SignInStatus(is_in_browser=True) in screen.shown
    assert screen.shown[-1] == SignInStatus(who="ann@example.com", is_kept=keyring is not None)
    assert "may be closed" in person.done().text


def test_second_press_opens_no_second_browser(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, is_open = [], threading.Event()

    def open_it(address: str) -> bool:
        opened.append(address)
        is_open.set()
        return True

    monkeypatch.setattr(browsers, "open_in_browser", open_it)

    async def test(desk: BrowserSignIn, screen: Screen) -> None:
        desk.begin()
        desk.begin()
        await asyncio.to_thread(is_open.wait)
        desk.cancel()
        await screen.until(lambda: not screen.shown[-1].is_in_browser)

    screen = at_a_desk(sign_in_with(issuer.auth, None), test)
    assert len(opened) == 1
    assert (screen.said, screen.done) == ([], [])
    assert screen.shown[-1] == SignInStatus()


def test_refusal_is_said_and_stays_until_the_next_attempt(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    person = Person()
    monkeypatch.setattr(browsers, "open_in_browser", person)
    issuer.refuses = {"error": "access_denied"}

    async def test(desk: BrowserSignIn, screen: Screen) -> None:
        desk.begin()
        await screen.until(lambda: screen.said)

    screen = at_a_desk(sign_in_with(issuer.auth, None), test)
    assert screen.said == ["The sign-in was refused, or given up in the browser."]
    assert screen.shown[-1] == SignInStatus(failure=screen.said[0])
    assert screen.done == []
    person.done()


@pytest.fixture
def _german() -> Iterator[None]:
    language.use(LanguageId.GERMAN)
    yield
    language.use(LanguageId.ENGLISH)


@pytest.mark.usefixtures("_german")
@pytest.mark.parametrize("code", KNOWN)
@pytest.mark.parametrize("own", ["", "Ann is not assigned."])
def test_refusal_is_in_the_window_s_language_but_for_the_issuer_s_own_words(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch, code: str, own: str
) -> None:
    person = Person()
    monkeypatch.setattr(browsers, "open_in_browser", person)
    issuer.refuses = {"error": code, "error_description": own}

    async def test(desk: BrowserSignIn, screen: Screen) -> None:
        desk.begin()
        await screen.until(lambda: screen.said)

    (said,) = at_a_desk(sign_in_with(issuer.auth, None), test).said
    ours, _, theirs = said.partition(" Er sagt: ")
    assert (ours in {other for _, other in german()}, theirs) == (True, own)
    page = person.done().text
    assert "Sie sind nicht angemeldet: " in page
    assert said in page


NOT_BACK = f"The browser did not come back within {say_minutes(BROWSER_S)}. Try again."


@pytest.mark.parametrize("sentence", [NOBODY, ENDED, SOMEBODY_ELSE, NOT_BACK])
def test_sentence_has_its_german(sentence: str) -> None:
    assert sentence in {english for english, _ in german()}


def test_without_a_browser_the_address_is_copied(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsers, "open_in_browser", lambda _: False)

    async def test(desk: BrowserSignIn, screen: Screen) -> None:
        desk.begin()
        await screen.until(lambda: screen.done)

    screen = at_a_desk(sign_in_with(issuer.auth, None), test)
    assert screen.done == [f"copied {issuer.url}/authorize"]
    offered = [status for status in screen.shown if status.address]
    assert all(status.is_in_browser for status in offered)
    assert offered[0].address.startswith(f"{issuer.url}/authorize?")
    assert screen.shown[-1].address == ""


SAID = {
    "Die Anmeldung ist nicht erreichbar: a.test antwortet nicht.": SignInUnreachable(
        "The sign-in cannot be reached: {reason}", reason=NotExchanged("{host} does not answer.", host="a.test")
    ),
    "Die Anmeldung bei a.test hat mit Status 500 geantwortet.": SignInUnreachable(
        "The sign-in at {host} answered with status {status}.", host="a.test", status=500
    ),
    "Es hat ein anderer Aussteller als a.test geantwortet.": NotSignedIn(
        "Another issuer answered than {host}.", host="a.test"
    ),
}


@pytest.mark.parametrize(("german_words", "error"), SAID.items())
@pytest.mark.usefixtures("_german")
def test_sentence_with_values_is_in_the_window_s_language(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch, german_words: str, error: Exception
) -> None:
    sign_in = sign_in_with(issuer.auth, None)

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(sign_in, "begin", fail)

    async def test(desk: BrowserSignIn, screen: Screen) -> None:
        desk.begin()
        await screen.until(lambda: screen.said)

    assert at_a_desk(sign_in, test).said == [german_words]


def signed_in(issuer: Issuer, keyring: Any = None) -> SignIn:
    sign_in = sign_in_with(issuer.auth, keyring)
    sign_in.begin(Person())
    return sign_in


def test_sign_out_begins_with_an_empty_window(issuer: Issuer) -> None:
    async def test(desk: BrowserSignIn, screen: Screen) -> None:
        assert screen.shown[-1].who == "ann@example.com"
        desk.end()
        await screen.until(lambda: screen.done)

    screen = at_a_desk(signed_in(issuer), test)
    assert (screen.done, screen.said) == (["started"], ["You are signed out."])
    assert screen.shown[-1] == SignInStatus()
    assert len(issuer.revoked) == 1


def test_another_person_begins_with_an_empty_window(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsers, "open_in_browser", Person("bert"))

    async def test(desk: BrowserSignIn, screen: Screen) -> None:
        desk.begin()
        await screen.until(lambda: screen.done)

    screen = at_a_desk(signed_in(issuer), test)
    assert screen.done == ["started"]
    assert screen.shown[-1].who == "bert@example.com"


def test_somebody_else_who_signs_in_by_another_program_begins_with_an_empty_window(issuer: Issuer) -> None:
    keyring = Keyring()
    sign_in = signed_in(issuer, keyring)

    async def test(_desk: BrowserSignIn, screen: Screen) -> None:
        sign_in_with(issuer.auth, keyring).begin(Person("bert"))
        sign_in.forget()
        with pytest.raises(Exception, match="Somebody else"):
            await asyncio.to_thread(sign_in.token)
        await screen.until(lambda: screen.done)

    screen = at_a_desk(sign_in, test)
    assert screen.done == ["started"]
    assert screen.shown[-1].who == "bert@example.com"


def test_sign_in_that_ends_by_itself_is_seen(issuer: Issuer) -> None:
    sign_in = signed_in(issuer, Keyring())

    async def test(_desk: BrowserSignIn, screen: Screen) -> None:
        issuer.end_all()
        sign_in.forget()
        with pytest.raises(Exception, match="has ended"):
            await asyncio.to_thread(sign_in.token)
        await screen.until(lambda: not screen.shown[-1].who)

    at_a_desk(sign_in, test)
