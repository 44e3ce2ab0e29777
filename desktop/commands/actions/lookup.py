"""The report that an id, or its beginning, stands for.

actions ── beginning ──▶ **find** ──▶ headless ──▶ snapshot
"""

from collections.abc import Iterable, Sequence

from backend.protocol.messages import Snapshot
from desktop.commands.exits import Exit, Stop
from desktop.headless.conversation import Headless, listed
from desktop.session.state import Session

WHOLE = 36
"""Characters of a whole id."""
NAMED = 5
"""How many of the reports are named that an id may stand for."""


async def find(session: Headless, beginning: str) -> Snapshot:
    """Return the report whose id begins so; with a whole id, without waiting for the rest of the list.

    Raises:
        Stop: There is none, or more than one.
        ReportError: The service does not list its reports.
    """

    def known_or_listed(known: Session) -> Sequence[Snapshot] | None:
        entry = known.entries.get(beginning)
        return [entry.snapshot] if entry and entry.snapshot else listed(known)

    return the_one(beginning, await session.until(known_or_listed))


def the_one(beginning: str, snapshots: Iterable[Snapshot]) -> Snapshot:
    """Return the one report whose id begins so.

    Raises:
        Stop: There is none, or more than one.
    """
    found = [snapshot for snapshot in snapshots if snapshot.report_id.startswith(beginning)]
    if len(found) == 1:
        return found[0]
    if found:
        named = [f"{each.report_id} ({each.definition}, {each.state})" for each in found[:NAMED]]
        more = f" and {len(found) - NAMED:,} more" if len(found) > NAMED else ""
        raise Stop(Exit.USAGE, f"{beginning} may be any of {len(found):,} reports: {', '.join(named)}{more}.")
    so = "" if len(beginning) == WHOLE else " that begins with"
    raise Stop(Exit.USAGE, f"There is no report{so} {beginning}: `reportwire reports` shows what there is.")
