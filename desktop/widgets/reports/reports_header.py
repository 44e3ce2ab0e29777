"""The header of the list: titles, and beside one of them the order.

reports_model ── titles ──▶ **ReportsHeader** ── pixels ──▶ eyes

A style sheet paints Qt's own mark of the order over a title that stands at the right.
"""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from desktop.widgets.theme import icons, measures, tokens
from desktop.wording.language import tr
from desktop.wording.reports.report_columns import COLUMNS

MARGIN = 8
MARK_H = 0.75
GAP = 3


class ReportsHeader(QHeaderView):
    """Sections can be dragged, clicked to sort, and clicked with the right button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setAccessibleName(tr("Columns"))
        self.setHighlightSections(False)
        self.setMinimumSectionSize(16)
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def paintSection(self, painter: QPainter, rect: QRect, number: int) -> None:  # noqa: N802  Qt's name
        """Paint one title, and the mark if the rows are sorted by it."""
        column = COLUMNS[number]
        painter.save()
        painter.fillRect(rect, tokens.color("header"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, tokens.color("line"))
        is_under_mouse = self.underMouse() and rect.contains(self.mapFromGlobal(self.cursor().pos()))
        painter.setPen(tokens.color("text" if is_under_mouse else "muted"))
        area = rect.adjusted(MARGIN, 0, -MARGIN, 0)
        size = measures.h(MARK_H)
        is_sorted = self.sortIndicatorSection() == number
        room = area.width() - (size + GAP if is_sorted else 0)
        title = painter.fontMetrics().elidedText(tr(column.title), Qt.TextElideMode.ElideRight, room)
        width = painter.fontMetrics().horizontalAdvance(title)
        left = area.left() + (room - width if column.is_number else 0)
        place = QRect(left, area.top(), width + 1, area.height())
        painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), title)
        if is_sorted:
            is_down = self.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
            name, ink = "chevron-down" if is_down else "chevron-up", tokens.color("muted").name()
            mark = icons.pixmap(name, ink, size, self.devicePixelRatioF())
            painter.drawPixmap(left + width + GAP, area.center().y() - size // 2 + 1, mark)
        painter.restore()
