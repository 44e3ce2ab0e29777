"""What is left after each kind of crash, seen from the next start: each crash in a process of its own."""

import asyncio
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from desktop.outside import crash_log
from desktop.outside.crash_log import LOGS, SIZE_BYTES, CrashLog, leftover, mark_shown

ROOT = Path(__file__).parents[3]
SECRET = "wJalrXUtnFEMI"
WATCH = "import sys, pathlib; from desktop.outside import crash_log; log = crash_log.watch(pathlib.Path(sys.argv[1]))\n"
URL = f"https://bucket.example/a.csv?X-Amz-Signature={SECRET}"


def run(program: str, folder: Path) -> str:
    """Run a program that is watched, and return what the next start finds."""
    subprocess.run([sys.executable, "-c", WATCH + program, folder], cwd=ROOT, capture_output=True, check=False)
    log = leftover(folder)
    return log.read_text() if log else ""


@pytest.mark.parametrize("program", ["", "sys.exit(3)", "raise KeyboardInterrupt"])
def test_clean_end_leaves_nothing(program: str, tmp_path: Path) -> None:
    assert run(program, tmp_path) == ""
    assert list(tmp_path.iterdir()) == []


def test_uncaught_error_leaves_its_places_and_no_value(tmp_path: Path) -> None:
    text = run(f"def fail(a):\n    raise LookupError(a)\nfail({SECRET!r})", tmp_path)
    assert text.startswith("Reportwire ")
    assert 'File "<string>", line 3, in fail' in text
    assert text.rstrip().endswith("LookupError")
    assert SECRET not in text


def test_error_on_a_thread_is_logged(tmp_path: Path) -> None:
    program = "import threading; thread = threading.Thread(target=lambda: 1 / 0); thread.start(); thread.join()"
    text = run(program, tmp_path)
    assert "nobody caught it in a thread" in text
    assert "ZeroDivisionError" in text


def test_error_of_a_loop_is_logged(tmp_path: Path) -> None:
    program = """
import asyncio
async def main():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(log.in_loop)
    loop.call_soon(lambda: None.missing)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
asyncio.run(main())
"""
    text = run(program, tmp_path)
    assert "nobody caught it in the event loop" in text
    assert "AttributeError: 'NoneType' object has no attribute 'missing'" in text


@pytest.mark.skipif(sys.platform == "win32", reason="another kind of signal there")
def test_fatal_signal_is_logged(tmp_path: Path) -> None:
    text = run("import faulthandler; faulthandler._sigsegv()", tmp_path)
    assert text.startswith("Fatal Python error: Segmentation fault")
    assert 'File "<string>"' in text


def test_log_is_for_its_owner_alone(tmp_path: Path) -> None:
    run("1 / 0", tmp_path)
    log = leftover(tmp_path)
    assert log is not None
    assert log.stat().st_mode & 0o077 == 0


# --- in this process ------------------------------------------------------------------------------


@pytest.fixture
def log(tmp_path: Path) -> CrashLog:
    return CrashLog(tmp_path / "20261129-080000-000000-1.log")


def written(log: CrashLog) -> str:
    log.close()
    assert log.path is not None
    return log.path.read_text() if log.path.exists() else ""


def fail(error: BaseException, cause: BaseException | None = None) -> None:
    raise error from cause


def caught(error: BaseException, cause: BaseException | None = None) -> BaseException:
    with pytest.raises(type(error)) as caught:
        fail(error, cause)
    return caught.value


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (TypeError("f() takes no arguments"), "TypeError: f() takes no arguments"),
        (ImportError(f"no {URL}"), "ImportError: no https://bucket.example/a.csv"),
        (ValueError(SECRET), "ValueError"),
        (RuntimeError(SECRET), "RuntimeError"),
        (RuntimeError("Internal C++ object (QLabel) already deleted."), "RuntimeError: Internal C++ object (QLabel)"),
        (FileNotFoundError(2, SECRET, f"/{SECRET}"), "FileNotFoundError: No such file or directory"),
        (ExceptionGroup(SECRET, [KeyError(SECRET)]), "  | KeyError"),
        (asyncio.InvalidStateError(SECRET), "asyncio.exceptions.InvalidStateError"),
    ],
)
def test_message_is_there_only_where_it_is_about_code(error: BaseException, line: str, log: CrashLog) -> None:
    log.note(caught(error), "nobody caught it")
    text = written(log)
    assert any(each.startswith(line) for each in text.splitlines())
    assert SECRET not in text.replace("test_crash_log", "")


def test_what_led_to_an_error_is_logged_before_it(log: CrashLog) -> None:
    log.note(caught(ValueError(SECRET), caught(KeyError(SECRET))), "nobody caught it")
    text = written(log)
    assert text.index("KeyError") < text.index("which led to") < text.rindex("ValueError")


def test_error_without_words_is_logged(log: CrashLog) -> None:
    class Wordless(TypeError):
        def __str__(self) -> str:
            raise ValueError

    log.note(caught(Wordless()), "nobody caught it")
    assert "Wordless" in written(log)


def test_size_is_bounded(log: CrashLog) -> None:
    for _ in range(1000):
        log.note(caught(ValueError()), "nobody caught it")
    assert len(written(log).encode()) == SIZE_BYTES


def test_many_threads_write_one_after_the_other(log: CrashLog) -> None:
    threads = [threading.Thread(target=log.note, args=(ValueError(), "nobody caught it")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert written(log).count("nobody caught it\n") == 8


def test_after_the_end_nothing_is_written(log: CrashLog) -> None:
    log.close()
    log.note(ValueError(), "nobody caught it")
    log.close()
    assert written(log) == ""


# --- the next start -------------------------------------------------------------------------------


def make(folder: Path, *names: str) -> list[Path]:
    paths = [folder / f"{name}.log" for name in names]
    for path in paths:
        path.write_text("a crash")
    return paths


def test_newest_log_is_shown_once(tmp_path: Path) -> None:
    _, newest = make(tmp_path, "20261128-080000-000000-1", "20261129-080000-000000-1")
    assert leftover(tmp_path) == newest
    mark_shown(newest)
    assert leftover(tmp_path) is None
    assert newest.exists()
    (later,) = make(tmp_path, "20261130-080000-000000-1")
    assert leftover(tmp_path) == later


def test_empty_log_and_one_of_this_process_are_not_shown(tmp_path: Path) -> None:
    make(tmp_path, f"20261129-080000-000000-{os.getpid()}")
    (tmp_path / "20261129-090000-000000-1.log").touch()
    assert leftover(tmp_path) is None


def test_place_that_cannot_be_used_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    assert crash_log._opened(tmp_path / "file") is None
    assert leftover(tmp_path / "file") is None
    mark_shown(tmp_path / "file" / "a.log")
    CrashLog(None).note(ValueError(), "nobody caught it")
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", raising)
    assert crash_log._opened(None) is None
    assert leftover() is None


def raising() -> Path:
    raise RuntimeError


def test_number_of_logs_is_bounded_and_empty_ones_go_first(tmp_path: Path) -> None:
    kept = make(tmp_path, *(f"20261129-08000{n}-000000-1" for n in range(LOGS - 2)))
    mark_shown(kept[0])
    for n in range(5):
        (tmp_path / f"20261129-09000{n}-000000-1.log").touch()
    crash_log._opened(tmp_path)
    logs = sorted(tmp_path.glob("*.log"))
    assert len(logs) == LOGS - 1
    assert set(kept) < set(logs)
    make(tmp_path, *(f"20261129-10000{n}-000000-1" for n in range(2 * LOGS)))
    crash_log._opened(tmp_path)
    assert len(list(tmp_path.iterdir())) == LOGS - 1
