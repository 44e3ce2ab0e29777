"""Domains of the operator's in front of the APIs."""

import pytest

from infra.local.recording import recorded
from infra.local.recording.graph import Graph
from infra.settings import InvalidConfig, Settings
from tests.infra.conftest import EVERYTHING, of_type

CERTIFICATE = "arn:aws:acm:us-east-1:000000000000:certificate/1a2b"
DOMAINS = {
    "reportwire:socketDomain": "reports.example.com",
    "reportwire:httpsDomain": "api.reports.example.com",
    "reportwire:certificateArn": CERTIFICATE,
}
ZONE = {"reportwire:hostedZoneId": "Z1D633PJ"}


def with_domains(**more: str) -> Graph:
    config = {key: value for key, value in EVERYTHING.items() if key not in {"reportwire:endpoint", "reportwire:https"}}
    return recorded.record(config | DOMAINS | more)


@pytest.fixture(scope="module")
def graph() -> Graph:
    return with_domains(**ZONE)


def test_each_domain_stands_for_one_stage_of_one_api(graph: Graph) -> None:
    mappings = of_type(graph, "apigatewayv2/apiMapping:ApiMapping")
    assert {
        name: (mapping.inputs["apiId"], mapping.inputs["stage"], mapping.inputs.get("apiMappingKey"))
        for name, mapping in mappings.items()
    } == {
        "socket": (
            "<aws:apigatewayv2/api:Api::reportwire.id>",
            "local",
            None,
        ),
        "https": (
            "<aws:apigatewayv2/api:Api::reportwire-http.id>",
            "v1",
            "v1",
        ),
    }


def test_domains_have_the_certificate_and_refuse_old_encryption(graph: Graph) -> None:
    for name, domain in of_type(graph, "apigatewayv2/domainName:DomainName").items():
        assert domain.inputs["domainName"] == DOMAINS[f"reportwire:{name}Domain"]
        assert domain.inputs["domainNameConfiguration"] == {
            "certificateArn": CERTIFICATE,
            "endpointType": "REGIONAL",
            "securityPolicy": "TLS_1_2",
        }
        assert domain.inputs["tags"]


def test_profile_has_the_domains_and_posts_go_to_the_api_itself(graph: Graph) -> None:
    profile = graph.outputs["profile"]
    assert profile["endpoint"] == "wss://reports.example.com"
    assert profile["https"] == "https://api.reports.example.com/v1"
    for function in of_type(graph, "lambda/function:Function").values():
        address = function.inputs["environment"]["variables"].get("MANAGEMENT_ENDPOINT", "https://")
        assert address.startswith("https://")
        assert "example.com" not in address


def test_names_are_made_where_route_53_keeps_them(graph: Graph) -> None:
    records = of_type(graph, "route53/record:Record")
    assert {name: (record.inputs["zoneId"], record.inputs["type"]) for name, record in records.items()} == {
        "socket": ("Z1D633PJ", "A"),
        "https": ("Z1D633PJ", "A"),
    }


def test_operator_is_told_what_names_kept_elsewhere_point_at() -> None:
    graph = with_domains()
    assert not of_type(graph, "route53/record:Record")
    assert set(graph.outputs["targets"]) == {"reports.example.com", "api.reports.example.com"}


SETTINGS = {key.removeprefix("reportwire:"): value for key, value in (DOMAINS | ZONE).items()}


def read(*, without: tuple[str, ...] = (), **more: str) -> Settings:
    config = {key: value for key, value in (SETTINGS | more).items() if key not in without}
    return Settings.read(config | {"protectData": "false"}, region="us-east-1", stage="dev")


@pytest.mark.parametrize("without", [(), ("hostedZoneId",), ("socketDomain",), ("httpsDomain",)])
def test_one_domain_or_two_are_allowed(without: tuple[str, ...]) -> None:
    read(without=without)


@pytest.mark.parametrize(
    ("without", "more", "told"),
    [
        ((), {"endpoint": "wss://other.example.com"}, "Set endpoint or socketDomain, not both."),
        ((), {"https": "https://other.example.com/v1"}, "Set https or httpsDomain, not both."),
        ((), {"httpsDomain": "reports.example.com"}, "socketDomain and httpsDomain must differ"),
        (("certificateArn",), {}, "socketDomain and httpsDomain need certificateArn."),
        (("certificateArn", "httpsDomain"), {}, "socketDomain needs certificateArn."),
        (("socketDomain", "httpsDomain"), {}, "certificateArn is for socketDomain and httpsDomain"),
        (("socketDomain", "httpsDomain", "certificateArn"), {}, "^hostedZoneId is for socketDomain and httpsDomain"),
        ((), {"certificateArn": CERTIFICATE.replace("us-east-1", "eu-west-1")}, "certificateArn is in another region"),
        ((), {"kmsKeyArn": "arn:aws:kms:eu-west-1:000000000000:key/1a2b"}, "kmsKeyArn is in another region"),
    ],
)
def test_settings_that_do_not_go_together_are_told(without: tuple[str, ...], more: dict[str, str], told: str) -> None:
    with pytest.raises(InvalidConfig, match=told):
        read(without=without, **more)


def test_stack_without_domains_has_none(plain_graph: Graph) -> None:
    assert not of_type(plain_graph, "apigatewayv2/domainName:DomainName")
    assert "targets" not in plain_graph.outputs
