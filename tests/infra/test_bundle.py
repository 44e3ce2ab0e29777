"""The functions' code."""

import zipfile
from pathlib import Path

import pytest

from infra import bundle


def test_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (bundle.build("host", tmp_path / name) for name in ("first", "second"))
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()


def test_bundle_is_made_once(tmp_path: Path) -> None:
    first = bundle.build("host", tmp_path)
    assert bundle.build("host", tmp_path).stat().st_mtime_ns == first.stat().st_mtime_ns
    assert [path.name for path in tmp_path.iterdir()] == [first.name]


def test_bundle_holds_the_backend_and_one_library(tmp_path: Path) -> None:
    with zipfile.ZipFile(bundle.build("host", tmp_path)) as archive:
        names = archive.namelist()
        assert {name.split("/")[0] for name in names} == {"backend", "msgspec"}
        assert {"backend/settings.py", "backend/protocol/messages.py"} <= set(names)
        assert names == sorted(names)
        assert {entry.date_time for entry in archive.infolist()} == {bundle.OLDEST_DATE}
        assert {entry.external_attr for entry in archive.infolist()} == {bundle.READABLE_FILE}


def test_order_of_files_does_not_matter(tmp_path: Path) -> None:
    files = {"b": b"2", "a": b"1"}
    bundle.write_zip(tmp_path / "one.zip", files)
    bundle.write_zip(tmp_path / "other.zip", dict(sorted(files.items())))
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()


def test_key_changes_with_content_name_and_target() -> None:
    keys = {
        bundle.content_key({"a": b"1"}, "host"),
        bundle.content_key({"a": b"2"}, "host"),
        bundle.content_key({"b": b"1"}, "host"),
        bundle.content_key({"a": b"1"}, "lambda"),
    }
    assert len(keys) == 4


def test_library_for_lambda_is_pinned_with_hashes() -> None:
    first, *hashes = bundle.locked_requirement("msgspec").splitlines()
    assert first.startswith("msgspec==")
    assert hashes
    assert all("--hash=sha256:" in line for line in hashes)


def test_library_that_is_not_locked_is_named() -> None:
    with pytest.raises(bundle.BundleNotBuilt, match="left-pad"):
        bundle.locked_requirement("left-pad")
