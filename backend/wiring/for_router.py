"""The router's use cases on their adapters.

environment, clients ──▶ **compose** ──▶ `Router` ──▶ router
"""

import os
from dataclasses import dataclass

from backend.catalog.definition import Catalog
from backend.service.answering import Answering
from backend.service.ports import Clock, ConnectionStore, Push, Sleep
from backend.wiring import logs, use_cases
from backend.wiring.settings import RouterSettings
from backend.wiring.use_cases import Adapters


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
    composed = use_cases.compose(adapters, settings, catalog)
    answering = Answering(
        submission=composed.submission,
        reading=composed.reading,
        cancelling=composed.cancelling,
        paging=composed.paging,
        link_to=composed.links.link_to,
        rates=composed.rates,
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
    settings = RouterSettings.read(os.environ)
    logs.configure(settings.metrics_namespace)
    return compose(use_cases.deployed(settings), settings, use_cases.catalog(settings))
