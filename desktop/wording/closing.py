"""What closing the window would lose.

session ──▶ **say_what_is_lost** ──▶ app
"""

from backend.protocol.lifecycle import State
from desktop.session.state import Session


def say_what_is_lost(session: Session) -> str:
    """Return a question about the reports of a local backend, which end with it; nothing if there are none."""
    snapshots = [entry.snapshot for entry in session.entries.values() if entry.snapshot and not entry.refusal]
    ready = sum(snapshot.state is State.SUCCEEDED for snapshot in snapshots)
    waiting = sum(entry.is_open for entry in session.entries.values())
    parts = [_count(ready, "report with its file", "reports with their files")] if ready else []
    parts += [_count(waiting, "report that is not ready yet", "reports that are not ready yet")] if waiting else []
    if not parts:
        return ""
    return f"The local service ends with this window, and {' and '.join(parts)} will be gone. Close it?"


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
