"""Stands where rows would, and names what to do.

`EmptyText` ──▶ **EmptyState** ── the button ──▶ reports_list
"""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QPushButton, QVBoxLayout, QWidget

from desktop.widgets.plain_text import plain_label
from desktop.widgets.theme import icons, measures, tokens
from desktop.widgets.theme.dress import look
from desktop.wording.reports.empty import EmptyText

ICON_H = 2.5
RING = 2
"""Pixels of the ring around what has the focus."""


class EmptyState(QWidget):
    """An icon, a heading, a sentence, a button; over the middle of its parent, a table's viewport.

    It shows that the table has the focus, which a table without rows does not.

    Signals:
        pressed(Help): The button was, which is for this.
    """

    pressed = Signal(object)

    def __init__(self, table: QAbstractItemView) -> None:
        super().__init__(table.viewport())
        self._table = table
        self._shown: EmptyText | None = None
        self.picture = plain_label()
        self.heading = plain_label()
        self.sentence = plain_label()
        self.button = QPushButton()
        self._lay_out()
        self.button.clicked.connect(self._press)
        look().changed.connect(self._draw)
        for watched in (table, table.viewport()):
            watched.installEventFilter(self)
        self.hide()

    def show_text(self, text: EmptyText | None) -> None:
        """Show a text, or with None nothing."""
        if text == self._shown:
            return
        self._shown = text
        if text:
            self.heading.setText(text.heading)
            self.heading.setVisible(bool(text.heading))
            self.sentence.setText(text.sentence)
            self.sentence.setVisible(bool(text.sentence))
            self.button.setText(text.button)
            self.button.setVisible(bool(text.button))
            self._draw()
        self.setVisible(text is not None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Stay as large as the parent, and show that the table has the focus."""
        if watched is self.parent() and event.type() is QEvent.Type.Resize:
            self._fill_parent()
        if watched is self._table and event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
            self.update()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the ring of the focus."""
        if self._table.hasFocus():
            painter = QPainter(self)
            painter.setPen(tokens.color("ring"))
            for inset in range(RING):
                painter.drawRect(self.rect().adjusted(inset, inset, -inset - 1, -inset - 1))

    def _press(self) -> None:
        if self._shown:
            self.pressed.emit(self._shown.helps)

    def _fill_parent(self) -> None:
        parent = self.parentWidget()
        if parent:
            self.setGeometry(parent.rect())

    def _draw(self) -> None:
        if self._shown:
            size, ratio = measures.h(ICON_H), self.devicePixelRatioF()
            self.picture.setPixmap(icons.pixmap(self._shown.icon, tokens.tokens()["muted"], size, ratio))
        self._fill_parent()

    def _lay_out(self) -> None:
        self.heading.setProperty("written", "heading")
        self.sentence.setProperty("tone", "quiet")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(8)
        layout.addStretch(1)
        for label in (self.picture, self.heading, self.sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(label)
        self.sentence.setWordWrap(True)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
