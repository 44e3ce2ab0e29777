"""Paints the cells of the list: a state with its icon, a text on its line, a bar at the row's end.

reports_model ── ReportRow ──▶ **RowDelegate** ── pixels ──▶ eyes
"""

from functools import lru_cache

from PySide6.QtCore import QLineF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from desktop.widgets.reports.reports_model import LEFT, RIGHT, Index, ReportsModel, alignment
from desktop.widgets.theme import icons, measures, tokens
from desktop.wording.language import tr
from desktop.wording.reports.report_columns import COLUMNS, RENEW, Column, ColumnId
from desktop.wording.reports.report_parameters import SEPARATOR
from desktop.wording.reports.report_row import ReportRow, Work
from desktop.wording.reports.report_state import Shown

MARGIN = 8
GAP = 6
"""Pixels between an icon and its word."""
BAR, BAR_ABOVE_END = 3, 3
STRIPE, STRIPE_STEP = 5, 8
RING = 2
MOST_TEXTS = 4096
"""Texts whose width is remembered: those of a screen, and of the last ones."""


class RowDelegate(QStyledItemDelegate):
    """For all columns of the list.

    Args:
        view: Shows the list; its current row gets the ring while it has the focus.
        model: Has the rows.
    """

    def __init__(self, view: QTableView, model: ReportsModel) -> None:
        super().__init__(view)
        self._view, self._model = view, model
        self.has_parameters_in_title = False
        """Whether the parameters stand behind the title, for want of a column."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        row = self._model.row_at(index.row())
        if row is None:
            return
        is_selected = QStyle.StateFlag.State_Selected in option.state
        painter.save()
        painter.fillRect(option.rect, tokens.color(self._ground(index.row(), is_selected=is_selected)))
        column = COLUMNS[index.column()]
        cell = _Cell(painter, option, row, is_selected=is_selected)
        match column.id:
            case ColumnId.STATE:
                cell.paint_state(self._view.devicePixelRatioF())
            case ColumnId.REPORT if self.has_parameters_in_title:
                cell.paint_title_and_parameters()
            case ColumnId.PROGRESS:
                cell.paint_work()
            case _:
                text = column.text(row, self._model.now)
                cell.paint_text(text, alignment(column), cell.ink(_token(column, row, text)))
        if self._view.hasFocus() and self._view.currentIndex().row() == index.row():
            self._paint_ring(painter, option.rect, index.column())
        painter.restore()

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: N802  Qt's name
        """Ask for the height of a row; widths are the columns'."""
        return QSize(measures.h(8), measures.h() + 14)

    def _ground(self, number: int, *, is_selected: bool) -> str:
        if is_selected:
            return "select" if self._view.isActiveWindow() else "selectOff"
        return "alt" if number % 2 else "base"

    def _paint_ring(self, painter: QPainter, rect: QRect, column: int) -> None:
        """Paint this cell's part of the ring around its row."""
        painter.setClipping(False)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.color("ring"))
        painter.drawRect(rect.left(), rect.top(), rect.width(), RING)
        painter.drawRect(rect.left(), rect.bottom() - RING + 1, rect.width(), RING)
        first, last = self._outermost()
        if column == first:
            painter.drawRect(rect.left(), rect.top(), RING, rect.height())
        if column == last:
            painter.drawRect(rect.right() - RING + 1, rect.top(), RING, rect.height())

    def _outermost(self) -> tuple[int, int]:
        header = self._view.horizontalHeader()
        shown = [each for at in range(header.count()) if not header.isSectionHidden(each := header.logicalIndex(at))]
        return (shown[0], shown[-1]) if shown else (-1, -1)


class _Cell:
    """One cell while it is painted."""

    def __init__(self, painter: QPainter, option: QStyleOptionViewItem, row: ReportRow, *, is_selected: bool) -> None:
        self._painter, self._rect, self._row, self._is_selected = painter, option.rect, row, is_selected
        self._font = QFont(option.font)  # a copy, as it is remembered beyond the option
        self._area = self._rect.adjusted(MARGIN, 0, -MARGIN, 0)

    def ink(self, token: str) -> QColor:
        """Return the colour of a token; plain text and quiet text are as legible on a selected row."""
        return tokens.color("onSelect" if self._is_selected and token in {"text", "muted"} else token)

    def paint_text(self, text: str, alignment: Qt.AlignmentFlag, ink: QColor) -> None:
        """Paint as much of a text as fits."""
        if text:
            self._painter.setFont(self._font)
            self._painter.setPen(ink)
            self._painter.drawText(self._area, int(alignment), _elided(text, self._area.width(), self._font))

    def paint_state(self, ratio: float) -> None:
        """Paint the icon and the word."""
        face, size = self._row.shown.value, measures.h()
        ink = tokens.color(face.tone)
        top = self._rect.top() + (self._rect.height() - size) // 2
        self._painter.drawPixmap(self._area.left(), top, icons.pixmap(face.icon, ink.name(), size, ratio))
        self._area.adjust(size + GAP, 0, 0, 0)
        if self._row.shown is Shown.FAILED or self._row.shown is Shown.REFUSED:
            self._font = _strong(self._font)
        self.paint_text(tr(face.words), LEFT, ink)

    def paint_title_and_parameters(self) -> None:
        """Paint the title and behind it, quieter, the parameters, so that two rows never look alike."""
        title = self._row.title
        width = _width(title, self._font)
        self.paint_text(title, LEFT, self.ink("text"))
        self._area.adjust(width, 0, 0, 0)
        if self._area.width() > measures.h():
            self.paint_text(f"{SEPARATOR}{self._row.parameters}", LEFT, self.ink("muted"))

    def paint_work(self) -> None:
        """Paint the text, the share at the right, and below them the bar."""
        work = self._row.work
        if work.right:
            self.paint_text(work.right, RIGHT, self.ink("muted"))
            self._area.adjust(0, 0, -_width(work.right, self._font) - MARGIN, 0)
        is_short = bool(work.short) and _width(work.text, self._font) > self._area.width()
        self.paint_text(work.short if is_short else work.text, LEFT, self.ink(_work_token(self._row)))
        if work.has_bar:
            self._paint_bar(work)

    def _paint_bar(self, work: Work) -> None:
        left, width = self._rect.left() + MARGIN, self._rect.width() - 2 * MARGIN
        track = QRectF(left, self._rect.bottom() + 1 - BAR_ABOVE_END - BAR, width, BAR)
        is_live = not work.note
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._fill(track, tokens.color("track"))
        fill = tokens.color("fill" if is_live else "edge")
        if work.share is not None:
            if work.share > 0:
                self._fill(QRectF(track.left(), track.top(), max(BAR, width * work.share), BAR), fill)
        elif is_live:
            self._stripe(track, fill)

    def _fill(self, area: QRectF, color: QColor) -> None:
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(color)
        self._painter.drawRoundedRect(area, BAR / 2, BAR / 2)

    def _stripe(self, track: QRectF, color: QColor) -> None:
        """Stripe the track, standing still: it is at work, and nobody knows how far it has come."""
        clip = QPainterPath()
        clip.addRoundedRect(track, BAR / 2, BAR / 2)
        self._painter.setClipPath(clip)
        self._painter.setPen(QPen(color, BAR + 0.5))
        steps = range(int(track.left()) - 3, int(track.right()) + 1, STRIPE_STEP)
        self._painter.drawLines([QLineF(x, track.bottom() + 1, x + STRIPE, track.top() - 1) for x in steps])
        self._painter.setClipping(False)


def _token(column: Column, row: ReportRow, text: str) -> str:
    if column.id is ColumnId.PARAMETERS:
        return "muted"
    if column.id is ColumnId.LINK and text == tr(RENEW):
        return "link"
    if column.id is ColumnId.FINISHED and row.finished_at is None:
        return "muted"
    return "text"


def _work_token(row: ReportRow) -> str:
    if row.shown in {Shown.FAILED, Shown.REFUSED}:
        return "failed"
    is_told = row.shown in {Shown.UNSENT, Shown.SENDING, Shown.QUEUED, Shown.CANCELLED, Shown.EXPIRED, Shown.CANCELLING}
    return "muted" if is_told else "text"


@lru_cache(MOST_TEXTS)
def _elided(text: str, width: int, font: QFont) -> str:
    return QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, width)


@lru_cache(MOST_TEXTS)
def _width(text: str, font: QFont) -> int:
    return QFontMetrics(font).horizontalAdvance(text)


@lru_cache(8)
def _strong(font: QFont) -> QFont:
    strong = QFont(font)
    strong.setWeight(QFont.Weight.DemiBold)
    return strong
