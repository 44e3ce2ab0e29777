"""What an earlier run left unanswered: asked for again, and kept until it is answered.

unanswered.db ──▶ **resume** ── events ──▶ store ──▶ unanswered.db
"""

import time
from pathlib import Path

from desktop.session.events import CancelAsked, Submitted
from desktop.session.state import Session
from desktop.session.store import Store
from desktop.session.unanswered import Unanswered


def resume(store: Store, path: Path, endpoint: str) -> None:
    """Ask a service again for what was never answered, and keep from now on what is not.

    Args:
        store: Takes the events.
        path: The file in which requests wait.
        endpoint: The service that they are for.
    """
    unanswered = Unanswered(path, endpoint)
    waiting = unanswered.load()
    for asked in waiting:
        if asked.request:
            store.dispatch(Submitted(asked.request, time.monotonic(), asked.is_sent, asked.asked_at))
    cancels = {asked.report_id for asked in waiting if asked.is_cancelled}

    def cancel_again(session: Session) -> None:
        """Ask for the cancels as soon as their reports are known."""
        for report_id in cancels & session.entries.keys():
            cancels.discard(report_id)
            store.dispatch(CancelAsked(report_id))

    store.listen(cancel_again)
    cancel_again(store.session)
    store.listen(unanswered.keep)


def forget(path: Path, endpoint: str) -> None:
    """Ask a service for nothing again: another person may be signed in, whose reports they would become."""
    unanswered = Unanswered(path, endpoint)
    unanswered.load()
    unanswered.keep(Session())
