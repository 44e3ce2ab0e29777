"""A moment of fuzzing, with the same inputs each time, and every input that was ever a fault."""

import random
import threading
from pathlib import Path

import pytest

from tests.fuzz import __main__ as program
from tests.fuzz.__main__ import TooSlow, corpus_of, fault
from tests.fuzz.mutation import mutated
from tests.fuzz.targets import TARGETS, Target

INPUTS = 150


@pytest.mark.parametrize("name", TARGETS)
def test_reader_keeps_its_promise(name: str) -> None:
    target, chance = TARGETS[name], random.Random(name)
    for _ in range(INPUTS):
        data = mutated(chance, target.seeds, target.words)
        assert fault(target, data) is None, data


@pytest.mark.parametrize("path", [path for name in TARGETS for path in corpus_of(name)], ids=lambda path: path.name)
def test_input_that_was_a_fault_is_none_any_more(path: Path) -> None:
    assert fault(TARGETS[path.parent.name], path.read_bytes()) is None


def test_seeds_are_what_the_readers_read() -> None:
    for target in TARGETS.values():
        target.read(target.seeds[0])


def test_fault_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target(lambda data: data.index(b"x"), (KeyError,), (b"x",), (b"y",))
    assert isinstance(fault(target, b"y"), ValueError)
    assert fault(target, b"x") is None
    monkeypatch.setattr(program, "LONGEST_S", 0.01)
    slow = Target(lambda _: threading.Event().wait(5), (), (b"x",), (b"y",))
    assert isinstance(fault(slow, b"x"), TooSlow)
