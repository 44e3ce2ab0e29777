"""The header of a table: titles, and beside one of them the order.

model ── titles ──▶ **SortHeader** ── pixels ──▶ eyes

A style sheet paints Qt's own mark of the order over a title that stands at the right, and close to any other.
"""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from desktop.widgets.theme import icons, measures, tokens

MARGIN = 8
MARK_H = 0.75
GAP = 3
"""Pixels between a title and the mark."""


class SortHeader(QHeaderView):
    """Sections can be clicked to sort.

    Args:
        ink: The colour of the titles.
        weight: The weight of their font.
    """

    def __init__(
        self, parent: QWidget | None = None, *, ink: str = "muted", weight: QFont.Weight = QFont.Weight.Normal
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._ink, self._weight = ink, weight
        self.setHighlightSections(False)
        self.setSectionsClickable(True)

    def paintSection(self, painter: QPainter, rect: QRect, number: int) -> None:  # noqa: N802  Qt's name
        """Paint one title, and the mark if the rows are sorted by it."""
        painter.save()
        painter.fillRect(rect, tokens.color("header"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, tokens.color("line"))
        is_under_mouse = self.underMouse() and rect.contains(self.mapFromGlobal(self.cursor().pos()))
        painter.setPen(tokens.color("text" if is_under_mouse else self._ink))
        font = QFont(painter.font())
        font.setWeight(self._weight)
        painter.setFont(font)
        area = rect.adjusted(MARGIN, 0, -MARGIN, 0)
        is_sorted = self.isSortIndicatorShown() and self.sortIndicatorSection() == number
        room = area.width() - (mark_room() if is_sorted else 0)
        title = painter.fontMetrics().elidedText(self._title(number), Qt.TextElideMode.ElideRight, room)
        width = painter.fontMetrics().horizontalAdvance(title)
        left = area.left() + (room - width if self._is_right(number) else 0)
        place = QRect(left, area.top(), width + 1, area.height())
        style = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, int(style) | int(Qt.TextFlag.TextSingleLine), title)
        if is_sorted:
            self._paint_mark(painter, left + width + GAP, area.center().y())
        painter.restore()

    def _paint_mark(self, painter: QPainter, left: int, middle: int) -> None:
        is_down = self.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
        size, ink = measures.h(MARK_H), tokens.color("muted").name()
        mark = icons.pixmap("chevron-down" if is_down else "chevron-up", ink, size, self.devicePixelRatioF())
        painter.drawPixmap(left, middle - size // 2 + 1, mark)

    def _title(self, number: int) -> str:
        return str(self.model().headerData(number, Qt.Orientation.Horizontal) or "")

    def _is_right(self, number: int) -> bool:
        side = self.model().headerData(number, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        return bool(side and Qt.AlignmentFlag(side) & Qt.AlignmentFlag.AlignRight)


def mark_room() -> int:
    """Return the room that the mark takes beside a title, in pixels."""
    return measures.h(MARK_H) + GAP
