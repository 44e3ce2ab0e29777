"""Starting the worker without waiting for it.

submission ── report id ──▶ **WorkerInvocation** ──▶ `Invoke`, InvocationType=Event ──▶ worker
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from backend.service.ports import InvocationRefused

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


@dataclass(frozen=True, slots=True)
class WorkerInvocation:
    """A `ports.Invoke`."""

    client: LambdaClient
    function_name: str

    def __call__(self, report_id: str, invocation: str) -> None:
        """Queue the event; Lambda keeps it until a worker is free.

        The event's id stays the same when Lambda repeats it or hands it to the on-failure destination; not every
        emulator keeps Lambda's request id.
        """
        payload = json.dumps({"reportId": report_id, "invocationId": invocation})
        try:
            self.client.invoke(FunctionName=self.function_name, InvocationType="Event", Payload=payload)
        except (ClientError, BotoCoreError) as error:
            raise InvocationRefused(str(error)) from error
