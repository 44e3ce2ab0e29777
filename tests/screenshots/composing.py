"""One picture of a window and of what is open above it, and the texts in it that have no room.

widgets ──▶ **compose** ── QImage ──▶ file        widgets ──▶ **cut_texts** ──▶ the test
"""

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QDialog, QLabel, QToolButton, QWidget

from desktop.widgets.form.note_label import NoteLabel
from desktop.widgets.theme import tokens

TITLE = 30
"""Pixels that a window manager gives to a dialog's title."""
SHADOW = 12
"""Pixels around a popup that its shadow reaches."""


def settle() -> None:
    """Have Qt lay out and paint."""
    for _ in range(6):
        QApplication.processEvents()


def compose(window: QWidget, *above: QWidget) -> QImage:
    """Return a picture of a window with popups and dialogs where they are; dialogs get a title and an edge."""
    picture = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    painter = QPainter(picture)
    # Without a display each window is moved by a frame that nobody sees.
    frame = window.geometry().topLeft() - window.pos()
    origin = window.mapToGlobal(QPoint(0, 0)) + frame
    for widget in above:
        place = QRect(widget.pos() - origin, widget.size())
        title = TITLE if isinstance(widget, QDialog) else 0
        whole = place.adjusted(0, -title, 0, 0)
        _draw_shadow(painter, whole)
        if title:
            _draw_title(painter, QRect(whole.topLeft(), QSize(whole.width(), title)), widget)
        painter.drawPixmap(place.topLeft(), widget.grab())
        if title:
            painter.setPen(tokens.color("edge"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(whole.adjusted(-1, -1, 0, 0))
    painter.end()
    return picture


def cut_texts(*windows: QWidget) -> list[str]:
    """Return the texts of labels and buttons that are seen and have too little room."""
    return [text for window in windows for widget in window.findChildren(QWidget) for text in _cut(widget)]


def colors_in(picture: QImage) -> int:
    """Return how many colours a picture has, as far as a look at each eighth pixel tells."""
    return len({picture.pixel(x, y) for x in range(0, picture.width(), 8) for y in range(0, picture.height(), 8)})


def _cut(widget: QWidget) -> Iterator[str]:
    if not widget.isVisible() or isinstance(widget, NoteLabel | QComboBox):
        return
    match widget:
        case QLabel() if not widget.wordWrap():
            text, needed = widget.text(), widget.sizeHint()
        case QLabel():
            text = widget.text()
            needed = QSize(0, widget.heightForWidth(widget.width()))
        case QToolButton() if widget.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly and widget.icon():
            return
        case QAbstractButton():
            text, needed = widget.text(), QSize(widget.sizeHint().width(), 0)
        case _:
            return
    if text and (widget.width() < needed.width() or widget.height() < needed.height()):
        yield f"{type(widget).__name__} {text!r}: {widget.width()}x{widget.height()} of {needed.toTuple()}"


def _draw_shadow(painter: QPainter, whole: QRect) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    for step in range(SHADOW, 0, -2):
        painter.setBrush(QColor(0, 0, 0, 6))
        painter.drawRoundedRect(whole.adjusted(-step, 2 - step, step, step + 3), step, step)


def _draw_title(painter: QPainter, bar: QRect, dialog: QWidget) -> None:
    painter.fillRect(bar, tokens.color("press"))
    font = QFont(dialog.font())
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    painter.setPen(tokens.color("muted"))
    painter.drawText(bar, Qt.AlignmentFlag.AlignCenter, dialog.windowTitle())
