"""The settings of the engine that reports run on whose data is too large for one worker.

worker ──▶ **Distributed** ──▶ addresses, settings. Does not import pulumi.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from msgspec import Meta

from infra.configuration.values import LOOPBACK, region_of
from infra.configuration.worker import Worker

GIGABYTE = 10**9
_TRINO_ADDRESS = Meta(
    pattern=rf"^(https://[^\s/@?#]+|http://{LOOPBACK})\Z",
    description="an address like https://trino.example.com:8443, encrypted unless it is on loopback, without a path",
)
_SECRET = Meta(
    pattern=r"^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+\Z",
    description="the ARN of a secret, like arn:aws:secretsmanager:eu-west-1:111122223333:secret:trino-a1b2c3",
)
_NAME = Meta(pattern=r"^[a-z_][a-z0-9_]{0,127}\Z", description="a name of small letters, digits and _")
_KEY = r"(?:(?:year|month)\([A-Za-z]\w*\)|[A-Za-z]\w*)"
_DATASET = rf"[a-z][a-z0-9_]{{0,62}}={_KEY}(?:,{_KEY})*"
_PARTITIONS = Meta(
    pattern=rf"^{_DATASET}(?: {_DATASET})*\Z",
    description="datasets with what they are partitioned by, like flights=month(date),carrier trips=city",
)
_USER = Meta(pattern=r"^[!-9;-~]{1,128}\Z", description="a name without spaces and colons")


class Distributed(Worker, frozen=True, kw_only=True, rename="camel"):
    """The distributed engine, if there is one: Amazon Athena, or a Trino cluster of the operator's."""

    distributed_engine: Literal["none", "athena", "trino"] = "none"
    """Where reports run that choose it, or whose data is larger than `distributedFromGb`."""

    distributed_from_gb: Annotated[int, Meta(ge=1, le=100_000)] = 10
    """From so many gigabytes of datasets on reports run there, those that leave the choice."""

    dataset_partitions: Annotated[str, _PARTITIONS] | None = None
    """What datasets are partitioned by, as `reportwire data add --partition-by` was told: their tables have to be too.

    Reports of data that are partitioned otherwise do not run on the engine.
    """

    athena_scan_limit_gb: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    """The most that one query may read. One that reads more is cut off, and its report fails.

    Source: https://docs.aws.amazon.com/athena/latest/ug/workgroups-setting-control-limits-cloudwatch.html
    """

    trino_url: Annotated[str, _TRINO_ADDRESS] | None = None
    """The address of the cluster's coordinator, which the workers can reach."""

    trino_user: Annotated[str, _USER] = "reportwire"
    """Who runs the queries there."""

    trino_secret_arn: Annotated[str, _SECRET] | None = None
    """The secret with the user's password or token; without it nobody signs in there."""

    trino_sign_in: Literal["password", "token"] = "password"
    """What the secret has: a password, or a JSON Web Token."""

    trino_catalog: Annotated[str, _NAME] = "hive"
    """The catalog in which the datasets are, and which may write to the bucket of reports."""

    trino_schema: Annotated[str, _NAME] | None = None
    """The schema in which the datasets are; else that of the stack's own tables in Glue."""

    def contradictions_of_engine(self, region: str) -> Iterator[str]:
        """Yield a sentence for each two of these settings that do not go together."""
        of_trino = {
            "trinoUrl": self.trino_url,
            "trinoSecretArn": self.trino_secret_arn,
            "trinoSchema": self.trino_schema,
        }
        if self.distributed_engine == "trino" and not self.trino_url:
            yield "distributedEngine: trino needs trinoUrl."
        if self.distributed_engine != "trino":
            yield from (f"{name} is for distributedEngine: trino." for name, value in of_trino.items() if value)
        if self.athena_scan_limit_gb and self.distributed_engine != "athena":
            yield "athenaScanLimitGb is for distributedEngine: athena."
        if self.dataset_partitions and self.distributed_engine == "none":
            yield "datasetPartitions is for a distributedEngine."
        if self.trino_secret_arn and region_of(self.trino_secret_arn) != region:
            yield f"trinoSecretArn is in another region than the stack, {region}."


def partitions_of(text: str | None) -> Mapping[str, str]:
    """Return what each dataset of the setting is partitioned by, as there: `month(date),carrier`."""
    return dict(each.split("=", 1) for each in (text or "").split())
