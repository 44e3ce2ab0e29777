"""Lists in pages, each as large as a frame.

answering, web ──▶ **Paging** ──▶ reading, catalog
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from backend.catalog.definition import Catalog, open_to
from backend.domain.caller import Caller
from backend.domain.report import Report
from backend.protocol.codec import pages
from backend.protocol.lifecycle import State
from backend.protocol.messages import CatalogMessage, ErrorCode, ListReports, ReportsMessage, Snapshot
from backend.protocol.refusals import refused_fields
from backend.service.ports import InvalidCursor
from backend.service.reading import Reading

NO_CURSOR = 'must be the "next" of an earlier answer'


@dataclass(frozen=True, slots=True)
class Paging:
    """Divides what there is into pages."""

    reading: Reading
    catalog: Catalog

    def reports(
        self,
        caller: Caller,
        asked: ListReports,
        now: datetime,
        show: Callable[[Report], Snapshot],
        state: State | None = None,
    ) -> ReportsMessage:
        """Return one page of the caller's reports; a shorter one than asked for where that would be too large.

        Raises:
            RefusedRequest: `invalidMessage`, of a wrong cursor.
        """
        try:
            page = self.reading.page(caller, asked, now, state)
        except InvalidCursor as error:
            raise refused_fields(ErrorCode.INVALID_MESSAGE, "There is no such page", {"before": NO_CURSOR}) from error
        first, *more = pages(map(show, page.reports))
        if more:
            return self.reports(caller, replace(asked, limit=len(first)), now, show, state)
        return ReportsMessage(reports=first, next=page.next)

    def catalog_page(self, caller: Caller, after: str | None, now: datetime) -> CatalogMessage:
        """Return one page of what the caller may ask for. A cursor is the id of the last definition of the page before.

        Raises:
            RefusedRequest: `invalidMessage`, of a wrong cursor.
        """
        catalog = open_to(self.catalog, caller.groups)
        ids = list(catalog)
        if after is not None and after not in catalog:
            raise refused_fields(ErrorCode.INVALID_MESSAGE, "There is no such page", {"after": NO_CURSOR})
        left = ids if after is None else ids[ids.index(after) + 1 :]
        first, *more = pages(catalog[each].info(now.date()) for each in left)
        return CatalogMessage(definitions=first, next=first[-1].id if more else None)
