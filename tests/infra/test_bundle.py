"""The functions' code."""

import re
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path, PurePosixPath

import pytest

from infra import bundle

ELF_AARCH64 = (183).to_bytes(2, "little")

ENGINE = ("duckdb", "fsspec", "isal", "msgspec")

QUERY_WITH_NOTHING_ELSE = """
import sys
sys.path.insert(0, sys.argv[1])
import backend.engine.duck, isal.igzip_lib, isal.isal_zlib
import duckdb, fsspec

class Answers(fsspec.AbstractFileSystem):
    protocol = "sink"

with duckdb.connect() as connection:
    connection.register_filesystem(Answers())
    print(connection.execute("SELECT sum(range) FROM range(10)").fetchone()[0])
"""
"""Run without the interpreter's own libraries, as on Lambda."""

SDK = ("botocore", "dateutil", "jmespath", "python_dateutil", "six", "six.py", "urllib3")
"""What the libraries that ask AWS put at the top of a bundle."""

SIGN_WITH_NOTHING_ELSE = """
import os, sys
sys.path.insert(0, sys.argv[1])
os.environ.update(AWS_DEFAULT_REGION="cn-north-1", AWS_ACCESS_KEY_ID="AKIA", AWS_SECRET_ACCESS_KEY="secret")
import socket
socket.getaddrinfo = socket.create_connection = None
import botocore
from backend.wiring import clients
made = [clients.dynamodb(), clients.functions(), clients.connections("https://a.example/b"), clients.queries()]
made += [clients.secrets(), clients.buckets()]
assert {each.meta.service_model.service_name for each in made} == set(sys.argv[2].split(","))
for each in made:
    each.exceptions.ClientError
made[-1].get_paginator("list_objects_v2")
print(botocore.__version__, os.path.dirname(botocore.__file__))
print(made[-1].generate_presigned_url("get_object", Params={"Bucket": "files", "Key": "a.csv"}))
"""
"""Run without the interpreter's own libraries, and without a network."""

IMPORT_WITHOUT_ENGINE = """
import sys
sys.modules.update(dict.fromkeys(("duckdb", "fsspec", "isal")))
sys.modules.update(dict.fromkeys(("backend.authoring", "backend.engine", "backend.formats")))
import backend.router, backend.http_router, backend.synchronous, backend.failures
from backend.wiring import for_failures, for_http_router, for_router, for_synchronous
from backend import reports
from backend.catalog.loading import load
load(reports)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[bundle.Target, Path]:
    """Build the bundles for Lambda, which takes seconds."""
    directory = tmp_path_factory.mktemp("built")
    return {target: bundle.build(target, directory) for target in ("lambda", "lambda-worker", "lambda-events")}


def test_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (bundle.build("host", tmp_path / name) for name in ("first", "second"))
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()


def test_bundle_is_made_once(tmp_path: Path) -> None:
    first = bundle.build("host", tmp_path)
    assert bundle.build("host", tmp_path).stat().st_mtime_ns == first.stat().st_mtime_ns
    assert [path.name for path in tmp_path.iterdir()] == [first.name]


def test_bundle_for_this_host_holds_the_backend_and_one_library(tmp_path: Path) -> None:
    with zipfile.ZipFile(bundle.build("host", tmp_path)) as archive:
        names = archive.namelist()
        assert tops(names) == {"backend", "msgspec", f"msgspec-{metadata.version('msgspec')}.dist-info"}
        assert {"backend/wiring/settings.py", "backend/protocol/messages.py"} <= set(names)
        assert names == sorted(names)
        assert {entry.date_time for entry in archive.infolist()} == {bundle.OLDEST_DATE}
        modes = {entry.filename: entry.external_attr for entry in archive.infolist()}
        assert modes.pop("backend/streaming/start.sh") == bundle.EXECUTABLE_FILE
        assert set(modes.values()) == {bundle.READABLE_FILE}


def test_worker_has_the_compiled_texts_and_no_compiler() -> None:
    files = bundle.backend_files("lambda-worker")
    assert {name for name in files if name.startswith("backend/reports/compiled/")} == {
        f"backend/reports/compiled/{file.stem}.json" for file in (bundle.ROOT / "backend/reports").glob("*.sql")
    }
    assert not any(b"sqlglot" in content for content in files.values())


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


def test_only_the_bundles_for_lambda_depend_on_lambdas_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = [names()]
    monkeypatch.setattr(bundle, "ARCHITECTURE", "x86_64")
    seen.append(names())
    monkeypatch.setattr(bundle, "PYTHON_VERSION", "3.14")
    seen.append(names())
    assert {target: len({each[target] for each in seen}) for target in bundle.LIBRARIES} == {
        "host": 1,
        "lambda": 3,
        "lambda-worker": 3,
        "lambda-events": 3,
        "lambda-authorizer": 3,
    }


def test_only_the_bundle_for_this_host_depends_on_this_host(monkeypatch: pytest.MonkeyPatch) -> None:
    before = names()
    monkeypatch.setattr(sysconfig, "get_platform", lambda: "plan9-mips")
    after = names()
    assert {target for target in before if before[target] != after[target]} == {"host"}


@pytest.mark.parametrize("name", ["LEFT_OUT", "KEPT_METADATA", "SERVICES", "COMMON_DATA"])
def test_what_is_left_out_is_part_of_the_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    before = names()
    monkeypatch.setattr(bundle, name, ())
    assert not set(before.values()) & set(names().values())


def names() -> dict[bundle.Target, str]:
    return {target: bundle.cache_name(target, {"a": b"1"}) for target in bundle.LIBRARIES}


def tops(files: Iterable[str]) -> set[str]:
    """Return what is at the top of a bundle, compiled files aside, which it has where there is a compiler."""
    return {file.split("/")[0] for file in files if "__pycache__" not in file}


@pytest.mark.slow
@pytest.mark.parametrize("target", ["lambda", "lambda-worker", "lambda-events"])
def test_bundle_for_lambda_is_compiled_for_lambda(built: dict[bundle.Target, Path], target: bundle.Target) -> None:
    with zipfile.ZipFile(built[target]) as archive:
        files = archive.namelist()
        compiled = [name for name in files if name.endswith(".so")]
        assert tops(compiled) >= {"msgspec"}
        for name in compiled:
            assert name.endswith((".cpython-313-aarch64-linux-gnu.so", ".abi3.so"))
            assert archive.read(name)[18:20] == ELF_AARCH64
    assert {"backend/router.py", "backend/events.py"} <= set(files)
    assert not [name for name in files if {"tests", "boto3"} & set(name.split("/"))]


@pytest.mark.slow
def test_only_the_worker_carries_the_engine(built: dict[bundle.Target, Path]) -> None:
    with zipfile.ZipFile(built["lambda"]) as front:
        assert {top.partition("-")[0] for top in tops(front.namelist())} == {"backend", "msgspec", *SDK}
        rooms = {name.split("/")[1] for name in front.namelist() if name.startswith("backend/")}
        assert rooms.isdisjoint({"authoring", "engine", "formats"})
    with zipfile.ZipFile(built["lambda-worker"]) as worker:
        assert {top.partition("-")[0] for top in tops(worker.namelist())} == {
            "backend",
            "_duckdb.abi3.so",
            *ENGINE,
            *SDK,
        }


@pytest.mark.slow
def test_only_the_events_carry_what_streams_and_none_of_the_reports(built: dict[bundle.Target, Path]) -> None:
    for target, path in built.items():
        with zipfile.ZipFile(path) as archive:
            found = {name for name in archive.namelist() if name.startswith("backend/streaming/")}
            assert bool(found) == (target == "lambda-events")
    with zipfile.ZipFile(built["lambda-events"]) as events:
        assert {top.partition("-")[0] for top in tops(events.namelist())} == {"backend", "msgspec", *SDK}
        rooms = {name.split("/")[1] for name in events.namelist() if name.startswith("backend/")}
        assert rooms.isdisjoint({"authoring", "engine", "formats", "reports"})
        assert events.getinfo("backend/streaming/start.sh").external_attr == bundle.EXECUTABLE_FILE


@pytest.mark.slow
@pytest.mark.parametrize("target", ["lambda", "lambda-worker", "lambda-events"])
def test_bundle_is_the_same_twice(built: dict[bundle.Target, Path], tmp_path: Path, target: bundle.Target) -> None:
    again = bundle.build(target, tmp_path)
    assert again.name == built[target].name
    assert again.read_bytes() == built[target].read_bytes()


@pytest.mark.slow
def test_bundle_of_most_functions_is_small(built: dict[bundle.Target, Path]) -> None:
    assert built["lambda"].stat().st_size < 3_000_000


@pytest.mark.slow
def test_bundled_botocore_makes_every_client_and_signs_without_a_network(
    built: dict[bundle.Target, Path], tmp_path: Path
) -> None:
    with zipfile.ZipFile(built["lambda"]) as archive:
        archive.extractall(tmp_path)
    services = ",".join(bundle.SERVICES)
    command = [sys.executable, "-I", "-S", "-B", "-c", SIGN_WITH_NOTHING_ELSE, str(tmp_path), services]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    version, link = done.stdout.splitlines()
    pinned = bundle.locked_requirement("botocore").split()[0].removeprefix("botocore==")
    assert version == f"{pinned} {tmp_path / 'botocore'}"
    assert link.startswith("https://files.s3.cn-north-1.amazonaws.com.cn/a.csv?X-Amz-Algorithm=")


@pytest.mark.slow
def test_compiled_files_are_the_same_twice_and_name_no_path_of_this_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bundle, "compiler", lambda: sys.executable)
    sources = {"some/module.py": b"WORDS = {'one', 'two', 'three', 'four'}\ndef f(): return f\n", "some/data": b""}
    first, second = (bundle._compiled(sources, tmp_path / name) for name in ("first", "second"))
    assert first == second
    (name,) = first
    assert name == f"some/__pycache__/module.{sys.implementation.cache_tag}.pyc"
    assert first[name][4] == 1, "neither its time nor its hash is looked at"
    assert b"/var/task/some/module.py" in first[name]
    assert str(tmp_path).encode() not in first[name]


def test_bundle_is_another_with_another_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    for compiler in (None, sys.executable):
        monkeypatch.setattr(bundle, "compiler", lambda compiler=compiler: compiler)
        seen.append(names())
    assert {target for target in seen[0] if seen[0][target] != seen[1][target]} == bundle.LIBRARIES.keys() - {"host"}


@pytest.mark.parametrize("script", [None, "#!/bin/sh\nexit 127\n"], ids=["none", "one that does not run"])
def test_machine_may_lack_lambda_s_python(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str | None) -> None:
    if script:
        python = tmp_path / f"python{bundle.PYTHON_VERSION}"
        python.write_text(script)
        python.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bundle.compiler() is None
    assert bundle._compiled({"a.py": b""}, tmp_path) == {}


@pytest.mark.slow
def test_bundle_of_the_worker_is_within_what_lambda_takes(built: dict[bundle.Target, Path]) -> None:
    assert built["lambda-worker"].stat().st_size < 50_000_000
    with zipfile.ZipFile(built["lambda-worker"]) as archive:
        assert sum(entry.file_size for entry in archive.infolist()) < 250_000_000


def test_bundle_too_large_for_lambda_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bundle.zip").write_bytes(b"")
    bundle._check_size(tmp_path / "bundle.zip", {"a": b"1" * 1000})
    with pytest.raises(bundle.BundleNotBuilt, match="too large for Lambda: 0 bytes, 250,000,001 unpacked"):
        bundle._check_size(tmp_path / "bundle.zip", {"a": bytes(250_000_001)})


@pytest.mark.slow
def test_what_the_worker_carries_is_enough_to_run_the_engine(tmp_path: Path) -> None:
    files = bundle.package_files(bundle.ROOT / "backend")
    for name in ENGINE:
        files |= bundle.library_files(metadata.distribution(name))
    for file, content in files.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes(content)
    command = [sys.executable, "-I", "-S", "-B", "-c", QUERY_WITH_NOTHING_ELSE, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("45\n", "")


@pytest.mark.slow
def test_router_and_failures_start_without_the_engine() -> None:
    command = [sys.executable, "-c", IMPORT_WITHOUT_ENGINE]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=bundle.ROOT)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("file", "is_needed"),
    [
        ("duckdb/__init__.py", True),
        ("_duckdb.cpython-313-aarch64-linux-gnu.so", True),
        ("duckdb-2.0.0.dist-info/METADATA", True),
        ("duckdb-2.0.0.dist-info/licenses/LICENSE", True),
        ("duckdb-2.0.0.dist-info/RECORD", False),
        ("duckdb-2.0.0.dist-info/uv_build.json", False),
        ("duckdb/experimental/spark/__init__.py", False),
        ("_duckdb-stubs/__init__.pyi", False),
        ("fsspec/__pycache__/core.cpython-313.pyc", False),
        ("fsspec/tests/conftest.py", False),
        ("../../../bin/fsspec", False),
        ("bin/jp.py", False),
        ("botocore/client.py", True),
        ("botocore/cacert.pem", True),
        ("botocore/data/partitions.json", True),
        ("botocore/data/s3/2006-03-01/service-2.json.gz", True),
        ("botocore/data/s3/2006-03-01/examples-1.json", False),
        ("botocore/data/ec2/2016-11-15/service-2.json.gz", False),
        ("botocore/data/s3control/2018-08-20/service-2.json.gz", False),
    ],
)
def test_of_a_library_only_what_runs_is_bundled(file: str, is_needed: bool) -> None:  # noqa: FBT001  a table of cases
    assert bundle.is_needed(PurePosixPath(file)) is is_needed


@pytest.mark.parametrize("name", bundle.LIBRARIES["lambda-worker"])
def test_library_for_lambda_is_pinned_with_hashes(name: str) -> None:
    first, *hashes = bundle.locked_requirement(name).splitlines()
    assert first.startswith(f"{name}==")
    assert hashes
    assert all("--hash=sha256:" in line for line in hashes)


def test_library_that_is_not_locked_is_named() -> None:
    with pytest.raises(bundle.BundleNotBuilt, match="left-pad"):
        bundle.locked_requirement("left-pad")


def repacked(path: Path, changes: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    bundle.write_zip(path, files | changes)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"not a zip"),
        lambda path: path.write_bytes(path.read_bytes()[:-100]),
        lambda path: repacked(path, {"backend/router.py": b"import os"}),
        lambda path: repacked(path, {"backend/more.py": b"import os"}),
    ],
    ids=["no zip", "cut short", "another file", "one file more"],
)
def test_bundle_that_is_not_what_its_name_says_is_made_anew(damage: Callable[[Path], None], tmp_path: Path) -> None:
    right = bundle.build("host", tmp_path)
    content = right.read_bytes()
    damage(right)
    assert bundle.build("host", tmp_path).read_bytes() == content


def test_cache_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with pytest.raises(bundle.BundleNotBuilt, match="others may write there"):
        bundle.build("host", tmp_path)


def test_everything_that_is_installed_has_a_hash() -> None:
    """Also what builds the project, and what builds the bundles: the README's commands install nothing else."""
    lock = (bundle.ROOT / "requirements.lock").read_text()
    for name in ("uv", "hatchling", "editables", *bundle.LIBRARIES["lambda-worker"]):
        assert bundle.locked_requirement(name).count("--hash=sha256:") >= 1
    blocks = re.split(r"\n(?=\S)", lock.strip())
    assert all("--hash=sha256:" in block for block in blocks)
    for command in re.findall(r"^python3 -m venv .*$", (bundle.ROOT / "README.md").read_text(), re.MULTILINE):
        for installing in re.findall(r"pip install [^&]*", command):
            assert "-r requirements.lock" in installing or "--no-deps --no-build-isolation" in installing
