"""The groups that reports are for, which the authorizer passes on of a person's.

backend.reports ──▶ **report_groups** ──▶ authorizer's variables
"""

import json

import pulumi

MOST_BYTES = 3_000
"""As much again is what they are in, escaped, and API Gateway takes 8 KB in all.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
"""


def report_groups() -> str:
    """Return the names of all groups, as a JSON array.

    Raises:
        RunError: They are too many.
    """
    from backend import reports  # noqa: PLC0415  only where analysts sign in with tokens
    from backend.catalog.definition import groups_of  # noqa: PLC0415  likewise
    from backend.catalog.loading import load  # noqa: PLC0415  likewise

    groups = json.dumps(groups_of(load(reports)))
    if len(groups) > MOST_BYTES:
        raise pulumi.RunError(f"The groups of all reports take {len(groups):,} bytes, and {MOST_BYTES:,} are allowed.")
    return groups
