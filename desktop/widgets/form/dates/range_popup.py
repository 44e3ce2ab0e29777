"""A span of days chosen by name, by year or from calendars.

date_range ── span, bounds ──▶ **RangePopup** ── another span ──▶ date_range
"""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.widgets.form.dates.month_row import MonthRow
from desktop.widgets.form.dates.month_view import to_qdate
from desktop.widgets.form.popup import Popup
from desktop.widgets.line_edit import LineEdit
from desktop.widgets.plain_text import plain_label
from desktop.widgets.theme import dress, icons, measures, tokens
from desktop.wording.form.dates import Preset, Span, presets, say_days, show_day, year_of
from desktop.wording.language import tr
from desktop.wording.tone import Tone

DASH = " \N{EN DASH} "
ROOM_FOR_TWO = 46
"""Heights of a line that the screen has to be wide for two months."""


class RangePopup(Popup):
    """Presets and a year at the left, one month or two at the right, the choice below.

    Signals:
        taken(Span): Exactly these days.
    """

    taken = Signal(object)

    def __init__(self, owner: QWidget, span: Span | None, bounds: tuple[date | None, date | None], today: date) -> None:
        super().__init__(owner)
        self.setProperty("ground", "base")
        self.span = span
        self._begun: date | None = None
        """The day that was picked first, until the other end is."""
        self._offered = presets(today)
        count = 2 if owner.screen().availableGeometry().width() >= measures.h(ROOM_FOR_TWO) else 1
        self.presets = PresetList(self._offered)
        self.year = LineEdit()
        self.months = MonthRow(count, *bounds)
        self.summary = plain_label()
        self.keep = QPushButton(tr("Keep the old"))
        self.use = QPushButton(tr("Use these dates"))
        self._lay_out(today)
        self.presets.itemClicked.connect(self._take_preset)
        self.presets.currentRowChanged.connect(self._take_preset)
        self.year.textEdited.connect(self._take_year)
        self.months.picked.connect(self._pick)
        self.keep.clicked.connect(self.close)
        self.use.clicked.connect(self._finish)
        start = span.start if span else today
        self._show_span(turn_to=start)
        self.months.months[0].setSelectedDate(to_qdate(start))
        self.months.months[0].view().setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Press the button that has the focus with Enter, or take what is chosen."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if not self.press_focused():
                self._finish()
        else:
            super().keyPressEvent(event)

    def _take_preset(self) -> None:
        row = self.presets.currentRow()
        if row >= 0 and self._offered[row].span != self.span:
            self._choose(self._offered[row].span)

    def _take_year(self, text: str) -> None:
        if whole := year_of(text):
            self._choose(whole)

    def _choose(self, span: Span) -> None:
        self._begun = None
        self.span = span
        self._show_span(turn_to=span.start)

    def _pick(self, day: date) -> None:
        """Begin a span with the first day, and end it with the second, whichever is the earlier."""
        begun, self._begun = self._begun, None if self._begun else day
        self.span = Span(min(begun, day), max(begun, day)) if begun else Span(day, day)
        self._show_span()

    def _show_span(self, turn_to: date | None = None) -> None:
        self.months.show_span(self.span)
        if turn_to:
            self.months.show_month(turn_to)
        rows = [number for number, preset in enumerate(self._offered) if preset.span == self.span]
        self.presets.choose(rows[0] if rows else -1)
        is_crossed = self.span is not None and self.span.days < 1
        self.use.setEnabled(self.span is not None and not is_crossed)
        dress.set_tone(self.summary, Tone.FAILED if is_crossed else None)
        if is_crossed:
            self.summary.setText(tr("The first day is after the last."))
        elif self.span:
            ends = dict.fromkeys((show_day(self.span.start), show_day(self.span.end)))
            self.summary.setText(f"{DASH.join(ends)} · {say_days(self.span.days)}")

    def _finish(self) -> None:
        if self.span and self.use.isEnabled():
            self.taken.emit(self.span)
            self.close()

    def _lay_out(self, today: date) -> None:
        left = QFrame()
        left.setObjectName("presets")
        column = QVBoxLayout(left)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.presets)
        column.addWidget(_line())
        column.addLayout(self._year_row(today))
        column.addStretch(1)
        right = QVBoxLayout()
        right.setContentsMargins(16, 9, 16, 9)
        right.addWidget(self.months, 0, Qt.AlignmentFlag.AlignHCenter)
        right.addStretch(1)
        grid = QGridLayout(self.body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.setColumnStretch(1, 1)
        grid.addWidget(left, 0, 0)
        grid.addLayout(right, 0, 1)
        grid.addWidget(self._foot(), 1, 0, 1, 2)

    def _year_row(self, today: date) -> QHBoxLayout:
        label = plain_label(tr("&Year"))
        label.setBuddy(self.year)
        self.year.setAccessibleName(tr("&Year").replace("&", ""))
        self.year.setMaxLength(4)
        self.year.setPlaceholderText(str(today.year - 1))
        self.year.setFixedSize(measures.h(4.75), measures.h() + 12)
        row = QHBoxLayout()
        row.setContentsMargins(10, 4, 10, 0)
        row.addWidget(label)
        row.addStretch(1)
        row.addWidget(self.year)
        return row

    def _foot(self) -> QFrame:
        foot = QFrame()
        foot.setObjectName("popupFoot")
        self.use.setProperty("primary", True)  # noqa: FBT003  Qt's
        row = QHBoxLayout(foot)
        row.setContentsMargins(12, 8, 12, 8)
        row.addWidget(self.summary)
        row.addStretch(1)
        row.addSpacing(16)
        for button in (self.keep, self.use):
            button.setMinimumHeight(measures.h() + 12)
            row.addWidget(button)
        return foot


class PresetList(QListWidget):
    """Names of spans, one of them checked or none."""

    def __init__(self, offered: Sequence[Preset]) -> None:
        super().__init__()
        self.setObjectName("presetList")
        self.setAccessibleName(tr("Choose a span of days (Alt+Down)"))
        self.setItemDelegate(PresetDelegate(self))
        self.addItems([preset.name for preset in offered])
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        widest = max(self.fontMetrics().horizontalAdvance(preset.name) for preset in offered)
        self.setMinimumWidth(max(measures.h(9.3), widest + measures.h(3)))
        self.setFixedHeight(len(offered) * line_height() + 2)

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Ask for the names' width."""
        return QSize(self.minimumWidth(), self.height())

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802  Qt's name
        """Keep Qt from choosing the first line where none is chosen."""
        row = self.currentRow()
        self.blockSignals(True)  # noqa: FBT003  Qt's
        super().focusInEvent(event)
        self.blockSignals(False)  # noqa: FBT003  Qt's
        self.choose(row)

    def choose(self, row: int) -> None:
        """Check a row, or none for -1, without a signal."""
        self.blockSignals(True)  # noqa: FBT003  Qt's
        self.setCurrentRow(row)
        self.blockSignals(False)  # noqa: FBT003  Qt's


class PresetDelegate(QStyledItemDelegate):
    """Paints a name, and a check mark at the right of the chosen one."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802
        """Return the size of a line."""
        return QSize(0, line_height())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one line."""
        view = self.parent()
        is_chosen = isinstance(view, QListWidget) and view.currentRow() == index.row()
        rect = option.rect
        painter.save()
        if is_chosen:
            painter.fillRect(rect, tokens.color("select"))
            size = measures.h()
            mark = icons.pixmap("check", tokens.tokens()["onSelect"], size, painter.device().devicePixelRatio())
            painter.drawPixmap(rect.right() - size - 8, rect.top() + (rect.height() - size) // 2, mark)
        painter.setPen(tokens.color("onSelect" if is_chosen else "text"))
        area = QRect(rect).adjusted(10, 0, -8, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, str(index.data()))
        if isinstance(view, QListWidget) and view.hasFocus() and index.row() == max(0, view.currentRow()):
            painter.setPen(tokens.color("ring"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        painter.restore()


def line_height() -> int:
    """Return the height of a preset."""
    return measures.h() + 10


def _line() -> QFrame:
    line = QFrame()
    line.setObjectName("line")
    line.setFixedHeight(1)
    return line
