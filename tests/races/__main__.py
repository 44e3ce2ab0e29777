"""`python -m tests.races`: make reports while their reads interleave, and compare every value.

Ends with status 1 if a report failed, or came out with other values than DuckDB reads from the same files on disk.
"""

import argparse
import itertools
import sys
import tempfile
import time
from pathlib import Path

from infra.bundle import default_cache_dir
from infra.local.datasets import local_datasets
from tests.races.interleaving import Race, races

THREADS = (2, 3, 4, 8)


def main() -> int:
    """Run the races and print what went wrong; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.races", description=__doc__)
    parser.add_argument("--runs", type=int, default=300, help="how many reports to make (default: %(default)s)")
    parser.add_argument("--minutes", type=float, default=0.0, help="go on for so long, however many that makes")
    arguments = parser.parse_args()
    until = time.monotonic() + arguments.minutes * 60
    made = wrong = 0
    with tempfile.TemporaryDirectory() as directory:
        turns = itertools.product(THREADS, races(local_datasets.samples(default_cache_dir()), Path(directory)))
        for threads, race in itertools.cycle(turns):
            if made >= arguments.runs and time.monotonic() >= until:
                break
            made += 1
            wrong += not _is_right(race, threads)
    sys.stdout.write(f"{made} reports, {wrong} of them wrong\n")
    return 1 if wrong else 0


def _is_right(race: Race, threads: int) -> bool:
    try:
        race.run(threads)
    except Exception as error:  # noqa: BLE001  each is a finding
        sys.stdout.write(f"{race.name} as {race.format}, {threads} threads: {type(error).__name__}: {error}\n")
        sys.stdout.flush()
        return False
    return True


if __name__ == "__main__":
    raise SystemExit(main())
