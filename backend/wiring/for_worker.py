"""The worker's use case on its adapters.

environment, clients ──▶ **compose** ──▶ `Execution` ──▶ worker
"""

import os
import time
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from backend import reports
from backend.aws.connection_push import ConnectionPush
from backend.aws.dataset_bucket import DatasetBucket
from backend.aws.report_table import ReportTable
from backend.aws.result_bucket import ResultBucket
from backend.catalog.definition import Catalog
from backend.catalog.loading import load
from backend.engine.budget import Limits
from backend.engine.distributed.engine import ReportEngine
from backend.engine.export import DuckEngine
from backend.service.announcing import Announcer, Each, at_once
from backend.service.links import Links
from backend.service.making.aside import aside
from backend.service.making.execution import Execution
from backend.service.ports import Clock, Engine, Invoke, Push, ReportStore, ResultStore, Sleep
from backend.wiring import clients, logs
from backend.wiring.distributed_engine import distribution
from backend.wiring.invocation import worker_invocation
from backend.wiring.settings import WorkerSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """The adapters of the worker's use case."""

    reports: ReportStore
    results: ResultStore
    push: Push
    engine: Engine
    invoke: Invoke
    clock: Clock
    sleep: Sleep
    each: Each = map


def compose(adapters: Adapters, settings: WorkerSettings, catalog: Catalog) -> Execution:
    """Put the use case together."""
    links = Links(adapters.results, timedelta(seconds=settings.link_ttl_s), adapters.clock)
    return Execution(
        reports=adapters.reports,
        results=adapters.results,
        announcer=Announcer(
            adapters.reports, adapters.push, links.link_to, adapters.clock, adapters.sleep, adapters.each
        ),
        catalog=catalog,
        engine=adapters.engine,
        clock=adapters.clock,
        sleep=adapters.sleep,
        invoke=adapters.invoke,
        file_ttl=timedelta(seconds=settings.file_ttl_s),
        event_max_age=timedelta(seconds=settings.event_max_age_s),
        aside=aside if settings.posts_aside else nullcontext,
    )


def deployed() -> Execution:
    """Compose what the environment describes."""
    settings = WorkerSettings.read(os.environ)
    logs.configure(settings.metrics_namespace)
    buckets = clients.buckets()
    limits = Limits.of_function(settings.worker_memory_mb, settings.worker_storage_mb, settings.worker_threads)
    datasets = DatasetBucket(buckets, settings.datasets_bucket)
    adapters = Adapters(
        reports=ReportTable(clients.dynamodb(), settings.reports_table),
        results=ResultBucket(buckets, settings.reports_bucket),
        push=ConnectionPush(clients.connections(settings.management_endpoint)),
        engine=ReportEngine(DuckEngine(datasets, limits), distribution(settings, datasets, limits, buckets)),
        invoke=worker_invocation(settings.own_alias),
        clock=lambda: datetime.now(UTC),
        sleep=time.sleep,
        each=at_once,
    )
    return compose(adapters, settings, load(reports))
