"""The settings of each function, read from its environment. The program in `infra` sets those without a default.

environment ──▶ **settings** ──▶ wiring
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Self

_BOOLEANS = {"true": True, "false": False}


class InvalidSettings(ValueError):
    """A variable is missing or of another type; the message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variables:
    """Settings that are read from variables. That of a field has its name in capitals."""

    @classmethod
    def variables(cls) -> tuple[str, ...]:
        """Return the names of the variables that must be set, in the order of the fields."""
        return tuple(field.name.upper() for field in fields(cls) if field.default is MISSING)

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Read every field from `environment`.

        Raises:
            InvalidSettings: A variable is missing, or is not of the type that is needed.
        """
        values: dict[str, str | int] = {}
        for field in fields(cls):
            name = field.name.upper()
            if name in environment:
                values[field.name] = _value(name, environment[name], field.type)
            elif field.default is MISSING:
                raise InvalidSettings(f"{name} is not set")
        return cls(**values)


def _value(name: str, text: str, kind: object) -> str | int:
    if kind is bool:
        if text not in _BOOLEANS:
            raise InvalidSettings(f"{name} must be true or false")
        return _BOOLEANS[text]
    try:
        return int(text) if kind is int else text
    except ValueError:
        raise InvalidSettings(f"{name} must be a whole number") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment(Variables):
    """Settings of every function."""

    metrics_namespace: str
    """Where CloudWatch keeps what is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Environment):
    """Settings of every function that has to do with reports."""

    reports_table: str
    management_endpoint: str
    """The address for posts to connections: `https://…/stage`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizerSettings(Environment):
    """Settings of `authorizer`."""

    issuer: str
    client_id: str
    discovery_url: str = ""
    """Empty for the usual place below the issuer."""
    audience: str = ""
    """Empty where tokens name the client instead."""
    groups_claim: str = "groups"
    report_groups: str = "[]"
    """The groups that reports are for, as a JSON array."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailuresSettings(Settings):
    """Settings of `failures`."""

    event_max_age_s: int
    """How long an asynchronous invocation may wait for its function."""
    worker_function: str = ""
    """The worker that stops the queries of reports that are ended here; empty where there is no distributed engine."""


@dataclass(frozen=True, kw_only=True)  # without slots, which but one of two classes that are inherited may have
class EngineSettings(Variables):
    """Settings of whoever asks the distributed engine."""

    aws_region: str = ""
    """The region of the stack; in Lambda the function's own, which Lambda sets."""
    distributed_engine: str = ""
    """`athena`, `trino`, or none."""
    distributed_from_bytes: int = 10**10
    """Reports that choose an engine themselves run on the distributed one from so many bytes of datasets on."""
    distributed_cents_per_terabyte: int = 0
    """The price of what the distributed engine reads."""
    dataset_partitions: str = ""
    """What the distributed engine's tables are divided by, as the setting `datasetPartitions` has it."""
    athena_workgroup: str = ""
    athena_database: str = ""
    trino_url: str = ""
    trino_user: str = "reportwire"
    trino_catalog: str = "hive"
    trino_schema: str = "reportwire"
    trino_session: str = ""
    """Session properties, `name=value,…`."""
    trino_secret: str = ""
    """The name or ARN, in Secrets Manager, of the user's password or token; empty where nobody signs in."""
    trino_sign_in: str = "password"
    """`password`, or `token` for a JSON Web Token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings(Settings, EngineSettings):
    """Settings of `worker`."""

    reports_bucket: str
    datasets_bucket: str
    link_ttl_s: int
    file_ttl_s: int
    """How long a report's file is kept; the bucket's lifecycle rule says the same in days."""
    worker_memory_mb: int
    """The function's memory, of which a query gets a part."""
    worker_storage_mb: int
    """The function's /tmp, where a query spills."""
    worker_threads: int = 2
    """Threads of a query: as many as there are processors, where those are more."""
    aws_lambda_function_name: str = ""
    """The worker's own name, which Lambda sets."""
    worker_alias: str = ""
    """The alias by which it has another worker go on with a report; empty where it may not do so."""
    event_max_age_s: int = 1_800
    """How long an asynchronous invocation may wait for its function."""
    posts_aside: bool = True
    """Whether progress is posted beside the work. Without that a post that nobody answers holds the worker where it is,
    which is how the tests of faults catch it in a stage."""

    @property
    def own_alias(self) -> str:
        """The name by which the worker has another go on; empty where it may not do so."""
        is_known = self.aws_lambda_function_name and self.worker_alias
        return f"{self.aws_lambda_function_name}:{self.worker_alias}" if is_known else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontSettings(Settings):
    """Settings of the functions that callers reach."""

    connections_table: str
    reports_bucket: str
    worker_function: str
    link_ttl_s: int
    report_ttl_s: int
    """How long a report's row is kept."""
    max_active_reports: int
    """How many reports of one caller may be queued or running."""
    event_max_age_s: int
    """How long an asynchronous invocation may wait for its function."""
    messages_per_second: int
    """How many messages of one caller are answered, on average over ten seconds."""
    submissions_per_minute: int
    """How many reports one caller may ask for."""
    access_key_is_identity: bool = False
    """Whether an access key says who asks where nothing else does: set by the local deployment alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouterSettings(FrontSettings):
    """Settings of `router`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings(FrontSettings):
    """Settings of `http_router`."""

    max_waiters: int
    """How many answers may be held back at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SynchronousSettings(FrontSettings):
    """Settings of `synchronous`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsSettings(Settings):
    """Settings of `events`."""

    connections_table: str
    """Where requests are counted."""
    reports_bucket: str
    link_ttl_s: int
    event_max_age_s: int
    messages_per_second: int
    access_key_is_identity: bool = False
    """As for the other functions that callers reach."""
    worker_function: str = ""
    """As for `failures`."""
    longest_stream_s: int = 14 * 60
    """A stream ends after so long, and its client comes back: Lambda ends a function after 15 minutes."""
