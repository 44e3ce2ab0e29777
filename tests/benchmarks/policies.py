"""How long some clients wait before they connect again, as distributions.

desktop.transport.backoff, other libraries' defaults ──▶ **Policy** ──▶ storm

`waits(trait, refusals)` says how the wait before the next attempt is spread, `refusals` refusals after the connection
was lost. Each library's default stands as its source has it at the release named.
"""

from collections.abc import Callable
from dataclasses import dataclass

from desktop.transport.backoff import delay_s


@dataclass(frozen=True, slots=True)
class Spread:
    """A wait anywhere between two times, each as likely; `share` of those who wait do it so."""

    low_s: float
    high_s: float
    share: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Waits of one kind of client."""

    name: str
    waits: Callable[[float, int], tuple[Spread, ...]]
    settled: int
    """After so many refusals the waits no longer change, and are the same whatever the trait."""
    traits: tuple[float, ...] = (0.0,)
    """What a client draws once and keeps, each value as likely as the others."""


def _lowest(low: float, _high: float) -> float:
    return low


def _highest(_low: float, high: float) -> float:
    return high


def _ours(_trait: float, refusals: int) -> tuple[Spread, ...]:
    return (Spread(delay_s(refusals, _lowest), delay_s(refusals, _highest)),)


OURS = Policy(name="Reportwire", waits=_ours, settled=6)
"""`desktop.transport.backoff.delay_s`. The attempt counts from 0, as a connection that was up for 10 s resets it."""


def full_jitter(first_cap_s: float, last_cap_s: float) -> Policy:
    """Return our form, `uniform(0, min(cap, base * 2**n))`, with other constants."""

    def waits(_trait: float, refusals: int) -> tuple[Spread, ...]:
        return (Spread(0.0, min(last_cap_s, first_cap_s * 2**refusals)),)

    return Policy(name=f"base {first_cap_s:g} s, cap {last_cap_s:g} s", waits=waits, settled=10)


def _websockets(_trait: float, refusals: int) -> tuple[Spread, ...]:
    if refusals == 0:
        return (Spread(0.0, 0.0),)
    if refusals == 1:
        return (Spread(0.0, 5.0),)
    wait_s = min(90.0, 3.1 * 1.618 ** (refusals - 2))
    return (Spread(wait_s, wait_s),)


WEBSOCKETS = Policy(name="websockets", waits=_websockets, settled=10)
"""`async for connection in connect(…)`: a lost connection is opened again at once, as nothing is waited for before the
first failure; then 0-5 s at random, 3.1 s, and 1.618 times as long each time up to 90 s, without jitter.

Source: websockets 17.4, `asyncio/client.py` (`connect.__aiter__`) and `client.py` (`backoff`). By default 429 is fatal
there (`process_exception`); here it is tried again, which is what an application that wants to go on must configure.
"""


def _socket_io(_trait: float, refusals: int) -> tuple[Spread, ...]:
    doubled_s = 1.0 * 2**refusals
    signs = [-1.0 if tenth % 2 == 0 else 1.0 for tenth in range(10)]
    ends = [
        sorted(min(5.0, doubled_s * (1 + sign * 0.5 * end)) for end in (tenth / 10, (tenth + 1) / 10))
        for tenth, sign in enumerate(signs)
    ]
    return tuple(Spread(low_s, high_s, 0.1) for low_s, high_s in ends)


SOCKET_IO = Policy(name="Socket.IO", waits=_socket_io, settled=5)
"""1 s, doubled each time, up to 50 % more or less, cut at 5 s after that: from the fifth wait on exactly 5 s.

One draw `r` decides both: the deviation is `r * 0.5`, downwards where the first decimal of `r` is even.

Source: socket.io-client 4.8.3, `build/esm/manager.d.ts` (`reconnectionDelay` 1000, `reconnectionDelayMax` 5000,
`randomizationFactor` 0.5) and 4.8.1, `build/cjs/contrib/backo2.js` (`duration`).
"""


def _reconnecting_websocket(shortest_s: float, refusals: int) -> tuple[Spread, ...]:
    wait_s = min(10.0, shortest_s * 1.3**refusals)
    return (Spread(wait_s, wait_s),)


RECONNECTING_WEBSOCKET = Policy(
    name="reconnecting-websocket",
    waits=_reconnecting_websocket,
    settled=9,
    traits=tuple(1.0 + (n + 0.5) / 100 for n in range(400)),
)
"""Between 1 and 5 s, drawn once as the page loads; 1.3 times as long each time up to 10 s, without jitter.

Source: reconnecting-websocket 4.4.0, `reconnecting-websocket.ts` (`DEFAULT`, `_getNextDelay`).
"""

COMPARED = (OURS, WEBSOCKETS, SOCKET_IO, RECONNECTING_WEBSOCKET)
