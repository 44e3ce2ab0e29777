"""How the window looks: palettes for light and dark, what each tone looks like, icons that follow.

system's colour scheme, or an override ──▶ **theme** ── palette, icons ──▶ every widget. Knows no report.

Fusion with own palettes looks the same everywhere; the platform's icon themes and its dark mode are not there on every
display, so neither is relied upon.
"""

from functools import cache
from importlib import resources

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QLabel

from desktop.wording.tone import Tone

Role = QPalette.ColorRole

LIGHT = {
    Role.Window: "#f4f5f7",
    Role.WindowText: "#1f2733",
    Role.Base: "#ffffff",
    Role.AlternateBase: "#f8f9fb",
    Role.Text: "#1f2733",
    Role.Button: "#fbfbfc",
    Role.ButtonText: "#1f2733",
    Role.BrightText: "#ffffff",
    Role.PlaceholderText: "#5d6775",
    Role.Highlight: "#dfebfc",
    Role.HighlightedText: "#10243e",
    Role.Accent: "#1f62c4",
    Role.Link: "#1f62c4",
    Role.ToolTipBase: "#ffffff",
    Role.ToolTipText: "#1f2733",
    Role.Light: "#ffffff",
    Role.Midlight: "#e6e9ee",
    Role.Mid: "#ccd2db",
    Role.Dark: "#a9b1bd",
    Role.Shadow: "#8b94a1",
}
DARK = {
    Role.Window: "#202429",
    Role.WindowText: "#e3e7ed",
    Role.Base: "#1a1d21",
    Role.AlternateBase: "#1e2126",
    Role.Text: "#e3e7ed",
    Role.Button: "#2e333b",
    Role.ButtonText: "#e3e7ed",
    Role.BrightText: "#ffffff",
    Role.PlaceholderText: "#a6b0bd",
    Role.Highlight: "#263f63",
    Role.HighlightedText: "#f3f7fd",
    Role.Accent: "#3d7bd9",
    Role.Link: "#7fb0f5",
    Role.ToolTipBase: "#2e333b",
    Role.ToolTipText: "#e3e7ed",
    Role.Light: "#282d34",
    Role.Midlight: "#333841",
    Role.Mid: "#3c424c",
    Role.Dark: "#15181c",
    Role.Shadow: "#0e1013",
}
FADED = {False: "#9aa3b0", True: "#656e7b"}
"""Colours of disabled controls, by whether the window is dark."""

TONES = {
    False: {
        Tone.QUIET: "#5d6775",
        Tone.BUSY: "#1f62c4",
        Tone.GOOD: "#17703a",
        Tone.WARNING: "#8a4f00",
        Tone.BAD: "#b32424",
    },
    True: {
        Tone.QUIET: "#a6b0bd",
        Tone.BUSY: "#7fb0f5",
        Tone.GOOD: "#63cf8c",
        Tone.WARNING: "#e8b04c",
        Tone.BAD: "#ff8f8a",
    },
}
"""By whether the window is dark; all at least 4.5 : 1 on the table. Source: https://www.w3.org/TR/WCAG22/#contrast-minimum"""

CONTROL_HEIGHT = 26
"""Editors of all kinds are equally high."""

ICON_SIZES = (16, 20, 24, 32, 48, 64)

STYLE_SHEET = """
QHeaderView { background: palette(window); }
QHeaderView::section {
    background: palette(window); color: palette(placeholder-text); border: none;
    border-bottom: 1px solid palette(mid); padding: 7px 8px;
}
QTableView { border: 1px solid palette(mid); border-radius: 4px; outline: none; }
QTableView::item { padding: 0 5px; }
QCalendarWidget QTableView { border: none; selection-background-color: palette(accent); selection-color: #ffffff; }
QCalendarWidget QTableView::item { padding: 0; }
QToolBar { border: none; background: transparent; spacing: 4px; padding: 0; }
QStatusBar { border-top: 1px solid palette(mid); }
QStatusBar::item { border: none; }
QSplitter::handle { background: transparent; }
QPushButton#primary {
    background: palette(accent); color: #ffffff; border: none; border-radius: 4px; padding: 8px 16px; font-weight: 600;
}
QPushButton#primary:focus { border: 2px solid palette(window-text); padding: 6px 14px; }
QPushButton#primary:disabled { background: palette(midlight); color: palette(placeholder-text); }
QLabel[tone="quiet"] { color: palette(placeholder-text); }
QLabel[tone="bad"] { color: BAD; }
QFrame#card { background: palette(light); border: 1px solid palette(mid); border-radius: 4px; }
"""


def apply_theme(app: QApplication, override: Qt.ColorScheme = Qt.ColorScheme.Unknown) -> None:
    """Dress the application; with `override` Unknown it follows the system's colour scheme from now on."""
    app.setStyle("Fusion")
    hints = app.styleHints()
    if override is Qt.ColorScheme.Unknown:
        hints.colorSchemeChanged.connect(lambda scheme: _dress(app, scheme))
        override = hints.colorScheme()
    _dress(app, override)


def _dress(app: QApplication, scheme: Qt.ColorScheme) -> None:
    palette = make_palette(scheme)
    app.setPalette(palette)
    app.setStyleSheet(STYLE_SHEET.replace("BAD", TONES[is_dark(palette)][Tone.BAD]))


def make_palette(scheme: Qt.ColorScheme) -> QPalette:
    """Return the palette for a colour scheme; an unknown one is light."""
    is_dark = scheme is Qt.ColorScheme.Dark
    palette = QPalette()
    for role, color in (DARK if is_dark else LIGHT).items():
        palette.setColor(role, QColor(color))
    for role in (Role.WindowText, Role.Text, Role.ButtonText, Role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(FADED[is_dark]))
    return palette


def is_dark(palette: QPalette) -> bool:
    """Return whether a palette is light text on a dark window."""
    return palette.color(Role.Window).lightness() < palette.color(Role.WindowText).lightness()


def tone_color(tone: Tone) -> QColor:
    """Return the colour of a tone in the application's palette."""
    return QColor(TONES[is_dark(QGuiApplication.palette())][tone])


def set_tone(label: QLabel, tone: Tone | None) -> None:
    """Set the tone of a label, which may wrap its text: quiet, bad, or none."""
    name = tone.value if tone else ""
    if label.property("tone") != name:
        label.setProperty("tone", name)
        label.style().unpolish(label)
        label.style().polish(label)


def dot(tone: Tone) -> QIcon:
    """Return a small disc of a tone's colour."""
    return _load("dot", tone_color(tone).name(), tone_color(tone).name())


def icon(name: str) -> QIcon:
    """Return the icon `icons/{name}.svg` in the colours of the application's palette. Ask again when that changes."""
    palette = QGuiApplication.palette()
    faded = palette.color(QPalette.ColorGroup.Disabled, Role.ButtonText)
    return _load(name, palette.color(Role.ButtonText).name(), faded.name())


@cache
def _load(name: str, color: str, faded: str) -> QIcon:
    drawing = resources.files("desktop.widgets").joinpath("icons", f"{name}.svg").read_text(encoding="utf-8")
    loaded = QIcon()
    for size in ICON_SIZES:
        for mode, ink in ((QIcon.Mode.Normal, color), (QIcon.Mode.Selected, color), (QIcon.Mode.Disabled, faded)):
            loaded.addPixmap(_render(drawing.replace("currentColor", ink), size), mode)
    return loaded


def _render(drawing: str, size: int) -> QPixmap:
    pixmap = QPixmap(QSize(size, size))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap
