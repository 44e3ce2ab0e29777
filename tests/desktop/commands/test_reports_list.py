"""The list of reports that were asked for: which, and what is said where there are more or none."""

import json

import pytest

from backend.protocol.lifecycle import State
from backend.protocol.messages import (
    Failure,
)
from desktop.commands.actions.reports import chosen
from desktop.commands.exits import Exit
from tests.desktop.command_lines import Reportwire
from tests.desktop.commands.listings import ID, LIKE_IT, OTHER, listing
from tests.desktop.services import (
    snapshot_of,
)

KNOWN = [
    snapshot_of(ID, definition="worst-days", parameters={"origin": "JFK", "days": 10}, state=State.SUCCEEDED),
    snapshot_of(LIKE_IT, state=State.FAILED, error=Failure(code="internal", message="The Disk is full.")),
    snapshot_of(OTHER, format="xlsx", parameters={"is_late": True}),
]


@pytest.mark.parametrize(
    ("states", "words", "expected"),
    [
        ([], [], [ID, LIKE_IT, OTHER]),
        (["FAILED"], [], [LIKE_IT]),
        (["FAILED", "SUCCEEDED"], [], [ID, LIKE_IT]),
        ([], ["jfk"], [ID]),
        ([], ["WORST", "days=10"], [ID]),
        ([], ["worst jfk"], [ID]),
        ([], ["worst", "disk"], []),
        ([], ["disk is"], [LIKE_IT]),
        ([], ["5f0c"], [ID, LIKE_IT]),
        ([], ["xlsx", "true"], [OTHER]),
        (["QUEUED"], ["5f0c"], []),
    ],
)
def test_reports_are_found_by_state_and_by_every_word(states: list[str], words: list[str], expected: list[str]) -> None:
    assert [snapshot.report_id for snapshot in chosen(KNOWN, states, words)] == expected


def test_list_takes_states_and_words(reportwire: Reportwire) -> None:
    def shown(*arguments: str) -> list[str]:
        done = reportwire(listing(*KNOWN), "reports", "--json", *arguments)
        assert (done.status, done.err) == (Exit.DONE, "")
        return [report["reportId"] for report in json.loads(done.out)]

    assert shown("--state", "failed", "queued") == [LIKE_IT, OTHER]
    assert shown("--state", "failed", "--state", "QUEUED", "--search", "xlsx") == [OTHER]
    assert shown("--search", "nowhere") == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--limit", "1"], "These are the newest 1 of 3 reports: see --limit."),
        (["--limit", "1", "--search", "5f0c"], "These are the newest 1 of 2 reports: see --limit."),
        (["--search", "nowhere"], "None of the 3 reports is such a one."),
    ],
)
def test_list_that_is_not_all_is_said(reportwire: Reportwire, arguments: list[str], said: str) -> None:
    assert reportwire(listing(*KNOWN), "reports", *arguments).err == f"{said}\n"


def test_empty_list_is_said(reportwire: Reportwire) -> None:
    done = reportwire(listing(), "reports")
    assert (done.status, done.out, done.err) == (Exit.DONE, "", "There are no reports.\n")


@pytest.mark.parametrize("arguments", [["--state", "ended"], ["--state"], ["--search"], ["--limit", "0"]])
def test_wrong_choice_ends_with_2(reportwire: Reportwire, arguments: list[str]) -> None:
    done = reportwire.run("reports", *arguments)
    assert done.status == Exit.USAGE
    assert "usage: reportwire reports" in done.err
