"""The catalog: one file per definition, in Python or in SQL.

**load** ──▶ submission (checks), execution (runs)
"""

from pathlib import Path

from backend import sql_reports
from backend.definition import Catalog
from backend.reports import sample


def load() -> Catalog:
    """Return every definition by id."""
    definitions = [sample.DEFINITION, *sql_reports.load(Path(__file__).parent.glob("*.sql"))]
    return {definition.id: definition for definition in definitions}
