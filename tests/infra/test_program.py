"""What the program declares, as recorded."""

import importlib
import json
import re
from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path

import pytest

from backend.aws import report_table as backend_tables
from backend.aws.report_items import ACTIVE_OWNER
from backend.protocol.messages import ACTIONS
from backend.protocol.resources import DOCUMENTS, RESOURCES
from backend.wiring.settings import (
    EventsSettings,
    FailuresSettings,
    HttpSettings,
    RouterSettings,
    Settings,
    SynchronousSettings,
    WorkerSettings,
)
from desktop.sign_in.profiles import parse
from infra.bundle import ARCHITECTURE, PYTHON_VERSION, ROOT, backend_files
from infra.local.recording.graph import BUNDLE, REFERENCE, Graph, Resource, resolve
from infra.local.recording.recorded import CONFIG, record
from infra.settings import InvalidConfig
from infra.settings import Settings as StackSettings
from tests.infra.conftest import EVENTS_BUNDLE, WORKER_BUNDLE, of_type

FUNCTIONS: dict[str, type[Settings]] = {
    "router": RouterSettings,
    "http-router": HttpSettings,
    "worker": WorkerSettings,
    "failures": FailuresSettings,
    "events": EventsSettings,
    "synchronous": SynchronousSettings,
}
OPTIONAL = {"events", "synchronous"}


WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER"

OUTSIDE = {
    *("local::emulator", "local::bundle", "local::worker-bundle", "local::events-bundle"),
    "local::authorizer-bundle",
}
"""What references lead to besides resources."""


def misplaced(resources: Sequence[Resource]) -> list[str]:
    """Return the resources that stand before something they need."""
    seen, found = set(OUTSIDE), []
    for resource in resources:
        referred = {name.rpartition(".")[0] for name in REFERENCE.findall(json.dumps(resource.inputs))}
        if not referred | set(resource.dependencies) <= seen:
            found.append(resource.key)
        seen.add(resource.key)
    return found


def test_everything_comes_after_what_it_depends_on(graph: Graph) -> None:
    assert misplaced(graph.resources) == []
    backwards = misplaced(graph.resources[::-1])
    assert set(backwards) >= {resource.key for resource in graph.resources if resource.dependencies}


def test_dependencies_without_a_reference_are_recorded_too(graph: Graph) -> None:
    function = of_type(graph, "lambda/function:Function")["router"]
    assert "aws:iam/rolePolicy:RolePolicy::router" in function.dependencies
    assert "aws:iam/rolePolicy:RolePolicy" not in json.dumps(function.inputs)


@pytest.mark.parametrize(("name", "settings"), FUNCTIONS.items())
def test_environment_is_what_the_function_reads(graph: Graph, name: str, settings: type[Settings]) -> None:
    function = of_type(graph, "lambda/function:Function")[name]
    variables = function.inputs["environment"]["variables"]
    assert set(variables) - {WRAPPER} == set(settings.variables())
    settings.read(variables)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_handler_exists(graph: Graph, name: str) -> None:
    module, attribute = of_type(graph, "lambda/function:Function")[name].inputs["handler"].rsplit(".", 1)
    assert callable(getattr(importlib.import_module(module), attribute))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_writes_json_to_a_log_group_of_its_own(graph: Graph, name: str) -> None:
    logging = of_type(graph, "lambda/function:Function")[name].inputs["loggingConfig"]
    assert logging["logFormat"] == "JSON"
    assert (logging["applicationLogLevel"], logging["systemLogLevel"]) == ("INFO", "INFO")
    assert logging["logGroup"] == f"<aws:cloudwatch/logGroup:LogGroup::{name}.name>"
    assert of_type(graph, "cloudwatch/logGroup:LogGroup")[name].inputs["retentionInDays"] > 0


@pytest.mark.parametrize("name", FUNCTIONS)
def test_policy_is_there_before_its_function(graph: Graph, name: str) -> None:
    function = of_type(graph, "lambda/function:Function")[name]
    assert f"aws:iam/rolePolicy:RolePolicy::{name}" in function.dependencies
    assert of_type(graph, "iam/rolePolicy:RolePolicy")[name].inputs["name"] == name


def test_failed_worker_is_retried_once_and_then_told(graph: Graph) -> None:
    (config,) = of_type(graph, "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig").values()
    assert config.inputs["maximumRetryAttempts"] == 1
    assert config.inputs["destinationConfig"] == {
        "onFailure": {"destination": "<aws:lambda/alias:Alias::failures.arn>"}
    }
    assert config.inputs["qualifier"] == "live"
    router = of_type(graph, "lambda/function:Function")["router"].inputs["environment"]["variables"]
    assert config.inputs["maximumEventAgeInSeconds"] == int(router["EVENT_MAX_AGE_S"])


def test_every_function_is_reached_by_its_alias_alone(graph: Graph) -> None:
    functions, aliases = of_type(graph, "lambda/function:Function"), of_type(graph, "lambda/alias:Alias")
    assert functions.keys() == aliases.keys() == FUNCTIONS.keys()
    for name, alias in aliases.items():
        assert functions[name].inputs["publish"] is True
        of_function = {each: f"<aws:lambda/function:Function::{name}.{each}>" for each in ("name", "version")}
        assert alias.inputs == {
            "name": "live",
            "functionName": of_function["name"],
            "functionVersion": of_function["version"],
        }


def test_nothing_invokes_a_function_itself(graph: Graph) -> None:
    """Its name may be asked for, for metrics and beside a qualifier; nothing else of it but its version."""
    assert {
        (resource.type, attribute)
        for resource in graph.resources
        for key, _, attribute in (found.rpartition(".") for found in REFERENCE.findall(json.dumps(resource.inputs)))
        if key.startswith("aws:lambda/function:Function::")
    } == {
        ("aws:cloudwatch/dashboard:Dashboard", "name"),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", "name"),
        ("aws:lambda/alias:Alias", "name"),
        ("aws:lambda/alias:Alias", "version"),
        ("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", "name"),
        ("aws:lambda/permission:Permission", "name"),
    }
    permissions = of_type(graph, "lambda/permission:Permission").values()
    assert {permission.inputs["qualifier"] for permission in permissions} == {"live"}
    variables = of_type(graph, "lambda/function:Function")["router"].inputs["environment"]["variables"]
    assert variables["WORKER_FUNCTION"] == "<aws:lambda/alias:Alias::worker.arn>"


def test_everything_taggable_is_tagged(graph: Graph) -> None:
    tagged = [resource for resource in graph.resources if is_taggable(resource)]
    assert len(tagged) > 20
    for resource in tagged:
        assert resource.inputs["tags"] == {"project": "reportwire", "stack": "local"}, resource.key


def is_taggable(resource: Resource) -> bool:
    """Tell from the provider's source: importing all of it takes seconds and warns."""
    service, _, names = resource.type.removeprefix("aws:").partition("/")
    file = re.sub(r"(?=[A-Z])", "_", names.split(":")[0]).lower()
    package = {"lambda": "lambda_"}.get(service, service)
    source = distribution("pulumi-aws").locate_file(f"pulumi_aws/{package}/{file}.py")
    return "def tags(self)" in Path(str(source)).read_text()


REST = "aws:apigateway/restApi:RestApi::reportwire-rest"
SOCKET, HTTP = "reportwire", "reportwire-http"
"""The names of the APIs."""


def of_api(graph: Graph, type_: str, api: str) -> list[Resource]:
    """Return the resources of a type that are parts of one API."""
    parts = of_type(graph, f"apigatewayv2/{type_}").values()
    return [part for part in parts if part.inputs["apiId"] == f"<aws:apigatewayv2/api:Api::{api}.id>"]


def test_every_action_has_a_route(graph: Graph) -> None:
    routes = of_api(graph, "route:Route", SOCKET)
    assert {route.inputs["routeKey"] for route in routes} == {"$connect", "$disconnect", "$default", *ACTIONS}


def test_only_the_upgrade_is_authorised(graph: Graph) -> None:
    for route in of_api(graph, "route:Route", SOCKET):
        expected = "AWS_IAM" if route.inputs["routeKey"] == "$connect" else "NONE"
        assert route.inputs["authorizationType"] == expected


def test_every_resource_has_a_route_that_is_authorised_but_for_the_documents(graph: Graph) -> None:
    routes = {
        route.inputs["routeKey"]: route.inputs["authorizationType"] for route in of_api(graph, "route:Route", HTTP)
    }
    signed = {f"ANY {resource}": "AWS_IAM" for resource in RESOURCES}
    assert routes == signed | {f"ANY {resource}": "NONE" for resource in DOCUMENTS}


def test_http_api_passes_requests_on_in_the_form_that_is_read(graph: Graph) -> None:
    (integration,) = of_api(graph, "integration:Integration", HTTP)
    assert (integration.inputs["payloadFormatVersion"], integration.inputs["timeoutMilliseconds"]) == ("2.0", 30_000)
    (stage,) = of_api(graph, "stage:Stage", HTTP)
    assert (stage.inputs["name"], stage.inputs["autoDeploy"]) == ("v1", True)
    assert "corsConfiguration" not in of_type(graph, "apigatewayv2/api:Api")[HTTP].inputs


@pytest.mark.slow
def test_pages_of_named_origins_may_ask_first_without_a_signature() -> None:
    graph = record({**CONFIG, "reportwire:allowedOrigins": "https://a.example,https://b.example"})
    cors = of_type(graph, "apigatewayv2/api:Api")[HTTP].inputs["corsConfiguration"]
    assert cors["allowOrigins"] == ["https://a.example", "https://b.example"]
    assert {"authorization", "if-none-match", "prefer", "x-amz-date"} <= set(cors["allowHeaders"])
    routes = {
        route.inputs["routeKey"]: route.inputs["authorizationType"] for route in of_api(graph, "route:Route", HTTP)
    }
    for resource in RESOURCES:
        assert (routes[f"OPTIONS {resource}"], routes[f"ANY {resource}"]) == ("NONE", "AWS_IAM")


def test_deployment_follows_every_route(graph: Graph) -> None:
    (deployment,) = of_type(graph, "apigatewayv2/deployment:Deployment").values()
    routes = of_api(graph, "route:Route", SOCKET)
    assert {route.key for route in routes} <= set(deployment.dependencies)
    for route in routes:
        trigger = deployment.inputs["triggers"][route.inputs["routeKey"]]
        assert set(trigger.split()) == {route.inputs[name] for name in route.inputs.keys() - {"apiId", "routeKey"}}
    (stage,) = of_api(graph, "stage:Stage", SOCKET)
    assert stage.inputs["deploymentId"] == f"<{deployment.key}.id>"


def test_deployment_follows_how_messages_are_routed_and_passed_on(graph: Graph) -> None:
    (deployment,) = of_type(graph, "apigatewayv2/deployment:Deployment").values()
    api = of_type(graph, "apigatewayv2/api:Api")[SOCKET]
    (integration,) = of_api(graph, "integration:Integration", SOCKET)
    settings = {value for name, value in integration.inputs.items() if name != "apiId"}
    triggers = deployment.inputs["triggers"]
    assert triggers["routeSelection"] == api.inputs["routeSelectionExpression"]
    assert set(triggers["integration"].split()) == settings


def test_function_is_invoked_by_post(graph: Graph) -> None:
    for integration in of_type(graph, "apigatewayv2/integration:Integration").values():
        assert integration.inputs["integrationMethod"] == "POST"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_run_on_what_their_bundle_is_built_for(graph: Graph, name: str) -> None:
    function = of_type(graph, "lambda/function:Function")[name].inputs
    assert function["runtime"] == f"python{PYTHON_VERSION}"
    assert function["architectures"] == [ARCHITECTURE]


def test_only_the_events_are_started_by_a_script_and_it_is_in_their_bundle(graph: Graph) -> None:
    functions = of_type(graph, "lambda/function:Function")
    wrappers = {name: each.inputs["environment"]["variables"].get(WRAPPER) for name, each in functions.items()}
    assert {name for name, wrapper in wrappers.items() if wrapper} == {"events"}
    assert wrappers["events"].removeprefix("/var/task/") in backend_files("lambda-events")


def test_only_what_is_set_reserves_concurrency(graph: Graph) -> None:
    functions = of_type(graph, "lambda/function:Function")
    reserved = {name: function.inputs.get("reservedConcurrentExecutions") for name, function in functions.items()}
    assert reserved == dict.fromkeys(FUNCTIONS) | {"router": 50, "worker": 7, "events": 9}


def test_worker_is_told_the_size_it_is_declared_with(graph: Graph) -> None:
    functions = of_type(graph, "lambda/function:Function")
    worker = functions["worker"].inputs
    assert (worker["memorySize"], worker["ephemeralStorage"]) == (3008, {"size": 1024})
    variables = worker["environment"]["variables"]
    assert (variables["WORKER_MEMORY_MB"], variables["WORKER_STORAGE_MB"]) == ("3008", "1024")
    assert variables["DATASETS_BUCKET"] == "<aws:s3/bucket:Bucket::datasets.bucket>"
    assert {functions[name].inputs["ephemeralStorage"]["size"] for name in ("router", "failures")} == {512}


def test_worker_and_events_have_bundles_of_their_own(graph: Graph) -> None:
    code = {name: function.inputs["code"] for name, function in of_type(graph, "lambda/function:Function").items()}
    assert code == dict.fromkeys(FUNCTIONS, BUNDLE) | {"worker": WORKER_BUNDLE, "events": EVENTS_BUNDLE}


def test_router_is_told_how_many_reports_one_may_have(graph: Graph) -> None:
    environment = of_type(graph, "lambda/function:Function")["router"].inputs["environment"]
    assert environment["variables"]["MAX_ACTIVE_REPORTS"] == "3"


def test_indexes_are_those_the_backend_queries(graph: Graph) -> None:
    indexes = of_type(graph, "dynamodb/table:Table")["reports"].inputs["globalSecondaryIndexes"]
    assert {(each["name"], each["keySchemas"][0]["attributeName"]) for each in indexes} == {
        (backend_tables.OWNER_INDEX, "owner"),
        (backend_tables.ACTIVE_INDEX, ACTIVE_OWNER),
    }


def test_stage_says_its_throttles(graph: Graph) -> None:
    for stage in of_type(graph, "apigatewayv2/stage:Stage").values():
        assert stage.inputs["defaultRouteSettings"] == {"throttlingRateLimit": 42, "throttlingBurstLimit": 200}


@pytest.mark.parametrize("name", ["reports", "datasets"])
def test_bucket_is_private_encrypted_and_tls_only(graph: Graph, name: str) -> None:
    block = of_type(graph, "s3/bucketPublicAccessBlock:BucketPublicAccessBlock")[name].inputs
    assert [value for key, value in block.items() if key != "bucket"] == [True] * 4
    ownership = of_type(graph, "s3/bucketOwnershipControls:BucketOwnershipControls")[name].inputs
    assert ownership["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    assert name in of_type(graph, "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")
    policy = json.loads(of_type(graph, "s3/bucketPolicy:BucketPolicy")[name].inputs["policy"])
    (statement,) = policy["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_files_expire_and_so_do_unfinished_uploads(graph: Graph) -> None:
    rules = {
        name: resource.inputs["rules"][0]
        for name, resource in of_type(graph, "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").items()
    }
    assert rules["reports"]["expiration"] == {"days": 5}
    assert "noncurrentVersionExpiration" not in rules["reports"]
    assert rules["datasets"]["expiration"] == {"expiredObjectDeleteMarker": True}
    assert rules["datasets"]["noncurrentVersionExpiration"] == {"noncurrentDays": 30}
    for rule in rules.values():
        assert rule["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 1}


def test_only_datasets_are_kept_when_they_are_overwritten(graph: Graph) -> None:
    (versioning,) = of_type(graph, "s3/bucketVersioning:BucketVersioning").values()
    assert versioning.inputs["bucket"] == "<aws:s3/bucket:Bucket::datasets.bucket>"
    assert versioning.inputs["versioningConfiguration"] == {"status": "Enabled"}
    lifecycle = of_type(graph, "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")["datasets"]
    assert versioning.key in lifecycle.dependencies


PROTECTED = {
    *(f"aws:dynamodb/table:Table::{name}" for name in ("connections", "reports")),
    *(f"aws:s3/bucket:Bucket::{name}" for name in ("datasets", "reports")),
    *(f"aws:apigatewayv2/api:Api::{name}" for name in ("reportwire", "reportwire-http")),
    "aws:apigateway/restApi:RestApi::reportwire-rest",
    "aws:iam/policy:Policy::connect",
    "aws:iam/group:Group::analysts",
}


def test_what_holds_data_and_what_analysts_know_is_protected_and_nothing_else(graph: Graph, plain_graph: Graph) -> None:
    assert {resource.key for resource in graph.resources if resource.protect} == PROTECTED
    assert not [resource.key for resource in plain_graph.resources if resource.protect]


def test_analysts_are_a_group_with_the_policy_whose_name_is_known_beforehand(graph: Graph) -> None:
    assert of_type(graph, "iam/policy:Policy")["connect"].inputs["name"] == "reportwire-local-connect"
    (attached,) = of_type(graph, "iam/groupPolicyAttachment:GroupPolicyAttachment").values()
    assert attached.inputs == {
        "group": "<aws:iam/group:Group::analysts.name>",
        "policyArn": "<aws:iam/policy:Policy::connect.arn>",
    }
    assert graph.outputs["analystsGroup"] == "<aws:iam/group:Group::analysts.name>"


LONGEST_NAMES = {
    "aws:s3/bucket:Bucket": 63,
    "aws:iam/role:Role": 64,
    "aws:iam/group:Group": 128,
    "aws:iam/policy:Policy": 128,
    "aws:lambda/function:Function": 64,
    "aws:dynamodb/table:Table": 255,
    "aws:cloudwatch/logGroup:LogGroup": 512,
    "aws:cloudwatch/metricAlarm:MetricAlarm": 255,
    "aws:sns/topic:Topic": 256,
    "aws:apigatewayv2/api:Api": 128,
    "aws:apigateway/restApi:RestApi": 128,
    "aws:apigateway/authorizer:Authorizer": 128,
    "aws:apigatewayv2/authorizer:Authorizer": 128,
    "aws:cognito/userPool:UserPool": 128,
    "aws:cognito/userPoolClient:UserPoolClient": 128,
    "aws:glue/catalogDatabase:CatalogDatabase": 255,
    "aws:athena/workgroup:Workgroup": 128,
}
"""Of what gets a name of its own, in characters.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, and the services' references of the calls
that make them.
"""
PATTERN = "${project}-${stack}-${name}-${hex(7)}"


def test_names_fit_for_the_longest_name_of_a_stack(graph: Graph, token_graph: Graph, athena_graph: Graph) -> None:
    assert PATTERN in (ROOT / "infra" / "Pulumi.yaml").read_text()
    stage = "s" * 32
    StackSettings.read({"protectData": "false"}, region="eu-west-1", stage=stage)
    with pytest.raises(InvalidConfig, match="stack's name"):
        StackSettings.read({"protectData": "false"}, region="eu-west-1", stage=f"{stage}s")
    for resource in (*graph.resources, *token_graph.resources, *athena_graph.resources):
        if resource.type in LONGEST_NAMES and "name" not in resource.inputs:
            name = PATTERN.replace("${project}", "reportwire").replace("${stack}", stage)
            name = name.replace("${name}", resource.name).replace("${hex(7)}", "0123456")
            assert len(name) <= LONGEST_NAMES[resource.type], resource.key
            assert name == name.lower()


def test_tables_expire_rows_and_can_be_protected(graph: Graph) -> None:
    tables = of_type(graph, "dynamodb/table:Table")
    for table in tables.values():
        assert table.inputs["ttl"] == {"attributeName": "expiresAt", "enabled": True}
        assert table.inputs["billingMode"] == "PAY_PER_REQUEST"
        assert table.inputs["deletionProtectionEnabled"] is True
        assert table.protect is True
    assert tables["reports"].inputs["pointInTimeRecovery"] == {"enabled": True}


def test_profile_holds_no_secret(graph: Graph) -> None:
    profile = graph.outputs["profile"]
    assert set(profile) == {"name", "endpoint", "https", "events", "region", "auth"}
    assert profile["auth"] == {"mode": "iam"}


def test_profile_written_as_json_is_one_the_desktop_reads(graph: Graph) -> None:
    ids = {f"aws:apigatewayv2/api:Api::{api}.id": api for api in (SOCKET, HTTP)} | {f"{REST}.id": "rest"}
    written = json.dumps(resolve(graph.outputs["profile"], {"local::emulator.port": "1", **ids}))
    profile = parse(written)
    assert profile.endpoint == "ws://127.0.0.1:1/_aws/execute-api/reportwire/local"
    assert profile.https == "http://127.0.0.1:1/_aws/execute-api/reportwire-http/v1"
