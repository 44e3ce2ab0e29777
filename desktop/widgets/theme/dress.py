"""Dresses the application: palette, font, style sheet.

system's colour scheme and font, the analyst's choices ──▶ **Look** ──▶ QApplication; `changed` ──▶ widgets that measure

Fusion with own palettes looks the same everywhere; the platform's icon themes and its dark mode are not there on every
display, so neither is relied upon.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from PySide6.QtCore import QDir, QObject, Qt, QTemporaryDir, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from desktop.widgets.theme.icons import drawn, wear_anew
from desktop.widgets.theme.measures import scaled
from desktop.widgets.theme.tokens import Role, is_dark, palettes, tokens
from desktop.wording.tone import Tone

LEAST_TEXT, USUAL_TEXT, MOST_TEXT, TEXT_STEP = 75, 100, 300, 25
"""Sizes of the text, in percent of the system's."""

ROLES = {
    Role.Window: "window",
    Role.WindowText: "text",
    Role.Base: "base",
    Role.AlternateBase: "alt",
    Role.Text: "text",
    Role.Button: "button",
    Role.ButtonText: "text",
    Role.BrightText: "onAccent",
    Role.PlaceholderText: "muted",
    Role.Highlight: "select",
    Role.HighlightedText: "onSelect",
    Role.Accent: "accent",
    Role.Link: "link",
    Role.ToolTipBase: "tooltip",
    Role.ToolTipText: "onTooltip",
    Role.Light: "panel",
    Role.Midlight: "hover",
    Role.Mid: "line",
    Role.Dark: "edge",
    Role.Shadow: "edge",
}

SHEET_ICONS = {
    "chevron-down": ("chevron-down", "muted"),
    "chevron-up": ("chevron-up", "muted"),
    "chevron-on": ("chevron-down", "onAccent"),
    "chevron-off": ("chevron-down", "faint"),
    "chevron-left": ("chevron-left", "muted"),
    "chevron-left-off": ("chevron-left", "faint"),
    "chevron-right": ("chevron-right", "muted"),
    "chevron-right-off": ("chevron-right", "faint"),
    "check": ("check", "text"),
    "check-on": ("check", "onAccent"),
}
"""The drawings that the style sheet names, by file: which drawing and in which ink."""


class Appearance(StrEnum):
    """A choice of colours."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


_SCHEMES = {
    Appearance.SYSTEM: Qt.ColorScheme.Unknown,
    Appearance.LIGHT: Qt.ColorScheme.Light,
    Appearance.DARK: Qt.ColorScheme.Dark,
}


class Look(QObject):
    """The look of the one application.

    Signals:
        changed(): Colours or the size of the text are others now; lengths have to be measured again.
    """

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._font = QFont(app.font())
        self._icons = QTemporaryDir(QDir.temp().filePath("reportwire-XXXXXX"))
        self.appearance = Appearance.SYSTEM
        self.text_percent = USUAL_TEXT
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._follow_system)

    def wear(self, appearance: Appearance | None = None, text_percent: int | None = None) -> None:
        """Dress the application; what is None stays as it is. `text_percent` is held within its bounds."""
        self._choose(appearance, text_percent)
        self._dress()

    @contextmanager
    def late_sheet(self, appearance: Appearance | None = None, text_percent: int | None = None) -> Iterator[None]:
        """Dress what is made in the block, but style it once, at its end: else it is styled again with each parent."""
        self._choose(appearance, text_percent)
        self._app.setStyleSheet("")
        self._color_and_write()
        yield
        self._dress()

    def _choose(self, appearance: Appearance | None, text_percent: int | None) -> None:
        self.appearance = self.appearance if appearance is None else appearance
        percent = self.text_percent if text_percent is None else text_percent
        self.text_percent = max(LEAST_TEXT, min(MOST_TEXT, percent))

    def _follow_system(self) -> None:
        if self.appearance is Appearance.SYSTEM:
            self._dress()

    def _dress(self) -> None:
        self._color_and_write()
        self._app.setStyleSheet(self._sheet())
        wear_anew()
        self.changed.emit()

    def _color_and_write(self) -> None:
        scheme = _SCHEMES[self.appearance]
        if scheme is Qt.ColorScheme.Unknown:
            scheme = self._app.styleHints().colorScheme()
        self._app.setPalette(make_palette(scheme))
        self._app.setFont(_resized(self._font, self.text_percent / 100))

    def _sheet(self) -> str:
        folder = Path(self._icons.path())
        scheme = "dark" if is_dark(self._app.palette()) else "light"
        for file, (name, ink) in SHEET_ICONS.items():
            # A name of its own for each scheme: Qt caches what it has loaded by path.
            target = folder / f"{scheme}-{file}.svg"
            target.write_text(drawn(name).replace("currentColor", tokens()[ink]), encoding="utf-8")
        return fill_sheet(f"{folder.as_posix()}/{scheme}-", self._app.font())


@cache
def look() -> Look:
    """Return the look of the application, which there has to be."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise TypeError("Qt runs without widgets here")
    return Look(app)


def make_palette(scheme: Qt.ColorScheme) -> QPalette:
    """Return the palette for a colour scheme; an unknown one is light."""
    names = palettes()["dark" if scheme is Qt.ColorScheme.Dark else "light"]
    palette = QPalette()
    for role, name in ROLES.items():
        palette.setColor(role, QColor(names[name]))
    for role in (Role.WindowText, Role.Text, Role.ButtonText, Role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(names["faint"]))
    return palette


def fill_sheet(icons: str, font: QFont) -> str:
    """Return the style sheet with colours, lengths and sizes of text in place of what begins with an at sign.

    Args:
        icons: What stands before the file name of an icon.
        font: The application's font.
    """
    sheet = resources.files("desktop.widgets.theme").joinpath("theme.qss").read_text(encoding="utf-8")
    sheet = sheet.replace("@icons/", icons)
    sheet = re.sub(r"@s([0-9]+)", lambda found: f"{scaled(int(found[1]))}px", sheet)
    sheet = re.sub(r"@f([0-9]+)", lambda found: _points(font, int(found[1]) / 100), sheet)
    sheet = sheet.replace("@mono", QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family())
    inks = tokens()
    return re.sub(r"@([a-zA-Z0-9]+)", lambda found: inks[found[1]], sheet)


def set_property(widget: QWidget, name: str, value: Any) -> None:  # noqa: ANN401  as wide as Qt's
    """Set a property that the style sheet asks for, and have the widget look like it."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def set_tone(label: QLabel, tone: Tone | None) -> None:
    """Set the tone of a label; None is the window's own ink."""
    set_property(label, "tone", tone.value if tone else "")


def _resized(font: QFont, factor: float) -> QFont:
    resized = QFont(font)
    if font.pointSizeF() > 0:
        resized.setPointSizeF(font.pointSizeF() * factor)
    else:
        resized.setPixelSize(round(font.pixelSize() * factor))
    return resized


def _points(font: QFont, factor: float) -> str:
    resized = _resized(font, factor)
    return f"{resized.pointSizeF():.2f}pt" if resized.pointSizeF() > 0 else f"{resized.pixelSize()}px"
