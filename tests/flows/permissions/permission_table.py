"""The table of every permission with the step that fails without it.

granted, `STEPS` ──▶ **table** ──▶ tests/infra/PERMISSIONS.md

`python -m tests.flows.permissions.permission_table` writes it.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from infra.local.recording import recorded
from infra.local.recording.graph import Graph
from tests.flows.permissions.engine_steps import ENGINE_STEPS
from tests.flows.permissions.grants import Grant, Place, granted
from tests.flows.permissions.steps import STEPS
from tests.infra.conftest import EVERYTHING, WITH_ATHENA, WITH_TOKENS, WITH_TRINO

TABLE = Path(__file__).parents[2] / "infra" / "PERMISSIONS.md"

_LOGS = "Lambda writes the function's log with its role; the emulator writes it without"
_ATHENA = "Athena asks S3 and Glue as whoever asks it; the emulator asks as itself"
_ABOVE = "Glue asks for the right to the catalog and the table too; the emulator to the database alone"
_MISSING = "S3 says 404 of a file that is gone, and not 403, only to who may list; the emulator says it to everybody"
UNSEEN: Mapping[tuple[str, str], str] = {
    ("logs:CreateLogStream", "logGroup"): _LOGS,
    ("logs:PutLogEvents", "logGroup"): _LOGS,
    ("s3:ListBucket", "bucket reports"): _MISSING,
    ("s3:GetBucketLocation", "bucket"): _ATHENA,
    ("s3:ListBucketMultipartUploads", "bucket"): _ATHENA,
    ("s3:ListMultipartUploadParts", "bucket"): _ATHENA,
    ("glue:GetDatabase", "catalog"): _ATHENA,
    **{
        (f"glue:{action}", resource): _ABOVE
        for action in ("GetTable", "GetPartitions", "BatchCreatePartition", "DeletePartition")
        for resource in ("catalog", "catalogTable")
    },
    ("lambda:InvokeFunction", "function failures"): "Lambda hands failures on with the role; the emulator without",
}
"""What no step on the emulator can show, by action and the beginning of the resource, and what AWS needs it for."""


def why_unseen(grant: Grant) -> str | None:
    """Return what AWS needs a grant for that no step shows."""
    found = [
        why for (action, start), why in UNSEEN.items() if grant.action == action and grant.resource.startswith(start)
    ]
    return found[0] if found and grant not in (STEPS.keys() | ENGINE_STEPS.keys()) else None


def rows(grants: Mapping[Grant, Place]) -> Iterator[str]:
    """Give the lines of the table."""
    for grant in sorted(grants):
        step = STEPS.get(grant) or ENGINE_STEPS.get(grant)
        why = step.says if step else f"not on the emulator: {why_unseen(grant)}"
        yield f"| {grant.role} | `{grant.action}` | {grant.resource} | {why} |"


def table(*graphs: Graph) -> str:
    """Return the table of every role's permissions, of stacks that differ in sign-in and engine."""
    head = (
        "# Permissions",
        "",
        "Every permission of every role, and the step that fails without it: `flows/permissions/test_grants.py` takes",
        "each out and tries; `infra/resources/test_engine_grants.py` does for a distributed engine. Made by",
        "`python -m tests.flows.permissions.permission_table`.",
        "",
        "| role | action | on | without it, not |",
        "|---|---|---|---|",
    )
    grants = {grant: place for graph in graphs for grant, place in granted(graph).items()}
    return "\n".join([*head, *rows(grants)]) + "\n"


if __name__ == "__main__":
    TABLE.write_text(table(*map(recorded.record, (EVERYTHING, WITH_TOKENS, WITH_ATHENA, WITH_TRINO))))
