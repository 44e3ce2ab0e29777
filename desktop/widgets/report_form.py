"""Where the analyst says which report and how.

catalog ──▶ **ReportForm** ── one GenerateReport ──▶ main_window ──▶ composition root. No protocol decisions.
"""

from collections.abc import Mapping
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from backend.protocol.messages import DefinitionInfo, GenerateReport
from desktop.widgets import theme
from desktop.widgets.parameter_page import ParameterPage
from desktop.widgets.report_row import Tone

WAITING = "Waiting for the service…"
NOTHING_OFFERED = "The service offers no reports."
KEYS = "RFG"
"""Letters taken by this form's own labels: Report, Format, Generate."""


class ReportForm(QWidget):
    """The choice of report, its parameters, its format, and Generate.

    Signals:
        submitted(GenerateReport): All of it, checked; `report_id` is None.
    """

    submitted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._catalog: tuple[DefinitionInfo, ...] | None = None
        self._pages: dict[str, ParameterPage] = {}
        self.choice = QComboBox()
        self.description = _note_label(Tone.QUIET)
        self._all_pages = QWidget()
        self._page_layout = QVBoxLayout(self._all_pages)
        self.format = QComboBox()
        self.format_label = QLabel("&Format")
        self.error = _note_label(Tone.BAD)
        self.generate = QPushButton("&Generate")
        self._lay_out()
        self._connect()
        self._show_choice()

    @property
    def definition(self) -> DefinitionInfo | None:
        """The chosen report."""
        number = self.choice.currentIndex()
        return self._catalog[number] if self._catalog and number >= 0 else None

    @property
    def page(self) -> ParameterPage | None:
        """The parameters of the chosen report."""
        return self._pages.get(self.definition.id) if self.definition else None

    def set_catalog(self, catalog: tuple[DefinitionInfo, ...]) -> None:
        """Offer these reports. The choice and what was typed stay as they are, as far as they still exist."""
        if catalog == self._catalog:
            return
        chosen = self.definition
        self._catalog = catalog
        self._renew_pages(catalog)
        ids = [definition.id for definition in catalog]
        self.choice.blockSignals(True)  # noqa: FBT003  Qt's
        self.choice.clear()
        self.choice.addItems([definition.title for definition in catalog])
        self.choice.setCurrentIndex(ids.index(chosen.id) if chosen and chosen.id in ids else min(0, len(ids) - 1))
        self.choice.blockSignals(False)  # noqa: FBT003  Qt's
        self._show_choice()

    def submit(self) -> None:
        """Emit what is filled in, unless it is not allowed; then the form says why."""
        definition, page = self.definition, self.page
        if definition is None or page is None or not page.check():
            return
        self._show_error("")
        chosen_format = self.format.currentText() if len(definition.formats) > 1 else None
        self.submitted.emit(GenerateReport(definition=definition.id, parameters=page.values(), format=chosen_format))

    def show_field_errors(self, reasons: Mapping[str, str]) -> None:
        """Show what the service found wrong, by the name of the parameter, in words that follow that name."""
        self._show_error(self.page.show_errors(reasons) if self.page else "")

    def _renew_pages(self, catalog: tuple[DefinitionInfo, ...]) -> None:
        old, self._pages = self._pages, {}
        for definition in catalog:
            page = old.get(definition.id)
            if page is None or page.definition.parameters != definition.parameters:
                page = self._make_page(definition, page)
            self._pages[definition.id] = page
        for page in old.values():
            if page not in self._pages.values():
                page.hide()
                page.deleteLater()

    def _make_page(self, definition: DefinitionInfo, before: ParameterPage | None) -> ParameterPage:
        page = ParameterPage(definition, KEYS)
        if before:
            page.take_over(before)
        self._page_layout.addWidget(page)
        return page

    def _show_choice(self) -> None:
        definition = self.definition
        self.generate.setEnabled(definition is not None)
        self.choice.setEnabled(definition is not None)
        nothing = WAITING if self._catalog is None else NOTHING_OFFERED
        self.description.setText(definition.description if definition else nothing)
        self.description.setVisible(self.description.text() != "")
        for page in self._pages.values():
            page.setVisible(page is self.page)
        self._show_formats(definition.formats if definition else ())
        self._show_error("")
        self._order_tabs()

    def _order_tabs(self) -> None:
        """Put the fields before Generate: a page is younger than the button, and Tab would come to it last."""
        fields = self.page.stops() if self.page else []
        for stop, following in pairwise([self.choice, *fields, self.format, self.generate]):
            self.setTabOrder(stop, following)

    def _show_formats(self, formats: tuple[str, ...]) -> None:
        offered = tuple(self.format.itemText(i) for i in range(self.format.count()))
        if offered != formats:
            self.format.clear()
            self.format.addItems(formats)
        for widget in (self.format, self.format_label):
            widget.setVisible(len(formats) > 1)

    def _show_error(self, text: str) -> None:
        self.error.setText(text)
        self.error.setVisible(text != "")

    def _connect(self) -> None:
        self.choice.currentIndexChanged.connect(self._show_choice)
        self.generate.clicked.connect(self.submit)
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            enter = QShortcut(QKeySequence(key), self)
            enter.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            enter.activated.connect(self.submit)

    def _lay_out(self) -> None:
        for editor in (self.choice, self.format):
            editor.setMinimumHeight(theme.CONTROL_HEIGHT)
        self._page_layout.setContentsMargins(0, 0, 0, 0)
        self._page_layout.setAlignment(Qt.AlignmentFlag.AlignTop)
        choice_label = QLabel("&Report")
        choice_label.setBuddy(self.choice)
        self.choice.setAccessibleName("Report")
        self.format_label.setBuddy(self.format)
        self.format.setAccessibleName("Format")
        self.generate.setObjectName("primary")
        self.generate.setToolTip("Generate the report (Enter)")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for widget in (choice_label, self.choice, self.description):
            layout.addWidget(widget)
        layout.addSpacing(6)
        layout.addWidget(_scrolling(self._all_pages), 1)
        for widget in (self.format_label, self.format, self.error):
            layout.addWidget(widget)
        layout.addSpacing(6)
        layout.addWidget(self.generate)


def _note_label(tone: Tone) -> QLabel:
    label = QLabel()
    label.setTextFormat(theme.PLAIN)
    label.setWordWrap(True)
    theme.set_tone(label, tone)
    return label


def _scrolling(widget: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(widget)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.viewport().setAutoFillBackground(False)
    widget.setAutoFillBackground(False)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area
