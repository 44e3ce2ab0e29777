import gc
import signal
import subprocess
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPixmap, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QMenu, QStyleOptionComboBox
from pytestqt.qtbot import QtBot

from backend.protocol.preview import Cell
from desktop.widgets.pane.chart_canvas import ChartCanvas
from desktop.widgets.pane.chart_controls import BOX_LETTERS
from desktop.widgets.pane.chart_page import PICTURE_SCALE, ChartPage
from desktop.widgets.theme import measures, tokens
from desktop.widgets.theme.dress import Appearance, look
from desktop.wording.chart.drawing import ChartChoice, ChartKind
from desktop.wording.pane.cells import EMPTY
from tests.desktop.widgets.pane.previews import make
from tests.desktop.widgets.test_plain_text import MARKUP

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # a display without a window manager says so
COLUMNS = (("Rank", "integer"), ("Date", "date"), ("Carrier", "text"), ("Late", "integer"), ("Mean", "decimal"))
ROWS: tuple[tuple[Cell, ...], ...] = (
    (1, "2013-07-10", "UA", 547, "52.9"),
    (2, "2013-03-08", "B6", 632, "83.5"),
    (3, "2013-06-24", "UA", 519, "47.2"),
)
WORST = make(ROWS, COLUMNS)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def _as_at_first(qapp: QApplication) -> Iterator[None]:
    look().wear(Appearance.LIGHT, 100)
    yield
    look().wear(Appearance.SYSTEM, 100)


@pytest.fixture
def page(qtbot: QtBot) -> ChartPage:
    return opened(qtbot)


def opened(qtbot: QtBot) -> ChartPage:
    page = ChartPage()
    qtbot.addWidget(page)
    page.resize(1000, 260)
    page.show()
    page.show_preview(WORST, "Worst days")
    QApplication.processEvents()
    return page


def canvas_of(page: ChartPage) -> ChartCanvas:
    assert page.canvas is not None
    return page.canvas


def choose(box: QComboBox, text: str) -> None:
    """Choose as a hand does: `activated` follows a choice by hand alone."""
    box.setCurrentIndex(box.findText(text))
    box.activated.emit(box.currentIndex())


# --- choosing -------------------------------------------------------------------------------------


def test_first_chart_is_bars_of_a_date_by_the_first_number_but_rank(page: ChartPage) -> None:
    assert page.choice == ChartChoice(ChartKind.BARS, 1, 3)
    controls = page.controls
    assert [box.currentText() for box in (controls.across, controls.up, controls.split)] == ["Date", "Late", "Nothing"]
    assert controls.kinds[ChartKind.BARS].isChecked()
    assert canvas_of(page).accessibleDescription() == "Bars: Late by Date, 3 values, most 632"


@pytest.mark.parametrize("kind", ChartKind)
def test_each_kind_is_drawn_by_a_click(page: ChartPage, kind: ChartKind) -> None:
    QTest.mouseClick(page.controls.kinds[kind], LEFT)
    assert page.chart is not None
    assert page.chart.kind is kind
    image = canvas_of(page).grab().toImage()
    assert tokens.color("chart1") in colors(image)


def colors(image: QImage) -> list[QColor]:
    step = max(1, image.width() // 300)
    return [image.pixelColor(x, y) for x in range(0, image.width(), step) for y in range(0, image.height(), step)]


def test_other_columns_are_chosen(page: ChartPage) -> None:
    choose(page.controls.up, "Mean")
    choose(page.controls.across, "Carrier")
    assert page.choice == ChartChoice(ChartKind.BARS, 2, 4)
    assert page.chart is not None
    assert page.chart.y_axis.name == "Mean of Mean"


def test_series_have_their_colours_and_a_legend(page: ChartPage) -> None:
    choose(page.controls.split, "Carrier")
    QApplication.processEvents()
    legend = [label.text for swatch, label in canvas_of(page).legend if swatch.isVisible()]
    assert legend == ["UA", "B6"]
    found = colors(canvas_of(page).plot.grab().toImage())
    assert {tokens.color("chart1").name(), tokens.color("chart2").name()} <= {color.name() for color in found}


def test_histogram_needs_neither_across_nor_series(page: ChartPage) -> None:
    QTest.mouseClick(page.controls.kinds[ChartKind.HISTOGRAM], LEFT)
    assert not page.controls.across.isEnabled()
    assert not page.controls.split.isEnabled()
    assert page.controls.up.isEnabled()


MONTHS = (("Month", "date"), ("Carrier", "text"), ("Flights", "integer"))
BY_MONTH: tuple[tuple[Cell, ...], ...] = (("2013-06-01", "UA", 5), ("2013-07-01", "B6", 7), ("2013-08-01", "UA", 6))


def test_kind_follows_what_is_across_until_one_is_chosen(page: ChartPage) -> None:
    page.show_preview(make(BY_MONTH, MONTHS), "Months")
    kinds = page.controls.kinds
    assert kinds[ChartKind.LINE].isChecked()
    choose(page.controls.across, "Carrier")
    assert kinds[ChartKind.BARS].isChecked()
    choose(page.controls.across, "Month")
    assert kinds[ChartKind.LINE].isChecked()
    QTest.mouseClick(kinds[ChartKind.BARS], LEFT)
    choose(page.controls.split, "Carrier")
    assert page.choice == ChartChoice(ChartKind.BARS, 0, 2, 1)
    page.show_preview(make(BY_MONTH[::-1], MONTHS), "Months")
    assert kinds[ChartKind.BARS].isChecked()


def test_kind_fits_each_report_of_the_same_columns(page: ChartPage) -> None:
    assert page.controls.kinds[ChartKind.BARS].isChecked()
    page.show_preview(make(tuple(sorted(ROWS, key=lambda row: str(row[1]))), COLUMNS), "In their order")
    assert page.controls.kinds[ChartKind.LINE].isChecked()


def test_choice_stays_while_the_columns_do(page: ChartPage) -> None:
    QTest.mouseClick(page.controls.kinds[ChartKind.LINE], LEFT)
    choose(page.controls.up, "Mean")
    page.show_preview(make(ROWS[:2], COLUMNS), "Worst days")
    assert page.choice == ChartChoice(ChartKind.LINE, 1, 4)
    page.show_preview(make(), "Another")
    assert page.choice == ChartChoice(ChartKind.LINE, 0, 2)


def test_choice_stays_through_a_report_without_rows(page: ChartPage) -> None:
    choose(page.controls.up, "Mean")
    page.show_preview(EMPTY)
    assert page.chart is None
    page.show_preview(make(ROWS, COLUMNS), "Worst days")
    assert page.chart is not None


def test_column_without_values_says_so(page: ChartPage) -> None:
    page.show_preview(make(((None, "a"),), (("Late", "integer"), ("Name", "text"))), "")
    assert page.message.isVisible()
    assert page.message.label.text() == "There is nothing to draw here."


def test_part_of_a_report_is_said_to_be_one(page: ChartPage) -> None:
    page.show_preview(make(ROWS, COLUMNS, count=98_210), "Worst days")
    assert canvas_of(page).note.text == "Of the first 3 rows of 98,210."


# --- the value under the pointer ------------------------------------------------------------------


def test_value_stands_beside_the_bar_under_the_pointer(page: ChartPage) -> None:
    canvas = canvas_of(page)
    assert page.chart is not None
    bar = page.chart.series[0].marks[1]
    QTest.mouseMove(canvas.plot.viewport(), canvas.place_of(bar) + QPoint(0, 20))
    assert canvas.hover.isVisible()
    assert canvas.hover.text() == "2013-03-08 · Late 632"
    assert canvas.plot.rect().contains(canvas.hover.geometry())
    QCoreApplication.sendEvent(canvas.plot.viewport(), QEvent(QEvent.Type.Leave))
    assert not canvas.hover.isVisible()


def test_arrow_keys_go_from_value_to_value(page: ChartPage) -> None:
    canvas = canvas_of(page)
    said = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Home):
        QTest.keyClick(canvas, key)
        said.append(canvas.hover.text().split()[-1])
    assert said == ["547", "632", "519", "519", "632", "547"]
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert not canvas.hover.isVisible()


def test_nothing_zooms_pans_or_opens_a_menu(page: ChartPage) -> None:
    canvas = canvas_of(page)
    viewport, box = canvas.plot.viewport(), canvas.plot.getPlotItem().getViewBox()
    before, middle = box.viewRange(), viewport.rect().center()
    wheel = QWheelEvent(
        QPointF(middle), QPointF(viewport.mapToGlobal(middle)), QPoint(0, 120), QPoint(0, 120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,  # noqa: FBT003
    )  # fmt: skip
    QCoreApplication.sendEvent(viewport, wheel)
    QTest.mousePress(viewport, LEFT, pos=middle)
    QTest.mouseMove(viewport, middle + QPoint(60, 30))
    QTest.mouseRelease(viewport, LEFT, pos=middle + QPoint(60, 30))
    QTest.mouseClick(viewport, Qt.MouseButton.RightButton, pos=middle)
    QTest.mouseDClick(viewport, LEFT, pos=middle)
    assert box.viewRange() == before
    assert not [menu for menu in QApplication.topLevelWidgets() if isinstance(menu, QMenu) and menu.isVisible()]
    assert canvas.hasFocus() or not canvas.isActiveWindow()


# --- pictures -------------------------------------------------------------------------------------


def test_picture_is_copied_at_twice_its_size(page: ChartPage, qtbot: QtBot) -> None:
    QTest.keyClick(canvas_of(page), Qt.Key.Key_Right)
    with qtbot.waitSignal(page.copied) as said:
        QTest.mouseClick(page.controls.copy, LEFT)
    assert said.args == ["Picture copied."]
    picture = QGuiApplication.clipboard().image()
    assert abs(picture.width() - PICTURE_SCALE * canvas_of(page).width()) < 12
    assert tokens.color("tooltip") not in colors(picture)


@pytest.mark.parametrize("kind", ChartKind)
def test_picture_is_that_of_the_light_window_in_the_dark_one_too(qtbot: QtBot, kind: ChartKind) -> None:
    pictures = []
    for appearance in (Appearance.LIGHT, Appearance.DARK):
        look().wear(appearance)
        page = opened(qtbot)
        QTest.mouseClick(page.controls.kinds[kind], LEFT)
        choose(page.controls.split, "Carrier")
        before = canvas_of(page).grab().toImage()
        QTest.mouseClick(page.controls.copy, LEFT)
        pictures.append(QGuiApplication.clipboard().image())
        assert canvas_of(page).grab().toImage() == before
    light, dark = pictures
    assert dark == light
    assert dark.pixelColor(2, 2) == QColor(tokens.palettes()["light"]["base"])


def test_line_of_a_picture_is_as_thick_as_on_the_screen(page: ChartPage) -> None:
    page.show_preview(make((("2013-06-01", 5), ("2013-07-01", 5)), (("Month", "date"), ("Late", "integer"))), "")
    shown = canvas_of(page)._body.grab().toImage()
    picture = canvas_of(page).picture(PICTURE_SCALE).toImage()
    assert thickness(picture) == pytest.approx(PICTURE_SCALE * thickness(shown), rel=0.1)


def thickness(image: QImage) -> float:
    """Return how many pixels the blue line covers, in the middle of a picture from top to bottom."""
    column = [image.pixelColor(image.width() // 2, y) for y in range(image.height())]
    covered = [255 - color.red() for color in column if color.blue() - color.red() > 40]
    return sum(covered) / (255 - tokens.color("chart1").red())


def test_picture_is_saved_where_the_analyst_says_without_stopping_anything(
    page: ChartPage, tmp_path: Path, qtbot: QtBot
) -> None:
    QTest.mouseClick(page.controls.save, LEFT)
    (dialog,) = page.findChildren(QFileDialog)
    assert [Path(name).name for name in dialog.selectedFiles()] == ["worst-days.png"]
    dialog.selectFile(str(tmp_path / "late.png"))
    with qtbot.waitSignal(page.copied) as said:
        dialog.accept()
    assert said.args == [f"Saved late.png in {tmp_path.name}."]
    assert QPixmap(str(tmp_path / "late.png")).width() > PICTURE_SCALE * 900


def test_picture_that_cannot_be_saved_is_said(page: ChartPage, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.copied) as said:
        page.save_picture(str(tmp_path / "nowhere" / "late.png"))
    assert said.args == ["late.png could not be saved in nowhere."]


# --- look -----------------------------------------------------------------------------------------


def test_chart_follows_the_scheme_and_the_text(page: ChartPage) -> None:
    canvas = canvas_of(page)
    look().wear(Appearance.DARK, 200)
    QApplication.processEvents()
    image = canvas.plot.grab().toImage()
    assert image.pixelColor(2, 2) == tokens.color("base")
    assert tokens.color("chart1") in colors(image)
    axis = canvas.plot.getAxis("bottom")
    assert axis.style["tickFont"].pointSizeF() > 1.5 * QApplication.font().pointSizeF() / 2
    assert axis.height() > measures.h(1.5)


@pytest.mark.parametrize("width", [1000, 700, 480])
def test_words_of_the_buttons_give_way_then_the_boxes_go_below(page: ChartPage, width: int) -> None:
    page.resize(width, 260)
    QApplication.processEvents()
    controls = page.controls
    has_words = controls.copy.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    tops = [part.mapTo(page, QPoint()).y() for part in (controls.across, controls.kinds[ChartKind.BARS])]
    is_below = tops[0] > tops[1] + 20
    assert (has_words, is_below) == {1000: (True, False), 700: (False, False), 480: (True, True)}[width]
    assert controls.save.mapTo(page, controls.save.rect().topRight()).x() <= width
    assert controls.copy.toolTip() == "<p>Copy picture</p>"


def test_names_of_columns_are_no_markup(page: ChartPage) -> None:
    page.show_preview(make(((MARKUP, 1),), ((MARKUP, "text"), (MARKUP, "integer"))), MARKUP)
    for side in ("left", "bottom"):
        shown = canvas_of(page).plot.getAxis(side).label.toPlainText()
        assert shown.strip().startswith("<img")


def test_baseline_and_lines_are_behind_the_bars(page: ChartPage) -> None:
    items = canvas_of(page).plot.getPlotItem().items
    depths = {type(item).__name__: item.zValue() for item in items}
    assert depths["InfiniteLine"] < depths["BarGraphItem"]
    assert page.chart is not None
    assert 3 <= len([item for item in items if type(item).__name__ == "InfiniteLine"]) <= 5


# --- what comes with pyqtgraph --------------------------------------------------------------------

QUIET = """
import signal, sys, threading, warnings
warnings.simplefilter("error")
from PySide6.QtWidgets import QApplication
app = QApplication([])
import desktop.widgets.main_window
import desktop.widgets.pane.pane
assert not {"numpy", "pyqtgraph"} & set(sys.modules), "imported before the first chart"
before = sys.excepthook, threading.excepthook, signal.getsignal(signal.SIGINT)
import desktop.widgets.pane.chart_canvas
assert "pyqtgraph" in sys.modules
assert before == (sys.excepthook, threading.excepthook, signal.getsignal(signal.SIGINT))
"""


@pytest.mark.slow
def test_pyqtgraph_comes_with_the_first_chart_and_changes_nothing_else() -> None:
    done = subprocess.run([sys.executable, "-P", "-c", QUIET], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_many_charts_come_and_go(qtbot: QtBot) -> None:
    hook, interrupted = sys.excepthook, signal.getsignal(signal.SIGINT)
    gone = []
    for number in range(50):
        page = ChartPage()
        page.resize(600, 260)
        page.show()
        page.show_preview(make(ROWS, COLUMNS, count=number + 10), "")
        page.grab()
        gone.append(weakref.ref(canvas_of(page).plot))
        page.close()
        page.deleteLater()
        del page
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert sum(plot() is not None for plot in gone) <= 1
    assert (sys.excepthook, signal.getsignal(signal.SIGINT)) == (hook, interrupted)


@pytest.mark.parametrize("percent", [100, 150, 200])
@pytest.mark.parametrize("width", [800, 1366])
@pytest.mark.parametrize("name", ["Day", "Flights", "Mean delay of all flights of a carrier, in minutes"])
def test_text_of_a_box_fits_or_ends_in_dots_and_is_whole_in_its_tooltip(
    page: ChartPage, name: str, width: int, percent: int
) -> None:
    look().wear(text_percent=percent)
    page.resize(width, 260)
    page.show_preview(make(((1, 2), (3, 4)), ((name, "integer"), (f"{name}2", "integer"))))
    QApplication.processEvents()
    for box in (page.controls.across, page.controls.up, page.controls.split):
        text, drawn = box.currentText(), QStyleOptionComboBox()
        box.initStyleOption(drawn)
        fits = box.fontMetrics().horizontalAdvance(text) <= box.text_room()
        assert fits is (drawn.currentText == text)
        assert fits or drawn.currentText.endswith("…")
        assert text in box.toolTip()
        assert fits or len(text) > BOX_LETTERS
