"""What one analyst who sends without pause costs the others.

**noise** ── quiet analysts, one report after another ──▶ emulator ◀── one who sends 200 messages a second

Run it with `python -m tests.benchmarks.noise`. The turns alone and beside the noisy one alternate in one run, as only
their ratio travels.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
from msgspec.structs import replace
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from backend.protocol.codec import decode_message
from backend.protocol.lifecycle import is_terminal
from backend.protocol.messages import ErrorMessage, ReportMessage
from desktop.sign_in.auth import IamAuth
from desktop.sign_in.profiles import Profile
from infra.local import backend
from infra.local.backend import LocalBackend
from tests.flows.plain import connected

NOISE_PER_S = 200
REQUEST = json.dumps({"action": "generateReport", "data": {"delay": 0, "amountOfRows": 100}})
SPREAD = (0.5, 1.5)
"""Of the pause between a quiet analyst's reports."""


class Unexpected(Exception):
    """A quiet analyst did not get what was asked for."""


@dataclass(slots=True)
class Heard:
    """What came of the noise."""

    sent: int = 0
    answered: int = 0
    refused: int = 0


@dataclass(slots=True)
class Turn:
    """Seconds from the end of each report to its link, and what else was heard."""

    took_s: list[float] = field(default_factory=list)
    noise: Heard = field(default_factory=Heard)


def profiles(local: LocalBackend, count: int) -> list[Profile]:
    """Return a profile of each of some new analysts."""
    known, name = msgspec.convert(local.profile, Profile), uuid.uuid4().hex[:8]
    keys = [local.create_analyst(f"{name}-{n}") for n in range(count)]
    return [replace(known, auth=IamAuth(access_key_id=i, secret_access_key=s)) for i, s in keys]


async def ask_quietly(profile: Profile, turn: Turn, pause_s: float) -> None:
    """Ask for one report after another, with a pause, until cancelled."""
    async with connected(profile) as connection:
        while True:
            await asyncio.sleep(pause_s * random.uniform(*SPREAD))
            await connection.send(REQUEST)
            while True:
                message = decode_message(await connection.recv())
                if isinstance(message, ErrorMessage):
                    raise Unexpected(message.error.message)
                if isinstance(message, ReportMessage) and is_terminal(message.report.state):
                    break
            ended = message.report.finished_at
            if message.report.link is None or ended is None:
                raise Unexpected(f"a report without a link: {message.report.error}")
            turn.took_s.append((datetime.now(UTC) - ended).total_seconds())


async def shout(profile: Profile, heard: Heard) -> None:
    """Send without pause until cancelled; begin anew when the connection ends."""
    while True:
        with suppress(ConnectionClosed, OSError):
            async with connected(profile) as connection:
                listening = asyncio.create_task(_listen(connection, heard))
                try:
                    await _send_at_pace(connection, heard)
                finally:
                    listening.cancel()


async def _listen(connection: ClientConnection, heard: Heard) -> None:
    async for frame in connection:
        if isinstance(decode_message(frame), ErrorMessage):
            heard.refused += 1
        else:
            heard.answered += 1


async def _send_at_pace(connection: ClientConnection, heard: Heard) -> None:
    due = time.monotonic()
    while True:
        await connection.send('{"action":"ping"}')
        heard.sent += 1
        due += 1 / NOISE_PER_S
        await asyncio.sleep(max(0.0, due - time.monotonic()))


async def take_turn(quiet: list[Profile], noisy: Profile | None, seconds: float, pause_s: float) -> Turn:
    """Let everybody work for so long."""
    turn = Turn()
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as tasks:
            for profile in quiet:
                tasks.create_task(ask_quietly(profile, turn, pause_s))
            if noisy:
                tasks.create_task(shout(noisy, turn.noise))
    return turn


def row(name: str, turn: Turn) -> str:
    """Return a line of the table."""
    cuts = statistics.quantiles(turn.took_s, n=100)
    heard = turn.noise
    noise = f"{heard.sent:,} sent, {heard.answered:,} answered, {heard.refused:,} refused" if heard.sent else ""
    return f"| {name} | {len(turn.took_s)} | {cuts[49]:.3f} | {cuts[94]:.3f} | {noise} |"


async def compare(local: LocalBackend, *, clients: int, pause_s: float, seconds: float, turns: int) -> list[str]:
    """Return the lines of the table."""
    quiet, (noisy,) = profiles(local, clients), profiles(local, 1)
    await take_turn(quiet, None, 2 * pause_s, pause_s)  # so that functions have processes
    lines = ["| turn | reports | end to link, p50 s | p95 s | the noisy one |", "|---|---:|---:|---:|---|"]
    ratios = []
    for _ in range(turns):
        alone = await take_turn(quiet, None, seconds, pause_s)
        beside = await take_turn(quiet, noisy, seconds, pause_s)
        lines += [row("alone", alone), row("beside", beside)]
        ratios.append(statistics.quantiles(beside.took_s, n=20)[-1] / statistics.quantiles(alone.took_s, n=20)[-1])
    return [*lines, f"p95 beside to alone: {', '.join(f'{ratio:.2f}' for ratio in ratios)}"]


def main() -> None:
    """Start a backend and print the table."""
    parser = argparse.ArgumentParser(description="Measure what one noisy analyst costs the others.")
    parser.add_argument("--clients", type=int, default=99)
    parser.add_argument("--pause-s", type=float, default=20.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--turns", type=int, default=3)
    chosen = parser.parse_args()
    with backend.running() as local:
        lines = asyncio.run(compare(local, **vars(chosen)))
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
