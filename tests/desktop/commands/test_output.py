import re
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from backend.protocol.lifecycle import State
from backend.protocol.messages import Failure, Progress, ReportsMessage, Snapshot
from desktop.commands.output.lines import complain
from desktop.commands.output.progress import FileProgress, ReportProgress
from desktop.commands.output.tables import print_catalog, print_reports
from desktop.files.download import Download, DownloadState
from desktop.session.events import Event, Received, Submitted
from desktop.session.store import Store
from tests.desktop.services import SAMPLE, result_of, snapshot_of
from tests.desktop.session.test_step import ASKED, ID, OTHER, RUNNING, connected, lost, report

Captured = pytest.CaptureFixture[str]


def show(*events: Event) -> None:
    store = Store()
    with ReportProgress(ID) as progress:
        store.listen(progress.show)
        for event in events:
            store.dispatch(event)


def at(completed: int, total: int | None, stage: str = "reading", revision: int = 3) -> Received:
    progress = Progress(stage=stage, completed=completed, total=total, unit="rows")
    return report(replace(RUNNING, revision=revision, progress=progress))


def test_pipe_gets_a_line_for_each_new_stage(capsys: Captured) -> None:
    show(
        lost(),
        connected(),
        Submitted(ASKED, 0),
        report(RUNNING),
        at(1, 9),
        at(2, 9, revision=4),
        at(2, None, "writing [a/b] to S3 [/]", revision=5),
    )
    captured = capsys.readouterr()
    assert captured.err.splitlines() == [
        "lost Trying again",
        "Sending",
        "Running",
        "Reading",
        "Writing [a/b] to S3 [/]",
    ]
    assert captured.out == ""


def test_news_of_other_reports_is_not_shown(capsys: Captured) -> None:
    show(connected(), report(replace(RUNNING, report_id=OTHER)), Received(ReportsMessage(reports=()), 0))
    assert capsys.readouterr().err.splitlines() == ["Sending"]


def test_terminal_gets_a_bar_with_figures(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    show(connected(), Submitted(ASKED, 0), at(1200, 9000), at(1300, None, "[/] to S3", revision=4))
    captured = capsys.readouterr()
    assert "1,300 rows" in captured.err
    assert "[/] to S3" in captured.err
    assert captured.out == ""


@pytest.mark.parametrize(
    ("progress", "counts"),
    [
        (Progress(stage="computing", completed=43, total=100, unit="%"), "43 %"),
        (Progress(stage="reading", completed=12_000_000, total=48_300_000, unit="bytes"), "12.0 MB of 48.3 MB"),
        (Progress(stage="writing", completed=120_000, total=336_776, unit="rows"), "120,000 of 336,776 rows"),
    ],
)
def test_terminal_says_each_unit_as_the_window_does(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, progress: Progress, counts: str
) -> None:
    for name, value in (("FORCE_COLOR", "1"), ("NO_COLOR", "1"), ("TERM", "xterm"), ("COLUMNS", "120")):
        monkeypatch.setenv(name, value)
    show(connected(), Submitted(ASKED, 0), report(replace(RUNNING, revision=3, progress=progress)))
    said = capsys.readouterr().err
    assert progress.stage.capitalize() in said
    assert counts in said
    assert f"of 100 {progress.unit}" not in said


def test_complaint_is_one_line_on_standard_error(capsys: Captured) -> None:
    complain("No [bold]such :warning: thing:\n  first\n  second " + "a" * 200)
    captured = capsys.readouterr()
    assert captured.err == f"reportwire: No [bold]such :warning: thing: first second {'a' * 200}\n"
    assert captured.out == ""


def test_catalog_names_reports_with_their_parameters(capsys: Captured) -> None:
    print_catalog([SAMPLE, replace(SAMPLE, id="other", formats=("csv",))])
    lines = capsys.readouterr().out.splitlines()
    assert lines[:6] == [
        "sample  Sample [EU]",
        "  Rows that [mean] nothing.",
        "  -p delay=…  Delay (ms): a whole number from 0 to 840,000; 0 if left out",
        "  -p label=…  Label: a text of at most 20 characters; may be left out",
        "  --format …  one of csv, xlsx; csv if left out",
        "",
    ]
    assert lines[6] == "other  Sample [EU]"
    assert [line.split("=")[0] for line in lines[-2:]] == ["  --format-option delimiter", "  --format-option bom"]


def test_catalog_is_folded_in_a_terminal(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("FORCE_COLOR", "1"), ("NO_COLOR", "1"), ("TERM", "xterm"), ("COLUMNS", "50")):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    print_catalog([SAMPLE])
    lines = capsys.readouterr().out.splitlines()
    assert "  -p delay=…  Delay (ms): a whole number from 0 to" in lines
    assert "              840,000; 0 if left out" in lines


def test_reports_are_listed_one_a_line_in_a_pipe(capsys: Captured) -> None:
    print_reports(
        [
            snapshot_of(OTHER, state=State.SUCCEEDED, result=result_of(bytes(1_234_567), row_count=12_345)),
            snapshot_of(ID, state=State.FAILED, error=Failure(code="internal", message="Something [/] went [odd].")),
        ]
    )
    head, first, second = capsys.readouterr().out.splitlines()
    assert head.split("  ")[0].strip() == "Report id"
    assert first.startswith(OTHER)
    assert "12,345" in first
    assert "1,234,567" in first
    assert second.startswith(ID)
    assert "Something [/] went [odd]." in second


# --- tables of reports ----------------------------------------------------------------------------


def ids(count: int) -> list[str]:
    return [f"{number:08x}-0000-4000-8000-000000000000" for number in range(count)]


def mixed() -> list[Snapshot]:
    """Return reports of every kind, with a long name, a long error and a large file."""
    first, second, third = ids(3)
    large = result_of(b"", row_count=10_000_000, size_bytes=1_234_567_890)
    reason = Failure(code="tooManyRows", message="There are more rows than\nthe limit of 1,000: choose fewer days.")
    return [
        snapshot_of(first, state=State.RUNNING),
        snapshot_of(second, state=State.SUCCEEDED, definition="delays-by-carrier-and-month-of-the-year", result=large),
        snapshot_of(third, state=State.FAILED, error=reason),
    ]


def in_terminal(columns: int, captured: Captured, monkeypatch: pytest.MonkeyPatch, *others: str) -> list[str]:
    for name, value in (("FORCE_COLOR", "1"), ("TERM", "xterm"), ("COLUMNS", str(columns))):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    print_reports(mixed(), others)
    return [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", captured.readouterr().out).splitlines()]


@pytest.mark.parametrize(
    ("columns", "titles"),
    [
        (160, ["Id", "Definition", "State", "Asked for", "Size", "Rows"]),
        (80, ["Id", "Definition", "State", "Asked for", "Size", "Rows"]),
        (60, ["Id", "Definition", "State", "Asked for", "Size"]),
        (52, ["Id", "Definition", "State", "Asked for"]),
        (40, ["Id", "Definition", "State"]),
    ],
)
def test_table_has_the_columns_that_fit_the_terminal(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, columns: int, titles: list[str]
) -> None:
    lines = in_terminal(columns, capsys, monkeypatch)
    assert re.split(r"  +", lines[0]) == titles
    assert max(map(len, lines)) <= columns
    assert [line.split()[0][:8] for line in lines[1:4]] == ["00000000", "00000001", "00000002"]
    assert lines[4] == ""
    assert " ".join(" ".join(lines[5:]).split()).endswith("than the limit of 1,000: choose fewer days.")


def test_ids_are_as_long_as_it_takes_to_tell_them_apart(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    like_the_first = "00000000-00f0-4000-8000-000000000000"
    lines = in_terminal(80, capsys, monkeypatch, like_the_first)
    assert lines[1].split()[0] == "00000000-000"
    assert in_terminal(120, capsys, monkeypatch)[1].split()[0] == ids(1)[0]


def test_error_of_several_lines_is_one_in_a_pipe(capsys: Captured) -> None:
    print_reports(mixed())
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert "1,234,567,890" in lines[2]
    assert "delays-by-carrier-and-month-of-the-year" in lines[2]
    assert lines[3].rstrip().endswith("There are more rows than the limit of 1,000: choose fewer days.")


def test_file_on_its_way_is_a_bar_in_a_terminal_and_nothing_elsewhere(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    download = Download(ID, Path("a.csv"), 12_000_000, 48_300_000, DownloadState.ACTIVE)
    with FileProgress() as progress:
        progress.show({ID: download})
    assert capsys.readouterr().err == ""
    for name, value in (("FORCE_COLOR", "1"), ("NO_COLOR", "1"), ("TERM", "xterm"), ("COLUMNS", "120")):
        monkeypatch.setenv(name, value)
    with FileProgress() as progress:
        progress.show({ID: download})
    assert "12.0 MB of 48.3 MB" in capsys.readouterr().err
