"""A distributed engine asked whether it would run the reports that are compiled for it.

arguments ──▶ **run** ──▶ backend.authoring.validating ──▶ the engine; ──▶ standard output
"""

import argparse
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from desktop.commands.exits import Exit, Stop, needing
from desktop.commands.output.lines import print_line
from desktop.commands.output.tables import print_json

if TYPE_CHECKING:
    from backend.authoring.validating import Verdict
    from backend.engine.distributed.cluster import Cluster

REPORTS = Path(__file__).parents[4] / "backend" / "reports"
NO_OUTPUT = "is not the output `engine` of a stack"


@needing("local")
def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status: that of a failure where the engine refuses a report."""
    from backend.authoring.validating import verdicts  # noqa: PLC0415  needs the extra `local`

    logging.getLogger("backend").addHandler(logging.NullHandler())  # what goes wrong is told here
    cluster = _cluster(args.engine)
    found: list[Verdict] = []
    with _answering():
        for verdict in verdicts(REPORTS, datetime.now(UTC).date(), cluster.refusal):
            found.append(verdict)
            if not args.json:
                print_line(f"{verdict.report}: {' '.join(verdict.sentence.split())}")
    if args.json:
        print_json({"engine": cluster.name, "reports": msgspec.to_builtins(found)})
    return Exit.DONE if all(verdict.is_ok for verdict in found) else Exit.FAILED


def _cluster(path: Path) -> "Cluster":
    from backend.wiring.distributed_engine import cluster  # noqa: PLC0415  needs the extra `local`
    from backend.wiring.settings import EngineSettings, InvalidSettings  # noqa: PLC0415

    try:
        return cluster(EngineSettings.read(msgspec.json.decode(path.read_bytes(), type=dict[str, str])))
    except OSError as error:
        raise Stop(Exit.USAGE, f"{path}: {error.strerror}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Stop(Exit.USAGE, f"{path} {NO_OUTPUT}.") from error
    except InvalidSettings as error:
        raise Stop(Exit.USAGE, f"{path} {NO_OUTPUT}: {error}.") from error


@contextmanager
def _answering() -> Iterator[None]:
    """Raise `Stop` where the engine does not answer."""
    from backend.engine.distributed.cluster import ClusterBusy, ClusterRefused, ClusterSilent  # noqa: PLC0415  as above
    from backend.engine.distributed.failures import FAILURES  # noqa: PLC0415

    try:
        yield
    except ClusterSilent as error:
        raise Stop(Exit.NO_CONNECTION, f"The query engine does not answer: {error}.") from error
    except ClusterBusy as error:
        raise Stop(Exit.NO_CONNECTION, "The query engine has no room now. Try again later.") from error
    except ClusterRefused as error:
        raise Stop(Exit.NO_CONNECTION, FAILURES[error.reason].message) from error
