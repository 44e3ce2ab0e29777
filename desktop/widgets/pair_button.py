"""A button with two texts, of which one is quieter: a name and its number, a profile and its state.

filter_bar, connection_button ──▶ **PairButton** ──▶ eyes. Qt's own button has one ink for all of its text.
"""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QIcon, QPaintEvent
from PySide6.QtWidgets import QStyle, QStyleOptionToolButton, QStylePainter, QToolButton, QWidget

from desktop.widgets.theme import measures, tokens

GAP = 6
"""Pixels between the two texts, as drawn."""
ICON_GAP = 2
"""Pixels between an icon, with the room it has at its right, and the text."""


class PairButton(QToolButton):
    """As wide as its texts in DemiBold, so that nothing moves when it is checked.

    Args:
        inks: The tokens of the two texts while it is not checked.
        padding: Pixels at both sides, as drawn.
    """

    def __init__(self, inks: tuple[str, str], padding: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._usual = self._inks = inks
        self._padding = padding
        self._is_strong = False
        self._texts = ("", "", "")

    def say(self, first: str, second: str = "", joint: str = "") -> None:
        """Show two texts, with a gap between them or a joint; or one."""
        self._texts = (first, joint, second)
        self.setText(f"{first}{(joint or '  ') if second else ''}{second}".replace("&", "&&"))
        self.updateGeometry()
        self.update()

    def wear_ink(self, ink: str | None) -> None:
        """Write both texts in one ink, DemiBold; None is as usual."""
        self._inks, self._is_strong = (ink, ink) if ink else self._usual, ink is not None
        self.update()

    def strong_metrics(self) -> QFontMetrics:
        """Return the measures of the texts where they are widest."""
        return QFontMetrics(self._font(is_strong=True))

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Return the size of icon and texts."""
        self.ensurePolished()
        beside = 2 * measures.scaled(self._padding) + self._icon_room()
        return QSize(beside + self._width(self._font(is_strong=True)), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Ask for the room of all, as Qt's own does."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the ground as the style has it, then icon and texts."""
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text, option.icon = "", QIcon()
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        is_strong = self._is_strong or self.isChecked()
        inks = ("onSelect", "onSelect") if self.isChecked() else self._inks
        font = self._font(is_strong=is_strong)
        spare = self.width() - self._icon_room() - self._width(font)
        left = max(spare // 2, measures.scaled(self._padding))
        if not self.icon().isNull():
            size = self.iconSize()
            place = QPoint(left, (self.height() - size.height()) // 2)
            painter.drawPixmap(place, self.icon().pixmap(size, self.devicePixelRatio()))
            left += self._icon_room()
        painter.setFont(font)
        metrics = QFontMetrics(font)
        for text, ink in zip(self._texts, (inks[0], inks[1], inks[1]), strict=True):
            painter.setPen(tokens.color(ink))
            width = metrics.horizontalAdvance(text)
            painter.drawText(QRect(left, 0, width + 1, self.height()), int(Qt.AlignmentFlag.AlignVCenter), text)
            left += width + (self._gap() if text is self._texts[0] else 0)

    def _width(self, font: QFont) -> int:
        metrics = QFontMetrics(font)
        return sum(map(metrics.horizontalAdvance, self._texts)) + self._gap()

    def _gap(self) -> int:
        return measures.scaled(GAP) if self._texts[2] and not self._texts[1] else 0

    def _icon_room(self) -> int:
        return 0 if self.icon().isNull() else self.iconSize().width() + ICON_GAP

    def _font(self, *, is_strong: bool) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold if is_strong else QFont.Weight.Normal)
        return font
