"""When to give up on a service. No I/O: the shell owns the clock.

conversation ── messages, connection ──▶ **Judgement** ──▶ the reason to give up
"""

from backend.protocol.messages import ErrorMessage, ServiceMessage
from desktop.outside.patience import LEAVING_S, OUT_OF_REACH_S, UNHEARD_S
from desktop.session.connection_status import CertificateRefused, Connected, Connection, SignInNeeded, Waiting


class Judgement:
    """What was heard of the service, and when; times are seconds of a monotonic clock.

    A service is heard of when it says something that is no error. One that accepts connections and says nothing, or
    only errors, or closes them again and again, is as good as none.
    """

    def __init__(self, at: float, *, out_of_reach_s: float = OUT_OF_REACH_S) -> None:
        self._out_of_reach_s = out_of_reach_s
        self._good_at = self._heard_at = at
        self._connected_at: float | None = None
        self._is_heard = False
        """Whether anything came over this connection."""
        self._error = ""
        self._hurried_at: float | None = None

    def hear(self, message: ServiceMessage, at: float) -> None:
        """Take note of a message."""
        if isinstance(message, ErrorMessage):
            self._error = message.error.message
        else:
            self._heard_at = self._good_at = at
            self._is_heard, self._error = True, ""

    def hurry(self, at: float) -> None:
        """Take note that somebody wants to leave."""
        self._hurried_at = at

    def is_left(self, at: float) -> bool:
        """Return whether nothing came since somebody wanted to leave, and that is long enough ago."""
        return (
            self._hurried_at is not None
            and self._heard_at <= self._hurried_at
            and at - self._hurried_at >= LEAVING_S / 2  # the other half is for closing the connection
        )

    def fault(self, connection: Connection, at: float) -> str | None:
        """Return why to give up, if it is time to."""
        if isinstance(connection, Connected):
            return self._fault_of_connected(at)
        self._connected_at, self._is_heard = None, False
        match connection:
            case SignInNeeded(reason) | CertificateRefused(reason):
                return reason
            case Waiting(reason=reason) if at - self._good_at > self._out_of_reach_s:
                return reason
        return None

    def _fault_of_connected(self, at: float) -> str | None:
        if self._connected_at is None:
            self._connected_at = at
        silent_s = at - (self._heard_at if self._is_heard else self._connected_at)
        if silent_s > (UNHEARD_S if self._is_heard else self._out_of_reach_s):
            if self._error:
                return f"The service answers with errors only: {self._error}"
            return "The service accepts the connection and does not answer."
        if self._is_heard:
            self._good_at = at
        return None
