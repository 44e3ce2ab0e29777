import errno
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from desktop import local_backend
from desktop.local_backend import LocalBackend, LocalBackendFailed, LocalBackendMissing
from tests.iam import keys_of

PROFILE = (
    '{"name": "local", "endpoint": "ws://127.0.0.1:4566/local", "region": "us-east-1",'
    ' "auth": {"mode": "iam", "accessKeyId": "AKIDEXAMPLE", "secretAccessKey": "wJalrXUtnFEMI"}}'
)
SERVE = f"import sys; print('''{PROFILE}''', flush=True); sys.stdin.read()"


@contextmanager
def child(monkeypatch: pytest.MonkeyPatch, program: str, **options: float) -> Iterator[LocalBackend]:
    """Run another program in place of `reportwire local`."""
    start = subprocess.Popen

    def instead(command: list[str], **options: Any) -> subprocess.Popen[str]:
        assert command == [sys.executable, "-P", "-m", "desktop", "local"]
        return start([sys.executable, "-c", program], **options)

    monkeypatch.setattr(subprocess, "Popen", instead)
    backend = LocalBackend(**options)
    monkeypatch.undo()
    try:
        yield backend
    finally:
        backend.stop()


def test_backend_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", fail)
    with pytest.raises(LocalBackendFailed, match=r"^No local backend: No space left on device\.$"):
        LocalBackend()


def process_of(backend: LocalBackend) -> subprocess.Popen[str]:
    return backend._process


def test_profile_comes_with_the_first_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with child(monkeypatch, SERVE) as backend:
        profile = backend.ready()
    assert profile.endpoint == "ws://127.0.0.1:4566/local"
    assert keys_of(profile).access_key_id == "AKIDEXAMPLE"


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (
            "import sys; sys.exit('warning: first\\nreportwire local: port 80 of 127.0.0.1 is taken')",
            "No local backend: port 80 of 127.0.0.1 is taken.",
        ),
        ("raise ModuleNotFoundError('No module named x')", "No local backend: ModuleNotFoundError: No module named x."),
        (
            "import sys; sys.exit('reportwire: This needs boto3.')",
            "No local backend: This needs boto3.",
        ),
        ("", "No local backend: it ended at once."),
    ],
)
def test_child_that_ends_says_why(monkeypatch: pytest.MonkeyPatch, program: str, reason: str) -> None:
    with child(monkeypatch, program) as backend, pytest.raises(LocalBackendFailed) as failure:
        backend.ready()
    assert str(failure.value) == reason


@pytest.mark.parametrize("line", ["ready", "{}", '{"name": "secretAccessKey"}'])
def test_line_that_is_no_profile_fails(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    with child(monkeypatch, f"print('''{line}''')") as backend, pytest.raises(LocalBackendFailed, match="no profile"):
        backend.ready()


def test_stop_ends_the_child_by_ending_its_input(monkeypatch: pytest.MonkeyPatch) -> None:
    with child(monkeypatch, SERVE) as backend:
        backend.ready()
        backend.stop()
        assert process_of(backend).returncode == 0


def test_stop_before_it_is_ready_ends_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    with child(monkeypatch, "import sys; sys.stdin.read()") as backend:
        backend.stop()
        assert process_of(backend).returncode == 0


def test_child_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    deaf = f"import signal; print('''{PROFILE}''', flush=True); signal.pause()"
    with child(monkeypatch, deaf, stop_timeout_s=0.0) as backend:
        backend.ready()
        backend.stop()
        assert process_of(backend).returncode == -9


def test_stop_may_be_asked_for_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    with child(monkeypatch, SERVE) as backend:
        backend.stop()
        backend.stop()


def test_wait_returns_when_the_child_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    with child(monkeypatch, f"print('''{PROFILE}''')") as backend:
        backend.ready()
        backend.wait()
        assert process_of(backend).returncode == 0


def test_child_is_out_of_reach_of_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    with child(monkeypatch, SERVE) as backend:
        assert os.getpgid(process_of(backend).pid) != os.getpgrp()


def test_no_child_imports_packages_of_the_caller_s_folder(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    sources = [*root.glob("desktop/**/*.py"), *root.glob("infra/**/*.py")]
    spawning = [text for text in (path.read_text() for path in sources) if re.search(r'executable,.* "-m"', text)]
    assert len(spawning) == 3
    assert all(re.search(r'executable, "-P", "-m"', text) for text in spawning)
    (tmp_path / "desktop.py").write_text("raise SystemExit('of the caller')")
    subprocess.run([sys.executable, "-P", "-c", "import desktop"], cwd=tmp_path, check=True)


def test_bundle_has_none_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(LocalBackendMissing, match=r"^This program has no local backend inside: --profile FILE names"):
        LocalBackend()


@pytest.mark.parametrize("package", ["boto3", "duckdb", "ministack", "pulumi"])
def test_extra_that_is_not_installed_is_said_without_a_child(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    monkeypatch.setattr(local_backend, "find_spec", lambda name: None if name == package else name)
    with pytest.raises(LocalBackendMissing, match=r"it needs pip install 'reportwire\[local\]'\. Or --profile FILE"):
        LocalBackend()
