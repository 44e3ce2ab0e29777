"""The catalog, loaded from the author's folder: one file per definition, in Python or in SQL.

reports ──▶ **load** ──▶ catalog
"""

import logging
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from backend.catalog import sql_file
from backend.catalog.definition import Catalog, Definition

log = logging.getLogger(__name__)


def load(reports: ModuleType) -> Catalog:
    """Return every definition of the package by id: the `DEFINITION` of each module, then one of each SQL file."""
    catalog = {definition.id: definition for definition in _of_modules(reports)}
    folders = map(Path, reports.__path__)
    for definition in sql_file.load(file for folder in folders for file in folder.glob("*.sql")):
        if definition.id in catalog:
            log.error("report left out", extra={"file": f"{definition.id}.sql", "reason": "the name is taken"})
        else:
            catalog[definition.id] = definition
    return catalog


def _of_modules(reports: ModuleType) -> Iterator[Definition]:
    for module in iter_modules(reports.__path__):
        yield import_module(f"{reports.__name__}.{module.name}").DEFINITION
