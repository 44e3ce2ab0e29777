"""The functions' code as zips, the same bytes for the same sources.

backend/ + libraries ──▶ **bundle** ──▶ zip ──▶ functions (for Lambda), emulator (for this host)

There is one for most functions, whose start must not wait for the engine; one with the engine, for the worker; one with
what streams, for the events; one with what checks signatures, for the authorizer; and one for the emulator, whose
interpreter has the engine installed, and which unpacks it for every process it starts.

Those that ask AWS have the botocore of requirements.lock, with the data of the services they ask: the runtime's own
changes without notice, and may be one that does not know what `wiring.clients` configures. Of boto3 nothing is used.
Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html

Nothing can be written where a bundle lies, so without Python's compiled files each start compiles the libraries, which
takes half a second of a whole processor. Only Lambda's own version of Python makes those that it reads: they are in
where the machine has one, `compiler`.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Literal

from infra import private_directories

ROOT = Path(__file__).resolve().parent.parent
PYTHON_VERSION = "3.13"
ARCHITECTURE: Literal["arm64", "x86_64"] = "arm64"
"""The architecture of the functions, in Lambda's words; the libraries are compiled code and must match it."""
WHEEL_PLATFORMS = {"arm64": "aarch64-manylinux_2_28", "x86_64": "x86_64-manylinux_2_28"}
"""Platforms of DuckDB's wheels. Python 3.13 runs on Amazon Linux 2023, whose glibc is 2.34.

Source: https://docs.aws.amazon.com/linux/al2023/ug/compare-with-al2.html
"""
LEFT_OUT = (
    "adbc_driver_duckdb/",
    "bin/",
    "dateutil/zoneinfo/dateutil-zoneinfo.tar.gz",
    "duckdb/experimental/",
    "fsspec/tests/",
    "fsspec/conftest.py",
)
"""Files of the libraries that nothing here reads."""
SERVICES = ("apigatewaymanagementapi", "athena", "dynamodb", "lambda", "s3", "secretsmanager")
"""Services that the functions have clients of, by botocore's names."""
SERVICE_DATA = "botocore/data/"
COMMON_DATA = ("_retry.json", "endpoints.json", "partitions.json", "sdk-default-configuration.json")
"""The files in `SERVICE_DATA` that clients of any service need."""
KEPT_METADATA = ("METADATA", "licenses")
"""Parts kept of a distribution's description: DuckDB reads its version there, and licences must be passed on."""
LARGEST_ZIP_BYTES = 50_000_000
LARGEST_CONTENT_BYTES = 250_000_000
"""Lambda's limits for a zip in one request, and for its contents.

Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""
OLDEST_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest a zip can say. Fixed, or the same sources would give other bytes tomorrow."""
READABLE_FILE = 0o100644 << 16
EXECUTABLE_FILE = 0o100755 << 16
EXECUTABLE = ".sh"
"""How the name of a file ends that Lambda starts."""

TASK_ROOT = "/var/task"
"""Where Lambda unpacks a bundle. Source: https://docs.aws.amazon.com/lambda/latest/dg/python-package.html"""

Target = Literal["lambda", "lambda-worker", "lambda-events", "lambda-authorizer", "host"]
Files = Mapping[str, bytes]
"""Contents by name. Read once, so that key and zip are of the same bytes while somebody edits."""


SDK = ("botocore", "jmespath", "python-dateutil", "six", "urllib3")
LIBRARIES: Mapping[Target, Sequence[str]] = {
    "lambda": ("msgspec", *SDK),
    "lambda-worker": ("duckdb", "fsspec", "isal", "msgspec", *SDK),
    "lambda-events": ("msgspec", *SDK),
    "lambda-authorizer": ("cffi", "cryptography", "pycparser", "pyjwt"),
    "host": ("msgspec",),
}


ABSENT_ROOMS: Mapping[Target, Sequence[str]] = {
    "lambda": ("authoring", "documents", "engine", "formats", "streaming", "tokens", "trino"),
    "lambda-worker": ("authoring", "documents", "streaming", "tokens"),
    "lambda-events": ("authoring", "documents", "engine", "formats", "reports", "tokens", "trino"),
    "lambda-authorizer": (
        *("authoring", "aws", "catalog", "documents", "engine", "formats", "protocol", "reports"),
        *("service", "streaming", "trino", "web"),
    ),
    "host": ("authoring", "documents"),
}
"""Packages of the backend that no function of a bundle imports."""


class BundleNotBuilt(RuntimeError):
    """The bundle could not be built; the message says why."""


def default_cache_dir() -> Path:
    """Return the directory for what can be made again at any time."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "reportwire"


def build(target: Target, cache_dir: Path | None = None) -> Path:
    """Return the zip for `target`, made unless the cache, which must be this user's own, holds one of the same content.

    Raises:
        BundleNotBuilt: uv is missing or could not fetch the libraries, Lambda would not take the zip, or others may
            write to the cache.
    """
    sources = backend_files(target)
    try:
        path = private_directories.directory(cache_dir or default_cache_dir()) / cache_name(target, sources)
    except OSError as error:
        raise BundleNotBuilt(f"the cache {error.filename}: {error.strerror}") from error
    if path.exists() and _holds(path, sources):
        return path
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        files = {**sources, **_libraries(target, Path(scratch))}
        unfinished = Path(scratch) / "bundle.zip"
        write_zip(unfinished, files)
        if target != "host":
            _check_size(unfinished, files)
        unfinished.replace(path)
    return path


def _holds(path: Path, sources: Files) -> bool:
    """Return whether a zip is whole and has these files, and no others of their packages."""
    try:
        with zipfile.ZipFile(path) as archive:
            packages = {name.partition("/")[0] for name in sources}
            found = {name: archive.read(name) for name in archive.namelist() if name.partition("/")[0] in packages}
            return found == sources and archive.testzip() is None
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error):
        return False


def cache_name(target: Target, sources: Files) -> str:
    """Return the name of the zip, which tells of everything it is made from."""
    made_from = (*_versions(target), *LEFT_OUT, *KEPT_METADATA, *SERVICES, *COMMON_DATA)
    return f"bundle-{target}-{content_key(sources, *made_from)}.zip"


def backend_files(target: Target) -> dict[str, bytes]:
    """Read the files of the backend that a bundle has."""
    absent = tuple(f"backend/{room}/" for room in ABSENT_ROOMS[target])
    files = package_files(ROOT / "backend")
    return {name: content for name, content in files.items() if not name.startswith(absent)}


def package_files(package: Path) -> dict[str, bytes]:
    """Read every file of a package, but for what Python made from them."""
    return {
        file.relative_to(package.parent).as_posix(): file.read_bytes()
        for file in package.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and file.suffix not in {".md", ".pyi"}
    }


def library_files(library: metadata.Distribution) -> dict[str, bytes]:
    """Read every file that a distribution installed and that is needed to run it.

    Raises:
        BundleNotBuilt: The distribution does not know its files: it was not installed from a wheel.
    """
    if library.files is None:
        raise BundleNotBuilt(f"{library.name} was not installed from a wheel")
    return {
        file.as_posix(): Path(str(library.locate_file(file))).read_bytes() for file in library.files if is_needed(file)
    }


def is_needed(file: PurePosixPath) -> bool:
    """Return whether a distribution's file belongs into a bundle."""
    if file.parts[0].endswith(".dist-info"):
        return file.parts[1] in KEPT_METADATA
    if file.as_posix().startswith(SERVICE_DATA):
        service, *version = file.parts[2:]
        return service in SERVICES and "examples" not in version[-1] if version else service in COMMON_DATA
    is_code = ".." not in file.parts and "__pycache__" not in file.parts and file.suffix != ".pyi"
    return is_code and not file.as_posix().startswith(LEFT_OUT)


def content_key(files: Files, *more: str) -> str:
    """Return a short hash of names, contents and `more`."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    digest.update("\0".join(more).encode())
    return digest.hexdigest()[:16]


def write_zip(path: Path, files: Files) -> None:
    """Write `files` to a zip whose bytes depend on their names and contents only."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, OLDEST_DATE)
            entry.external_attr = EXECUTABLE_FILE if name.endswith(EXECUTABLE) else READABLE_FILE
            entry.create_system = 3  # Unix, on every system
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)


def locked_requirement(name: str) -> str:
    """Return the lines of requirements.lock that pin `name` and its hashes."""
    lock = (ROOT / "requirements.lock").read_text()
    found = re.search(rf"^{name}==.*\\\n(?: +--hash=.*\n)+", lock, re.MULTILINE)
    if found is None:
        raise BundleNotBuilt(f"requirements.lock does not pin {name} with hashes")
    return found.group()


def _versions(target: Target) -> tuple[str, ...]:
    """Return the libraries' versions and the platform they are compiled for."""
    names = LIBRARIES[target]
    if target == "host":
        installed = (f"{name}=={metadata.version(name)}" for name in names)
        return *installed, str(sys.implementation.cache_tag), sysconfig.get_platform()
    return *map(locked_requirement, names), *_lambda_platform(), _version_of(compiler())


def _lambda_platform() -> tuple[str, ...]:
    """Return Lambda's platform as options of uv."""
    return ("--python-platform", WHEEL_PLATFORMS[ARCHITECTURE], "--python-version", PYTHON_VERSION)


def _libraries(target: Target, scratch: Path) -> dict[str, bytes]:
    """Return the files of the target's libraries."""
    names = LIBRARIES[target]
    if target == "host":
        found = [metadata.distribution(name) for name in names]
    else:
        found = list(metadata.distributions(path=[str(_fetch(names, scratch))]))
    files = {name: content for library in found for name, content in library_files(library).items()}
    return files if target == "host" else files | _compiled(files, scratch / "compiled")


def compiler() -> str | None:
    """Return the path of Lambda's version of Python on this machine, None where there is none."""
    found = shutil.which(f"python{PYTHON_VERSION}")
    return found if found and _version_of(found) else None


def _version_of(python: str | None) -> str:
    """Return all that an interpreter says of its version, which is empty where it does not run."""
    if python is None:
        return ""
    command = [python, "-I", "-c", "import sys; print(sys.version)"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603  the operator's own


def _compiled(files: Files, scratch: Path) -> dict[str, bytes]:
    """Return the compiled files of Python's sources, that name no path of this machine and are taken unchecked.

    Source: https://docs.python.org/3/library/compileall.html, https://peps.python.org/pep-0552/
    """
    python = compiler()
    if python is None:
        return {}
    for name, content in files.items():
        (scratch / name).parent.mkdir(parents=True, exist_ok=True)
        (scratch / name).write_bytes(content)
    # Sets are written in the order of their hashes.
    environment = {"PYTHONHASHSEED": "0"}
    options = ["-q", "--invalidation-mode", "unchecked-hash", "-s", str(scratch), "-p", TASK_ROOT]
    command = [python, "-m", "compileall", *options, str(scratch)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603  as above
    if done.returncode:
        raise BundleNotBuilt(f"{python} could not compile the libraries: {done.stdout.strip()}")
    return {file.relative_to(scratch).as_posix(): file.read_bytes() for file in scratch.rglob("*.pyc")}


def _fetch(names: Sequence[str], scratch: Path) -> Path:
    """Install libraries for Lambda's platform under `scratch` and return where."""
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if uv is None:
        raise BundleNotBuilt("building the bundle for Lambda needs uv")
    wanted, target = scratch / "requirements.txt", scratch / "libraries"
    wanted.write_text("".join(map(locked_requirement, names)))
    command = [uv, "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    options = [*_lambda_platform(), "--target", str(target), "--requirements", str(wanted)]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)  # noqa: S603  our own
    if done.returncode:
        raise BundleNotBuilt(f"uv could not fetch {', '.join(names)}: {done.stderr.strip()}")
    return target


def _check_size(path: Path, files: Files) -> None:
    """Raise unless Lambda takes the zip."""
    zipped, unzipped = path.stat().st_size, sum(map(len, files.values()))
    if zipped > LARGEST_ZIP_BYTES or unzipped > LARGEST_CONTENT_BYTES:
        raise BundleNotBuilt(f"the bundle is too large for Lambda: {zipped:,} bytes, {unzipped:,} unpacked")
