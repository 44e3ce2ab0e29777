"""Every reader of foreign bytes, fed with bytes that nobody thought of, for as long as one likes.

`python -m tests.fuzz [--seconds 60] [--only NAME] [--seed N]` ──▶ targets ──▶ what was found, kept in `corpus/`

An input that takes long or raises anything but what its reader promises is written to `tests/fuzz/corpus/NAME/`, where
`test_fuzz.py` finds it from then on.
"""

import argparse
import contextlib
import hashlib
import random
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz.mutation import mutated
from tests.fuzz.targets import TARGETS, Target

LONGEST_S = 10.0
CORPUS = Path(__file__).parent / "corpus"


def corpus_of(name: str) -> list[Path]:
    """Return the files of inputs that were found, or are worth to begin from."""
    return sorted((CORPUS / name).glob("*"))


class TooSlow(Exception):
    """A reader was at one input for longer than any takes."""


@contextlib.contextmanager
def limited() -> Iterator[None]:
    """Raise `TooSlow` after a while, where the system has such a clock."""

    def raise_it(*_: object) -> None:
        raise TooSlow

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, raise_it)
    signal.setitimer(signal.ITIMER_REAL, LONGEST_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def fault(target: Target, data: bytes) -> Exception | None:
    """Return what a reader raises that it does not promise, or that it takes too long."""
    try:
        with limited():
            target.read(data)
    except target.promised:
        return None
    except Exception as error:  # noqa: BLE001  what this looks for
        return error
    return None


def run(name: str, seconds: float, chance: random.Random) -> tuple[int, int]:
    """Feed one reader; return how many inputs it got and how many faults were found."""
    target = TARGETS[name]
    seeds = [*target.seeds, *(path.read_bytes() for path in corpus_of(name))]
    tried, found = 0, set[str]()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        data = mutated(chance, seeds, target.words)
        tried += 1
        if (error := fault(target, data)) and repr(error) not in found:
            found.add(repr(error))
            _keep(name, data)
            sys.stderr.write(f"{name}: {error!r}\n")
    return tried, len(found)


def _keep(name: str, data: bytes) -> None:
    folder = CORPUS / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def main() -> int:
    """Print a line for each target; return 1 if a fault was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each target")
    parser.add_argument("--only", choices=TARGETS, help="one target")
    parser.add_argument("--seed", type=int, default=None, help="to get the same inputs once more")
    args = parser.parse_args()
    seed = args.seed if args.seed is not None else random.SystemRandom().randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    faults = 0
    for name in [args.only] if args.only else TARGETS:
        tried, found = run(name, args.seconds, random.Random(seed))
        faults += found
        sys.stdout.write(f"{name}: {tried:,} inputs, {found} faults\n")
        sys.stdout.flush()
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
