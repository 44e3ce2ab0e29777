"""The widths of the list's columns, and which of them there is room for.

texts, room ──▶ **Columns** ──▶ the table's header
"""

from collections.abc import Iterable
from math import ceil

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QApplication, QHeaderView

from desktop.widgets.reports.row_delegate import GAP, MARGIN
from desktop.widgets.sort_header import mark_room
from desktop.widgets.theme.measures import h
from desktop.wording.language import tr
from desktop.wording.reports.report_columns import COLUMNS, NUMBERS, Column, ColumnId
from desktop.wording.reports.report_state import Shown

REPORT_H, PROGRESS_H, PARAMETERS_LEAST_H = 12.5, 13.5, 8
SQUEEZED_LEAST_H = 6
"""The title and the progress give way to so much before anything is cut off at the right."""
PARAMETERS_MOST_H, PROGRESS_MOST_H = 40, 26
YIELDING = (ColumnId.LINK, ColumnId.SIZE, ColumnId.ROWS, ColumnId.PARAMETERS)
"""Columns that go where room is scarce, the first one first."""

STRONG = (Shown.FAILED, Shown.REFUSED)
"""States whose words are painted bolder than others."""


class Columns(QObject):
    """Which columns the analyst wants, and which of these are shown now.

    Signals:
        arranged(): Other columns are shown than before.
    """

    arranged = Signal()

    def __init__(self, header: QHeaderView) -> None:
        super().__init__(header)
        self._header = header
        self._room = 0
        self._is_fitting = False
        self._widths: dict[ColumnId, int] = {}
        """Widths that the analyst has set."""
        self._titles: set[str] = set()
        self.wanted = {column.id for column in COLUMNS if not column.is_hidden_at_first}
        header.sectionResized.connect(self._note_width)

    def know_titles(self, titles: set[str]) -> None:
        """Leave the titles of reports no more room than the widest so far needs, and the parameters the rest."""
        if not titles <= self._titles:
            self._titles |= titles
            self.fit(self._room)

    def is_shown(self, column: ColumnId) -> bool:
        """Return whether a column is shown now."""
        return not self._header.isSectionHidden(NUMBERS[column])

    def want(self, column: ColumnId, *, is_wanted: bool) -> None:
        """Show a column, or not; the state and the report stay."""
        if is_wanted:
            self.wanted |= {column}
        elif column not in {ColumnId.STATE, ColumnId.REPORT}:
            self.wanted -= {column}
        self.fit(self._room)

    def reset(self) -> None:
        """Arrange the columns as at first."""
        self.wanted = {column.id for column in COLUMNS if not column.is_hidden_at_first}
        self._widths = {}
        for number in range(len(COLUMNS)):
            self._header.moveSection(self._header.visualIndex(number), number)
        self.fit(self._room)

    def fit(self, room: int) -> None:
        """Show the columns that are wanted as far as there is room, in pixels, and share out what is left."""
        self._room = room
        shown = [column for column in COLUMNS if column.id in self.wanted]
        for yielding in YIELDING:
            if sum(self.width(column) for column in shown) <= room:
                break
            shown = [column for column in shown if column.id is not yielding]
        self._is_fitting = True
        for number, column in enumerate(COLUMNS):
            self._header.setSectionHidden(number, column not in shown)
        self._share_out(shown, room)
        self._is_fitting = False
        self.arranged.emit()

    def width(self, column: Column) -> int:
        """Return the width that a column takes where it gets no more, in pixels."""
        if column.id in self._widths:
            return self._widths[column.id]
        match column.id:
            case ColumnId.REPORT:
                return h(REPORT_H)
            case ColumnId.PROGRESS:
                return h(PROGRESS_H)
            case ColumnId.PARAMETERS:
                return h(PARAMETERS_LEAST_H)
            case _:
                return _width_of_texts(column)

    def _share_out(self, shown: list[Column], room: int) -> None:
        widths = {column.id: self.width(column) for column in shown}
        if ColumnId.PARAMETERS in widths and ColumnId.REPORT not in self._widths:
            widths[ColumnId.REPORT] = min(widths[ColumnId.REPORT], self._width_of_titles())
        left = room - sum(widths.values())
        wide = ColumnId.PARAMETERS if ColumnId.PARAMETERS in widths else ColumnId.REPORT
        growing = [(wide, h(PARAMETERS_MOST_H)), (ColumnId.PROGRESS, h(PROGRESS_MOST_H))]
        for column, most in growing:
            if left > 0 and column in widths and column not in self._widths:
                more = min(left, max(0, most - widths[column]))
                widths[column] += more
                left -= more
        for name in (ColumnId.REPORT, ColumnId.PROGRESS):
            less = max(0, min(-left, widths.get(name, 0) - h(SQUEEZED_LEAST_H)))
            if less:
                widths[name] -= less
                left += less
        for name, width in widths.items():
            self._header.resizeSection(NUMBERS[name], width)

    def _width_of_titles(self) -> int:
        """Return the width that the widest title needs; before there is one, all that a title may take."""
        font = QApplication.font()
        widest = max((_advance(font, title) for title in self._titles), default=h(REPORT_H))
        return max(h(SQUEEZED_LEAST_H), widest + 2 * MARGIN)

    def _note_width(self, number: int, _old: int, new: int) -> None:
        if not self._is_fitting and new > 0:
            self._widths[COLUMNS[number].id] = new

    def kept(self) -> dict[str, object]:
        """Return what is kept until the next start: plain values."""
        order = [COLUMNS[self._header.logicalIndex(at)].id.value for at in range(len(COLUMNS))]
        return {"order": order, "wanted": sorted(self.wanted), "widths": {str(k): v for k, v in self._widths.items()}}

    def restore(self, kept: object) -> None:
        """Arrange the columns as they were kept; what is not understood is left aside."""
        if not isinstance(kept, dict):
            return
        order, wanted, widths = (kept.get(name) for name in ("order", "wanted", "widths"))
        if isinstance(order, list):
            for place, name in enumerate(_known(order)):
                self._header.moveSection(self._header.visualIndex(NUMBERS[name]), place)
        if isinstance(wanted, list):
            self.wanted = {ColumnId.STATE, ColumnId.REPORT, *_known(wanted)}
        if isinstance(widths, dict):
            self._widths = {name: widths[name] for name in _known(widths) if _is_width(widths[name])}
        self.fit(self._room)


def _known(names: Iterable[object]) -> list[ColumnId]:
    values = {each.value for each in ColumnId}
    return list(dict.fromkeys(ColumnId(name) for name in names if isinstance(name, str) and name in values))


def _is_width(value: object) -> bool:
    return isinstance(value, int) and 16 <= value <= 4000  # noqa: PLR2004  a width somebody could have set


def _width_of_texts(column: Column) -> int:
    plain = QApplication.font()
    strong = QFont(plain)
    strong.setWeight(QFont.Weight.DemiBold)
    bold = {tr(shown.value.words) for shown in STRONG}
    cells = max(_advance(strong if text in bold else plain, text) for text in column.longest())
    if column.id is ColumnId.STATE:
        cells += h() + GAP
    title = _advance(plain, tr(column.title)) + mark_room()
    return max(cells, title) + 2 * MARGIN


def _advance(font: QFont, text: str) -> int:
    """Return the pixels that a text needs not to be cut: Qt's own whole number may be a fraction too small."""
    return ceil(QFontMetricsF(font).horizontalAdvance(text))
