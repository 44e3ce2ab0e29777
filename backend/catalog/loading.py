"""The catalog: one file per definition, in Python or in SQL.

**load** ──▶ submission (checks), execution (runs)
"""

import logging
from pathlib import Path

from backend import reports
from backend.catalog import sql_file
from backend.catalog.definition import Catalog
from backend.reports import sample

log = logging.getLogger(__name__)


def load() -> Catalog:
    """Return every definition by id."""
    catalog = {sample.DEFINITION.id: sample.DEFINITION}
    for definition in sql_file.load(Path(str(reports.__file__)).parent.glob("*.sql")):
        if definition.id in catalog:
            log.error("report left out", extra={"file": f"{definition.id}.sql", "reason": "the name is taken"})
        else:
            catalog[definition.id] = definition
    return catalog
