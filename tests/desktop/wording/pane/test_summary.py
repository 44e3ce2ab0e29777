import pytest

from backend.protocol.preview import Cell, Preview, PreviewColumn
from backend.protocol.preview import Summary as Counted
from desktop.wording.pane.summary import Summary, summarize
from tests.desktop.widgets.pane.previews import ROWS, make


def test_each_column_is_a_row() -> None:
    assert summarize(make()) == Summary(
        (
            ("Day", "Date", "3", "0", "3", "2013-01-01", "2013-01-03"),
            ("Carrier", "Text", "2", "1", "2", "AA", "UA"),
            ("Flights", "Whole number", "2", "1", "2", "842", "12,000"),
            ("Mean", "Decimal", "2", "1", "2", "7.25", "12.50"),
            ("Late", "Yes or no", "2", "1", "2", "false", "true"),
        ),
        "",
        (False, False, True, True, False),
    )


def test_part_of_a_report_is_said_to_be_one() -> None:
    assert summarize(make(count=98_210)).note == "Of the first 3 rows of 98,210."


@pytest.mark.parametrize("cell", [None, "NaN", "text", True, 10**400])
def test_any_cell_is_summed_up(cell: Cell) -> None:
    (row,) = summarize(make(((cell,), (1,)), (("a", "uuid"),))).rows
    assert row[1] == "uuid"


def test_empty_report_has_no_ends() -> None:
    assert summarize(make(rows=())).rows[0][2:] == ("0", "0", "0", "", "")


@pytest.mark.parametrize(
    ("counted", "row"),
    [
        (
            Counted(filled=98_000, empty=210, distinct=1204, least=0, greatest=12_345),
            ("98,000", "210", "1,204", "0", "12,345"),
        ),
        (
            Counted(filled=98_000, empty=210, distinct=1204, distinct_is_lower_bound=True, least=0, greatest=5),
            ("98,000", "210", "at least 1,204", "0", "5"),
        ),
        (Counted(filled=5, empty=0), ("5", "0", "", "", "")),
    ],
)
def test_what_the_service_counted_is_of_the_whole_report(counted: Counted, row: tuple[str, ...]) -> None:
    column = PreviewColumn(name="Late", type="integer", summary=counted)
    summary = summarize(Preview(columns=(column,), rows=tuple((each[2],) for each in ROWS), row_count=98_210))
    assert (summary.rows[0][2:], summary.note) == (row, "")
