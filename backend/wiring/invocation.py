"""The invocation of the worker, where a function may invoke one.

settings, clients ──▶ **worker_invocation** ──▶ `Invoke` ──▶ for_worker, for_events, for_failures
"""

from backend.aws.worker_invocation import WorkerInvocation
from backend.service.ports import InvocationRefused, Invoke
from backend.wiring import clients


def worker_invocation(name: str) -> Invoke:
    """Return what invokes a worker, by the name or ARN of its alias; what refuses, where that is empty."""
    if name:
        return WorkerInvocation(clients.functions(), name)

    def refuse(_report_id: str, _invocation: str) -> None:
        raise InvocationRefused("the function knows no worker")

    return refuse
