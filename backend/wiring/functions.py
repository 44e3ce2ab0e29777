"""Composition root of the functions: the one place that reads the environment and makes clients.

entry point ──▶ **wiring** ──▶ use cases with their adapters

A function's process is made once and then serves many events, so each is put together at the first.
"""

import os
import time
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from functools import cache

import boto3
from botocore.config import Config

from backend.aws.connection_push import ConnectionPush
from backend.aws.dataset_bucket import DatasetBucket
from backend.aws.report_table import ConnectionTable, ReportTable
from backend.aws.result_bucket import ResultBucket
from backend.aws.worker_invocation import WorkerInvocation
from backend.catalog import loading
from backend.protocol import quotas
from backend.service.abandonment import Abandonment
from backend.service.announcing import Announcer, Links
from backend.service.answering import Service
from backend.service.aside import aside
from backend.service.execution import Execution
from backend.service.posting import at_once
from backend.service.rates import Rates
from backend.service.reading import Reading
from backend.service.submission import Submission
from backend.wiring import logs
from backend.wiring.settings import FailuresSettings, RouterSettings, Settings, WorkerSettings

_CONFIG = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4})
_PUSH_CONFIG = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 1},
    max_pool_connections=quotas.WATCHERS_PER_REPORT,
)
_S3_CONFIG = _CONFIG.merge(
    Config(
        signature_version="s3v4",
        s3={"addressing_style": "virtual"},  # else links name the global host, which newer regions refuse
        request_checksum_calculation="when_required",
    )
)


@cache
def service() -> Service:
    """Put together what the router needs."""
    logs.configure()
    settings = RouterSettings.read(os.environ)
    table, push, links, catalog = _reports(settings), _push(settings), _links(settings), loading.load()
    announcer = Announcer(table, push, links.link_to, time.sleep, at_once)
    reading = Reading(table, announcer, _now, timedelta(seconds=settings.event_max_age_s))
    connections = ConnectionTable(table.client, settings.connections_table)
    rates = Rates(
        count=connections.count,
        clock=_now,
        messages_per_second=settings.messages_per_second,
        submissions_per_minute=settings.submissions_per_minute,
    )
    return Service(
        connections=connections,
        submission=Submission(
            reports=table,
            reading=reading,
            invoke=WorkerInvocation(boto3.client("lambda", config=_CONFIG), settings.worker_function),
            catalog=catalog,
            clock=_now,
            report_ttl=timedelta(seconds=settings.report_ttl_s),
            rates=rates,
            max_active=settings.max_active_reports,
        ),
        reading=reading,
        link_to=links.link_to,
        catalog=catalog,
        push=push,
        clock=_now,
        sleep=time.sleep,
        rates=rates,
        access_key_is_identity=settings.access_key_is_identity,
    )


@cache
def execution() -> Execution:
    """Put together what the worker needs."""
    from backend.engine.duck.sandbox import Limits  # noqa: PLC0415
    from backend.engine.export import DuckEngine  # noqa: PLC0415  the others would pay for an import they never use

    logs.configure()
    settings = WorkerSettings.read(os.environ)
    table, links = _reports(settings), _links(settings)
    return Execution(
        reports=table,
        results=links.results,
        announcer=Announcer(table, _push(settings), links.link_to, time.sleep, at_once),
        catalog=loading.load(),
        engine=DuckEngine(
            DatasetBucket(boto3.client("s3", config=_S3_CONFIG), settings.datasets_bucket),
            Limits.of_function(settings.worker_memory_mb, settings.worker_storage_mb),
        ),
        clock=_now,
        sleep=time.sleep,
        file_ttl=timedelta(seconds=settings.file_ttl_s),
        aside=aside if settings.posts_aside else nullcontext,
    )


@cache
def abandonment() -> Abandonment:
    """Put together what the on-failure destination needs; what it ends has no file, hence no link."""
    logs.configure()
    settings = FailuresSettings.read(os.environ)
    table = _reports(settings)
    return Abandonment(table, Announcer(table, _push(settings), lambda _: None, time.sleep, at_once), _now)


def _now() -> datetime:
    return datetime.now(UTC)


def _reports(settings: Settings) -> ReportTable:
    return ReportTable(boto3.client("dynamodb", config=_CONFIG), settings.reports_table)


def _push(settings: Settings) -> ConnectionPush:
    endpoint = settings.management_endpoint
    return ConnectionPush(boto3.client("apigatewaymanagementapi", endpoint_url=endpoint, config=_PUSH_CONFIG))


def _links(settings: RouterSettings | WorkerSettings) -> Links:
    bucket = ResultBucket(boto3.client("s3", config=_S3_CONFIG), settings.reports_bucket)
    return Links(bucket, timedelta(seconds=settings.link_ttl_s), _now)
