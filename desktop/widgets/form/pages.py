"""The pages of the reports' parameters, one in sight.

catalog ──▶ **Pages** ── the chosen report's page ──▶ report_form
"""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from backend.protocol.messages import DefinitionInfo
from desktop.widgets.form.parameter_page import ParameterPage


class Pages(QWidget):
    """Makes a page when its report is chosen for the first time, and keeps what is typed in it.

    Signals:
        edited(): A value changed.
        judged(): Something is wrong that was not, or the other way round.
    """

    edited = Signal()
    judged = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.page: ParameterPage | None = None
        self._pages: dict[str, ParameterPage] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    def renew(self, catalog: Sequence[DefinitionInfo]) -> None:
        """Keep pages whose parameters are the same, and make those that were made before anew."""
        old, self._pages = self._pages, {}
        for definition in catalog:
            page = old.get(definition.id)
            if page and page.definition.parameters != definition.parameters:
                page = self._make(definition, page)
            if page:
                self._pages[definition.id] = page
        for page in set(old.values()) - set(self._pages.values()):
            page.hide()
            page.deleteLater()
        self.page = None

    def show_page(self, definition: DefinitionInfo | None) -> None:
        """Show the page of a report, or none."""
        if definition and definition.id not in self._pages:
            self._pages[definition.id] = self._make(definition)
        self.page = self._pages[definition.id] if definition else None
        for page in self._pages.values():
            page.setVisible(page is self.page)

    def _make(self, definition: DefinitionInfo, before: ParameterPage | None = None) -> ParameterPage:
        page = ParameterPage(definition)
        if before:
            page.take_over(before)
        page.edited.connect(self.edited)
        page.judged.connect(self.judged)
        self._layout.addWidget(page)
        return page
