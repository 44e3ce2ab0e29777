"""The ring of the focus, as it is seen in a window's pixels."""

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.widgets.theme import tokens

MOST_STOPS = 60
SEEN = 8
"""So many pixels more of the ring's colour are seen."""


def unseen_stops(window: QWidget, start: QWidget) -> list[str]:
    """Press Tab until it comes round, and return where nothing showed that the focus was there."""
    start.setFocus()
    unseen: list[str] = []
    walked: list[QWidget] = []
    stop = start
    while stop not in walked and len(walked) < MOST_STOPS:
        walked.append(stop)
        place = QRect(stop.mapTo(window, QPoint()), stop.size()).adjusted(-3, -3, 3, 3)
        focused = rings(window, place)
        other = QWidget(window)
        other.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        other.show()
        other.setFocus()
        if all(now <= before + SEEN for now, before in zip(focused, rings(window, place), strict=True)):
            unseen.append(f"{type(stop).__name__} {stop.objectName()} {stop.accessibleName()}")
        stop.setFocus()
        other.setParent(None)
        other.deleteLater()
        QTest.keyClick(stop, Qt.Key.Key_Tab)
        stop = QApplication.focusWidget() or start
    return unseen


def rings(window: QWidget, place: QRect) -> list[int]:
    """Return how many pixels there have the ring's colour, and that of the ring on a filled button and a filled day."""
    image = window.grab(place).toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = memoryview(image.constBits()).cast("I").tolist()
    return [pixels.count(QColor(tokens.color(name)).rgb()) for name in ("ring", "text")]
