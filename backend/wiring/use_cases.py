"""The use cases of those who ask, which both doors open on, on their adapters.

for_router, for_http_router ──▶ **compose** ──▶ `UseCases`
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from backend import reports
from backend.aws.connection_push import ConnectionPush
from backend.aws.connection_table import ConnectionTable
from backend.aws.report_table import ReportTable
from backend.aws.result_bucket import ResultBucket
from backend.aws.worker_invocation import WorkerInvocation
from backend.catalog.definition import Catalog, open_to_all
from backend.catalog.loading import load
from backend.service.announcing import Announcer, Each, at_once
from backend.service.cancelling import Cancelling
from backend.service.ending import Ending
from backend.service.links import Links
from backend.service.paging import Paging
from backend.service.ports import Clock, ConnectionStore, Counter, Invoke, Push, ReportStore, ResultStore, Sleep
from backend.service.rates import Rates
from backend.service.reading import Reading
from backend.service.settling import Settling
from backend.service.submission import Submission
from backend.wiring import clients
from backend.wiring.settings import FrontSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """The adapters of the use cases."""

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
class UseCases:
    """What callers can do."""

    submission: Submission
    reading: Reading
    settling: Settling
    cancelling: Cancelling
    paging: Paging
    links: Links
    rates: Rates


def compose(adapters: Adapters, settings: FrontSettings, catalog: Catalog) -> UseCases:
    """Put the use cases together."""
    store = adapters.reports
    links = Links(adapters.results, timedelta(seconds=settings.link_ttl_s), adapters.clock)
    announcer = Announcer(store, adapters.push, links.link_to, adapters.clock, adapters.sleep, adapters.each)
    ending = Ending(store, adapters.invoke)
    settling = Settling(store, ending, announcer, timedelta(seconds=settings.event_max_age_s))
    reading = Reading(store, settling)
    rates = Rates(
        count=adapters.count,
        messages_per_second=settings.messages_per_second,
        submissions_per_minute=settings.submissions_per_minute,
    )
    submission = Submission(
        reports=store,
        ending=ending,
        reading=reading,
        settling=settling,
        invoke=adapters.invoke,
        catalog=catalog,
        report_ttl=timedelta(seconds=settings.report_ttl_s),
        rates=rates,
        max_active=settings.max_active_reports,
    )
    return UseCases(
        submission=submission,
        reading=reading,
        settling=settling,
        cancelling=Cancelling(store, ending, reading, announcer),
        paging=Paging(reading, catalog),
        links=links,
        rates=rates,
    )


def catalog(settings: FrontSettings) -> Catalog:
    """Return the reports there are. On a local backend whose people are access keys nobody is in a group."""
    found = load(reports)
    return open_to_all(found) if settings.access_key_is_identity else found


def deployed(settings: FrontSettings) -> Adapters:
    """Return the adapters to what the environment describes."""
    tables = clients.dynamodb()
    connections = ConnectionTable(tables, settings.connections_table)
    return Adapters(
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
