"""Clients of AWS.

wiring ──▶ **clients** ──▶ adapters

botocore makes them, which is what boto3's clients are: its resources and transfers would make up a fifth of a
function's start, and no function uses them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.session import get_session

from backend.protocol import quotas

if TYPE_CHECKING:
    from mypy_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client

_CONFIG = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4})
_PUSH_CONFIG = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 1},
    max_pool_connections=quotas.WATCHERS_PER_REPORT,
)
_QUERY_CONFIG = _CONFIG.merge(Config(read_timeout=5, retries={"mode": "standard", "total_max_attempts": 1}))
_S3_CONFIG = _CONFIG.merge(
    Config(
        signature_version="s3v4",
        s3={"addressing_style": "virtual"},  # else links name the global host, which newer regions refuse
        request_checksum_calculation="when_required",
    )
)

_session = cache(get_session)


def dynamodb() -> DynamoDBClient:
    """Return a client of the tables."""
    client: DynamoDBClient = _client("dynamodb", _CONFIG)
    return client


def functions() -> LambdaClient:
    """Return a client that invokes functions."""
    client: LambdaClient = _client("lambda", _CONFIG)
    return client


def buckets() -> S3Client:
    """Return a client of the buckets."""
    client: S3Client = _client("s3", _S3_CONFIG)
    return client


def queries(region: str = "") -> Any:  # noqa: ANN401  an `athena_cluster.AthenaClient`, which the other functions must not load
    """Return a client that runs queries in Athena. A request has one attempt, which the engine repeats."""
    return _client("athena", _QUERY_CONFIG, region=region)


@cache
def catalog(region: str = "") -> Any:  # noqa: ANN401  a `glue_partitions.CatalogClient`, as above
    """Return the client of Glue, made with the first report that needs it."""
    return _client("glue", _QUERY_CONFIG, region=region)


def secrets(region: str = "") -> Any:  # noqa: ANN401  of one method alone
    """Return a client for Secrets Manager."""
    return _client("secretsmanager", _CONFIG, region=region)


def secret(name: str, region: str = "") -> str:
    """Return the text of a secret in Secrets Manager."""
    text: str = secrets(region).get_secret_value(SecretId=name)["SecretString"]
    return text


def connections(endpoint: str) -> ApiGatewayManagementApiClient:
    """Return a client that posts to connections. A post has one attempt: the use cases repeat it where that helps."""
    client: ApiGatewayManagementApiClient = _client("apigatewaymanagementapi", _PUSH_CONFIG, endpoint)
    return client


def _client(service: str, config: Config, endpoint: str | None = None, region: str = "") -> Any:  # noqa: ANN401  of any service
    return _session().create_client(service, config=config, endpoint_url=endpoint, region_name=region or None)
