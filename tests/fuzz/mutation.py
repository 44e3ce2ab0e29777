"""Inputs made of others, by a generator that is given.

seeds, words ──▶ **mutated** ──▶ bytes
"""

import random
from collections.abc import Sequence

LONGEST = 20_000


def mutated(chance: random.Random, seeds: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    """Return one of the seeds after one change or several."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 8)):
        _change(chance, data, seeds, words)
    return bytes(data[:LONGEST])


def _change(chance: random.Random, data: bytearray, seeds: Sequence[bytes], words: Sequence[bytes]) -> None:
    start = chance.randint(0, len(data))
    end = min(len(data), start + chance.randint(0, 8))
    match chance.randrange(6):
        case 0:
            data[start:end] = b""
        case 1:
            data[start:start] = chance.choice(words)
        case 2:
            data[start:end] = chance.choice(words)
        case 3:
            data[start:start] = data[start:end] * chance.choice([1, 2, 50])
        case 4:
            data[start:end] = chance.randbytes(end - start)
        case _:
            other = chance.choice(seeds)
            cut = chance.randint(0, len(other))
            data[start:] = other[cut:]
