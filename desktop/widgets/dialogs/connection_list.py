"""The list of connections, the one in use with a word and a mark.

connections_dialog ── items ──▶ **ConnectionList** ── the selected id ──▶ connections_dialog
"""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.widgets.plain_text import tooltip
from desktop.widgets.theme import icons, tokens
from desktop.widgets.theme.dress import look
from desktop.widgets.theme.measures import h
from desktop.wording.dialogs.connections import ConnectionItem, title_of
from desktop.wording.language import tr

ID, IS_USED = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
PAD = 8
Index = QModelIndex | QPersistentModelIndex


class ConnectionList(QListWidget):
    """The names of the connections.

    Signals:
        selected(str): The id of the connection that is selected now.
        remove_asked(): Delete was pressed.
    """

    selected = Signal(str)
    remove_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("connections")
        self.setAccessibleName(tr("Connections"))
        self.setItemDelegate(_Delegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.currentItemChanged.connect(self._tell)
        look().changed.connect(self.scheduleDelayedItemsLayout)

    def show_items(self, items: Sequence[ConnectionItem], selected: str | None) -> None:
        """List these. The selection stays, or goes to `selected`, or to the one in use where it is gone."""
        wanted = selected or self.selected_id()
        ids = [item.id for item in items]
        if wanted not in ids:
            wanted = next((item.id for item in items if item.is_used), ids[0] if ids else None)
        self.blockSignals(True)  # noqa: FBT003  Qt's
        while self.count() > len(items):
            self.takeItem(self.count() - 1)
        while self.count() < len(items):
            self.addItem(QListWidgetItem())
        for row, item in enumerate(items):
            _fill(self.item(row), item, title_of(item, items))
        self.setCurrentRow(ids.index(wanted) if wanted else -1)
        self.blockSignals(False)  # noqa: FBT003

    def selected_id(self) -> str | None:
        """Return the id of the selected connection."""
        item = self.currentItem()
        return item.data(ID) if item else None

    def _tell(self, now: QListWidgetItem | None) -> None:
        if now is not None:
            self.selected.emit(now.data(ID))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Ask for the removal at Delete."""
        if event.key() == Qt.Key.Key_Delete:
            self.remove_asked.emit()
        else:
            super().keyPressEvent(event)


class _Delegate(QStyledItemDelegate):
    """Paints an icon, the name, and at the right whether it is in use."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: N802  Qt's name
        return QSize(h(5), h() + 15)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if is_selected or is_hovered:
            painter.fillRect(option.rect, tokens.color("select" if is_selected else "hover"))
        area = option.rect.adjusted(PAD, 0, -PAD, 0)
        ink = tokens.tokens()["onSelect" if is_selected else "text"]
        _draw_icon(painter, "connection", ink, area)
        if index.data(IS_USED):
            _draw_icon(painter, "check", ink, QRect(area.right() - h() + 1, area.top(), h(), area.height()))
            area.setRight(area.right() - h() - 6)
            words = tr("in use")
            painter.setPen(tokens.color("muted"))
            painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
            area.setRight(area.right() - option.fontMetrics.horizontalAdvance(words) - 8)
        area.setLeft(area.left() + h() + 8)
        painter.setPen(ink)
        name = option.fontMetrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.restore()


def _draw_icon(painter: QPainter, name: str, ink: str, area: QRect) -> None:
    ratio = painter.device().devicePixelRatioF()
    painter.drawPixmap(area.left(), area.center().y() - h() // 2 + 1, icons.pixmap(name, ink, h(), ratio))


def _fill(row: QListWidgetItem, item: ConnectionItem, title: str) -> None:
    spoken = f"{title}, {tr('in use')}" if item.is_used else title
    for role, value in {
        Qt.ItemDataRole.DisplayRole: title,
        ID: item.id,
        IS_USED: item.is_used,
        Qt.ItemDataRole.AccessibleTextRole: spoken,
        Qt.ItemDataRole.ToolTipRole: tooltip(title, item.address),
    }.items():
        row.setData(role, value)
