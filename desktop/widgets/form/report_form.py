"""The form in which the analyst chooses a report, its parameters and its format.

catalog ──▶ **ReportForm** ── one GenerateReport ──▶ main_window ──▶ composition root. No protocol decisions.
"""

import textwrap
from collections.abc import Iterable, Mapping
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from backend.protocol.messages import DefinitionInfo, GenerateReport
from desktop.widgets.form.definition_delegate import DESCRIPTION_ROLE, ReportDelegate
from desktop.widgets.form.format_choice import FormatChoice
from desktop.widgets.form.parameter_page import ParameterField, ParameterPage
from desktop.widgets.plain_text import plain_label, tooltip
from desktop.widgets.theme import dress, measures
from desktop.wording.tone import Tone

WAITING = "Waiting for the service…"
NOTHING_OFFERED = "The service offers no reports."
KEYS = "RFG"
"""Access keys of this form's own labels: Report, Format, Generate."""
SCROLL_GAP = 6
FIELD_MARGIN = 40
"""Room below a field for its error, which is laid out a little later."""

DESCRIPTION_LENGTH = 170
"""Characters, which make four or five lines."""

REPORTS_AT_ONCE = 10
"""A longer list of reports scrolls."""


class ReportForm(QWidget):
    """A choice of reports, the fields of the chosen one, its format, and the Generate button.

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
        self._area = _scrolling(self._all_pages)
        self._formats: dict[str, FormatChoice] = {}
        self._format_layout = QVBoxLayout()
        self.error = _note_label(Tone.FAILED)
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

    @property
    def format(self) -> FormatChoice | None:
        """The format of the chosen report."""
        return self._formats.get(self.definition.id) if self.definition else None

    def set_catalog(self, catalog: tuple[DefinitionInfo, ...]) -> None:
        """Offer these reports. The choice and the typed values stay, if their report and parameters do."""
        if catalog == self._catalog:
            return
        chosen = self.definition
        self._catalog = catalog
        self._renew_pages(catalog)
        self._renew_formats(catalog)
        ids = [definition.id for definition in catalog]
        self.choice.blockSignals(True)  # noqa: FBT003  Qt's
        self.choice.clear()
        for number, definition in enumerate(catalog):
            self.choice.addItem(definition.title)
            self.choice.setItemData(number, definition.description, DESCRIPTION_ROLE)
            self.choice.setItemData(number, tooltip(definition.description), Qt.ItemDataRole.ToolTipRole)
        self.choice.setCurrentIndex(ids.index(chosen.id) if chosen and chosen.id in ids else min(0, len(ids) - 1))
        self.choice.blockSignals(False)  # noqa: FBT003  Qt's
        self._show_choice()

    def submit(self) -> None:
        """Emit the request, or show errors beside the fields if a value is not allowed."""
        definition, page, choice = self.definition, self.page, self.format
        if definition is None or page is None or choice is None:
            return
        if not page.check():
            self._bring_into_view(page.first_wrong)
            return
        self._show_error("")
        self.submitted.emit(
            GenerateReport(
                definition=definition.id,
                parameters=page.values(),
                format=choice.asked,
                format_options=choice.options,
            )
        )

    def show_field_errors(self, reasons: Mapping[str, str]) -> None:
        """Show the service's errors, by parameter, in words that follow the parameter's name."""
        if self.page:
            self._show_error(self.page.show_errors(reasons))
            self._bring_into_view(self.page.first_wrong)

    def _bring_into_view(self, field: ParameterField | None) -> None:
        if field:
            self._area.ensureWidgetVisible(field, 0, FIELD_MARGIN)

    def _renew_pages(self, catalog: tuple[DefinitionInfo, ...]) -> None:
        old, self._pages = self._pages, {}
        for definition in catalog:
            page = old.get(definition.id)
            if page is None or page.definition.parameters != definition.parameters:
                page = self._make_page(definition, page)
            self._pages[definition.id] = page
        _drop(set(old.values()) - set(self._pages.values()))

    def _make_page(self, definition: DefinitionInfo, before: ParameterPage | None) -> ParameterPage:
        page = ParameterPage(definition, KEYS)
        if before:
            page.take_over(before)
        self._page_layout.insertWidget(0, page)
        return page

    def _renew_formats(self, catalog: tuple[DefinitionInfo, ...]) -> None:
        old, self._formats = self._formats, {}
        for definition in catalog:
            choice = old.get(definition.id)
            if choice is None or choice.formats != definition.formats:
                choice = self._make_format(definition, choice)
            self._formats[definition.id] = choice
        _drop(set(old.values()) - set(self._formats.values()))

    def _make_format(self, definition: DefinitionInfo, before: FormatChoice | None) -> FormatChoice:
        choice = FormatChoice(definition.formats)
        if before:
            choice.take_over(before)
        self._format_layout.addWidget(choice)
        return choice

    def _show_choice(self) -> None:
        definition = self.definition
        self.generate.setEnabled(definition is not None)
        self.choice.setEnabled(definition is not None)
        nothing = WAITING if self._catalog is None else NOTHING_OFFERED
        self._describe(definition.description if definition else nothing)
        for page in self._pages.values():
            page.setVisible(page is self.page)
        for choice in self._formats.values():
            choice.setVisible(choice is self.format and choice.is_needed)
        self._show_error("")
        self._order_tabs()

    def _describe(self, text: str) -> None:
        """Show the start of the description; the whole of it is in the tooltip, as the parameters need the room."""
        self.description.setText(textwrap.shorten(text, DESCRIPTION_LENGTH, placeholder=" …"))
        self.description.setToolTip(tooltip(text))
        self.description.setVisible(text != "")

    def _order_tabs(self) -> None:
        """Put the fields before Generate in the tab order: a page is made after the button, and would come last."""
        fields = self.page.stops() if self.page else []
        formats = self.format.stops() if self.format else []
        for stop, following in pairwise([self.choice, *fields, *formats, self.generate]):
            self.setTabOrder(stop, following)

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
        self.choice.setMinimumHeight(measures.h() + 12)
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.setMaxVisibleItems(REPORTS_AT_ONCE)
        self.choice.setItemDelegate(ReportDelegate(self.choice))
        self._page_layout.setContentsMargins(0, 0, SCROLL_GAP, 0)
        self._page_layout.addStretch(1)  # an alignment would give wrapped text too little height
        choice_label = plain_label("&Report")
        choice_label.setBuddy(self.choice)
        self.choice.setAccessibleName("Report")
        self.generate.setObjectName("primary")
        self.generate.setToolTip("Generate the report (Enter)")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for widget in (choice_label, self.choice, self.description):
            layout.addWidget(widget)
        layout.addSpacing(6)
        layout.addWidget(self._area, 1)
        layout.addLayout(self._format_layout)
        layout.addWidget(self.error)
        layout.addSpacing(6)
        layout.addWidget(self.generate)


def _drop(widgets: Iterable[QWidget]) -> None:
    for widget in widgets:
        widget.hide()
        widget.deleteLater()


def _note_label(tone: Tone) -> QLabel:
    label = plain_label()
    label.setWordWrap(True)
    dress.set_tone(label, tone)
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
