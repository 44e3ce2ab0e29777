from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from desktop.installer import icon


@pytest.mark.parametrize("suffix", [".png", ".ico"])
def test_icon_is_a_white_report_on_the_accent_s_colour(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"reportwire{suffix}"
    icon.write_icon(path)
    image = QImage(str(path))
    assert (image.width(), image.height()) == (icon.SIZE, icon.SIZE)
    assert image.pixelColor(0, 0).alpha() == 0
    assert image.pixelColor(20, icon.SIZE // 2).name() == icon.GROUND
    colors = {image.pixelColor(x, icon.SIZE // 2).name() for x in range(icon.SIZE)}
    assert "#ffffff" in colors


def test_format_that_qt_has_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^No icon can be written as \.docx\.$"):
        icon.write_icon(tmp_path / "reportwire.docx")


def test_svg_has_no_svg_inside(tmp_path: Path) -> None:
    icon.write_icon(tmp_path / "reportwire.svg")
    assert (tmp_path / "reportwire.svg").read_text().count("<svg") == 1


def test_icon_of_macos_is_one_png(tmp_path: Path) -> None:
    icon.write_icon(tmp_path / "reportwire.icns")
    written = (tmp_path / "reportwire.icns").read_bytes()
    assert (written[:4], int.from_bytes(written[4:8])) == (b"icns", len(written))
    assert (written[8:12], int.from_bytes(written[12:16])) == (b"ic08", len(written) - 8)
    assert QImage.fromData(written[16:]).width() == icon.SIZE
