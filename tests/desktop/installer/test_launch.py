import os
import sys

import pytest

from desktop.installer import launch


@pytest.mark.parametrize("before", ["/opt/lib", None])
def test_programs_that_are_started_find_their_own_libraries(
    monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    for name in launch.OWN_VARIABLES:
        monkeypatch.setenv(name, "/opt/reportwire/_internal")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", before or "")
    launch.restore_environment()
    assert os.environ.get("LD_LIBRARY_PATH") == before
    assert not {"QT_PLUGIN_PATH", "QML2_IMPORT_PATH", "LD_LIBRARY_PATH_ORIG"} & os.environ.keys()


def test_program_without_a_console_has_streams_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    launch.open_missing_streams()
    streams = (sys.stdout, sys.stderr)
    for stream in streams:
        stream.write("heard by nobody")
        stream.close()
