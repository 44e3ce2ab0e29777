"""The use cases of reports in one request on their adapters.

environment, clients ──▶ **compose** ──▶ `Door` ──▶ synchronous
"""

import os

from backend.catalog.definition import Catalog
from backend.protocol.resources import SYNCHRONOUS
from backend.web.door import Door
from backend.web.synchronous import Synchronous
from backend.wiring import logs, use_cases
from backend.wiring.settings import SynchronousSettings
from backend.wiring.use_cases import Adapters


def compose(adapters: Adapters, settings: SynchronousSettings, catalog: Catalog) -> Door:
    """Put the use cases together."""
    composed = use_cases.compose(adapters, settings, catalog)
    synchronous = Synchronous(
        submission=composed.submission,
        reading=composed.reading,
        link_to=composed.links.link_to,
        clock=adapters.clock,
        sleep=adapters.sleep,
    )
    return Door(
        handles={("POST", SYNCHRONOUS): synchronous.post},
        rates=composed.rates,
        clock=adapters.clock,
        access_key_is_identity=settings.access_key_is_identity,
    )


def deployed() -> Door:
    """Compose what the environment describes."""
    settings = SynchronousSettings.read(os.environ)
    logs.configure(settings.metrics_namespace)
    return compose(use_cases.deployed(settings), settings, use_cases.catalog(settings))
