"""Parameter sets of the command line: made, used, shown, exported, imported, deleted."""

import json
import re
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from desktop.commands.exits import Exit
from desktop.commands.output.tables import print_sets
from desktop.keeping.exchange import NamedSet
from desktop.keeping.parameter_set import ParameterSet, Plain
from desktop.keeping.parameter_sets import LOCAL, ParameterSets, of_this_user
from tests.desktop.command_lines import Reportwire, complaint
from tests.desktop.commands.test_cli import with_file
from tests.desktop.services import FakeService, files, profile_of

CSV = ParameterSet(parameters={"delay": 5, "label": "a b"}, format="csv", format_options={"delimiter": "\t"})
PROD = "wss://a.example/prod"


@pytest.fixture
def sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ParameterSets:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    return of_this_user()


def asked(service: FakeService) -> ParameterSet:
    (request,) = service.submitted
    options = request.format_options or {}
    return ParameterSet(parameters=request.parameters, format=request.format, format_options=options)


# --- generate -------------------------------------------------------------------------------------


def test_report_is_made_of_a_set(reportwire: Reportwire, sets: ParameterSets) -> None:
    sets.save(LOCAL, "sample", "late", CSV)
    service = FakeService()
    done = reportwire(service, "generate", "sample", "--set", "late")
    assert (done.status, asked(service)) == (Exit.DONE, CSV)
    assert sets.last_used(LOCAL, "sample") is None


@pytest.mark.parametrize(
    ("arguments", "changes"),
    [
        (["-p", "delay=6"], {"parameters": {"delay": 6, "label": "a b"}}),
        (["--format-option", "bom=true"], {"format_options": {"delimiter": "\t", "bom": True}}),
        (["--format-option", "delimiter=bar"], {"format_options": {"delimiter": "|"}}),
        (["--format", "xlsx"], {"format": "xlsx", "format_options": {}}),
        (["--format", "csv"], {}),
    ],
)
def test_arguments_override_a_set(
    reportwire: Reportwire, sets: ParameterSets, arguments: list[str], changes: dict[str, object]
) -> None:
    sets.save(LOCAL, "sample", "late", CSV)
    service = FakeService()
    assert reportwire(service, "generate", "sample", "--set", "late", *arguments).status == Exit.DONE
    assert asked(service) == replace(CSV, **changes)


def test_name_of_the_output_overrides_the_format_of_a_set(reportwire: Reportwire, sets: ParameterSets) -> None:
    sets.save(LOCAL, "sample", "late", CSV)
    output = str(reportwire.profile.parent / "a.xlsx")
    with files() as server:
        service = with_file(server.url)
        reportwire(service, "generate", "sample", "--set", "late", "--output", output)
    assert asked(service) == replace(CSV, format="xlsx", format_options={})


def test_what_of_a_set_does_not_fit_any_more_is_said_and_left_out(reportwire: Reportwire, sets: ParameterSets) -> None:
    old = ParameterSet(parameters={"delay": -1, "rows": 5, "label": "x"}, format="parquet")
    sets.save(LOCAL, "sample", "old", old)
    service = FakeService()
    done = reportwire(service, "generate", "sample", "--set", "old")
    assert (done.status, asked(service)) == (Exit.DONE, ParameterSet(parameters={"label": "x"}))
    for place in ("parameters.delay must be a whole", "parameters.rows is unknown", "format must be one of csv, xlsx"):
        assert f"Of the parameter set is left out what does not fit any more: {place}" in done.err


def test_unknown_set_ends_with_2_and_the_names_there_are_before_anything_is_asked(
    reportwire: Reportwire, sets: ParameterSets
) -> None:
    sets.save(LOCAL, "sample", "late", CSV)
    sets.save(PROD, "sample", "other", CSV)
    service = FakeService()
    done = reportwire(service, "generate", "sample", "--set", "lte")
    assert (done.status, done.out) == (Exit.USAGE, "")
    assert complaint(done) == 'sample has no parameter set called "lte". There is: "late".'
    assert service.requests == []


def test_set_is_made_of_what_was_asked_for(reportwire: Reportwire, sets: ParameterSets) -> None:
    arguments = ["generate", "sample", "-p", "delay=5", "-p", "label=a b", "--format", "csv"]
    done = reportwire(FakeService(), *arguments, "--format-option", "delimiter=tab", "--save-set", "late")
    assert done.status == Exit.DONE
    assert 'sample: the parameter set "late" is kept.' in done.err
    assert sets.named(LOCAL, "sample") == {"late": CSV}
    done = reportwire(FakeService(), "generate", "sample", "--set", "late", "-p", "delay=6", "--save-set", "late")
    assert 'sample: the parameter set "late" is replaced.' in done.err
    assert sets.named(LOCAL, "sample")["late"].parameters == {"delay": 6, "label": "a b"}


@pytest.mark.parametrize(
    "arguments", [["--save-set", " "], ["-p", "delay=soon", "--save-set", "a"], ["--set", "b", "--save-set", "a"]]
)
def test_no_set_is_made_of_a_wrong_order(reportwire: Reportwire, sets: ParameterSets, arguments: list[str]) -> None:
    service = FakeService()
    assert reportwire(service, "generate", "sample", *arguments).status == Exit.USAGE
    assert service.submitted == []
    assert sets.named(LOCAL, "sample") == {}


def test_sets_that_cannot_be_kept_end_with_1_before_the_report_is_asked_for(
    reportwire: Reportwire, sets: ParameterSets, tmp_path: Path
) -> None:
    assert sets.named(LOCAL, "sample") == {}
    (tmp_path / "config").write_text("")
    service = FakeService()
    done = reportwire(service, "generate", "sample", "--save-set", "late")
    assert done.status == Exit.FAILED
    assert "parameter-sets.json cannot be written: " in complaint(done)
    assert service.submitted == []


# --- the list -------------------------------------------------------------------------------------


def test_sets_are_shown_as_the_arguments_that_they_stand_for(reportwire: Reportwire, sets: ParameterSets) -> None:
    sets.save(LOCAL, "sample", "late", CSV)
    sets.save(LOCAL, "worst-days", "none", ParameterSet())
    sets.save(LOCAL, "worst-days", "two", ParameterSet(parameters={"carriers": ["AA", "B6"]}))
    sets.save(PROD, "sample", "other", CSV)
    done = reportwire.run("sets")
    assert (done.status, done.err) == (Exit.DONE, "")
    assert [line.rstrip() for line in done.out.splitlines()] == [
        "Definition  Name  Parameters",
        "sample      late  -p delay=5 -p 'label=a b' --format csv --format-option delimiter=tab",
        "worst-days  none",
        "worst-days  two   -p carriers=AA,B6",
    ]
    assert reportwire.run("sets", "list", "worst-days").out == reportwire.run("sets", "worst-days").out
    assert "late" not in reportwire.run("sets", "worst-days").out
    done = reportwire.run("sets", "sample", "--json")
    assert json.loads(done.out) == [
        {
            "definition": "sample",
            "name": "late",
            "parameters": {"delay": 5, "label": "a b"},
            "format": "csv",
            "formatOptions": {"delimiter": "\t"},
        }
    ]


def test_sets_are_those_of_the_profile_s_service(reportwire: Reportwire, sets: ParameterSets) -> None:
    sets.save(PROD, "sample", "other", CSV)
    reportwire.write(profile_of(PROD))
    for arguments in (["sets", "--profile", str(reportwire.profile)], ["--profile", str(reportwire.profile), "sets"]):
        assert "other" in reportwire.run(*arguments).out
    done = reportwire.run("sets")
    assert (done.status, done.out) == (Exit.DONE, "")
    assert done.err.startswith("There are no parameter sets for the local backend; --profile FILE")
    assert json.loads(reportwire.run("sets", "--json").out) == []


@pytest.mark.parametrize("columns", [60, 80])
def test_sets_are_folded_in_a_terminal(
    columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("FORCE_COLOR", "1"), ("NO_COLOR", "1"), ("TERM", "xterm"), ("COLUMNS", str(columns))):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    given: dict[str, Plain] = {f"parameter{number}": number for number in range(9)}
    print_sets([NamedSet(definition="worst-days", name="many", parameters=given)])
    lines = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()
    assert len(lines) > 2
    assert max(map(len, lines)) <= columns


# --- export, import, delete -----------------------------------------------------------------------


def test_sets_travel_in_a_file(reportwire: Reportwire, sets: ParameterSets, tmp_path: Path) -> None:
    file = str(tmp_path / "sets.json")
    sets.save(LOCAL, "sample", "late", CSV)
    assert reportwire.run("sets", "export", file).err == f"{file}: 1 parameter set, exported.\n"
    reportwire.write(profile_of(PROD))
    done = reportwire.run("sets", "import", file, "--profile", str(reportwire.profile))
    assert (done.status, done.err) == (Exit.DONE, f"{file}: 1 added.\n")
    assert sets.named(PROD, "sample") == {"late": CSV}
    done = reportwire.run("sets", "import", file)
    assert done.err.splitlines() == ['sample: "late" is unchanged.', f"{file}: 1 unchanged."]


def test_import_keeps_both_or_replaces(reportwire: Reportwire, sets: ParameterSets, tmp_path: Path) -> None:
    file = str(tmp_path / "sets.json")
    sets.save(LOCAL, "sample", "late", CSV)
    reportwire.run("sets", "export", file)
    sets.save(LOCAL, "sample", "late", ParameterSet())
    done = reportwire.run("sets", "import", file)
    assert done.err.splitlines()[0] == 'sample: kept as "late (2)", as there is another of that name.'
    done = reportwire.run("sets", "import", "--replace", file)
    assert done.err.splitlines()[0] == 'sample: "late" is replaced.'
    assert sets.named(LOCAL, "sample") == {"late": CSV, "late (2)": CSV}


def test_set_is_deleted(reportwire: Reportwire, sets: ParameterSets) -> None:
    sets.save(LOCAL, "sample", "late", CSV)
    done = reportwire.run("sets", "delete", "sample", "late")
    assert (done.status, done.out, done.err) == (Exit.DONE, "", 'sample: "late" is deleted.\n')
    assert sets.named(LOCAL, "sample") == {}


@pytest.mark.parametrize(
    ("arguments", "expected", "reason"),
    [
        (["delete", "sample", "x"], Exit.USAGE, 'sample has no parameter set called "x". There is: "late".'),
        (["export", "missing/a.json"], Exit.USAGE, "There is no folder "),
        (["import", "missing.json"], Exit.USAGE, "missing.json cannot be read: No such file or directory."),
        (["import", "wrong.json"], Exit.USAGE, "wrong.json holds no parameter sets: Object missing required field"),
    ],
)
def test_what_goes_wrong_is_one_line(
    reportwire: Reportwire,
    sets: ParameterSets,
    arguments: list[str],
    expected: Exit,
    reason: str,
) -> None:
    Path("wrong.json").write_text("{}")
    sets.save(LOCAL, "sample", "late", CSV)
    done = reportwire.run("sets", *arguments)
    assert (done.status, done.out) == (expected, "")
    assert complaint(done).startswith(reason)


def test_nothing_is_exported_to_no_file(reportwire: Reportwire, sets: ParameterSets, tmp_path: Path) -> None:
    assert sets.load().definitions(LOCAL) == ()
    assert reportwire.run("sets", "export", str(tmp_path / "a.json")).status == Exit.FAILED
    assert not (tmp_path / "a.json").exists()


def test_broken_file_is_warned_of(reportwire: Reportwire, sets: ParameterSets, tmp_path: Path) -> None:
    sets.save(LOCAL, "sample", "late", CSV)
    (tmp_path / "config" / "reportwire" / "parameter-sets.json").write_text("{")
    done = reportwire.run("sets")
    assert done.status == Exit.DONE
    assert "parameter-sets.json is broken: Input data was truncated. No parameter sets are read" in done.err


def test_set_that_cannot_be_read_is_said(reportwire: Reportwire, sets: ParameterSets, tmp_path: Path) -> None:
    sets.save(LOCAL, "sample", "late", CSV)
    strange = {"parameters": {"delay": {"from": 1}}}
    document = {"version": 2, "connections": {LOCAL: {"sample": {"named": {"later": strange}}}}}
    (tmp_path / "config" / "reportwire" / "parameter-sets.json").write_text(json.dumps(document))
    assert 'The parameter set "later" of sample cannot be read.' in reportwire.run("sets").err


def test_help_is_that_of_all_commands(reportwire: Reportwire) -> None:
    assert "{list,export" not in reportwire.run("sets", "--help").out
    assert "usage: reportwire sets [-h]" in reportwire.run("sets", "--help").out
    assert "usage: reportwire sets list" in reportwire.run("sets", "list", "--help").out
