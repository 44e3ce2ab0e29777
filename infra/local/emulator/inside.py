"""What is changed in MiniStack itself, before it serves.

child ──▶ **inside** ──▶ MiniStack's modules, of version 1.5.33

Must run in MiniStack's process.
"""

import hmac
import json
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator, lambda_runtime


def salt_role_credentials(salt: bytes) -> None:
    """Make the keys of functions' roles this start's own: MiniStack computes them from the functions' names alone."""

    class Salted:
        @staticmethod
        def sha256(data: bytes) -> Any:  # noqa: ANN401  hashlib's own type has no name
            return hmac.new(salt, data, "sha256")

    lambda_runtime.hashlib = Salted


def count_loopback_as_encrypted() -> None:
    """Have policies see every request as one over TLS: nobody listens on loopback."""

    def pin_request_origin(source_ip: str, _is_encrypted: bool) -> None:  # noqa: FBT001  MiniStack's own
        iam_evaluator.pin_request_origin(source_ip, True)  # noqa: FBT003  as above

    app.pin_request_origin = pin_request_origin


def ask_for_workgroups() -> None:
    """Have who looks up or stops a query of Athena's need that right in its workgroup: MiniStack asks for all of them.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonathena.html
    """
    known = iam_actions.extract_resource_arn

    def extract_resource_arn(service: str, method: str, path: str, headers: Any, body: bytes, *others: Any) -> str:  # noqa: ANN401  MiniStack's own
        resource: str = known(service, method, path, headers, body, *others)
        if service == "athena" and resource == "*" and (workgroup := _workgroup_of(body)):
            named = json.dumps({"WorkGroup": workgroup}).encode()
            resource = known(service, method, path, headers, named, *others)
        return resource

    iam_actions.extract_resource_arn = extract_resource_arn


def _workgroup_of(body: bytes) -> str | None:
    """Return the workgroup of the query that a request names."""
    from ministack.services import athena  # noqa: PLC0415  loads DuckDB

    try:
        execution = athena._executions.get(json.loads(body)["QueryExecutionId"])  # noqa: SLF001  it has no other door
    except (KeyError, TypeError, ValueError):
        return None
    return execution["WorkGroup"] if execution else None
