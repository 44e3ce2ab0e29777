"""The interface of an applier.

apply ──▶ **applier** ──▶ storage, functions, api, operations
"""

from collections.abc import Callable
from typing import Any

from infra.local.applying.inputs import Inputs
from infra.local.recording.graph import Attributes

Clients = Callable[[str], Any]
"""Return the boto3 client of a service."""

Applier = Callable[[Clients, str, Inputs], Attributes]
"""Make the resource of this name from its inputs; return what others may refer to, with its `id`."""


def physical_name(name: str, inputs: Inputs) -> str:
    """Return the name a resource gets: its own, or one made up where the engine would make one up."""
    return str(inputs.get("name") or f"reportwire-{name}")
