"""The HTTP door's use cases on their adapters.

environment, clients ──▶ **compose** ──▶ `Door` ──▶ http_router
"""

import os
from collections.abc import Mapping

from backend.catalog.definition import Catalog
from backend.protocol.resources import DOCUMENTS
from backend.service.following.news import News
from backend.service.following.waiting import Waiting
from backend.web.asking import Handle
from backend.web.catalog import CatalogResources, document
from backend.web.changes import Changes
from backend.web.door import Door
from backend.web.reports import Reports
from backend.wiring import logs, use_cases
from backend.wiring.settings import HttpSettings
from backend.wiring.use_cases import Adapters


def compose(adapters: Adapters, settings: HttpSettings, catalog: Catalog) -> Door:
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
    return Door(
        handles=handles,
        rates=composed.rates,
        clock=adapters.clock,
        access_key_is_identity=settings.access_key_is_identity,
        public=dict.fromkeys(DOCUMENTS, document),
    )


def deployed() -> Door:
    """Compose what the environment describes."""
    settings = HttpSettings.read(os.environ)
    logs.configure(settings.metrics_namespace)
    return compose(use_cases.deployed(settings), settings, use_cases.catalog(settings))
