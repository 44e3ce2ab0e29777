"""Settings of an operator, with their ranges and defaults.

Pulumi.<stack>.yaml ──▶ **settings** ──▶ every part of the program. Imports neither pulumi nor anything of this project.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Literal, Self

import msgspec
from msgspec import Meta

Days = Annotated[int, Meta(ge=1, le=365)]
LogRetentionDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731]
"""Retention times that CloudWatch Logs allows, up to two years.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
"""


class InvalidConfig(ValueError):
    """A key of the stack's configuration is not allowed; the message names it."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The configuration of one stack. A field is the key of its name in camelCase: `reportwire:reportTtlDays`."""

    region: Annotated[str, Meta(pattern=r"^[a-z]{2}(-[a-z]+)+-\d\Z")]
    """Read from `aws:region`."""

    stage: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,128}\Z")]
    """The stack's name; also the last part of the endpoint."""

    endpoint: Annotated[str, Meta(pattern=r"^wss?://\S+[^/]\Z")] = (
        "wss://{apiId}.execute-api.{region}.amazonaws.com/{stage}"
    )
    """The address the desktop connects to. With a custom domain: `wss://reports.example.com`."""

    https: Annotated[str, Meta(pattern=r"^https?://\S+/v1\Z")] = "https://{apiId}.execute-api.{region}.amazonaws.com/v1"
    """The address of the HTTP door, as `endpoint` is that of the WebSocket."""

    rest: Annotated[str, Meta(pattern=r"^https?://\S+/v1\Z")] = "https://{apiId}.execute-api.{region}.amazonaws.com/v1"
    """The address of the REST API, where there is one: with `serverSentEvents` or `synchronousReports`."""

    allowed_origins: Annotated[str, Meta(pattern=r"^https?://[^\s,/]+(,https?://[^\s,/]+)*\Z")] | None = None
    """Origins whose web pages may use the HTTP door, with commas between them: `https://intranet.example.com`."""

    report_ttl_days: Days = 30
    """How long a report's row is kept. Not shorter than its file's."""

    file_ttl_days: Days = 7
    """How long a report's file is kept."""

    link_ttl_seconds: Annotated[int, Meta(ge=60, le=43_200)] = 900
    """How long a link lives at most. It dies with the role's session, which lasts at most twelve hours.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
    """

    event_max_age_seconds: Annotated[int, Meta(ge=60, le=21_600)] = 1_800
    """How long an accepted report may wait for a worker. Source: AWS Lambda API, PutFunctionEventInvokeConfig."""

    worker_memory_mb: Annotated[int, Meta(ge=512, le=10_240)] = 1_769
    """The worker's memory, and with it its share of processors: at 1,769 MB it has one whole, and two take twice that.

    Least of all is what Python, the upload and the smallest query need; the most is Lambda's.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
    """

    worker_storage_mb: Annotated[int, Meta(ge=512, le=10_240)] = 4_096
    """The worker's /tmp, where a query spills what does not fit into its memory.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html
    """

    worker_timeout_seconds: Annotated[int, Meta(ge=60, le=900)] = 900
    """Lambda's own limit is 900. Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

    worker_reserved_concurrency: Annotated[int, Meta(ge=1, le=1_000)] | None = None
    """At most so many reports run at once, and the account keeps room for as many.

    Without it, reports take from what all functions of the account share, and enough of them starve the router: its
    `$connect` is throttled then, and nobody can connect. Lambda wants 100 of the account left unreserved.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
    """

    max_waiters: Annotated[int, Meta(ge=0, le=500)] = 20
    """How many answers of the HTTP door may be held back, of those that begin within 25 s; others are given now.

    A wait is 25 s at most, so twice as many may be held back at the same moment. Each is an execution, and paid for
    while it lasts.
    """

    http_reserved_concurrency: Annotated[int, Meta(ge=1, le=1_000)] | None = None
    """At most so many requests to the HTTP door are answered at once, and the account keeps room for as many.

    More than twice `maxWaiters`, so that waits leave room for the others. Without it, functions share what there is.
    """

    server_sent_events: bool = False
    """Offer reports as streams of Server-Sent Events, by a REST API that streams and a function of its own.

    A listener costs an execution for as long as it listens: a thousand of ten minutes each are about $4.10, where
    pushes each 2 s are $0.31 and questions as often $0.42. A client that has gone is listened for to the end, of its
    report or of 14 minutes. Nearly all of it is the 512 MB of the function, at $0.0000133334 a GB-s on arm64.

    Sources, for us-east-1: git.mcrn.ar, lambda-13-cost.md (11 May 2026); https://amnic.com/blogs/aws-api-gateway-pricing
    (19 May 2025)
    """

    events_reserved_concurrency: Annotated[int, Meta(ge=1, le=1_000)] | None = None
    """At most so many listen at once, and the account keeps room for as many. Without it they share what all functions
    have, and enough of them starve the others. Source: as for `worker_reserved_concurrency`."""

    synchronous_reports: bool = False
    """Offer reports in one request (`POST /reports/synchronous`), by a REST API, for the comparison.

    API Gateway cuts a request off after 29 s: who asks for a slower report gets 504, and finds it by the other ways.
    """

    max_active_reports: Annotated[int, Meta(ge=1, le=100)] = 5
    """How many reports of one analyst may be queued or running."""

    messages_per_second: Annotated[int, Meta(ge=1, le=1_000)] = 10
    """Messages of one analyst that are answered, on average over ten seconds; more are told when to come again."""

    submissions_per_minute: Annotated[int, Meta(ge=1, le=10_000)] = 60
    """Reports that one analyst may ask for, made or not."""

    throttle_rate: Annotated[int, Meta(ge=1, le=10_000)] = 100
    """Messages a second on each route, all analysts together; more is answered 429.

    It is the stage's default, so every route has as much to itself: connecting and pinging do not use up each other's.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
    """

    throttle_burst: Annotated[int, Meta(ge=1, le=5_000)] = 200
    """Messages at once on each route, all analysts together. Source: as for `throttle_rate`."""

    log_retention_days: LogRetentionDays = 30

    access_logs: bool = False
    """Log every request to the API. The account needs a CloudWatch role for API Gateway first.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
    """

    point_in_time_recovery: bool = False
    """Keep the reports table restorable to any second of the last 35 days."""

    protect_data: bool = True
    """Refuse to delete tables, and buckets that hold files."""

    alarm_email: Annotated[str, Meta(pattern=r"^[^@\s]+@[^@\s]+\Z")] | None = None
    """The e-mail address for alarms, and for the budget."""

    alarm_topic_arn: Annotated[str, Meta(pattern=r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+\Z")] | None = None
    """A topic of the operator's for alarms, in place of one of the stack's. Its policy must let CloudWatch publish, and
    AWS Budgets where there is a budget."""

    monthly_budget_usd: Annotated[int, Meta(ge=1)] | None = None
    """Tell whoever hears alarms when a month's costs are over 80 % of it, or will be over it.

    Costs are those with the tags of the stack, which somebody has to activate in the account's billing first.

    Source: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
    """

    bundle: str | None = None
    """A zip of the code of all functions but those below, made beforehand; without it the program builds one."""

    worker_bundle: str | None = None
    """The same for the worker, whose code includes the engine's libraries."""

    events_bundle: str | None = None
    """The same for the events, whose code includes what streams."""

    @property
    def management_endpoint(self) -> str:
        """The address for posts to connections: `endpoint` over http(s)."""
        return "http" + self.endpoint.removeprefix("ws")

    @property
    def metrics_namespace(self) -> str:
        """The namespace of the stack's own metrics in CloudWatch."""
        return f"Reportwire/{self.stage}"

    @property
    def origins(self) -> list[str]:
        """The origins of `allowed_origins`."""
        return self.allowed_origins.split(",") if self.allowed_origins else []

    @property
    def report_ttl_s(self) -> int:
        """`report_ttl_days` in seconds."""
        return _seconds(self.report_ttl_days)

    @property
    def file_ttl_s(self) -> int:
        """`file_ttl_days` in seconds."""
        return _seconds(self.file_ttl_days)

    def check_listeners(self) -> None:
        """Raise `InvalidConfig` where nobody would hear what somebody must, or two are named."""
        if self.alarm_email and self.alarm_topic_arn:
            raise InvalidConfig("reportwire configuration: set alarmEmail or alarmTopicArn, not both")
        if self.alarm_email or self.alarm_topic_arn:
            return
        wanted = {"protectData is true": self.protect_data, "monthlyBudgetUsd is set": self.monthly_budget_usd}
        for reason in (reason for reason, is_so in wanted.items() if is_so):
            raise InvalidConfig(
                f"reportwire configuration: {reason}, so somebody must hear alarms: set alarmEmail or alarmTopicArn"
            )

    @classmethod
    def read(cls, get: Callable[[str], str | None], *, region: str, stage: str) -> Self:
        """Read every key with `get`, which returns None for a key that is not set.

        Raises:
            InvalidConfig: A value is out of its range or no value of its type.
        """
        keys = {field.encode_name for field in msgspec.structs.fields(cls)} - {"region", "stage"}
        found = {key: value for key in sorted(keys) if (value := get(key)) is not None}
        try:
            settings = msgspec.convert({"region": region, "stage": stage} | found, cls, strict=False)
        except msgspec.ValidationError as error:
            raise InvalidConfig(f"reportwire configuration: {error}") from error
        if settings.report_ttl_days < settings.file_ttl_days:
            raise InvalidConfig("reportwire configuration: reportTtlDays must not be less than fileTtlDays")
        reserved = settings.http_reserved_concurrency
        if reserved is not None and reserved <= 2 * settings.max_waiters:
            raise InvalidConfig("reportwire configuration: httpReservedConcurrency must be more than twice maxWaiters")
        settings.check_listeners()
        return settings


def _seconds(days: int) -> int:
    return int(timedelta(days=days).total_seconds())
