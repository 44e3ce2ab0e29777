"""How cells look: the styles of the workbook, and which of them a column has.

columns ──▶ **Styles** ──▶ row, workbook
"""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.formats.file import Column
from backend.formats.value_types import ZONED
from backend.formats.xlsx.cells import cell_kind_of
from backend.formats.xlsx.text import encode

PLAIN, HEADER, TITLE, LABEL, WRAPPED, COUNT = range(6)
"""Places in `_FIXED`."""
_XF = '<xf numFmtId="{}" fontId="{}" fillId="{}" borderId="{}" xfId="0"'
_APPLIED = ' applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"'
_FIXED = (
    _XF.format(0, 0, 0, 0) + "/>",
    _XF.format(0, 1, 2, 1) + f"{_APPLIED}/>",
    _XF.format(0, 2, 0, 0) + f"{_APPLIED}/>",
    _XF.format(0, 1, 0, 0) + f'{_APPLIED}><alignment vertical="top"/></xf>',
    _XF.format(0, 0, 0, 0) + f'{_APPLIED}><alignment horizontal="left" vertical="top" wrapText="1"/></xf>',
    _XF.format(3, 0, 0, 0) + f'{_APPLIED}><alignment horizontal="left"/></xf>',
)
_FIRST_OWN_FORMAT = 164
"""The numbers below are Excel's own formats. Source: ECMA-376 part 1, 18.8.30."""
_MAX_SCALE_SHOWN = 6

_FORMATS = {
    "boolean": '"TRUE";"TRUE";"FALSE"',  # LibreOffice's own name for it, without which it shows 1 and 0
    "date": "yyyy-mm-dd",
    "time": "hh:mm:ss",
    "timestamp": "yyyy-mm-dd hh:mm:ss",
}

_SHEET = """\
<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{formats}\
<fonts count="3"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font>\
<font><b/><sz val="14"/><name val="Calibri"/><family val="2"/></font></fonts>\
<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>\
<fill><patternFill patternType="solid"><fgColor rgb="FFDCE6F1"/><bgColor indexed="64"/></patternFill></fill></fills>\
<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>\
<border><left/><right/><top/><bottom style="thin"><color rgb="FF8EA9C8"/></bottom><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="{count}">{styles}</cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""


@dataclass(frozen=True, slots=True)
class Styles:
    """The number formats of a table's columns, each once, and what stands beside them."""

    formats: tuple[str, ...]
    of_columns: tuple[int, ...]

    @classmethod
    def of(cls, columns: Sequence[Column]) -> "Styles":
        """Find the formats."""
        wanted = [number_format_of(column) for column in columns]
        formats = tuple(dict.fromkeys(each for each in wanted if each))
        return cls(formats, tuple(len(_FIXED) + formats.index(each) if each else PLAIN for each in wanted))

    def part(self) -> str:
        """Return `styles.xml`."""
        own = list(enumerate(self.formats, start=_FIRST_OWN_FORMAT))
        codes = "".join(f'<numFmt numFmtId="{number}" formatCode="{encode(code)}"/>' for number, code in own)
        formats = f'<numFmts count="{len(own)}">{codes}</numFmts>' if own else ""
        styles = "".join(_XF.format(number, 0, 0, 0) + ' applyNumberFormat="1"/>' for number, _ in own)
        return _SHEET.format(formats=formats, count=len(_FIXED) + len(own), styles="".join(_FIXED) + styles)


def number_format_of(column: Column) -> str | None:
    """Return the format asked for, or the type's; None shows a value as it is."""
    if column.style.number_format:
        return column.style.number_format
    kind = cell_kind_of(column)
    if kind == "decimal":
        return _decimal_format(int(column.type.rstrip(")").split(",")[1]))
    zone = ' "UTC"' if column.type in ZONED else ""
    return _FORMATS[kind] + zone if kind in _FORMATS else None


def _decimal_format(scale: int) -> str | None:
    """Return a format in which amounts keep their decimals; of an average's many a spreadsheet shows what has room."""
    return "#,##0." + "0" * scale if 0 < scale <= _MAX_SCALE_SHOWN else None
