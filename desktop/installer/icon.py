"""The program's icon as systems want it: the drawing of a report on a ground in the accent's colour.

desktop/widgets/theme/icons ──▶ **write_icon** ──▶ .svg, .png, .ico, .icns
"""

import struct
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgRenderer

from desktop.widgets.theme.icons import drawn

GROUND = "#1d5bbf"
SIZE = 256
"""Pixels of a side: the largest that an .ico has."""
_SVG = '<svg xmlns="http://www.w3.org/2000/svg"'
_HEAD = f'{_SVG} width="20" height="20" viewBox="0 0 20 20"'


def svg() -> str:
    """Return the icon as SVG."""
    ground = f'<rect x="1" y="1" width="30" height="30" rx="7" fill="{GROUND}"/>'
    drawing = drawn("report", 20).replace("currentColor", "white")
    inside = drawing.replace(_HEAD, '<g transform="translate(4 4) scale(1.2)"').replace("</svg>", "</g>").strip()
    return f'{_SVG} width="{SIZE}" height="{SIZE}" viewBox="0 0 32 32">{ground}{inside}</svg>\n'


def write_icon(path: Path) -> None:
    """Write the icon in the format that the file's ending names.

    Raises:
        ValueError: Qt has no such format here.
    """
    if path.suffix == ".svg":
        path.write_text(svg(), encoding="utf-8")
        return
    if path.suffix == ".icns":
        path.write_bytes(icns())
        return
    if not drawn_in(SIZE).save(str(path)):
        raise ValueError(f"No icon can be written as {path.suffix}.")


def icns() -> bytes:
    """Return the icon as macOS keeps it: a PNG of 256 pixels in the one entry `ic08`."""
    buffer = QBuffer()
    QImageWriter(buffer, QByteArray(b"png")).write(drawn_in(SIZE))
    png = bytes(buffer.data().data())
    return struct.pack(">4sI4sI", b"icns", len(png) + 16, b"ic08", len(png) + 8) + png


def drawn_in(size: int) -> QImage:
    """Return the icon as an image of so many pixels."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg().encode())).render(painter)
    painter.end()
    return image
