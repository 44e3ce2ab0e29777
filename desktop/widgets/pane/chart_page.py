"""The first rows of the selected report as a chart.

pane ── `Preview` ──▶ **ChartPage** ── `Chart` ──▶ chart_canvas; both are imported when the first chart is drawn
"""

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QFrame, QStackedWidget, QVBoxLayout, QWidget

from backend.protocol.preview import Preview
from desktop.widgets.dialogs.file_dialog import file_dialog
from desktop.widgets.pane.chart_controls import ChartControls
from desktop.widgets.pane.message_page import MessagePage
from desktop.wording.chart.columns import first_choice, fitting, fitting_kind
from desktop.wording.chart.drawing import Chart, ChartChoice, ChartKind
from desktop.wording.language import tr
from desktop.wording.pane.message import Message
from desktop.wording.pane.view import EMPTY

if TYPE_CHECKING:
    from desktop.widgets.pane.chart_canvas import ChartCanvas

PICTURE_SCALE = 2
"""Pixels of a picture for one of the screen's: it is printed, and shown on better screens."""


class ChartPage(QFrame):
    """Controls and a canvas. A choice stays while the columns do, a kind chosen by hand for ever.

    Signals:
        copied(str): A picture was copied or saved; the text says so.
    """

    copied = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.controls = ChartControls()
        self.message = MessagePage()
        self.canvas: ChartCanvas | None = None
        self.choice: ChartChoice | None = None
        self.chart: Chart | None = None
        self._kind: ChartKind | None = None
        """The kind that was chosen by hand."""
        self._preview = EMPTY
        self._title = ""
        self._folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        self._place = QStackedWidget()
        self._lay_out()
        self.controls.chosen.connect(self._choose)
        self.controls.copy_requested.connect(self.copy_picture)
        self.controls.save_requested.connect(self.ask_where_to_save)

    def show_preview(self, preview: Preview, title: str = "") -> None:
        """Draw another preview; without columns nothing is kept of the last one."""
        self._title = title
        if preview is self._preview:
            return
        is_same = _columns(preview) == _columns(self._preview) and self.choice is not None
        kept, self._preview = self.choice, preview
        if not preview.columns:
            self._forget()
            return
        choice = self._fitted(kept) if kept and is_same else first_choice(preview, self._kind)
        self.controls.show_columns(preview)
        self._draw(choice)

    def stops(self) -> list[QWidget]:
        """Return what Tab goes through, in order."""
        return [*self.controls.stops(), *([self.canvas] if self.canvas else [])]

    def copy_picture(self) -> None:
        """Copy the chart as a picture."""
        if self.canvas and self.chart:
            QGuiApplication.clipboard().setPixmap(self.canvas.picture(PICTURE_SCALE))
            self.copied.emit(tr("Picture copied."))

    def ask_where_to_save(self) -> None:
        """Ask for a file, without stopping anything meanwhile."""
        dialog = file_dialog(self, tr("Save picture…"), self._folder, "PNG (*.png)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("png")
        dialog.selectFile(_file_name(self._title))
        dialog.fileSelected.connect(self.save_picture)
        dialog.open()

    def save_picture(self, file: str) -> None:
        """Save the chart as a picture."""
        if self.canvas and self.chart:
            path = Path(file)
            self._folder = str(path.parent)
            is_saved = self.canvas.picture(PICTURE_SCALE).save(file, "PNG")
            said = "Saved {file} in {folder}." if is_saved else "{file} could not be saved in {folder}."
            self.copied.emit(tr(said, file=path.name, folder=path.parent.name or str(path.parent)))

    def _choose(self, choice: ChartChoice) -> None:
        if self.choice and choice.kind is not self.choice.kind:
            self._kind = choice.kind
        self._draw(self._fitted(choice))

    def _fitted(self, choice: ChartChoice) -> ChartChoice | None:
        """Return a choice that can be drawn; its kind is that which fits what is across, unless one was chosen."""
        fit = fitting(choice, self._preview)
        return replace(fit, kind=self._kind or fitting_kind(self._preview, fit.x)) if fit else None

    def _draw(self, choice: ChartChoice | None) -> None:
        from desktop.wording.chart.sketch import sketch  # noqa: PLC0415  the first paint does not wait for it

        self.choice = choice
        self.chart = sketch(self._preview, choice) if choice else None
        if choice is not None:
            self.controls.show_choice(choice)
        if self.chart is None:
            self.message.show_message(Message(tr("There is nothing to draw here.")))
            self._place.setCurrentWidget(self.message)
            return
        canvas = self._opened()
        canvas.draw(self.chart)
        self._place.setCurrentWidget(canvas)

    def _forget(self) -> None:
        self.chart = None
        if self.canvas:
            self.canvas.clear()

    def _opened(self) -> "ChartCanvas":
        """Return the canvas: its import takes most of a second, and many never look at a chart."""
        if self.canvas is None:
            from desktop.widgets.pane.chart_canvas import ChartCanvas  # noqa: PLC0415  see above

            self.canvas = ChartCanvas()
            self.canvas.copy_requested.connect(self.copy_picture)
            self._place.addWidget(self.canvas)
            QWidget.setTabOrder(self.controls.save, self.canvas)
        return self.canvas

    def _lay_out(self) -> None:
        self._place.addWidget(self.message)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.controls)
        layout.addWidget(self._place, 1)


def _columns(preview: Preview) -> list[tuple[str, str]]:
    return [(column.name, column.type) for column in preview.columns]


def _file_name(title: str) -> str:
    """Return a file's name for a title; what some system does not allow in names is left out."""
    kept = "".join(letter if letter.isalnum() or letter in " -_" else " " for letter in title)
    return f"{'-'.join(kept.lower().split()) or 'chart'}.png"
