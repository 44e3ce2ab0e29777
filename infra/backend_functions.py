"""The three functions of the backend: what each reads from its environment and what it may do.

storage, API address, bundle ──▶ **backend_functions** ──▶ WebSocket API, operations
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input

from infra.functions import Function, FunctionArgs, send_failures
from infra.policies import Statement, allow
from infra.settings import Settings
from infra.storage import Storage
from infra.websocket_api import Address

ROUTE_TIMEOUT_S = 29
"""API Gateway waits no longer for a route.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
"""
SMALL_MEMORY_MB = 512
"""Lambda's share of CPU grows with memory: below this, importing boto3 alone takes seconds."""


@dataclass(frozen=True, kw_only=True)
class BackendFunctions:
    """The functions, by role."""

    router: Function
    worker: Function
    failures: Function

    def all(self) -> Mapping[str, Function]:
        """Return every function by its name."""
        return {"router": self.router, "worker": self.worker, "failures": self.failures}


@dataclass(frozen=True, kw_only=True)
class _Surroundings:
    """What every function of the backend is declared from."""

    settings: Settings
    storage: Storage
    address: Address
    code: pulumi.Archive

    def function(
        self,
        name: str,
        *,
        variables: Mapping[str, Input[str]],
        statements: Sequence[Statement],
        timeout_s: int = ROUTE_TIMEOUT_S,
        memory_mb: int = SMALL_MEMORY_MB,
    ) -> Function:
        every = {
            "REPORTS_TABLE": self.storage.reports.name,
            "MANAGEMENT_ENDPOINT": self.address.management_endpoint,
        }
        push = allow("Push", ["execute-api:ManageConnections"], self.address.connections_arn)
        args = FunctionArgs(
            handler=f"backend.{name}.handler",
            code=self.code,
            memory_mb=memory_mb,
            timeout_s=timeout_s,
            variables={**every, **variables},
            statements=[*statements, push],
            log_retention_days=self.settings.log_retention_days,
        )
        return Function(name, args)


def declare(settings: Settings, storage: Storage, address: Address, code: pulumi.Archive) -> BackendFunctions:
    """Declare the three functions and what becomes of a report whose worker died."""
    around = _Surroundings(settings=settings, storage=storage, address=address, code=code)
    failures = _failures(around)
    worker = _worker(around, failures)
    send_failures(worker, failures, max_age_s=settings.event_max_age_seconds)
    return BackendFunctions(router=_router(around, worker), worker=worker, failures=failures)


def _failures(around: _Surroundings) -> Function:
    step = allow("StepReports", ["dynamodb:GetItem", "dynamodb:UpdateItem"], around.storage.reports.arn)
    return around.function("failures", variables={}, statements=[step])


def _worker(around: _Surroundings, failures: Function) -> Function:
    settings, storage = around.settings, around.storage
    return around.function(
        "worker",
        timeout_s=settings.worker_timeout_seconds,
        memory_mb=settings.worker_memory_mb,
        variables={
            "REPORTS_BUCKET": storage.report_files.bucket,
            "LINK_TTL_S": str(settings.link_ttl_seconds),
            "FILE_TTL_S": str(settings.file_ttl_s),
        },
        statements=[
            allow("StepReports", ["dynamodb:GetItem", "dynamodb:UpdateItem"], storage.reports.arn),
            allow(
                "WriteFiles", ["s3:PutObject", "s3:AbortMultipartUpload", "s3:GetObject"], storage.report_objects_arn
            ),
            allow("ReportFailure", ["lambda:InvokeFunction"], failures.arn),
        ],
    )


def _router(around: _Surroundings, worker: Function) -> Function:
    settings, storage = around.settings, around.storage
    write = ["dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:UpdateItem"]
    return around.function(
        "router",
        variables={
            "CONNECTIONS_TABLE": storage.connections.name,
            "REPORTS_BUCKET": storage.report_files.bucket,
            "WORKER_FUNCTION": worker.name,
            "LINK_TTL_S": str(settings.link_ttl_seconds),
            "REPORT_TTL_S": str(settings.report_ttl_s),
            "EVENT_MAX_AGE_S": str(settings.event_max_age_seconds),
        },
        statements=[
            allow("KeepConnections", [*write, "dynamodb:DeleteItem"], storage.connections.arn),
            allow("KeepReports", write, storage.reports.arn),
            allow("ListReports", ["dynamodb:Query"], storage.owner_index_arn),
            allow("SignLinks", ["s3:GetObject"], storage.report_objects_arn),
            allow("StartReports", ["lambda:InvokeFunction"], worker.arn),
        ],
    )
