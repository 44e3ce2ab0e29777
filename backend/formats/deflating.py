"""Deflating on several processors.

xlsx ── bytes ──▶ **Deflating** ── blocks ──▶ zip_stream
"""

from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore

from backend.formats.zip_stream import Block, deflate

BLOCK_BYTES = 1 << 20
"""Larger ones compress no better; each thread has one at hand."""
THREADS = 2
_MAX_WAITING = 8


class Deflating:
    """Threads that deflate blocks while their caller makes the next ones; isal does not hold Python's lock.

    A caller who is too fast waits, so that no more than a few blocks are ever on their way.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="deflate")
        self._room = BoundedSemaphore(_MAX_WAITING)

    def submit(self, data: memoryview) -> list["Future[Block]"]:
        """Deflate the data in blocks; what goes wrong comes out of their results."""
        return [self._submit(data[start : start + BLOCK_BYTES]) for start in range(0, len(data), BLOCK_BYTES)]

    def close(self) -> None:
        """End the threads. Those of a file that was given up end when this object goes."""
        self._pool.shutdown()

    def _submit(self, data: memoryview) -> "Future[Block]":
        self._room.acquire()
        # Given back when the block is done, in its thread.
        future = self._pool.submit(deflate, data)
        future.add_done_callback(lambda _: self._room.release())
        return future
