"""Paints reports to choose from: a title, below it what it is; found words are bold.

chooser_popup's list ──▶ **ReportDelegate** ── pixels ──▶ eyes
"""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.widgets.theme import measures, tokens
from desktop.wording.form.search import Found, Marked

Index = QModelIndex | QPersistentModelIndex
FOUND_ROLE = Qt.ItemDataRole.UserRole + 1
"""A `Found`; rows without one are headings."""

MARGIN = 14
PADDING = 6
SMALL = 0.92


class ReportDelegate(QStyledItemDelegate):
    """For a list of reports under headings."""

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802  Qt's name
        """Make room for two lines, or for a heading."""
        is_found = isinstance(index.data(FOUND_ROLE), Found)
        return QSize(0, 2 * measures.h() + 2 * PADDING if is_found else measures.h(1.6))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        painter.save()
        found = index.data(FOUND_ROLE)
        if isinstance(found, Found):
            _paint_report(painter, option, found)
        else:
            _paint_heading(painter, option, str(index.data()))
        painter.restore()


def _paint_heading(painter: QPainter, option: QStyleOptionViewItem, text: str) -> None:
    painter.setFont(_small(option.font))
    painter.setPen(tokens.color("muted"))
    area = QRect(option.rect).adjusted(MARGIN, 0, -MARGIN, -2)
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, text)


def _paint_report(painter: QPainter, option: QStyleOptionViewItem, found: Found) -> None:
    is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
    if is_chosen:
        painter.fillRect(option.rect, tokens.color("select"))
    strong = QFont(option.font)
    strong.setWeight(QFont.Weight.DemiBold)
    line = QRect(option.rect).adjusted(MARGIN, PADDING, -MARGIN, 0)
    line.setHeight(measures.h())
    _paint_marked(painter, line, found.title, strong, tokens.color("onSelect" if is_chosen else "text"))
    line.translate(0, measures.h())
    _paint_marked(painter, line, found.detail, _small(option.font), tokens.color("onSelect" if is_chosen else "muted"))


def _paint_marked(painter: QPainter, area: QRect, marked: Marked, font: QFont, ink: QColor) -> None:
    """Paint a text piece by piece, and an ellipsis where it ends early."""
    bold = QFont(font)
    bold.setWeight(QFont.Weight.Bold)
    pieces = _pieces(marked)
    for number, (text, is_found) in enumerate(pieces):
        painter.setFont(bold if is_found else font)
        painter.setPen(tokens.color("link") if is_found else ink)
        metrics = painter.fontMetrics()
        is_last = number == len(pieces) - 1
        room = area.width() - (0 if is_last else metrics.horizontalAdvance("…"))
        fits = metrics.horizontalAdvance(text) <= room
        shown = text if fits else metrics.elidedText(f"{text}…", Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        area = area.adjusted(metrics.horizontalAdvance(text), 0, 0, 0)
        if not fits:
            return


def _pieces(marked: Marked) -> list[tuple[str, bool]]:
    pieces, at = [], 0
    for start, end in marked.marks:
        pieces += [(marked.text[at:start], False), (marked.text[start:end], True)]
        at = end
    return [piece for piece in [*pieces, (marked.text[at:], False)] if piece[0]]


def _small(font: QFont) -> QFont:
    small = QFont(font)
    if font.pointSizeF() > 0:
        small.setPointSizeF(font.pointSizeF() * SMALL)
    else:
        small.setPixelSize(round(font.pixelSize() * SMALL))
    return small
