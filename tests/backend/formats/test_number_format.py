from typing import Any

import msgspec
import pytest

from backend.catalog.query import ColumnStyle
from backend.formats.file import Column
from backend.formats.number_format import format_of
from backend.protocol.preview import ColumnFormat


@pytest.mark.parametrize(
    ("type_", "code", "told"),
    [
        ("BIGINT", None, None),
        ("DOUBLE", None, None),
        ("VARCHAR", None, None),
        ("BOOLEAN", None, None),
        ("DATE", None, None),
        ("TIMESTAMP", None, None),
        ("DECIMAL(9,2)", None, {"code": "#,##0.00", "decimals": 2, "isGrouped": True}),
        ("DECIMAL(9,0)", None, None),
        ("DECIMAL(18,9)", None, None),
        ("DECIMAL(9,2)", "0.0", {"code": "0.0", "decimals": 1}),
        ("DECIMAL(6,4)", "0.0%", {"code": "0.0%", "decimals": 1, "isPercent": True}),
        ("BIGINT", "#,##0", {"code": "#,##0", "decimals": 0, "isGrouped": True}),
        ("DOUBLE", "#,##0.000%", {"code": "#,##0.000%", "decimals": 3, "isGrouped": True, "isPercent": True}),
        ("DOUBLE", "0", {"code": "0", "decimals": 0}),
        ("DOUBLE", '0.0" min"', {"code": '0.0" min"'}),
        ("DOUBLE", "0.00;[Red]-0.00", {"code": "0.00;[Red]-0.00"}),
        ("DOUBLE", "0.0##", {"code": "0.0##"}),
        ("DATE", "yyyy-mm", {"code": "yyyy-mm"}),
        ("TIME", "hh:mm", {"code": "hh:mm"}),
        ("DATE", "0", {"code": "0"}),
        ("VARCHAR", "0.0", None),
        ("BOOLEAN", "0", None),
        ("DECIMAL(9,2)[]", None, None),
    ],
)
def test_format_is_what_a_spreadsheet_shows(type_: str, code: str | None, told: dict[str, Any] | None) -> None:
    format_ = format_of(Column(name="c", type=type_, style=ColumnStyle(number_format=code)))
    assert msgspec.to_builtins(format_) == told


def test_longest_format_is_one_that_clients_read() -> None:
    code = "0." + "0" * 253
    format_ = format_of(Column(name="c", type="DOUBLE", style=ColumnStyle(number_format=code)))
    assert format_ is not None
    assert msgspec.json.decode(msgspec.json.encode(format_), type=ColumnFormat) == format_
