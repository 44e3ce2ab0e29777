"""The authorizer's code."""

import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from infra import bundle
from tests.infra.test_bundle import ELF_AARCH64, tops

LIBRARIES = bundle.LIBRARIES["lambda-authorizer"]

CHECK_WITH_NOTHING_ELSE = """
import sys
sys.path.insert(0, sys.argv[1])
import json, jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from backend import authorizer
from backend.wiring import for_authorizer
from backend.wiring.settings import AuthorizerSettings

key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
public = {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())), "kid": "1", "alg": "RS256", "use": "sig"}
answers = {"https://a.example/d": {"issuer": "https://a.example", "jwks_uri": "https://a.example/k"}}
answers["https://a.example/k"] = {"keys": [public]}
settings = AuthorizerSettings(
    metrics_namespace="x", issuer="https://a.example", client_id="c", discovery_url="https://a.example/d"
)
fetch = lambda address: json.dumps(answers[address]).encode()
verification = for_authorizer.compose(settings, fetch, lambda: 1000, lambda: 0)
claims = {"iss": "https://a.example", "sub": "ann", "client_id": "c", "exp": 2000}
token = jwt.encode(claims, key, "RS256", {"kid": "1"})
event = {"routeArn": "arn", "headers": {"authorization": f"Bearer {token}"}}
print(authorizer.authorize(event, verification)["principalId"])
assert not [name for name in ("botocore", "msgspec") if name in sys.modules]
"""
"""Run without the interpreter's own libraries, as on Lambda."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundle.build("lambda-authorizer", tmp_path_factory.mktemp("built"))


@pytest.mark.slow
def test_bundle_is_about_five_megabytes_compiled_for_lambda_and_without_what_asks_aws(built: Path) -> None:
    assert 4_000_000 < built.stat().st_size < 6_500_000
    with zipfile.ZipFile(built) as archive:
        names = {top.partition("-")[0] for top in tops(archive.namelist())}
        assert names == {"backend", "_cffi_backend.cpython", "cffi", "cryptography", "jwt", "pycparser", "pyjwt"}
        compiled = [name for name in archive.namelist() if name.endswith(".so")]
        assert len(compiled) >= 2
        for name in compiled:
            assert name.endswith((".cpython-313-aarch64-linux-gnu.so", ".abi3.so"))
            assert archive.read(name)[18:20] == ELF_AARCH64


@pytest.mark.slow
def test_bundle_is_the_same_twice(built: Path, tmp_path: Path) -> None:
    again = bundle.build("lambda-authorizer", tmp_path)
    assert (again.name, again.read_bytes()) == (built.name, built.read_bytes())


def test_rooms_of_the_bundle_are_those_that_are_read() -> None:
    rooms = {name.split("/")[1] for name in bundle.backend_files("lambda-authorizer") if name.count("/") > 1}
    assert rooms == {"domain", "tokens", "wiring"}


@pytest.mark.parametrize("target", ["lambda", "lambda-worker", "lambda-events"])
def test_no_other_bundle_for_lambda_checks_tokens(target: bundle.Target) -> None:
    assert not [name for name in bundle.backend_files(target) if name.startswith("backend/tokens/")]
    assert not {"cryptography", "pyjwt"} & set(bundle.LIBRARIES[target])


def test_emulator_s_bundle_checks_them_with_the_interpreter_s_libraries() -> None:
    assert "backend/tokens/verification.py" in bundle.backend_files("host")
    assert bundle.LIBRARIES["host"] == ("msgspec",)


@pytest.mark.slow
def test_what_the_authorizer_carries_is_enough_to_check_a_token(tmp_path: Path) -> None:
    files = bundle.backend_files("lambda-authorizer")
    for name in LIBRARIES:
        files |= bundle.library_files(metadata.distribution(name))
    for file, content in files.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes(content)
    command = [sys.executable, "-I", "-S", "-B", "-c", CHECK_WITH_NOTHING_ELSE, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("https://a.example|ann\n", "")


@pytest.mark.parametrize("name", LIBRARIES)
def test_library_is_pinned_with_hashes(name: str) -> None:
    first, *hashes = bundle.locked_requirement(name).splitlines()
    assert first.startswith(f"{name}==")
    assert hashes
    assert all("--hash=sha256:" in line for line in hashes)
