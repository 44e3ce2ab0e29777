"""The catalog over HTTPS, and the documents that describe the service: what may be kept for a while.

http_router ──▶ **CatalogResources**, **document** ──▶ paging ──▶ `HttpAnswer`
"""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from backend.catalog.definition import Catalog, open_to
from backend.protocol.bodies import CatalogPage
from backend.protocol.messages import DescribeCatalog, ErrorCode, Nothing
from backend.protocol.refusals import LONGEST_NAME, cut, refused
from backend.service.paging import Paging
from backend.web.answers import HttpAnswer, cached
from backend.web.asking import Ask
from backend.web.requests import HttpRequest

KEPT = {"Cache-Control": "private, max-age=300"}
"""The catalog changes with a deployment, and its dates with the day."""
PUBLIC = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
FOLDER = Path(__file__).parent / "documents"


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogResources:
    """The resources `/catalog…`."""

    paging: Paging
    catalog: Catalog

    def page(self, ask: Ask) -> HttpAnswer:
        """Return a page of the catalog."""
        page = self.paging.catalog_page(ask.caller, ask.request.read_query(DescribeCatalog).after, ask.now)
        return self._answer(ask, CatalogPage(definitions=page.definitions, next=page.next))

    def definition(self, ask: Ask) -> HttpAnswer:
        """Return one definition."""
        ask.request.read_query(Nothing)
        name = ask.request.path["definition"]
        catalog = open_to(self.catalog, ask.caller.groups)
        if name not in catalog:
            raise refused(ErrorCode.NOT_FOUND, f'There is no report called "{cut(name, LONGEST_NAME)}".')
        return self._answer(ask, catalog[name].info(ask.now.date()))

    def _answer(self, ask: Ask, document: object) -> HttpAnswer:
        return cached(msgspec.json.encode(document), ask.if_none_match, KEPT)


def document(request: HttpRequest) -> HttpAnswer:
    """Return one of the documents that are for everybody."""
    request.read_query(Nothing)
    content = (FOLDER / request.resource.removeprefix("/")).read_bytes()
    return cached(content, request.headers.get("if-none-match", ""), PUBLIC)
