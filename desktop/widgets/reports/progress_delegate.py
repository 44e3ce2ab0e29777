"""Paints a cell that holds a bar: what is done in words, and below it how far that is.

reports_model ── Bar ──▶ **ProgressDelegate** ── pixels ──▶ eyes. Any other cell is painted as Qt would.
"""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QGradient, QLinearGradient, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.widgets.reports.reports_model import BAR_ROLE, TONE_ROLE
from desktop.widgets.theme import tokens
from desktop.wording.report_row import Bar
from desktop.wording.tone import Tone

Index = QModelIndex | QPersistentModelIndex
TRACK_HEIGHT = 5.0
GAP = 4.0
MARGIN = 8.0
STRIPE = 5.0
TRACK_STRENGTH = 0.22
"""How strongly the track shows what the bar is going to be filled with."""


class ProgressDelegate(QStyledItemDelegate):
    """For every column: a cell with a `Bar` gets one, a cell with a `Tone` its colour."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802  Qt's name
        """Colour a text that has a tone; leave out the dotted focus frame, the whole row is marked."""
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus
        tone = index.data(TONE_ROLE)
        if tone is not None:
            palette = option.palette
            for role in (QPalette.ColorRole.Text, QPalette.ColorRole.HighlightedText):
                palette.setColor(role, tokens.color(tone))
            option.palette = palette

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the cell, and the bar where the model has one."""
        bar = index.data(BAR_ROLE)
        if bar is None:
            super().paint(painter, option, index)
            return
        cell = QStyleOptionViewItem(option)
        self.initStyleOption(cell, index)
        cell.text = ""
        QApplication.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, cell, painter)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_bar(painter, cell, bar)
        painter.restore()


def _paint_bar(painter: QPainter, cell: QStyleOptionViewItem, bar: Bar) -> None:
    area = QRectF(cell.rect).adjusted(MARGIN, 0, -MARGIN, 0)
    metrics = cell.fontMetrics
    top = area.center().y() - (metrics.height() + GAP + TRACK_HEIGHT) / 2
    words = QRectF(area.left(), top, area.width(), metrics.height())
    text = metrics.elidedText(bar.text, Qt.TextElideMode.ElideRight, int(area.width()))
    role = QPalette.ColorRole.HighlightedText if _is_selected(cell) else QPalette.ColorRole.Text
    painter.setPen(cell.palette.color(role))
    painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
    track = QRectF(area.left(), words.bottom() + GAP, area.width(), TRACK_HEIGHT)
    _paint_track(painter, track, tokens.color(Tone.RUNNING), bar.fraction)


def _paint_track(painter: QPainter, track: QRectF, color: QColor, fraction: float | None) -> None:
    """Fill the track as far as is known; where nothing is known it is striped all along."""
    pale = QColor(color)
    pale.setAlphaF(TRACK_STRENGTH)
    painter.setPen(Qt.PenStyle.NoPen)
    _fill(painter, track, QBrush(pale))
    if fraction is None:
        _fill(painter, track, _stripes(color, pale))
    elif fraction > 0:
        done = max(TRACK_HEIGHT, track.width() * fraction)
        _fill(painter, QRectF(track.left(), track.top(), done, track.height()), QBrush(color))


def _fill(painter: QPainter, area: QRectF, brush: QBrush) -> None:
    painter.setBrush(brush)
    painter.drawRoundedRect(area, TRACK_HEIGHT / 2, TRACK_HEIGHT / 2)


def _stripes(color: QColor, pale: QColor) -> QBrush:
    gradient = QLinearGradient(0, 0, STRIPE, STRIPE)
    gradient.setSpread(QGradient.Spread.RepeatSpread)
    for at, ink in ((0.0, color), (0.49, color), (0.51, pale), (1.0, pale)):
        gradient.setColorAt(at, ink)
    return QBrush(gradient)


def _is_selected(cell: QStyleOptionViewItem) -> bool:
    return bool(cell.state & QStyle.StateFlag.State_Selected)
