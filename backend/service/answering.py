"""The use cases behind the routes, with what they need.

wiring ──▶ **Service** ──▶ router
"""

from dataclasses import dataclass

from backend.catalog.definition import Catalog
from backend.service.announcing import LinkTo
from backend.service.ports import Clock, ConnectionStore, Push, Sleep
from backend.service.rates import Rates
from backend.service.reading import Reading
from backend.service.submission import Submission


@dataclass(frozen=True, slots=True)
class Service:
    """What the router works with."""

    connections: ConnectionStore
    submission: Submission
    reading: Reading
    link_to: LinkTo
    catalog: Catalog
    push: Push
    clock: Clock
    sleep: Sleep
    rates: Rates
    access_key_is_identity: bool = False
