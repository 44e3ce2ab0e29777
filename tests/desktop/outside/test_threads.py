import asyncio
import threading

import pytest

from desktop.outside.threads import in_thread


def test_call_returns_or_raises() -> None:
    assert asyncio.run(in_thread(lambda: threading.current_thread().name, "a call")) == "a call"
    with pytest.raises(ZeroDivisionError):
        asyncio.run(in_thread(lambda: 1 // 0, "a fault"))


def test_loop_is_not_asked_for_anything_once_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop of Qt that is closed would end the process."""
    may_end = threading.Event()

    async def leave() -> threading.Thread:
        loop = asyncio.get_running_loop()
        waiting = asyncio.create_task(in_thread(may_end.wait, "a call that lasts"))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        monkeypatch.setattr(loop, "call_soon_threadsafe", lambda *_: pytest.fail("the loop was asked"))
        (thread,) = [each for each in threading.enumerate() if each.name == "a call that lasts"]
        may_end.set()
        thread.join()
        return thread

    assert not asyncio.run(leave()).is_alive()
