import json
import stat
import sys
from pathlib import Path

import pytest

from desktop.keeping.connections import LARGEST_BYTES, LOCAL, ConnectionNotKept, Connections, KeptConnection, read
from desktop.sign_in.profiles import InvalidProfile
from tests.desktop.keeping.profile_texts import profile_text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "config" / "reportwire" / "profiles"


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def kept(folder: Path, tmp_path: Path, warnings: list[str]) -> Connections:
    return Connections(folder, tmp_path / "state" / "last", warnings.append)


def add(kept: Connections, text: str | bytes) -> KeptConnection:
    return kept.add(kept.offer(text))


def names(kept: Connections) -> list[str]:
    return [each.profile.name for each in kept.load()]


def test_connections_are_listed_by_name(kept: Connections) -> None:
    assert kept.load() == ()
    for name in ("staging", "Archive", "production"):
        add(kept, profile_text(name))
    assert names(kept) == ["Archive", "production", "staging"]


@pytest.mark.skipif(sys.platform == "win32", reason="has other permissions")
def test_file_is_nobody_elses_to_read(kept: Connections, folder: Path) -> None:
    added = add(kept, profile_text())
    (folder / added.id).chmod(0o644)
    kept.rename(added.id, "other")
    assert stat.S_IMODE((folder / added.id).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir()] == [added.id]


def test_unknown_fields_are_carried_along(kept: Connections, folder: Path) -> None:
    added = add(kept, profile_text(color="red", auth={"mode": "iam", "awsProfile": "anna", "more": 1}))
    kept.rename(added.id, "other")
    kept.choose_way(added.id, "https")
    fields = json.loads((folder / added.id).read_text())
    assert (fields["color"], fields["auth"]["more"]) == ("red", 1)
    assert (fields["name"], fields["transport"]) == ("other", "https")


def test_same_name_and_endpoint_is_replaced_and_nothing_else(kept: Connections) -> None:
    first = add(kept, profile_text())
    assert kept.offer(profile_text(host="other.example.com")).replaces is None
    offer = kept.offer(profile_text(region="us-east-1"))
    assert offer.replaces == first
    assert kept.add(offer).id == first.id
    assert [each.profile.region for each in kept.load()] == ["us-east-1"]


@pytest.mark.parametrize("text", ["", "{}", "[]", "{", profile_text(endpoint="http://x"), b"\xff\xfe\x00"])
def test_wrong_profile_changes_nothing(kept: Connections, folder: Path, text: str | bytes) -> None:
    with pytest.raises(InvalidProfile):
        kept.offer(text)
    assert not folder.exists()


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 81, "a\u202eb"])
def test_wrong_name_is_refused(kept: Connections, name: str) -> None:
    added = add(kept, profile_text())
    with pytest.raises(ConnectionNotKept, match="1 to 80"):
        kept.rename(added.id, name)
    assert names(kept) == ["production"]


def test_name_of_another_one_at_the_same_address_is_refused(kept: Connections) -> None:
    add(kept, profile_text("one"))
    other = add(kept, profile_text("two"))
    with pytest.raises(ConnectionNotKept, match="already"):
        kept.rename(other.id, "one")


def test_way_that_the_service_has_not_is_refused(kept: Connections) -> None:
    added = add(kept, profile_text(https=None))
    with pytest.raises(ConnectionNotKept, match="https"):
        kept.choose_way(added.id, "https")


def test_removed_connection_comes_back_as_it_was(kept: Connections, folder: Path) -> None:
    added = add(kept, profile_text(color="red"))
    before = (folder / added.id).read_bytes()
    removed = kept.remove(added.id)
    assert names(kept) == []
    assert kept.restore(removed) == added
    assert (folder / added.id).read_bytes() == before


def test_removed_connection_comes_back_beside_a_new_one_of_its_file(kept: Connections) -> None:
    removed = kept.remove(add(kept, profile_text()).id)
    add(kept, profile_text(host="other.example.com"))
    kept.restore(removed)
    assert names(kept) == ["production", "production"]


def test_broken_file_is_left_out_with_a_word(kept: Connections, folder: Path, warnings: list[str]) -> None:
    add(kept, profile_text())
    (folder / "broken.json").write_text("{")
    (folder / "notes.txt").write_text("no profile")
    assert names(kept) == ["production"]
    assert len(warnings) == 1
    assert "broken.json" in warnings[0]


@pytest.mark.parametrize("name", ["../../x", "con/../y", "ü", "..", "a" * 80])
def test_file_stays_in_the_folder_whatever_the_name(kept: Connections, folder: Path, name: str) -> None:
    added = add(kept, profile_text(name))
    assert (folder / added.id).is_file()
    assert added.id.isascii()


def test_last_used_is_remembered_while_it_is_there(kept: Connections) -> None:
    assert kept.last_used() == LOCAL
    added = add(kept, profile_text())
    kept.remember_used(added.id)
    assert kept.last_used() == added.id
    kept.remove(added.id)
    assert kept.last_used() == LOCAL


def test_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = Connections(tmp_path / "file" / "profiles", tmp_path / "file" / "last")
    with pytest.raises(ConnectionNotKept, match="cannot be saved"):
        add(kept, profile_text())
    kept.remember_used("x.json")


def test_large_files_and_folders_are_no_profiles(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    large.write_bytes(b" " * (LARGEST_BYTES + 1))
    with pytest.raises(ConnectionNotKept, match="too large"):
        read(large)
    for place in (tmp_path, tmp_path / "none"):
        with pytest.raises(ConnectionNotKept, match="no file"):
            read(place)
