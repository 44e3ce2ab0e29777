"""The sign-in of the connection in use: begun in the browser, cancelled, ended, and how it stands.

window ── what is asked for ──▶ **BrowserSignIn** ──▶ sign_in.oidc
sign_in.oidc ──▶ **BrowserSignIn** ── `SignInStatus` ──▶ window
"""

import asyncio
import threading
from collections.abc import Callable
from typing import Protocol

from msgspec.structs import replace

from desktop.outside import browsers
from desktop.outside.threads import in_thread
from desktop.session.sign_in_status import SignInStatus
from desktop.sign_in.findings import NotSignedIn, SignInUnreachable
from desktop.sign_in.oidc.page import PageWords
from desktop.sign_in.oidc.sign_in import SignIn
from desktop.wording.language import tr


class Screen(Protocol):
    """What hears of the sign-in, in the loop's thread."""

    def show_sign_in(self, status: SignInStatus, /) -> None:
        """Show how it stands."""

    def say(self, sentence: str, /) -> None:
        """Show a sentence for some seconds."""

    def copy(self, text: str, notice: str, /) -> None:
        """Put a text on the clipboard, and say so."""

    def connect_again(self) -> None:
        """Connect with what there is to sign with now."""

    def start_again(self) -> None:
        """Begin with an empty window: another person may be signed in now, and is to see nothing of the last one's."""


class BrowserSignIn:
    """Carries out what the window asks for; made in a running loop, and closed with the connection."""

    def __init__(self, sign_in: SignIn, screen: Screen) -> None:
        self._sign_in = sign_in
        self._screen = screen
        self._loop = asyncio.get_running_loop()
        self._cancelled: threading.Event | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._known: str | None = None
        """The subject of whoever was signed in last."""
        self.status = SignInStatus()
        self._stop = sign_in.listen(lambda: self._soon(self._hear))
        self._look()

    def begin(self) -> None:
        """Have somebody sign in, unless the browser is open for that."""
        if self._cancelled is None:
            self._cancelled = threading.Event()
            self._spawn(self._begin(self._cancelled))

    def cancel(self) -> None:
        """Wait for the browser no more."""
        if self._cancelled is not None:
            self._cancelled.set()

    def end(self) -> None:
        """Sign out."""
        self._spawn(self._end())

    async def close(self) -> None:
        """Give up what is under way."""
        self._stop()
        self.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- how

    async def _begin(self, cancelled: threading.Event) -> None:
        self._show(replace(self.status, is_in_browser=True, failure=""))
        before, failure = self._known, ""
        try:
            await in_thread(
                lambda: self._sign_in.begin(self._browse, cancelled=cancelled, words=_words()), "browser sign-in"
            )
        except (NotSignedIn, SignInUnreachable) as error:
            failure = "" if cancelled.is_set() else tr(str(error))
        finally:
            self._cancelled = None
            self._show(replace(self.status, is_in_browser=False, address="", failure=failure))
        if failure:
            self._screen.say(failure)
        elif not cancelled.is_set():
            self._arrive(before)

    def _arrive(self, before: str | None) -> None:
        """Go on as whoever signed in; `before` is the subject of whoever was here before."""
        self._look()
        status = self._sign_in.status
        if status and status.person:
            self._screen.say(tr("Signed in as {who}.", who=status.person.name))
        if before in {None, self._known}:
            self._screen.connect_again()
        else:
            self._screen.start_again()

    def _hear(self) -> None:
        """See who is signed in, which another program of the same user may have changed."""
        before = self._known
        self._look()
        if self._cancelled is None and before not in {None, self._known}:
            self._screen.start_again()

    async def _end(self) -> None:
        try:
            left = await in_thread(self._sign_in.end, "sign-out")
        except (NotSignedIn, SignInUnreachable) as error:
            self._screen.say(tr(str(error)))
            return
        self._screen.say(tr(left or "You are signed out."))
        self._screen.start_again()

    def _browse(self, address: str) -> None:
        """Open the browser, in the sign-in's thread. The address has nothing secret in it."""
        if not browsers.open_in_browser(address):
            notice = tr("No browser opens. The address is on the clipboard: open it in one.")
            self._soon(lambda: self._offer(address, notice))

    def _offer(self, address: str, notice: str) -> None:
        """Have the analyst open the address, which stays in reach while the browser is waited for."""
        if self._cancelled is not None:
            self._show(replace(self.status, address=address))
            self._screen.copy(address, notice)

    def _look(self) -> None:
        """See who is signed in."""
        status = self._sign_in.status
        person = status.person if status else None
        self._known = person.subject if person else self._known
        who = "" if status is None else person.name if person else tr("somebody")
        self._show(replace(self.status, who=who, is_kept=status.is_kept if status else True))

    def _show(self, status: SignInStatus) -> None:
        if status.who:
            status = replace(status, failure="")
        self.status = status
        self._screen.show_sign_in(status)

    def _soon(self, action: Callable[[], object]) -> None:
        """Do something in the loop's thread, unless the loop has ended."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(action)

    def _spawn(self, work: "asyncio._CoroutineLike[None]") -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _words() -> PageWords:
    english = PageWords()
    return PageWords(
        done=tr(english.done),
        refused=tr(english.refused),
        stray=tr(english.stray),
        nothing=tr(english.nothing),
        translate=tr,
    )
