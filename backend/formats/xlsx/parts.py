"""The parts of a workbook besides its data and styles: contents, names, and the sheet about the report.

document ──▶ **parts** ──▶ workbook

Source: ECMA-376 parts 1 and 2.
"""

import re
from collections.abc import Iterable, Sequence
from math import ceil

from backend.formats.file import Document
from backend.formats.xlsx.sheet import (
    FIT_TO_PAGE,
    MAIN_NAMESPACE,
    PAGE_MARGINS,
    ROW_HEIGHT,
    XML,
    col,
    table_range,
    text_cell,
    text_width,
)
from backend.formats.xlsx.styles import COUNT, LABEL, TITLE, WRAPPED
from backend.formats.xlsx.text import encode

ABOUT = "About this report"
_LABEL_WIDTH, _TEXT_WIDTH = 24, 70
_MAX_LINES = 27
"""Excel makes no row higher than 409 points."""
_PLAIN_NAME = "Report"
_MAX_NAME_UNITS = 31
_FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff]+")
_RESERVED_NAME = "history"
"""A name that Excel reserves."""

_PROGRAM = "Reportwire"
_SPREADSHEETML = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_OFFICE_RELATIONSHIPS = f"{_OFFICE}/relationships"
_RELATIONSHIP = '<Relationship Id="rId{}" Type="{}" Target="{}"/>'


def sheet_path(number: int) -> str:
    """Return the path of a sheet in the archive; `number` is from 1."""
    return f"xl/worksheets/sheet{number}.xml"


def sheet_names(title: str, count: int) -> list[str]:
    """Return the names of `count` sheets of data: the title as far as Excel allows it, numbered from the second on."""
    names: list[str] = []
    for number in range(1, count + 1):
        names.append(_free_name(title, number, {name.casefold() for name in (*names, ABOUT)}))
    return names


def _free_name(title: str, number: int, taken: set[str]) -> str:
    name = _sheet_name(title, "" if number == 1 else f" {number}")
    while name.casefold() in taken:
        number += 1
        name = _sheet_name(title, f" {number}")
    return name


def _sheet_name(title: str, suffix: str) -> str:
    allowed = _FORBIDDEN_IN_NAMES.sub(" ", title).strip().strip("'").strip()
    if not allowed or allowed.casefold() == _RESERVED_NAME:
        allowed = f"{allowed} {_PLAIN_NAME}".strip()
    units = allowed.encode("utf-16-le")[: 2 * (_MAX_NAME_UNITS - len(suffix))]
    return units.decode("utf-16-le", errors="ignore").rstrip(" '") + suffix


def package_parts(title: str) -> Iterable[tuple[str, str]]:
    """Yield the parts that come first, by which programs recognise the file."""
    targets = (
        (f"{_OFFICE_RELATIONSHIPS}/officeDocument", "xl/workbook.xml"),
        (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        (f"{_OFFICE_RELATIONSHIPS}/extended-properties", "docProps/app.xml"),
    )
    core = f"<dc:title>{encode(title)}</dc:title><dc:creator>{_PROGRAM}</dc:creator>"
    core_names = f'xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    app_names = f'xmlns="{_OFFICE}/extended-properties"'
    yield "_rels/.rels", _relationships(targets)
    yield "docProps/core.xml", f"{XML}<cp:coreProperties {core_names}>{core}</cp:coreProperties>"
    yield "docProps/app.xml", f"{XML}<Properties {app_names}><Application>{_PROGRAM}</Application></Properties>"


def workbook_parts(title: str, column_count: int, rows: Sequence[int]) -> Iterable[tuple[str, str]]:
    """Yield the parts that name all others; `rows` are the rows of data of each sheet, after which comes the last."""
    names = sheet_names(title, len(rows))
    numbered = list(enumerate([*names, ABOUT], start=1))
    sheets = "".join(f'<sheet name="{encode(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in numbered)
    ranges = zip(names, rows, strict=True)
    defined = "".join(_defined_names(n, name, column_count, count) for n, (name, count) in enumerate(ranges))
    names_xml = f"<definedNames>{defined}</definedNames>" if defined else ""
    view = '<bookViews><workbookView xWindow="0" yWindow="0" windowWidth="28800" windowHeight="16000"/></bookViews>'
    start = f'{XML}<workbook xmlns="{MAIN_NAMESPACE}" xmlns:r="{_OFFICE_RELATIONSHIPS}"><workbookPr/>'
    yield "xl/workbook.xml", f"{start}{view}<sheets>{sheets}</sheets>{names_xml}</workbook>"
    targets = [(f"{_OFFICE_RELATIONSHIPS}/worksheet", sheet_path(n).removeprefix("xl/")) for n, _ in numbered]
    yield "xl/_rels/workbook.xml.rels", _relationships([*targets, (f"{_OFFICE_RELATIONSHIPS}/styles", "styles.xml")])
    yield "[Content_Types].xml", _content_types(len(numbered))


def about_sheet(document: Document, row_count: int, sheet_count: int) -> str:
    """Return the sheet about the report."""
    zoned = [column.name for column in document.columns if column.type == "TIMESTAMP WITH TIME ZONE"]
    pairs = [*document.about, *([("Time zone", f"UTC: {', '.join(zoned)}")] if zoned else [])]
    rows = [
        _about_row(n, label, text_cell(f"B{n}", text, WRAPPED), _lines(text))
        for n, (label, text) in enumerate(pairs, start=3)
    ]
    counts = [("Rows", row_count), *([("Sheets with data", sheet_count)] if sheet_count > 1 else [])]
    for n, (label, count) in enumerate(counts, start=3 + len(rows)):
        rows.append(_about_row(n, label, f'<c r="B{n}" s="{COUNT}"><v>{count}</v></c>'))
    return (
        f'{XML}<worksheet xmlns="{MAIN_NAMESPACE}">{FIT_TO_PAGE}'
        '<sheetViews><sheetView showGridLines="0" workbookViewId="0"/></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="{ROW_HEIGHT}"/>'
        f"<cols>{col(1, _LABEL_WIDTH)}{col(2, _TEXT_WIDTH)}</cols>"
        f'<sheetData><row r="1">{text_cell("A1", document.title, TITLE)}</row>{"".join(rows)}</sheetData>'
        f'{PAGE_MARGINS}<pageSetup fitToHeight="0"/></worksheet>'
    )


def _about_row(number: int, label: str, cell: str, lines: int = 1) -> str:
    height = f' ht="{lines * ROW_HEIGHT}" customHeight="1"' if lines > 1 else ""
    return f'<row r="{number}"{height}>{text_cell(f"A{number}", label, LABEL)}{cell}</row>'


def _lines(text: str) -> int:
    """Return the number of lines of a wrapped text: not every program sets the height of a row by itself."""
    wrapped = sum(max(1, ceil(text_width(line) / _TEXT_WIDTH)) for line in text.splitlines())
    return min(max(1, wrapped), _MAX_LINES)


def _defined_names(sheet: int, name: str, column_count: int, row_count: int) -> str:
    """Return the names that Excel expects for a filter, and for a header on each printed page."""
    if not column_count:
        return ""
    quoted_name = "'" + encode(name.replace("'", "''")) + "'"
    table = f"{quoted_name}!{table_range(column_count, row_count, '$')}"
    return (
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{sheet}" hidden="1">{table}</definedName>'
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{sheet}">{quoted_name}!$1:$1</definedName>'
    )


def _relationships(targets: Iterable[tuple[str, str]]) -> str:
    each = "".join(_RELATIONSHIP.format(n, kind, target) for n, (kind, target) in enumerate(targets, start=1))
    return f'{XML}<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'


def _content_types(sheet_count: int) -> str:
    overrides = {
        "xl/workbook.xml": f"{_SPREADSHEETML}.sheet.main+xml",
        "xl/styles.xml": f"{_SPREADSHEETML}.styles+xml",
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
    } | {sheet_path(n): f"{_SPREADSHEETML}.worksheet+xml" for n in range(1, sheet_count + 1)}
    each = "".join(f'<Override PartName="/{path}" ContentType="{kind}"/>' for path, kind in overrides.items())
    defaults = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    plain = '<Default Extension="xml" ContentType="application/xml"/>'
    return f'{XML}<Types xmlns="{_PACKAGE}/content-types">{defaults}{plain}{each}</Types>'
