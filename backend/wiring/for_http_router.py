"""The HTTP door's use cases on their adapters.

environment, clients ──▶ **compose** ──▶ `HttpDoor` ──▶ http_router
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from backend import reports
from backend.catalog.definition import Catalog
from backend.catalog.loading import load
from backend.service.news import News
from backend.service.ports import Clock
from backend.service.rates import Rates
from backend.service.waiting import Waiting
from backend.web.asking import Handle
from backend.web.catalog import CatalogResources
from backend.web.changes import Changes
from backend.web.reports import Reports
from backend.wiring import logs, use_cases
from backend.wiring.settings import HttpSettings
from backend.wiring.use_cases import Adapters


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpDoor:
    """The state that the resources share."""

    handles: Mapping[tuple[str, str], Handle]
    """By method and resource."""
    rates: Rates
    clock: Clock
    access_key_is_identity: bool


def compose(adapters: Adapters, settings: HttpSettings, catalog: Catalog) -> HttpDoor:
    """Put the use cases together, each under its method and resource."""
    composed = use_cases.compose(adapters, settings, catalog)
    waiting = Waiting(
        count=adapters.count, clock=adapters.clock, sleep=adapters.sleep, max_waiters=settings.max_waiters
    )
    of_reports = Reports(
        submission=composed.submission,
        reading=composed.reading,
        cancelling=composed.cancelling,
        paging=composed.paging,
        waiting=waiting,
        link_to=composed.links.link_to,
        clock=adapters.clock,
    )
    changes = Changes(
        news=News(adapters.reports, composed.settling), waiting=waiting, show=of_reports.show, clock=adapters.clock
    )
    of_catalog = CatalogResources(paging=composed.paging, catalog=catalog)
    handles: Mapping[tuple[str, str], Handle] = {
        ("GET", "/reports"): of_reports.list,
        ("POST", "/reports"): of_reports.post,
        ("GET", "/reports/{reportId}"): of_reports.get,
        ("PUT", "/reports/{reportId}"): of_reports.put,
        ("GET", "/reports/{reportId}/file"): of_reports.file,
        ("POST", "/reports/{reportId}/cancel"): of_reports.cancel,
        ("GET", "/changes"): changes.get,
        ("GET", "/catalog"): of_catalog.page,
        ("GET", "/catalog/{definition}"): of_catalog.definition,
    }
    return HttpDoor(
        handles=handles,
        rates=composed.rates,
        clock=adapters.clock,
        access_key_is_identity=settings.access_key_is_identity,
    )


def deployed() -> HttpDoor:
    """Compose what the environment describes."""
    logs.configure()
    settings = HttpSettings.read(os.environ)
    return compose(use_cases.deployed(settings), settings, load(reports))
