import sys

import pytest

from desktop.commands.exits import Exit, Stop, needing


@pytest.mark.parametrize(
    ("is_bundle", "words"),
    [
        (False, "This needs infra: pip install 'reportwire[local]'."),
        (True, "This program cannot do that: only pip install 'reportwire[local]' can."),
    ],
)
def test_missing_package_is_said_with_what_has_it(
    monkeypatch: pytest.MonkeyPatch, words: str, *, is_bundle: bool
) -> None:
    monkeypatch.setattr(sys, "frozen", is_bundle, raising=False)
    with pytest.raises(Stop) as stop, needing("local"):
        raise ModuleNotFoundError("No module named 'infra'", name="infra")
    assert (stop.value.status, str(stop.value)) == (Exit.USAGE, words)
