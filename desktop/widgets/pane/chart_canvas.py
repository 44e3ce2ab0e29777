"""Draws a chart with pyqtgraph. Nothing imports this module before the first chart is to be drawn.

chart_page ── `Chart` ──▶ **ChartCanvas** ──▶ eyes, pictures. It decides nothing but what has room.

All that pyqtgraph does with mouse, wheel and menus is kept from it: there is no zoom.
"""

from html import escape
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPixmap,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.plain_text import plain_label
from desktop.widgets.theme import measures, tokens
from desktop.widgets.theme.dress import look
from desktop.wording.chart.drawing import INKS, Axis, Chart, ChartKind, Mark, Series
from desktop.wording.chart.hover import in_order, nearest
from desktop.wording.chart.ticks import every_nth
from desktop.wording.language import tr
from desktop.wording.tone import Tone

NOTE_SIZE = 0.92
BEHIND, BEFORE, ABOVE = -10, 10, 20
"""Depths of lines, marks and the outline of one."""

SWATCH = 10
MOST_LEGEND = len(INKS) + 1
LEAST_NAME_H = 5
"""Least width, in heights of a line, to which a name beside the axis is cut short."""

GAP_PX = 8
LINE_PX, POINT_PX = 2, 8
TICK_GAP = 4
LABEL_NUDGE = 5
"""Pixels by which pyqtgraph moves an axis' name out of its axis."""

MOST_DOTS = 60
"""Points of a line that are marked: more would hide it."""

IGNORED = frozenset(
    {
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.Wheel,
        QEvent.Type.ContextMenu,
    }
)
KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class ChartCanvas(QFrame):
    """A chart with its legend, its note, and the value under the pointer or reached by the arrow keys.

    Signals:
        copy_requested(): Copy the picture.
    """

    copy_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chart")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Chart"))
        self.chart: Chart | None = None
        self.current: Mark | None = None
        self.plot: Any = pg.PlotWidget()
        self.note = ElidedLabel()
        self.hover = plain_label()
        self.legend: list[tuple[QWidget, ElidedLabel]] = []
        self._body, self._top = QFrame(), QWidget()
        self._outline: Any = None
        self._lay_out()
        self.plot.viewport().installEventFilter(self)
        look().changed.connect(self._redraw)

    def draw(self, chart: Chart) -> None:
        """Draw another chart."""
        self.chart = chart
        self.setAccessibleDescription(chart.description)
        self._redraw()

    def clear(self) -> None:
        """Draw nothing, and keep nothing."""
        self.chart = None
        self._show_mark(None)
        self.plot.clear()

    def picture(self, scale: int) -> QPixmap:
        """Return what is drawn, `scale` pixels to one of the screen's, without what the pointer shows.

        It is light whatever the window is: pictures go into documents.
        """
        picture = QPixmap(self._body.size() * scale)
        picture.setDevicePixelRatio(scale)
        with tokens.on_paper():
            self._redraw(scale)
            picture.fill(tokens.color("base"))
            self._body.render(picture, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
        self._redraw()
        return picture

    # --- drawing ---

    def _redraw(self, scale: int = 1) -> None:
        """Draw everything anew; pens are of the device's pixels, `scale` to one of the screen's."""
        self._show_mark(None)
        self.plot.clear()
        self.plot.setBackground(tokens.color("base"))
        chart = self.chart
        self._top.setFixedHeight(measures.h() + 4)
        self._show_legend(chart.series if chart else ())
        self.note.show_text(chart.note if chart else "", Tone.QUIET)
        if chart is None:
            return
        for tick in chart.y_axis.ticks:
            ink = "edge" if tick.at == 0 else "grid"
            line = pg.InfiniteLine(tick.at, angle=0, pen=pg.mkPen(tokens.color(ink), width=scale))
            line.setZValue(BEHIND)
            self.plot.addItem(line, ignoreBounds=True)
        for series in chart.series:
            self._draw_series(chart, series, scale)
        self.plot.setXRange(chart.x_axis.low, chart.x_axis.high, padding=0)
        self.plot.setYRange(chart.y_axis.low, chart.y_axis.high, padding=0)
        self._draw_axes()

    def _draw_series(self, chart: Chart, series: Series, scale: int) -> None:
        x, y = [mark.x for mark in series.marks], [mark.y for mark in series.marks]
        ink = tokens.color(series.ink)
        item: Any
        match chart.kind:
            case ChartKind.BARS | ChartKind.HISTOGRAM:
                widths = [mark.width for mark in series.marks]
                item = pg.BarGraphItem(x=x, height=y, width=widths, brush=pg.mkBrush(ink), pen=pg.mkPen(None))
            case ChartKind.LINE:
                dots = {"symbol": "o", "symbolSize": POINT_PX - 2, "symbolBrush": ink, "symbolPen": None}
                few = dots if len(x) <= MOST_DOTS else {}
                item = pg.PlotDataItem(x, y, pen=pg.mkPen(ink, width=LINE_PX * scale), antialias=True, **few)
            case ChartKind.POINTS:
                item = pg.ScatterPlotItem(x, y, size=POINT_PX, brush=pg.mkBrush(ink), pen=pg.mkPen(None))
        item.setZValue(BEFORE)
        self.plot.addItem(item)

    def _draw_axes(self) -> None:
        if self.chart is None:
            return
        font = self._font()
        for side, axis in (("left", self.chart.y_axis), ("bottom", self.chart.x_axis)):
            item = self.plot.getAxis(side)
            item.setTickFont(font)
            item.setTextPen(tokens.color("muted"))
            item.setPen(pg.mkPen(None))
            item.label.setFont(font)
            item.setLabel(self._said(axis, side, font), color=tokens.tokens()["muted"])
            item.setTicks([self._ticks(axis, font)])
        below = self.plot.getAxis("bottom")
        below.setHeight(TICK_GAP + QFontMetrics(font).height() + below.label.boundingRect().height() - LABEL_NUDGE)
        self.plot.getPlotItem().setContentsMargins(0, QFontMetrics(font).height() // 2, GAP_PX, 0)

    def _said(self, axis: Axis, side: str, font: QFont) -> str:
        """Return an axis' name, as much of it as has room; pyqtgraph takes it for markup, so it is escaped."""
        room = self.plot.width() if side == "bottom" else self.plot.height() - measures.h(2)
        metrics = QFontMetrics(font)
        return escape(metrics.elidedText(axis.name, Qt.TextElideMode.ElideRight, max(room, measures.h(2))))

    def _ticks(self, axis: Axis, font: QFont) -> list[tuple[float, str]]:
        """Return the ticks that have room; names are cut short, and left out where that is not enough."""
        if not axis.is_of_names:
            return [(tick.at, tick.text) for tick in axis.ticks]
        metrics = QFontMetrics(font)
        slot = self._room().width() / max(1.0, axis.high - axis.low)
        longest = int(max(slot - GAP_PX, measures.h(LEAST_NAME_H)))
        texts = [metrics.elidedText(tick.text, Qt.TextElideMode.ElideRight, longest) for tick in axis.ticks]
        nth = every_nth([metrics.horizontalAdvance(text) for text in texts], slot, GAP_PX)
        return [(tick.at, text) for tick, text in list(zip(axis.ticks, texts, strict=True))[::nth]]

    def _fit_legend(self) -> None:
        """Give each name what it needs, or its part of the row; the note gets what is left."""
        named = [label for _, label in self.legend if label.text]
        part = (self.width() - 16) // max(1, len(named)) - SWATCH - 24
        for label in named:
            label.setFixedWidth(max(0, min(label.sizeHint().width(), part)))

    def _show_legend(self, series: tuple[Series, ...]) -> None:
        named = [each for each in series if each.name]
        for number, (swatch, label) in enumerate(self.legend):
            is_shown = number < len(named)
            swatch.setVisible(is_shown)
            label.setVisible(is_shown)
            label.show_text(named[number].name if is_shown else "", Tone.QUIET)
            if is_shown:
                swatch.setStyleSheet(f"background: {tokens.tokens()[named[number].ink]}; border-radius: 2px;")
        self._fit_legend()

    # --- the value under the pointer ---

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Follow the pointer over the plot, and keep all else from pyqtgraph."""
        if watched is not self.plot.viewport():
            return super().eventFilter(watched, event)
        match event.type():
            case QEvent.Type.MouseMove if isinstance(event, QMouseEvent):
                self._point_at(event.position())
                return True
            case QEvent.Type.Leave:
                self._show_mark(None)
                return False
            case kind:
                if kind is QEvent.Type.MouseButtonPress:
                    self.setFocus(Qt.FocusReason.MouseFocusReason)
                return kind in IGNORED

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Go from value to value, or copy the picture."""
        key = Qt.Key(event.key())
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_requested.emit()
        elif key in KEYS or key in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            self._go(key)
        elif key == Qt.Key.Key_Escape and self.current is not None:
            self._show_mark(None)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Draw the axes anew: other ticks have room."""
        super().resizeEvent(event)
        self._show_mark(None)
        self._fit_legend()
        self._draw_axes()

    def place_of(self, mark: Mark) -> QPoint:
        """Return where the upper end of a mark is, in the plot's pixels."""
        view = self.plot.getPlotItem().getViewBox()
        return QPoint(self.plot.mapFromScene(view.mapViewToScene(QPointF(mark.x, mark.y))))

    def _point_at(self, place: QPointF) -> None:
        if self.chart is None:
            return
        view = self.plot.getPlotItem().getViewBox()
        at = view.mapSceneToView(self.plot.mapToScene(place.toPoint()))
        is_inside = self._room().contains(place.toPoint())
        across, up = view.viewPixelSize()
        px = (1 / across if across else 0.0, 1 / up if up else 0.0)
        self._show_mark(nearest(self.chart, (at.x(), at.y()), px) if is_inside else None)

    def _go(self, key: Qt.Key) -> None:
        marks = in_order(self.chart) if self.chart else ()
        if not marks:
            return
        if key in KEYS and self.current in marks:
            number = min(max(marks.index(self.current) + KEYS[key], 0), len(marks) - 1)
        else:
            number = 0 if key in {Qt.Key.Key_Home, Qt.Key.Key_Right} else len(marks) - 1
        self._show_mark(marks[number])
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, marks[number].text))

    def _show_mark(self, mark: Mark | None) -> None:
        """Outline a mark and show its value beside it; None for none."""
        if mark is self.current and mark is not None:
            return
        self.current = mark
        if self._outline is not None:
            self.plot.removeItem(self._outline)
            self._outline = None
        self.hover.setVisible(mark is not None)
        if mark is None:
            return
        pen = pg.mkPen(tokens.color("text"), width=LINE_PX)
        if mark.width:
            self._outline = pg.BarGraphItem(
                x=[mark.x], height=[mark.y], width=mark.width, brush=pg.mkBrush(None), pen=pen
            )
        else:
            self._outline = pg.ScatterPlotItem([mark.x], [mark.y], size=POINT_PX + 4, brush=pg.mkBrush(None), pen=pen)
        self._outline.setZValue(ABOVE)
        self.plot.addItem(self._outline, ignoreBounds=True)
        self.hover.setText(mark.text)
        self.hover.adjustSize()
        self._place_hover(self.place_of(mark), self._half_width(mark))

    def _half_width(self, mark: Mark) -> int:
        view = self.plot.getPlotItem().getViewBox()
        across, _ = view.viewPixelSize()
        return round(mark.width / across / 2) if across else 0

    def _place_hover(self, place: QPoint, half: int) -> None:
        """Put the value beside its mark, `half` of which is at either side of the place; inside the plot."""
        room, size = self.plot.rect(), self.hover.size()
        right = place.x() + half + GAP_PX
        left = right if right + size.width() <= room.width() else place.x() - half - GAP_PX - size.width()
        top = min(max(place.y() - size.height() // 2, 0), max(0, room.height() - size.height()))
        self.hover.move(max(0, left), top)
        self.hover.raise_()

    # --- layout ---

    def _room(self) -> QRect:
        """Return the place of the marks, in the plot's pixels."""
        rect = self.plot.getPlotItem().getViewBox().sceneBoundingRect()
        return QRect(self.plot.mapFromScene(rect).boundingRect())

    def _font(self) -> QFont:
        font = QFont(self.font())
        if font.pointSizeF() > 0:
            font.setPointSizeF(font.pointSizeF() * NOTE_SIZE)
        return font

    def _lay_out(self) -> None:
        item = self.plot.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(enableMenu=False)
        item.setMouseEnabled(x=False, y=False)
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.enableAutoSIPrefix(enable=False)
            axis.setStyle(tickLength=0, tickAlpha=0, tickTextOffset=TICK_GAP, hideOverlappingLabels=False)
        self.plot.setFrameShape(QFrame.Shape.NoFrame)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setMinimumHeight(0)
        self.hover.setParent(self.plot)
        self.hover.setObjectName("hover")
        self.hover.hide()
        top = QHBoxLayout(self._top)
        top.setContentsMargins(4, 0, 8, 0)
        top.setSpacing(6)
        for _ in range(MOST_LEGEND):
            swatch, label = QFrame(), ElidedLabel()
            swatch.setFixedSize(SWATCH, SWATCH)
            top.addWidget(swatch)
            top.addWidget(label)
            top.addSpacing(6)
            self.legend.append((swatch, label))
        top.addStretch(1)
        top.addWidget(self.note)
        body = QVBoxLayout(self._body)
        body.setContentsMargins(8, 2, 8, 2)
        body.setSpacing(0)
        body.addWidget(self._top)
        body.addWidget(self.plot, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._body)
