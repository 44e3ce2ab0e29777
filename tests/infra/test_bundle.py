"""The functions' code."""

import sysconfig
import zipfile
from pathlib import Path

import pytest

from infra import bundle

ELF_AARCH64 = (183).to_bytes(2, "little")


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


def test_only_the_bundle_for_lambda_depends_on_lambdas_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    before = names()
    monkeypatch.setattr(bundle, "ARCHITECTURE", "x86_64")
    with_other_processor = names()
    monkeypatch.setattr(bundle, "PYTHON_VERSION", "3.14")
    with_other_python = names()
    assert len({each["host"] for each in (before, with_other_processor, with_other_python)}) == 1
    assert len({each["lambda"] for each in (before, with_other_processor, with_other_python)}) == 3


def test_only_the_bundle_for_this_host_depends_on_this_host(monkeypatch: pytest.MonkeyPatch) -> None:
    before = names()
    monkeypatch.setattr(sysconfig, "get_platform", lambda: "plan9-mips")
    after = names()
    assert before["host"] != after["host"]
    assert before["lambda"] == after["lambda"]


def names() -> dict[str, str]:
    return {target: bundle.cache_name(target, {"a": b"1"}) for target in ("host", "lambda")}


@pytest.mark.slow
def test_bundle_for_lambda_is_compiled_for_lambda(tmp_path: Path) -> None:
    with zipfile.ZipFile(bundle.build("lambda", tmp_path)) as archive:
        files = archive.namelist()
        (compiled,) = [name for name in files if name.endswith(".so")]
        assert compiled.startswith("msgspec/")
        assert compiled.endswith(".cpython-313-aarch64-linux-gnu.so")
        assert archive.read(compiled)[18:20] == ELF_AARCH64
    assert "backend/router.py" in files
    assert {name.split("/")[0] for name in files} == {"backend", "msgspec"}
    assert not [name for name in files if {"tests", "boto3", "botocore"} & set(name.split("/"))]


def test_library_for_lambda_is_pinned_with_hashes() -> None:
    first, *hashes = bundle.locked_requirement("msgspec").splitlines()
    assert first.startswith("msgspec==")
    assert hashes
    assert all("--hash=sha256:" in line for line in hashes)


def test_library_that_is_not_locked_is_named() -> None:
    with pytest.raises(bundle.BundleNotBuilt, match="left-pad"):
        bundle.locked_requirement("left-pad")
