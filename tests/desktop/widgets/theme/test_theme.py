import itertools
import re
from importlib import resources
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.widgets.theme import dress, icons, measures, tokens
from desktop.widgets.theme.dress import Appearance, fill_sheet, look

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # a display without a window manager says so

TEXT = [
    *itertools.product(("text", "muted"), ("window", "base", "alt", "panel", "hover")),
    *itertools.product(("onSelect", "muted"), ("select", "selectOff")),
    *itertools.product(
        ("running", "ready", "waiting", "failed", "quiet"), ("base", "alt", "window", "panel", "select")
    ),
    *((state, f"{state}Bg") for state in ("running", "ready", "waiting", "failed")),
    *itertools.product(("onAccent",), ("accent", "accentHover")),
    *itertools.product(("link",), ("base", "panel", "window")),
    ("onTooltip", "tooltip"),
    ("text", "waitingBg"),
    ("text", "failedBg"),
]
SHAPES = [
    *itertools.product(("edge",), ("base", "button", "panel", "window")),
    *itertools.product(("ring",), ("base", "panel", "window", "select")),
    *itertools.product(("chart1", "chart2", "chart3", "chart4"), ("base",)),
    ("failed", "panel"),
    ("fill", "track"),
    ("fill", "base"),
]
ICONS = sorted(
    file.name.removesuffix(".svg")
    for file in resources.files("desktop.widgets.theme").joinpath("icons", "16").iterdir()
    if file.name.endswith(".svg")
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground", "least"), [*((*pair, 4.5) for pair in TEXT), *((*pair, 3.0) for pair in SHAPES)]
)
def test_contrast_is_enough(scheme: str, ink: str, ground: str, least: float) -> None:
    colors = tokens.palettes()[scheme]
    assert contrast(QColor(colors[ink]), QColor(colors[ground])) >= least


def test_both_schemes_have_the_same_tokens() -> None:
    light, dark = tokens.palettes().values()
    assert light.keys() == dark.keys()


def test_sheet_names_only_tokens_and_is_read_without_a_complaint(qapp: QApplication) -> None:
    sheet = fill_sheet("icons/", qapp.font())
    assert "@" not in sheet
    qapp.setStyleSheet(sheet)


@pytest.mark.parametrize("size", [16, 20])
@pytest.mark.parametrize("name", ICONS)
def test_icon_is_one_path_in_one_ink(name: str, size: int) -> None:
    drawing = icons.drawn(name, size)
    assert QSvgRenderer(QByteArray(drawing.encode())).isValid()
    assert len(ET.fromstring(drawing).findall(".//{http://www.w3.org/2000/svg}path")) == 1
    assert re.findall(r"#[0-9a-fA-F]{3,6}", drawing) == []


@pytest.mark.parametrize("name", ["save", "calendar", "state-ready"])
def test_icon_keeps_up_with_the_scheme(qapp: QApplication, name: str) -> None:
    action = QAction()
    look().wear(Appearance.DARK)
    icons.wear(action, name)
    inks = []
    for appearance in (Appearance.DARK, Appearance.LIGHT):
        look().wear(appearance)
        inks.append(ink_of(action))
    dark, light = inks
    assert min(dark) > 128 > max(light)


def ink_of(action: QAction) -> list[int]:
    image = action.icon().pixmap(16, 16).toImage()
    colors = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return [color.lightness() for color in colors if color.alpha() > 200]


def test_lengths_follow_the_text(qapp: QApplication) -> None:
    look().wear(text_percent=100)
    before = measures.h()
    look().wear(text_percent=200)
    assert measures.h() == pytest.approx(2 * before, abs=2)
    assert measures.scaled(16) == measures.h()


@pytest.mark.parametrize(("asked", "worn"), [(10, 75), (75, 75), (300, 300), (1000, 300)])
def test_text_is_held_within_its_bounds(qapp: QApplication, asked: int, worn: int) -> None:
    look().wear(text_percent=asked)
    assert look().text_percent == worn


@pytest.mark.parametrize("appearance", [Appearance.LIGHT, Appearance.DARK])
def test_focus_is_seen_and_moves_nothing(qtbot: QtBot, appearance: Appearance) -> None:
    look().wear(appearance)
    window = QWidget()
    layout = QVBoxLayout(window)
    other, line, box, button, check, tool = (
        QPushButton("Other"),
        QLineEdit("10"),
        QComboBox(),
        QPushButton("Close"),
        QCheckBox("Keep"),
        QToolButton(),
    )
    tool.setText("Columns")
    tool.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    wrong = QLineEdit("900000")
    wrong.setProperty("wrong", True)  # noqa: FBT003  Qt's
    widgets = [line, wrong, box, button, check, tool]
    for widget in (other, *widgets):
        layout.addWidget(widget)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
    for widget in widgets:
        other.setFocus()
        assert not has_ring(widget)
        before = widget.geometry()
        widget.setFocus()
        assert has_ring(widget), widget
        assert widget.geometry() == before


def has_ring(widget: QWidget) -> bool:
    image, ring = widget.grab().toImage(), tokens.color("ring")
    return image.pixelColor(image.width() // 2, 1) == ring and image.pixelColor(image.width() // 2, 0) == ring


def test_disabled_text_is_fainter(qapp: QApplication) -> None:
    palette = dress.make_palette(Qt.ColorScheme.Light)
    faint = palette.color(palette.ColorGroup.Disabled, tokens.Role.ButtonText)
    assert faint == QColor(tokens.palettes()["light"]["faint"])


def contrast(one: QColor, other: QColor) -> float:
    low, high = sorted(luminance(color) + 0.05 for color in (one, other))
    return high / low


def luminance(color: QColor) -> float:
    parts = (color.redF(), color.greenF(), color.blueF())
    red, green, blue = (p / 12.92 if p <= 0.04045 else float(((p + 0.055) / 1.055) ** 2.4) for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_sheet_is_put_on_once_what_it_is_for_is_made(qapp: QApplication) -> None:
    look().wear(Appearance.DARK)
    worn = qapp.styleSheet()
    with look().late_sheet():
        assert qapp.styleSheet() == ""
    assert qapp.styleSheet() == worn


@pytest.mark.parametrize("appearance", [Appearance.LIGHT, Appearance.DARK])
@pytest.mark.parametrize("kind", [QPushButton, QCheckBox])
def test_focus_is_one_ring_and_none_inside_of_it(
    qtbot: QtBot, kind: type[QPushButton | QCheckBox], appearance: Appearance
) -> None:
    look().wear(appearance, 100)
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    other, button = QLineEdit(), kind("Save when ready")
    column.addWidget(other)
    column.addWidget(button)
    with qtbot.waitActive(window):
        window.show()
    inside = button.rect().adjusted(5, 4, -5, -4)  # of the ring and its round corners
    other.setFocus()
    before = button.grab(inside).toImage()
    QTest.keyClick(other, Qt.Key.Key_Tab)
    assert button.hasFocus()
    assert button.grab(inside).toImage() == before
