"""Paints a report to choose: its title, and below it what it is.

report_form's list ──▶ **ReportDelegate** ── pixels ──▶ eyes.
"""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QComboBox, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.widgets.theme import tokens
from desktop.wording.tone import Tone

Index = QModelIndex | QPersistentModelIndex
DESCRIPTION_ROLE = Qt.ItemDataRole.UserRole + 1
LIST_WIDTH = 520
"""The list is wider than the box it opens from: most descriptions fit in two lines."""
MARGIN, GAP = 10, 2
DESCRIPTION_LINES = 2


class ReportDelegate(QStyledItemDelegate):
    """For the list of a combo box whose items have a description."""

    def __init__(self, box: QComboBox) -> None:
        super().__init__(box)
        box.view().setMinimumWidth(LIST_WIDTH)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802  Qt's name
        """Make room for the title and as much of the description as is shown."""
        metrics = QFontMetrics(option.font)
        lines = len(_fold(_description(index), metrics))
        height = metrics.height() + (GAP + lines * metrics.lineSpacing() if lines else 0)
        return QSize(LIST_WIDTH, height + 2 * (MARGIN - 3))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the item's ground as Qt would, and the two texts on it."""
        item = QStyleOptionViewItem(option)
        self.initStyleOption(item, index)
        title, item.text = item.text, ""
        QApplication.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, item, painter)
        painter.save()
        _paint_texts(painter, item, title, _description(index))
        painter.restore()


def _paint_texts(painter: QPainter, item: QStyleOptionViewItem, title: str, description: str) -> None:
    is_chosen = bool(item.state & QStyle.StateFlag.State_Selected)
    role = QPalette.ColorRole.HighlightedText if is_chosen else QPalette.ColorRole.Text
    area = item.rect.adjusted(MARGIN, MARGIN - 3, -MARGIN, 0)
    bold = QFont(item.font)
    bold.setWeight(QFont.Weight.DemiBold)
    painter.setPen(item.palette.color(role))
    painter.setFont(bold)
    metrics = painter.fontMetrics()
    line = QRect(area.left(), area.top(), area.width(), metrics.height())
    painter.drawText(line, 0, metrics.elidedText(title, Qt.TextElideMode.ElideRight, area.width()))
    painter.setFont(item.font)
    painter.setPen(tokens.color(Tone.QUIET))
    line.translate(0, metrics.height() + GAP)
    for text in _fold(description, painter.fontMetrics()):
        painter.drawText(line, 0, text)
        line.translate(0, painter.fontMetrics().lineSpacing())


def _fold(text: str, metrics: QFontMetrics) -> list[str]:
    """Break a text into the lines that are shown; the last one ends in an ellipsis if there is more."""
    width, lines, words = LIST_WIDTH - 2 * MARGIN, [""], text.split()
    while words and len(lines) < DESCRIPTION_LINES:
        longer = f"{lines[-1]} {words[0]}".strip()
        if metrics.horizontalAdvance(longer) <= width or not lines[-1]:
            lines[-1] = longer
            words.pop(0)
        else:
            lines.append("")
    rest = " ".join([lines[-1], *words]).strip()
    lines[-1] = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width)
    return [line for line in lines if line]


def _description(index: Index) -> str:
    return str(index.data(DESCRIPTION_ROLE) or "")
