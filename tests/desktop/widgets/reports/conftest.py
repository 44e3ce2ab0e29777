import pytest
from pytestqt.qtbot import QtBot

from desktop.widgets.reports.reports_table import ReportsTable


@pytest.fixture
def table(qtbot: QtBot) -> ReportsTable:
    table = ReportsTable()
    qtbot.addWidget(table)
    table.resize(1100, 300)
    with qtbot.waitActive(table):
        table.show()
    return table
