"""The one place where what is known lives.

event ──▶ **Store** ──▶ `session.step` ──▶ requests to the client, the new session to the listeners
"""

from collections.abc import Callable

from desktop.session.events import Event, Requests
from desktop.session.state import Session
from desktop.session.step import step

Send = Callable[[Requests], None]
Listener = Callable[[Session], None]


class Store:
    """Holds the session, steps it, and tells who listens."""

    def __init__(self) -> None:
        self.session = Session()
        self._send: Send | None = None
        self._listeners: list[Listener] = []

    def connect(self, send: Send) -> None:
        """Send requests through `send` from now on."""
        self._send = send

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after every event; return what stops that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def dispatch(self, event: Event) -> None:
        """Take one step."""
        self.session, requests = step(self.session, event)
        if requests and self._send:
            self._send(requests)
        for listener in tuple(self._listeners):
            listener(self.session)
