"""The stress in small: it has to stay playable, and what it finds in seconds is found here."""

import pytest

from tests.stress.window.__main__ import play, starts


@pytest.mark.slow
def test_window_starts_and_ends_in_every_way_without_a_word() -> None:
    assert [str(fault) for fault in starts(3, "2026") if fault] == []


@pytest.mark.slow
def test_window_survives_random_input() -> None:
    assert [str(fault) for fault in play(8, "2026") if fault] == []
