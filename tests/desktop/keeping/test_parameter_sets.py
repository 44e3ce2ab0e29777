"""The file of sets: shared by programs that write at once, broken, of a newer version, somebody's link."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from desktop.keeping import parameter_sets
from desktop.keeping.errors import NameTaken, NotKept, UnknownSet, UnreadableSet, WrongFile, WrongName
from desktop.keeping.exchange import OnConflict
from desktop.keeping.parameter_set import ParameterSet
from desktop.keeping.parameter_sets import ParameterSets, connection_of, of_this_user
from desktop.outside.places import UnusablePlace

ROOT = Path(__file__).parents[3]
PROD = "wss://a.example/prod"
ONE = ParameterSet(parameters={"days": 1}, format="csv", format_options={"delimiter": ";"})
TWO = ParameterSet(parameters={"days": 2})


class Sets(ParameterSets):
    """Sets in a folder of the test's, and what the analyst was warned of."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "reportwire" / "parameter-sets.json"
        self.warnings: list[str] = []
        super().__init__(self.path, self.warnings.append)

    def write(self, document: Any) -> bytes:
        data = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_bytes(data)
        return bytes(data)

    def read(self) -> Any:
        return json.loads(self.path.read_text())


@pytest.fixture
def sets(tmp_path: Path) -> Sets:
    return Sets(tmp_path)


def test_sets_are_kept_by_connection_report_and_name(sets: Sets, tmp_path: Path) -> None:
    assert sets.named(PROD, "sample") == {}
    assert sets.save(PROD, "sample", " late ", ONE) is False
    assert sets.save(PROD, "sample", "Early", TWO) is False
    assert sets.save("local", "sample", "late", TWO) is False
    assert sets.save(PROD, "worst-days", "late", TWO) is False
    other = Sets(tmp_path)
    assert list(other.named(PROD, "sample").items()) == [("Early", TWO), ("late", ONE)]
    assert other.named("local", "sample") == {"late": TWO}
    assert other.load().definitions(PROD) == ("sample", "worst-days")
    assert sets.save(PROD, "sample", "late", TWO) is True
    assert other.named(PROD, "sample")["late"] == TWO
    assert other.warnings == []


def test_last_used_is_one_for_each_connection_and_report(sets: Sets) -> None:
    assert sets.last_used(PROD, "sample") is None
    sets.remember_last_used(PROD, "sample", ONE)
    sets.remember_last_used(PROD, "sample", TWO)
    sets.remember_last_used("local", "sample", ONE)
    assert (sets.last_used(PROD, "sample"), sets.last_used("local", "sample")) == (TWO, ONE)
    assert sets.last_used(PROD, "worst-days") is None
    assert sets.load().definitions(PROD) == ()


def test_what_changes_nothing_writes_nothing(sets: Sets) -> None:
    sets.remember_last_used(PROD, "sample", ONE)
    before = sets.path.stat().st_ino
    sets.remember_last_used(PROD, "sample", ONE)
    assert sets.path.stat().st_ino == before


def test_sets_are_renamed_and_deleted(sets: Sets) -> None:
    sets.save(PROD, "sample", "a", ONE)
    sets.save(PROD, "sample", "b", TWO)
    sets.rename(PROD, "sample", "a", "c")
    assert sets.named(PROD, "sample") == {"b": TWO, "c": ONE}
    sets.rename(PROD, "sample", "c", "c")
    sets.delete(PROD, "sample", "b")
    assert sets.named(PROD, "sample") == {"c": ONE}


def test_wrong_change_names_what_there_is_and_changes_nothing(sets: Sets) -> None:
    sets.save(PROD, "sample", "a", ONE)
    sets.save(PROD, "sample", "b", TWO)
    before = sets.path.read_bytes()
    with pytest.raises(UnknownSet, match=r'^sample has no parameter set called "x". There is: "a", "b".$'):
        sets.delete(PROD, "sample", "x")
    with pytest.raises(UnknownSet, match=r'^other has no parameter set called "a". There is none.$'):
        sets.rename(PROD, "other", "a", "b")
    with pytest.raises(NameTaken, match='called "b" already'):
        sets.rename(PROD, "sample", "a", "b")
    with pytest.raises(WrongName):
        sets.save(PROD, "sample", "", ONE)
    assert sets.path.read_bytes() == before


# --- the file -------------------------------------------------------------------------------------


def test_file_is_its_owner_s_alone(sets: Sets) -> None:
    sets.save(PROD, "sample", "a", ONE)
    sets.path.chmod(0o644)
    sets.save(PROD, "sample", "b", ONE)
    assert [stat.S_IMODE(file.stat().st_mode) for file in sorted(sets.path.parent.iterdir())] == [0o600, 0o600]
    assert stat.S_IMODE(sets.path.parent.stat().st_mode) == 0o700
    assert sorted(file.name for file in sets.path.parent.iterdir()) == ["parameter-sets.json", "parameter-sets.lock"]


def test_file_that_is_a_link_stays_one(sets: Sets, tmp_path: Path) -> None:
    elsewhere = tmp_path / "dotfiles.json"
    sets.path.parent.mkdir()
    sets.path.symlink_to(elsewhere)
    sets.save(PROD, "sample", "a", ONE)
    sets.save(PROD, "sample", "b", TWO)
    assert sets.path.is_symlink()
    assert not elsewhere.is_symlink()
    assert sets.named(PROD, "sample") == {"a": ONE, "b": TWO}


@pytest.mark.parametrize(
    "broken",
    [b"", b"{", b"\xff\xfe\xfa", b"[" * 100_000, b"[]", b'{"version": 1, "connections": []}', b'{"connections": {}}'],
)
def test_broken_file_is_warned_of_and_kept_under_another_name(sets: Sets, broken: bytes) -> None:
    sets.write(broken)
    assert sets.named(PROD, "sample") == {}
    assert sets.path.read_bytes() == broken
    (warning,) = sets.warnings
    assert warning.startswith(f"{sets.path} is broken: ")
    sets.save(PROD, "sample", "a", ONE)
    (aside,) = sets.path.parent.glob("*.broken-*")
    assert aside.read_bytes() == broken
    assert str(aside) in sets.warnings[1]
    assert sets.named(PROD, "sample") == {"a": ONE}
    assert len(sets.warnings) == 2


def test_fields_and_sets_of_a_newer_version_are_carried_along(sets: Sets) -> None:
    newer = {"parameters": {"days": 5}, "colour": "red"}
    strange = {"parameters": {"days": {"from": 1}}}
    sets.write(
        {
            "version": 2,
            "theme": "dark",
            "connections": {
                PROD: {"sample": {"named": {"a": newer, "b": strange}, "pinned": ["a"], "last": strange}},
                "x": {"y": {"later": 1}},
            },
        }
    )
    assert list(sets.named(PROD, "sample")) == ["a"]
    assert sets.last_used(PROD, "sample") is None
    sets.save(PROD, "sample", "a", TWO)
    sets.save(PROD, "other", "c", ONE)
    sets.rename(PROD, "sample", "a", "z")
    document = sets.read()
    assert (document["version"], document["theme"], document["connections"]["x"]) == (2, "dark", {"y": {"later": 1}})
    assert document["connections"][PROD]["sample"] == {
        "named": {"z": {"parameters": {"days": 2}, "colour": "red"}, "b": strange},
        "pinned": ["a"],
        "last": strange,
    }
    (warning,) = sets.warnings
    assert warning.startswith('The parameter set "b" of sample cannot be read.')


def test_set_that_cannot_be_read_keeps_its_name(sets: Sets, tmp_path: Path) -> None:
    strange = {"parameters": {"days": {"from": 1}}}
    sets.write({"version": 2, "connections": {PROD: {"sample": {"named": {"b": strange}}}}})
    with pytest.raises(UnreadableSet, match=r'^The parameter set "b" of sample cannot be read'):
        sets.load().get(PROD, "sample", "b")
    there = Sets(tmp_path / "there")
    there.save(PROD, "sample", "b", ONE)
    there.export_sets(tmp_path / "sets.json", PROD)
    (imported,) = sets.import_sets(tmp_path / "sets.json", PROD, OnConflict.KEEP_BOTH)
    assert imported.name == "b (2)"
    assert sets.read()["connections"][PROD]["sample"]["named"]["b"] == strange
    assert sets.save(PROD, "sample", "b", TWO) is True


WRITE = """
import sys
from pathlib import Path
from desktop.keeping import parameter_sets
parameter_sets.BUSY_S = 60.0
sets = parameter_sets.ParameterSets(Path(sys.argv[1]))
input()
for number in range(10):
    sets.save("local", "sample", f"{sys.argv[2]}-{number}", parameter_sets.ParameterSet())
"""


def test_programs_that_write_at_once_lose_nothing(sets: Sets) -> None:
    command = [sys.executable, "-c", WRITE, str(sets.path)]
    writers = [subprocess.Popen([*command, name], cwd=ROOT, stdin=subprocess.PIPE) for name in ("a", "b")]
    for writer in writers:
        assert writer.stdin
        writer.stdin.write(b"\n")
        writer.stdin.close()
    assert [writer.wait() for writer in writers] == [0, 0]
    assert len(sets.named("local", "sample")) == 20


def test_file_that_another_program_does_not_let_go_is_said(sets: Sets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parameter_sets, "BUSY_S", 0.0)
    sets.save(PROD, "sample", "a", ONE)
    with FileLock(sets.path.with_suffix(".lock")), pytest.raises(NotKept, match=r"by another program\. Try again"):
        sets.save(PROD, "sample", "b", ONE)
    assert sets.named(PROD, "sample") == {"a": ONE}


def test_place_that_takes_no_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "reportwire").write_text("")
    sets = Sets(tmp_path)
    with pytest.raises(NotKept, match="cannot be written: "):
        sets.save(PROD, "sample", "a", ONE)
    with pytest.raises(NotKept, match="cannot be read: "):
        sets.load()


# --- export and import ----------------------------------------------------------------------------


def test_exported_file_is_imported_whole(sets: Sets, tmp_path: Path) -> None:
    sets.save(PROD, "sample", "a", ONE)
    sets.save(PROD, "sample", "b", TWO)
    file = tmp_path / "sets.json"
    assert sets.export_sets(file, PROD) == 2
    sets.delete(PROD, "sample", "a")
    done = sets.import_sets(file, PROD, OnConflict.KEEP_BOTH)
    assert [(each.name, each.outcome) for each in done] == [("a", "added"), ("b", "unchanged")]
    assert sets.named(PROD, "sample") == {"a": ONE, "b": TWO}
    assert sorted(each.name for each in tmp_path.iterdir()) == ["reportwire", "sets.json"]


def test_file_that_is_wrong_anywhere_adds_nothing(sets: Sets, tmp_path: Path) -> None:
    file = tmp_path / "sets.json"
    file.write_text('{"version": 1, "sets": [{"definition": "a", "name": "b"}, {"definition": "a"}]}')
    with pytest.raises(WrongFile, match=r"sets\.json holds no parameter sets: sets\[1\]: object missing"):
        sets.import_sets(file, PROD, OnConflict.REPLACE)
    with pytest.raises(WrongFile, match=r"missing\.json cannot be read: No such file"):
        sets.import_sets(tmp_path / "missing.json", PROD, OnConflict.REPLACE)
    assert not sets.path.exists()


def test_export_to_no_place_for_a_file_is_refused(sets: Sets, tmp_path: Path) -> None:
    with pytest.raises(UnusablePlace, match="is a folder"):
        sets.export_sets(tmp_path, PROD)


# --- whose ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [(None, "local"), ("ws://127.0.0.1:4711/local", "local"), ("wss://[::1]/x", "local"), (PROD, PROD)],
)
def test_connection_is_the_endpoint_and_one_for_every_local_backend(endpoint: str | None, expected: str) -> None:
    assert connection_of(endpoint) == expected


def test_file_is_in_the_user_s_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    of_this_user().save(PROD, "sample", "a", ONE)
    assert (tmp_path / "reportwire" / "parameter-sets.json").exists()
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    of_this_user().save(PROD, "sample", "a", ONE)
    assert (tmp_path / ".config" / "reportwire" / "parameter-sets.json").exists()


def test_user_without_a_home_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Path:
        raise RuntimeError

    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(Path, "home", fail)
    with pytest.raises(NotKept, match="has no home"):
        of_this_user()
    assert os.environ.get("XDG_CONFIG_HOME") is None
