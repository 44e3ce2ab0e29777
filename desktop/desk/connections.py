"""The connections dialog's other side: files are kept, tests run.

connections dialog ── what was asked ──▶ **ConnectionsDesk** ── `ConnectionsView` ──▶ connections dialog
                                         keeping, doctor ──▶ **ConnectionsDesk**
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Protocol, cast
from urllib.parse import unquote, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from desktop.desk.connection_items import item_of, local_item
from desktop.doctor.details import details
from desktop.doctor.examination import examine
from desktop.keeping.connections import (
    LOCAL,
    ConnectionId,
    ConnectionNotKept,
    Connections,
    KeptConnection,
    Offer,
    Removed,
    read,
)
from desktop.sign_in.profiles import InvalidProfile, Profile, Transport
from desktop.wording.dialogs.connections import ConnectionItem, ConnectionsView, Message, say_end, stopped
from desktop.wording.examination import Check, Step
from desktop.wording.language import tr
from desktop.wording.tone import Tone

log = logging.getLogger(__name__)

Examine = Callable[[Profile], AsyncGenerator[Step, None]]
"""Test a profile, step by step."""


Listener = Callable[[ConnectionsView], object]
"""Show what is known of the connections."""


class Screen(Protocol):
    """Where connections are shown."""

    def show_view(self, view: ConnectionsView, /) -> None:
        """Show what is known now."""

    def copy(self, text: str, /) -> None:
        """Put a text into the clipboard."""


class _Test(Struct, frozen=True):
    id: ConnectionId
    task: asyncio.Task[None]


class ConnectionsDesk:
    """Carries out what the dialog asks for. Belongs to the loop that runs when a test is asked for."""

    def __init__(
        self,
        kept: Connections,
        *,
        in_use: ConnectionId = LOCAL,
        local: Callable[[], Profile | None] = lambda: None,
        examine: Examine = examine,
    ) -> None:
        """`local` returns the profile of the local backend while it runs."""
        self._kept = kept
        self._local = local
        self._examine = examine
        self._in_use = in_use
        self._screens: list[Screen] = []
        self._listeners: list[Listener] = []
        self._known: tuple[KeptConnection, ...] = ()
        self._steps: dict[ConnectionId, dict[Check, Step]] = {}
        self._test: _Test | None = None
        self._message: Message | None = None
        self._answer: Callable[[], None] | None = None

    def show_on(self, screen: Screen) -> None:
        """Show the connections there from now on."""
        self._screens.append(screen)
        self.listen(screen.show_view)

    def listen(self, listener: Listener) -> None:
        """Tell of the connections from now on."""
        self._listeners.append(listener)
        self.refresh()

    def refresh(self) -> None:
        """Read the connections again, as others may have changed their files."""
        self._known = self._kept.load()
        self._show()

    def mark_used(self, id_: ConnectionId) -> None:
        """Take note that the window talks to another service now."""
        self._in_use = id_
        self._kept.remember_used(id_)
        self._show()

    def profile_of(self, id_: ConnectionId) -> Profile | None:
        """Return the profile of a connection; None for the local backend while it does not run."""
        if id_ == LOCAL:
            return self._local()
        return next((each.profile for each in self._known if each.id == id_), None)

    # --- what the dialog asks for

    def add_file(self, path: Path) -> None:
        """Add a profile's file, or say why not."""
        try:
            self._add(read(path), path.name)
        except ConnectionNotKept as error:
            self._complain(error)

    def add_text(self, text: str) -> None:
        """Add what was pasted: a profile as JSON, or the path of its file."""
        text = text.strip()
        if text.startswith("{"):
            self._add(text, tr("The pasted text"))
        elif _is_path(text):
            self.add_file(_path_of(text))
        else:
            words = tr("What was pasted is neither a profile nor the path of a profile's file.")
            self._say(Message(words, Tone.FAILED))

    def rename(self, id_: ConnectionId, name: str) -> None:
        """Call a connection otherwise."""
        self._change(lambda: self._kept.rename(id_, name), id_)

    def choose_way(self, id_: ConnectionId, way: str) -> None:
        """Have a service talked to in another way."""
        self._change(lambda: self._kept.choose_way(id_, cast("Transport", way)), id_)

    def remove(self, id_: ConnectionId) -> None:
        """Remove a connection that is not in use; the message takes it back."""
        if id_ in (LOCAL, self._in_use):
            return
        self._stop_test(id_)
        try:
            removed = self._kept.remove(id_)
        except ConnectionNotKept as error:
            self._complain(error)
            return
        self._steps.pop(id_, None)
        words = Message(tr("{name} is removed.", name=removed.connection.profile.name), answer=tr("Un&do"))
        self._say(words, lambda: self._restore(removed))

    def answer(self) -> None:
        """Do what the message offers."""
        answer, self._answer, self._message = self._answer, None, None
        if answer:
            answer()

    def test(self, id_: ConnectionId) -> None:
        """Test a connection, and no other one any more."""
        profile = self.profile_of(id_)
        self._stop_test()
        if profile is None:
            return
        self._steps[id_] = {}
        self._test = _Test(id_, asyncio.get_running_loop().create_task(self._run_test(id_, profile)))
        self._say(None)

    def stop(self) -> None:
        """Stop the test."""
        self._stop_test()
        self._show()

    def copy_details(self, id_: ConnectionId) -> None:
        """Put a text for a ticket into the clipboard, without secrets."""
        profile = self.profile_of(id_)
        if profile is None:
            return
        text = details(profile, self._steps.get(id_, {}).values())
        for screen in self._screens:
            screen.copy(text)
        self._say(Message(tr("Details copied.")))

    async def close(self) -> None:
        """Stop what runs, and wait until its sockets are closed."""
        test = self._test
        self._stop_test()
        if test:
            await asyncio.gather(test.task, return_exceptions=True)

    # --- how

    def _add(self, text: bytes | str, source: str) -> None:
        try:
            offer = self._kept.offer(text)
        except InvalidProfile as error:
            words = tr("{file} is no profile: {reason}", file=source, reason=tr(str(error)))
            self._say(Message(words, Tone.FAILED))
            return
        if offer.replaces is None:
            self._keep(offer)
            return
        words = tr("{name} at this address is there already.", name=offer.profile.name)
        self._say(Message(words, Tone.WAITING, tr("&Replace")), lambda: self._keep(offer))

    def _keep(self, offer: Offer) -> None:
        try:
            kept = self._kept.add(offer)
        except ConnectionNotKept as error:
            self._complain(error)
            return
        self._steps.pop(kept.id, None)
        text = "Replaced {name}." if offer.replaces else "Added {name}."
        self._say(Message(tr(text, name=kept.profile.name), Tone.READY), selected=kept.id)

    def _restore(self, removed: Removed) -> None:
        try:
            kept = self._kept.restore(removed)
        except ConnectionNotKept as error:
            self._complain(error)
            return
        self._say(None, selected=kept.id)

    def _change(self, change: Callable[[], KeptConnection], id_: ConnectionId) -> None:
        if id_ == LOCAL:
            return
        try:
            change()
        except ConnectionNotKept as error:
            self._complain(error)
            return
        self._say(None)

    def _complain(self, error: ConnectionNotKept) -> None:
        self._say(Message(tr(str(error)), Tone.FAILED))

    def _say(
        self, message: Message | None, answer: Callable[[], None] | None = None, selected: ConnectionId | None = None
    ) -> None:
        self._message, self._answer = message, answer
        self._known = self._kept.load()
        self._show(selected)

    def _show(self, selected: ConnectionId | None = None) -> None:
        view = ConnectionsView(
            items=self._items(),
            testing=self._test.id if self._test else None,
            selected=selected,
            message=self._message,
        )
        for listener in self._listeners:
            listener(view)

    def _items(self) -> tuple[ConnectionItem, ...]:
        items = (local_item(self._local()), *(item_of(each.id, each.profile) for each in self._known))
        return tuple(
            replace(item, is_used=item.id == self._in_use, steps=tuple(self._steps.get(item.id, {}).values()))
            for item in items
        )

    async def _run_test(self, id_: ConnectionId, profile: Profile) -> None:
        steps = self._steps[id_]
        try:
            async with aclosing(self._examine(profile)) as taken:
                async for step in taken:
                    steps[step.check] = step
                    self._show()
        except Exception:  # a fault of the test must not leave the dialog with one that never ends
            log.exception("a connection test broke off")
            self._steps[id_] = {step.check: step for step in stopped(steps.values())}
            self._test = None
            self._say(Message(tr("The test broke off."), Tone.FAILED, about=id_))
            return
        self._test = None
        self._say(replace(say_end(steps.values()), about=id_))

    def _stop_test(self, id_: ConnectionId | None = None) -> None:
        """End the test, or only that of one connection."""
        test = self._test
        if test is None or (id_ is not None and test.id != id_):
            return
        test.task.cancel()
        self._test = None
        self._steps[test.id] = {step.check: step for step in stopped(self._steps[test.id].values())}
        self._message, self._answer = Message(tr("The test was stopped."), about=test.id), None


def _is_path(text: str) -> bool:
    """Return whether a text can be meant as the path of a file, be it there or not."""
    return "\n" not in text and (any(mark in text for mark in "/\\") or text.strip("\"'").endswith(".json"))


def _path_of(text: str) -> Path:
    """Return the path that was pasted, which a file manager may have quoted or written as an address."""
    text = text.strip("\"'")
    if text.startswith("file://"):
        text = unquote(urlsplit(text).path)
    with suppress(RuntimeError):
        return Path(text).expanduser()
    return Path(text)
