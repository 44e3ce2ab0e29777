"""The router's use cases on their adapters.

environment, clients ──▶ **compose** ──▶ `Router` ──▶ router
"""

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from backend import reports
from backend.aws.connection_push import ConnectionPush
from backend.aws.connection_table import ConnectionTable
from backend.aws.report_table import ReportTable
from backend.aws.result_bucket import ResultBucket
from backend.aws.worker_invocation import WorkerInvocation
from backend.catalog.definition import Catalog
from backend.catalog.loading import load
from backend.service.announcing import Announcer, Each, at_once
from backend.service.answering import Answering
from backend.service.cancelling import Cancelling
from backend.service.links import Links
from backend.service.ports import Clock, ConnectionStore, Counter, Invoke, Push, ReportStore, ResultStore, Sleep
from backend.service.rates import Rates
from backend.service.reading import Reading
from backend.service.settling import Settling
from backend.service.submission import Submission
from backend.wiring import clients, logs
from backend.wiring.settings import RouterSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """The adapters of the router's use cases."""

    reports: ReportStore
    connections: ConnectionStore
    count: Counter
    results: ResultStore
    push: Push
    invoke: Invoke
    clock: Clock
    sleep: Sleep
    each: Each = map


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """The state that the routes share."""

    connections: ConnectionStore
    answering: Answering
    push: Push
    clock: Clock
    sleep: Sleep
    access_key_is_identity: bool


def compose(adapters: Adapters, settings: RouterSettings, catalog: Catalog) -> Router:
    """Put the use cases together."""
    store = adapters.reports
    links = Links(adapters.results, timedelta(seconds=settings.link_ttl_s), adapters.clock)
    announcer = Announcer(store, adapters.push, links.link_to, adapters.clock, adapters.sleep, adapters.each)
    settling = Settling(store, announcer, timedelta(seconds=settings.event_max_age_s))
    reading = Reading(store, settling)
    rates = Rates(
        count=adapters.count,
        messages_per_second=settings.messages_per_second,
        submissions_per_minute=settings.submissions_per_minute,
    )
    submission = Submission(
        reports=store,
        reading=reading,
        settling=settling,
        invoke=adapters.invoke,
        catalog=catalog,
        report_ttl=timedelta(seconds=settings.report_ttl_s),
        rates=rates,
        max_active=settings.max_active_reports,
    )
    answering = Answering(
        submission=submission,
        reading=reading,
        cancelling=Cancelling(store, reading, announcer),
        catalog=catalog,
        link_to=links.link_to,
        rates=rates,
        clock=adapters.clock,
    )
    return Router(
        connections=adapters.connections,
        answering=answering,
        push=adapters.push,
        clock=adapters.clock,
        sleep=adapters.sleep,
        access_key_is_identity=settings.access_key_is_identity,
    )


def deployed() -> Router:
    """Compose what the environment describes."""
    logs.configure()
    settings = RouterSettings.read(os.environ)
    tables = clients.dynamodb()
    connections = ConnectionTable(tables, settings.connections_table)
    adapters = Adapters(
        reports=ReportTable(tables, settings.reports_table),
        connections=connections,
        count=connections.count,
        results=ResultBucket(clients.buckets(), settings.reports_bucket),
        push=ConnectionPush(clients.connections(settings.management_endpoint)),
        invoke=WorkerInvocation(clients.functions(), settings.worker_function),
        clock=lambda: datetime.now(UTC),
        sleep=time.sleep,
        each=at_once,
    )
    return compose(adapters, settings, load(reports))
