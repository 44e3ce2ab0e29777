"""The functions of the backend: what each reads from its environment and what it may do.

storage, API address, bundles ──▶ **backend_functions** ──▶ the APIs, operations
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input

from infra.distributed.engine import DistributedEngine
from infra.functions import LIVE, Function, FunctionArgs, send_failures
from infra.instances.capacity import Capacity
from infra.policies import Statement, allow, allow_key
from infra.settings import Settings
from infra.sign_in.issuer import Issuer
from infra.sign_in.report_groups import report_groups
from infra.storage import Storage
from infra.websocket_api import Address

KEEP_REPORTS = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:GetItem")
ROUTE_TIMEOUT_S = 29
"""API Gateway waits no longer for a route.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
"""
LONGEST_TIMEOUT_S = 900
"""Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
SYNCHRONOUS_TIMEOUT_S = 300
"""Longer than API Gateway waits, which so cuts requests off itself; as long as it waits with the highest quota.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
"""
AUTHORIZER_TIMEOUT_S = 10
"""More than its start and the two requests that it may have to send, of 3 s each: `backend.wiring.for_authorizer`."""
START_STREAMING = "backend/streaming/start.sh"
SMALL_MEMORY_MB = 512
"""Lambda's share of CPU grows with memory: below this, importing boto3 alone takes seconds."""
SMALL_STORAGE_MB = 512
"""The least of /tmp there is.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html
"""


@dataclass(frozen=True, kw_only=True)
class Code:
    """The bundles: see `bundle`."""

    front: pulumi.Archive
    """Of all but these."""
    worker: pulumi.Archive
    events: pulumi.Archive | None
    """None where the stack streams nothing."""
    authorizer: pulumi.Archive | None
    """None where analysts sign with AWS credentials."""


@dataclass(frozen=True, kw_only=True)
class BackendFunctions:
    """The functions, by role."""

    router: Function
    http_router: Function
    worker: Function
    failures: Function
    events: Function | None
    synchronous: Function | None
    authorizer: Function | None

    def all(self) -> Mapping[str, Function]:
        """Return every function by its name."""
        optional = {"events": self.events, "synchronous": self.synchronous, "authorizer": self.authorizer}
        return {
            "router": self.router,
            "http-router": self.http_router,
            "worker": self.worker,
            "failures": self.failures,
            **{name: function for name, function in optional.items() if function},
        }


@dataclass(frozen=True, kw_only=True)
class _Surroundings:
    """The parts of the stack that every function is declared from."""

    settings: Settings
    storage: Storage
    address: Address
    code: Code

    def function(
        self,
        name: str,
        *,
        code: pulumi.Archive,
        variables: Mapping[str, Input[str]],
        statements: Sequence[Statement],
        timeout_s: int = ROUTE_TIMEOUT_S,
        memory_mb: int = SMALL_MEMORY_MB,
        storage_mb: int = SMALL_STORAGE_MB,
        reserved_concurrency: int | None = None,
        capacity: Capacity | None = None,
        wrapper: str | None = None,
    ) -> Function:
        every: dict[str, Input[str]] = {
            "REPORTS_TABLE": self.storage.reports.name,
            "MANAGEMENT_ENDPOINT": self.address.management_endpoint,
            "METRICS_NAMESPACE": self.settings.metrics_namespace,
        }
        push = allow("Push", ["execute-api:ManageConnections"], self.address.connections_arn)
        args = FunctionArgs(
            handler=f"backend.{name.replace('-', '_')}.handler",
            code=code,
            memory_mb=memory_mb,
            storage_mb=storage_mb,
            timeout_s=timeout_s,
            variables={**every, **variables},
            statements=[*statements, push, *self._use_key(writes_files=name == "worker")],
            log_retention_days=self.settings.log_retention_days,
            permissions_boundary=self.settings.permissions_boundary,
            reserved_concurrency=reserved_concurrency,
            capacity=capacity,
            wrapper=wrapper,
        )
        return Function(name, args)

    def _use_key(self, *, writes_files: bool) -> list[Statement]:
        """Return what a function must be allowed with the operator's key: who signs links reads files by them."""
        settings = self.settings
        if not settings.kms_key_arn:
            return []
        actions = ["kms:Decrypt", "kms:GenerateDataKey"] if writes_files else ["kms:Decrypt"]
        return [allow_key(settings.kms_key_arn, actions, settings.region, settings.partition.dns_suffix)]


def declare(
    settings: Settings,
    storage: Storage,
    address: Address,
    code: Code,
    *,
    issuer: Issuer | None,
    engine: DistributedEngine | None,
    capacity: Capacity | None,
) -> BackendFunctions:
    """Declare the functions and what becomes of a report whose worker died."""
    around = _Surroundings(settings=settings, storage=storage, address=address, code=code)
    worker = _worker(around, engine, capacity)
    if engine:  # the next one goes on with a query that takes longer than a worker lives
        worker.may_invoke(worker, name="goes-on", sid="GoOn")
    stopper = worker if engine else None
    failures = _failures(around, stopper)
    send_failures(worker, failures, max_age_s=settings.event_max_age_seconds, retries=2 if engine else 1)
    return BackendFunctions(
        router=_router(around, worker),
        http_router=_http_router(around, worker),
        worker=worker,
        failures=failures,
        events=_events(around, code.events, stopper) if code.events else None,
        synchronous=_synchronous(around, worker) if settings.synchronous_reports else None,
        authorizer=_authorizer(settings, code.authorizer, issuer) if code.authorizer and issuer else None,
    )


def _failures(around: _Surroundings, stopper: Function | None) -> Function:
    return around.function(
        "failures",
        code=around.code.front,
        variables={
            "EVENT_MAX_AGE_S": str(around.settings.event_max_age_seconds),
            **_stopping_variables(stopper),
        },
        statements=[
            allow("StepReports", ["dynamodb:UpdateItem"], around.storage.reports.arn),
            *_stopping_statements(stopper),
        ],
    )


def _stopping_variables(stopper: Function | None) -> dict[str, Input[str]]:
    """Return what a function reads that ends reports whose queries a worker then has to stop."""
    return {"WORKER_FUNCTION": stopper.live.arn} if stopper else {}


def _stopping_statements(stopper: Function | None) -> list[Statement]:
    """Return what such a function must be allowed."""
    return [allow("StopQueries", ["lambda:InvokeFunction"], stopper.live.arn)] if stopper else []


def _worker(around: _Surroundings, engine: DistributedEngine | None, capacity: Capacity | None) -> Function:
    settings, storage = around.settings, around.storage
    return around.function(
        "worker",
        code=around.code.worker,
        timeout_s=settings.worker_timeout_seconds,
        memory_mb=settings.worker_memory_mb,
        storage_mb=settings.worker_storage_mb,
        reserved_concurrency=settings.worker_reserved_concurrency,
        capacity=capacity,
        variables={
            "REPORTS_BUCKET": storage.report_files.bucket,
            "DATASETS_BUCKET": storage.datasets.bucket,
            "LINK_TTL_S": str(settings.link_ttl_seconds),
            "FILE_TTL_S": str(settings.file_ttl_s),
            "WORKER_MEMORY_MB": str(settings.worker_memory_mb),
            "WORKER_STORAGE_MB": str(settings.worker_storage_mb),
            **({"WORKER_THREADS": str(settings.processors)} if capacity else {}),
            **(_of_engine(settings, engine) if engine else {}),
        },
        statements=[
            allow("StepReports", ["dynamodb:GetItem", "dynamodb:UpdateItem"], storage.reports.arn),
            allow("WriteFiles", ["s3:PutObject", "s3:AbortMultipartUpload"], storage.report_objects_arn),
            *_sign_links(storage),
            allow("ReadDatasets", ["s3:GetObject"], storage.dataset_objects_arn),
            allow("ListDatasets", ["s3:ListBucket"], storage.datasets.arn),
            *(engine.statements if engine else ()),
        ],
    )


def _of_engine(settings: Settings, engine: DistributedEngine) -> dict[str, Input[str]]:
    """Return what a worker reads whose query may take longer than it lives."""
    return {
        "EVENT_MAX_AGE_S": str(settings.event_max_age_seconds),
        "WORKER_ALIAS": LIVE,
        **engine.variables,
    }


def _router(around: _Surroundings, worker: Function) -> Function:
    keep = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"]
    return around.function(
        "router",
        code=around.code.front,
        reserved_concurrency=around.settings.router_reserved_concurrency,
        variables=_front_variables(around, worker),
        statements=[
            allow("KeepConnections", keep, around.storage.connections.arn),
            allow("KeepReports", KEEP_REPORTS, around.storage.reports.arn),
            *_front_statements(around, worker),
        ],
    )


def _http_router(around: _Surroundings, worker: Function) -> Function:
    return around.function(
        "http-router",
        code=around.code.front,
        reserved_concurrency=around.settings.http_reserved_concurrency,
        variables={**_front_variables(around, worker), "MAX_WAITERS": str(around.settings.max_waiters)},
        statements=[
            allow("Count", ["dynamodb:UpdateItem"], around.storage.connections.arn),
            allow("KeepReports", [*KEEP_REPORTS, "dynamodb:BatchGetItem"], around.storage.reports.arn),
            *_front_statements(around, worker),
        ],
    )


def _synchronous(around: _Surroundings, worker: Function) -> Function:
    return around.function(
        "synchronous",
        code=around.code.front,
        timeout_s=SYNCHRONOUS_TIMEOUT_S,
        variables=_front_variables(around, worker),
        statements=[
            allow("Count", ["dynamodb:UpdateItem"], around.storage.connections.arn),
            allow("KeepReports", KEEP_REPORTS, around.storage.reports.arn),
            allow("CountReports", ["dynamodb:Query"], around.storage.active_index_arn),
            *_start_and_show(around, worker),
        ],
    )


def _events(around: _Surroundings, code: pulumi.Archive, stopper: Function | None) -> Function:
    settings, storage = around.settings, around.storage
    return around.function(
        "events",
        code=code,
        wrapper=START_STREAMING,
        timeout_s=LONGEST_TIMEOUT_S,
        reserved_concurrency=settings.events_reserved_concurrency,
        variables={
            "CONNECTIONS_TABLE": storage.connections.name,
            "REPORTS_BUCKET": storage.report_files.bucket,
            "LINK_TTL_S": str(settings.link_ttl_seconds),
            "EVENT_MAX_AGE_S": str(settings.event_max_age_seconds),
            "MESSAGES_PER_SECOND": str(settings.messages_per_second),
            **_stopping_variables(stopper),
        },
        statements=[
            allow("Count", ["dynamodb:UpdateItem"], storage.connections.arn),
            allow("ReadAndEndReports", ["dynamodb:GetItem", "dynamodb:UpdateItem"], storage.reports.arn),
            *_sign_links(storage),
            *_stopping_statements(stopper),
        ],
    )


def _authorizer(settings: Settings, code: pulumi.Archive, issuer: Issuer) -> Function:
    """Declare the function that checks tokens, which may write its log and nothing else."""
    args = FunctionArgs(
        handler="backend.authorizer.handler",
        code=code,
        memory_mb=SMALL_MEMORY_MB,
        storage_mb=SMALL_STORAGE_MB,
        timeout_s=AUTHORIZER_TIMEOUT_S,
        variables={
            "METRICS_NAMESPACE": settings.metrics_namespace,
            "REPORT_GROUPS": report_groups(),
            **issuer.variables(),
        },
        statements=[],
        log_retention_days=settings.log_retention_days,
        permissions_boundary=settings.permissions_boundary,
        reserved_concurrency=settings.authorizer_reserved_concurrency,
    )
    return Function("authorizer", args)


def _front_variables(around: _Surroundings, worker: Function) -> dict[str, Input[str]]:
    """Return what a function reads that callers reach."""
    settings, storage = around.settings, around.storage
    return {
        "CONNECTIONS_TABLE": storage.connections.name,
        "REPORTS_BUCKET": storage.report_files.bucket,
        "WORKER_FUNCTION": worker.live.arn,
        "LINK_TTL_S": str(settings.link_ttl_seconds),
        "REPORT_TTL_S": str(settings.report_ttl_s),
        "MAX_ACTIVE_REPORTS": str(settings.max_active_reports),
        "EVENT_MAX_AGE_S": str(settings.event_max_age_seconds),
        "MESSAGES_PER_SECOND": str(settings.messages_per_second),
        "SUBMISSIONS_PER_MINUTE": str(settings.submissions_per_minute),
    }


def _front_statements(around: _Surroundings, worker: Function) -> list[Statement]:
    storage = around.storage
    return [
        allow("ListReports", ["dynamodb:Query"], storage.owner_index_arn, storage.active_index_arn),
        *_start_and_show(around, worker),
    ]


def _start_and_show(around: _Surroundings, worker: Function) -> list[Statement]:
    return [*_sign_links(around.storage), allow("StartReports", ["lambda:InvokeFunction"], worker.live.arn)]


def _sign_links(storage: Storage) -> list[Statement]:
    """Return what the signer of links must be allowed: a link may do what its signer may.

    S3 answers 404 for a file that is gone only to who may list the bucket; to others 403, as if the link were wrong.
    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    return [
        allow("SignLinks", ["s3:GetObject"], storage.report_objects_arn),
        allow("TellMissingFiles", ["s3:ListBucket"], storage.report_files.arn),
    ]
