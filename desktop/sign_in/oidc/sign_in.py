"""The sign-in of one profile: begun in the browser, renewed by itself, ended by whoever began it.

signers ── `OidcAuth` ──▶ **SignIn** ── token ──▶ bearer ──▶ transport
window, commands ── begin, end ──▶ **SignIn** ──▶ discovery, attempt, redirect, token_endpoint, keychain

One for all of a process, called from threads that may wait. What the keyring has is what counts: another program of
the same person may have renewed it meanwhile, or signed out.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime

from filelock import FileLock, Timeout
from msgspec import Struct

from desktop.outside.patience import BROWSER_S, CREDENTIALS_S
from desktop.outside.places import state_directory
from desktop.outside.sentence import Sentence
from desktop.sign_in.auth import OidcAuth
from desktop.sign_in.findings import OIDC, Found, NotSignedIn, SignInUnreachable
from desktop.sign_in.oidc import token_endpoint
from desktop.sign_in.oidc.attempt import Attempt
from desktop.sign_in.oidc.discovery import Endpoints, discover
from desktop.sign_in.oidc.exchanging import Exchange, over_https
from desktop.sign_in.oidc.keychain import Entry, Keychain, KeychainFailed, NoKeychain
from desktop.sign_in.oidc.page import PageWords
from desktop.sign_in.oidc.redirect import Answer, listening
from desktop.sign_in.oidc.tokens import Person, Tokens

RENEW_AT = 0.8
"""Which part of its life a token has had when it is renewed."""
RECONNECT_AT = 0.9
"""Which part of its life a token has had when a connection ends that was opened with it, in favour of a newer one."""
NOBODY = "You are not signed in."
ENDED = "The sign-in has ended."
SOMEBODY_ELSE = "Somebody else has signed in."

Browse = Callable[[str], object]
"""Open an address in the browser, or show it."""


class _Held(Struct, frozen=True):
    """A token, and when it was given and ends, on `SignIn`'s clock."""

    tokens: Tokens
    since: float

    def at(self, part: float) -> float:
        return self.since + part * self.tokens.life_s

    def is_young(self, now: float) -> bool:
        return self.since <= now < self.at(RENEW_AT)

    def is_alive(self, now: float) -> bool:
        return self.since <= now < self.at(1.0)


class SignedIn(Struct, frozen=True):
    """Who is signed in, as far as that is known, and whether they will be after the next start too."""

    person: Person | None
    is_kept: bool


class SignIn:
    """Tokens of one issuer and client."""

    def __init__(
        self,
        auth: OidcAuth,
        *,
        keychain: Keychain | None = None,
        exchange: Exchange = over_https,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`clock` is the time of day, in seconds: unlike others it goes on while the computer sleeps."""
        self.auth = auth
        self._keychain = keychain or Keychain(auth)
        self._exchange = exchange
        self._clock = clock
        self._one = threading.Lock()
        self._held: _Held | None = None
        self._refresh: str | None = None
        """The refresh token where there is no keyring for it."""
        self._status: SignedIn | None = None
        self._listeners: list[Callable[[], object]] = []
        self._endpoints: Endpoints | None = None
        self._reason = NOBODY
        """Why nobody is signed in, while that is so."""
        self._subject = ""
        """The subject of whoever tokens were given out for last."""

    @property
    def status(self) -> SignedIn | None:
        """Who is signed in; None is nobody, or not known yet."""
        return self._status

    def listen(self, listener: Callable[[], object]) -> Callable[[], None]:
        """Call `listener`, in any thread, when that changes; return what stops it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def token(self) -> str:
        """Return a token that is good now. May block while the issuer is asked; once, whoever asks meanwhile.

        Raises:
            NotSignedIn: Nobody is signed in, or no longer; or, once, somebody else is, by another program: what is
                under way is the last one's.
            SignInUnreachable: The issuer cannot be asked, and there is no token that still holds.
        """
        with self._alone():
            held = self._held
            if held is None or not held.is_young(self._clock()):
                held = self._renewed()
            return held.tokens.access

    def forget(self) -> None:
        """Renew the token next time: the service refused it."""
        self._held = None

    def left_s(self) -> float | None:
        """Return how long a connection may last that is opened with the present token."""
        held = self._held
        return None if held is None else max(0.0, held.at(RECONNECT_AT) - self._clock())

    def begin(
        self,
        browse: Browse,
        *,
        cancelled: threading.Event | None = None,
        words: PageWords | None = None,
        limit_s: float = BROWSER_S,
    ) -> None:
        """Have somebody sign in, in the browser. Blocks until they have, or have not.

        Raises:
            NotSignedIn: They have not, or that is of no use here.
            SignInUnreachable: The issuer cannot be asked.
        """
        endpoints, attempt = self._discovered(), Attempt()
        with listening(attempt.state, words or PageWords()) as redirect:
            browse(attempt.address(self.auth, endpoints.authorization, redirect.address))
            try:
                answer = redirect.wait(limit_s, cancelled or threading.Event())
                tokens = self._redeemed(answer, endpoints, attempt, redirect.address)
            except (NotSignedIn, SignInUnreachable) as error:
                redirect.decide(str(error))
                raise
            redirect.decide()
        with self._alone():
            self._take(tokens, Entry(""))

    def end(self) -> str:
        """Sign out, here in any case; return a sentence where that is not all of it, else "".

        Raises:
            NotSignedIn: Nobody is signed in.
        """
        with self._alone():
            entry = self._entry()
            if entry is None and self._held is None:
                raise NotSignedIn(NOBODY)
            is_forgotten = self._drop(NOBODY)
            self._subject = ""
            left = self._revoke(entry.refresh) if entry else ""
        if is_forgotten:
            return left
        kept = Sentence(
            "The keyring cannot forget the sign-in: remove its entry for {issuer}.", issuer=self.auth.issuer
        )
        return Sentence("{first} {second}", first=left, second=kept) if left else kept

    def describe(self) -> Found:
        """Return who signs, and until when. May block; raises what `token` does."""
        self.token()
        person = self._status.person if self._status else None
        ends_at = None if self._held is None else datetime.fromtimestamp(self._held.at(1.0), UTC)
        return Found(origin=OIDC, ends_at=ends_at, who=person.name if person else "")

    # --- how

    def _redeemed(self, answer: Answer, endpoints: Endpoints, attempt: Attempt, redirect: str) -> Tokens:
        """Return the tokens for what the browser brought. Raises what `begin` does."""
        if answer.refusal:
            raise NotSignedIn(answer.refusal)
        if answer.issuer not in {None, self.auth.issuer}:
            raise NotSignedIn("Another issuer answered than {host}.", host=self.auth.host)
        return token_endpoint.redeem(
            self.auth, endpoints.token, self._exchange, code=answer.code, attempt=attempt, redirect=redirect
        )

    def _renewed(self) -> _Held:
        with _in_turn():
            entry = self._entry()
            if entry is None:
                return self._last()
            self._refuse_somebody_else(entry)
            if self._status is None:
                self._say(SignedIn(_person_of(entry), is_kept=True))
            try:
                tokens = token_endpoint.renew(self.auth, self._discovered().token, self._exchange, entry.refresh)
            except token_endpoint.Ended:
                self._drop(ENDED)
                raise NotSignedIn(ENDED) from None
            except SignInUnreachable:
                if self._held and self._held.is_alive(self._clock()):
                    return self._held
                raise
            if tokens.person and entry.subject not in {"", tokens.person.subject}:
                raise NotSignedIn("The sign-in at {host} gave tokens of another person.", host=self.auth.host)
            return self._take(tokens, entry)

    def _refuse_somebody_else(self, entry: Entry) -> None:
        """Raise `NotSignedIn` where the keyring has another person's sign-in by now, who is heeded from then on."""
        before, self._subject = self._subject, entry.subject
        if before not in {"", entry.subject}:
            self._held = None
            self._say(SignedIn(_person_of(entry), is_kept=True))
            raise NotSignedIn(SOMEBODY_ELSE)

    def _last(self) -> _Held:
        """Return the token that is still good where nothing renews it; raise `NotSignedIn` where there is none."""
        was_kept = self._status is not None and self._status.is_kept
        if self._held and self._held.is_alive(self._clock()) and not was_kept:
            return self._held
        if self._status is not None:  # it was kept, and another program signed out; or it has ended
            self._reason = ENDED
        self._held = None
        self._say(None)
        raise NotSignedIn(self._reason)

    def _entry(self) -> Entry | None:
        """Return what renews the sign-in, if there is anything."""
        if self._refresh is not None:
            person = self._status.person if self._status else None
            return _entry_of(self._refresh, person)
        try:
            return self._keychain.read()
        except NoKeychain:
            return None

    def _take(self, tokens: Tokens, before: Entry) -> _Held:
        """Use these tokens from now on; what is missing in the answer is as before."""
        person = tokens.person or _person_of(before)
        self._subject = person.subject if person else ""
        self._held, self._reason = _Held(tokens, self._clock()), NOBODY
        is_kept = self._keep(_entry_of(tokens.refresh or before.refresh, person), before)
        self._say(SignedIn(person, is_kept))
        return self._held

    def _keep(self, entry: Entry, before: Entry) -> bool:
        """Keep what renews the tokens, and return whether the next start will have it."""
        try:
            if not entry.refresh:
                self._keychain.delete()
            elif entry != before or self._refresh is not None:
                self._keychain.write(entry)
        except NoKeychain:
            self._refresh = entry.refresh or None
            return False
        self._refresh = None
        return bool(entry.refresh)

    def _drop(self, reason: str) -> bool:
        """Forget everything, and return whether the keyring did too."""
        self._held = self._refresh = None
        self._reason = reason
        self._say(None)
        try:
            self._keychain.delete()
        except KeychainFailed:
            return False
        except NoKeychain:
            return True
        return True

    def _revoke(self, refresh: str) -> str:
        try:
            endpoint = self._discovered().revocation
            if endpoint is None:
                return Sentence("You are signed out here. The issuer was not told: it offers no way to.")
            token_endpoint.revoke(self.auth, endpoint, self._exchange, refresh)
        except (NotSignedIn, SignInUnreachable) as error:
            return Sentence("You are signed out here. The issuer was not told: {reason}", reason=error)
        return ""

    def _discovered(self) -> Endpoints:
        """Return the issuer's addresses, asked for once."""
        self._endpoints = self._endpoints or discover(self.auth, self._exchange)
        return self._endpoints

    def _say(self, status: SignedIn | None) -> None:
        if status != self._status:
            self._status = status
            for listener in tuple(self._listeners):
                listener()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other threads of this process out."""
        if not self._one.acquire(timeout=CREDENTIALS_S):
            raise SignInUnreachable("The sign-in at {host} has not answered for a minute.", host=self.auth.host)
        try:
            yield
        finally:
            self._one.release()


@contextmanager
def _in_turn() -> Iterator[None]:
    """Keep other programs of this person out: an issuer may take a refresh token once, and end the sign-in at a second.

    Done without where there is no folder for the lock.
    """
    with ExitStack() as held:
        with suppress(OSError, RuntimeError, Timeout):
            folder = state_directory()
            folder.mkdir(parents=True, exist_ok=True)
            held.enter_context(FileLock(folder / "sign-in.lock", timeout=CREDENTIALS_S / 2))
        yield


def _person_of(entry: Entry) -> Person | None:
    return Person(entry.subject, entry.name) if entry.subject else None


def _entry_of(refresh: str, person: Person | None) -> Entry:
    return Entry(refresh, person.subject, person.name) if person else Entry(refresh)
