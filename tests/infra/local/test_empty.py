"""The emulator before there is a stack, and the file of the stack that is made there."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import msgspec
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.bundle import ROOT
from infra.local import empty
from infra.local.empty import PORT, to_set
from infra.local.recording import graph, recorded
from tests.infra.local.empty_emulator import Empty, empty_emulator
from tests.infra.stack_files import with_everything_on

FILE = ROOT / "infra/Pulumi.emulator.yaml"
ENDPOINTS = {
    "apigateway": "apigateway",
    "apigatewayv2": "apigatewayv2",
    "cognito": "cognitoidp",
    "dynamodb": "dynamodb",
    "iam": "iam",
    "lambda": "lambda",
    "s3": "s3",
    "sns": "sns",
}
"""The plugin's names of services, by the modules of its resources; two of a module's are apart."""
OF_LOGS = {"logGroup", "logMetricFilter"}
NOT_THERE = {"budgets"}
"""What no emulator has: the setting is not for it."""


def service_of(type_: str) -> str:
    module, kind = type_.removeprefix("aws:").split(":")[0].split("/")
    if module == "cloudwatch":
        return "logs" if kind in OF_LOGS else "cloudwatch"
    return ENDPOINTS[module]


def test_stack_file_leads_every_service_to_the_emulator() -> None:
    config = msgspec.yaml.decode(FILE.read_bytes())["config"]
    (endpoints,) = config["aws:endpoints"]
    assert set(endpoints.values()) == {f"http://127.0.0.1:{PORT}"}
    resources = with_everything_on(FILE).resources
    types = {resource.type for resource in resources if resource.type.startswith("aws:")}
    needed = {service_of(type_) for type_ in types if type_.split("/")[0].removeprefix("aws:") not in NOT_THERE}
    assert needed | {"sts", "cognitoidp"} == set(endpoints)


def test_stack_file_says_what_the_local_stack_does() -> None:
    config = msgspec.yaml.decode(FILE.read_bytes())["config"]
    for key in ("aws:region", "reportwire:endpoint", "reportwire:https", "reportwire:rest"):
        assert config[key] == recorded.CONFIG[key].replace(graph.PORT, str(PORT)), key


def test_path_of_the_bundle_is_one_word() -> None:
    typed = to_set("http://127.0.0.1:1", "r", ("k", "s"), Path("/my cache/bundle.zip"))
    assert "set bundle '/my cache/bundle.zip'\n" in typed


@pytest.fixture(scope="module")
def started(cache: Path) -> Iterator[Empty]:
    with empty_emulator(cache) as started:
        yield started


def client(started: Empty, service: str, key: tuple[str, str] | None = None) -> Any:
    session = boto3.Session(*(key or started.key), region_name=started.variables["AWS_REGION"])
    config = Config(retries={"total_max_attempts": 1}, proxies={})
    return session.client(service, endpoint_url=started.variables["AWS_ENDPOINT_URL"], config=config)  # type: ignore[call-overload]


@pytest.mark.slow
def test_emulator_is_empty_and_its_administrator_may_do_everything(started: Empty) -> None:
    assert client(started, "s3").list_buckets()["Buckets"] == []
    assert client(started, "lambda").list_functions()["Functions"] == []
    client(started, "s3").create_bucket(Bucket="mine")
    client(started, "iam").create_role(RoleName="worker", AssumeRolePolicyDocument="{}")
    assert set(started.bundles) == set(empty.BUNDLES)
    assert all(Path(path).is_file() for path in started.bundles.values())


@pytest.mark.slow
def test_nobody_else_may_do_anything(started: Empty) -> None:
    for key in (("test", "test"), ("AKIAOTHER", "secret"), (started.key[0], "secret")):
        with pytest.raises(ClientError):
            client(started, "s3", key).list_buckets()


@pytest.mark.slow
def test_emulator_ends_when_it_is_told_to(cache: Path) -> None:
    with empty_emulator(cache) as started:
        started.process.send_signal(signal.SIGTERM)
        assert started.process.wait(10) == 0
