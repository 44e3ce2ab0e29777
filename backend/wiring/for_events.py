"""The events' use case on its adapters.

environment, clients ──▶ **compose** ──▶ `Door` ──▶ events
"""

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from backend.aws.connection_push import ConnectionPush
from backend.aws.connection_table import ConnectionTable
from backend.aws.report_table import ReportTable
from backend.aws.result_bucket import ResultBucket
from backend.protocol.resources import EVENTS
from backend.service.announcing import Announcer, Each, at_once
from backend.service.ending import Ending
from backend.service.following.listening import Listening
from backend.service.links import Links
from backend.service.ports import Clock, Counter, Invoke, Push, ReportStore, ResultStore, Sleep
from backend.service.rates import Rates
from backend.service.settling import Settling
from backend.web.door import Door
from backend.web.events import Events
from backend.wiring import clients, logs
from backend.wiring.invocation import worker_invocation
from backend.wiring.settings import EventsSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """The adapters of the use case."""

    reports: ReportStore
    count: Counter
    results: ResultStore
    push: Push
    invoke: Invoke
    clock: Clock
    sleep: Sleep
    each: Each = map


def compose(adapters: Adapters, settings: EventsSettings) -> Door:
    """Put the use case together."""
    store, clock, sleep = adapters.reports, adapters.clock, adapters.sleep
    links = Links(adapters.results, timedelta(seconds=settings.link_ttl_s), clock)
    announcer = Announcer(store, adapters.push, links.link_to, clock, sleep, adapters.each)
    settling = Settling(store, Ending(store, adapters.invoke), announcer, timedelta(seconds=settings.event_max_age_s))
    listening = Listening(reports=store, settling=settling, clock=clock, sleep=sleep)
    events = Events(listening=listening, link_to=links.link_to, clock=clock, longest_s=settings.longest_stream_s)
    rates = Rates(
        count=adapters.count,
        messages_per_second=settings.messages_per_second,
        submissions_per_minute=0,  # nothing is asked for here
    )
    return Door(
        handles={("GET", EVENTS): events.get},
        rates=rates,
        clock=clock,
        access_key_is_identity=settings.access_key_is_identity,
    )


def deployed() -> Door:
    """Compose what the environment describes."""
    settings = EventsSettings.read(os.environ)
    logs.configure(settings.metrics_namespace)
    tables = clients.dynamodb()
    adapters = Adapters(
        reports=ReportTable(tables, settings.reports_table),
        count=ConnectionTable(tables, settings.connections_table).count,
        results=ResultBucket(clients.buckets(), settings.reports_bucket),
        push=ConnectionPush(clients.connections(settings.management_endpoint)),
        invoke=worker_invocation(settings.worker_function),
        clock=lambda: datetime.now(UTC),
        sleep=time.sleep,
        each=at_once,
    )
    return compose(adapters, settings)
