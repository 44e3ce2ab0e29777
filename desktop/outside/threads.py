"""Calls that block, on threads that nothing waits for when the program ends.

sign_in, local_service ──▶ **in_thread** ──▶ a thread of its own

`asyncio.to_thread` would have the program wait for the call at its end, and the calls for each other's threads.
"""

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

T = TypeVar("T")


async def in_thread(call: Callable[[], T], name: str) -> T:
    """Return what a call returns, or raise what it raises; cancelled, the call goes on and nobody hears of it."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()
    telling, is_awaited = threading.Lock(), True

    def settle(how: Callable[[], None]) -> None:
        if not future.done():
            how()

    def work() -> None:
        try:
            how = partial(future.set_result, call())
        except BaseException as error:  # noqa: BLE001  it is raised where it is waited for
            how = partial(future.set_exception, error)
        with telling:  # a loop of Qt that has ended must not even be asked
            if is_awaited:
                loop.call_soon_threadsafe(settle, how)

    threading.Thread(target=work, name=name, daemon=True).start()
    try:
        return await future
    finally:
        with telling:
            is_awaited = False
