"""The use case of the on-failure destination on its adapters.

environment, clients ──▶ **compose** ──▶ `Abandonment` ──▶ failures
"""

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from backend.aws.connection_push import ConnectionPush
from backend.aws.report_table import ReportTable
from backend.service.abandonment import Abandonment
from backend.service.announcing import Announcer, Each, at_once
from backend.service.ending import Ending
from backend.service.ports import Clock, Invoke, Push, ReportStore, Sleep
from backend.wiring import clients, logs
from backend.wiring.invocation import worker_invocation
from backend.wiring.settings import FailuresSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """The adapters of the use case."""

    reports: ReportStore
    push: Push
    invoke: Invoke
    clock: Clock
    sleep: Sleep
    each: Each = map


def compose(adapters: Adapters, settings: FailuresSettings) -> Abandonment:
    """Put the use case together. A report that it ends has no file, hence no link."""
    announcer = Announcer(
        adapters.reports, adapters.push, lambda _: None, adapters.clock, adapters.sleep, adapters.each
    )
    ending = Ending(adapters.reports, adapters.invoke)
    return Abandonment(ending, announcer, adapters.clock, settings.event_max_age_s)


def deployed() -> Abandonment:
    """Compose what the environment describes."""
    settings = FailuresSettings.read(os.environ)
    logs.configure(settings.metrics_namespace)
    adapters = Adapters(
        reports=ReportTable(clients.dynamodb(), settings.reports_table),
        push=ConnectionPush(clients.connections(settings.management_endpoint)),
        invoke=worker_invocation(settings.worker_function),
        clock=lambda: datetime.now(UTC),
        sleep=time.sleep,
        each=at_once,
    )
    return compose(adapters, settings)
