"""Settings of an operator, with their ranges and defaults.

Pulumi.<stack>.yaml ──▶ configuration.checking ──▶ **settings** ──▶ every part of the program. Does not import pulumi.

Quotas of an AWS account in one region to look at before 1,000 and before 100,000 desktops; all are raised on request:

| quota | default | 1,000 desktops | 100,000 desktops |
|---|---|---|---|
| new WebSocket connections [1] | 500/s | all anew within 30 s: 33/s | 3,300/s: raise it, or the last waits minutes |
| requests of all APIs [2] | 10,000/s | idle, one in 72 s each: 14/s | 1,400/s |
| executions at once [3] | 1,000, less if new | the router's, and one a report | raise it |
| new executions of a function [4] | 1,000 in 10 s | enough | the limit while all connect anew |
| reads, and writes, of a table [5] | 40,000/s | enough | enough: a report under way writes once a second |

Connections at once have no quota of their own: 500/s for the two hours that one lasts are 3,600,000 [1].

Sources: [1] https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
[2] https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
[3] https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
[4] https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html
[5] https://aws.amazon.com/blogs/database/introducing-configurable-maximum-throughput-for-amazon-dynamodb-on-demand/
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from math import ceil
from typing import Annotated, Literal, NamedTuple, Self

import msgspec
from msgspec import Meta

from infra.configuration import checking

Days = Annotated[int, Meta(ge=1, le=365)]
LogRetentionDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731]
"""Retention times that CloudWatch Logs allows, up to two years.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
"""


class Partition(NamedTuple):
    """A part of AWS with accounts of its own."""

    id: str
    """The second part of its ARNs."""
    dns_suffix: str
    """The end of its hosts' names."""


PARTITIONS = {
    "cn-": Partition("aws-cn", "amazonaws.com.cn"),
    "eusc-": Partition("aws-eusc", "amazonaws.eu"),
    "us-gov-": Partition("aws-us-gov", "amazonaws.com"),
    "us-iso-": Partition("aws-iso", "c2s.ic.gov"),
    "us-isob-": Partition("aws-iso-b", "sc2s.sgov.gov"),
    "eu-isoe-": Partition("aws-iso-e", "cloud.adc-e.uk"),
    "us-isof-": Partition("aws-iso-f", "csp.hci.ic.gov"),
}
"""By the beginning of their regions; all others are of `USUAL_PARTITION`.

Source: https://github.com/boto/botocore/blob/master/botocore/data/partitions.json
"""
USUAL_PARTITION = Partition("aws", "amazonaws.com")
LONGEST_RETRY_S = 300
"""How long after a worker is free an event that found none may still be waiting for its next attempt.

Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

_LOOPBACK = r"(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:[^/\s@]+)?"
_SOCKET_ADDRESS = Meta(
    pattern=rf"^(wss://[^\s/]\S*|ws://{_LOOPBACK}(/\S*)?)(?<!/)\Z",
    description="an address like wss://reports.example.com, encrypted unless on loopback, without a / at its end",
)
_ADDRESS = Meta(
    pattern=rf"^(https://[^\s/]\S*|http://{_LOOPBACK}(/\S*)?)/v1\Z",
    description="an address like https://reports.example.com/v1, encrypted unless it is on loopback",
)
_DOMAIN = Meta(
    pattern=r"^(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])\Z",
    description="the name of a host in small letters, like reports.example.com",
)
_ORIGIN = rf"(https://[^\s,/]+|http://{_LOOPBACK})"
_ORIGINS = Meta(
    pattern=rf"^{_ORIGIN}(,{_ORIGIN})*\Z",
    description="origins like https://intranet.example.com, encrypted unless on loopback, with commas between them",
)


class InvalidConfig(ValueError):
    """The stack's configuration is not allowed; the message is one line, with a sentence for each fault."""


ENDPOINT = "wss://{apiId}.execute-api.{region}.{dnsSuffix}/{stage}"
HTTPS = "https://{apiId}.execute-api.{region}.{dnsSuffix}/v1"
"""Addresses of APIs without a domain of their own, whose parts are put in once they are known."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The configuration of one stack. A field is the key of its name in camelCase: `reportwire:reportTtlDays`."""

    region: Annotated[
        str, Meta(pattern=r"^[a-z]{2,4}(-[a-z]+)+-\d\Z", description="the name of a region, like eu-west-1")
    ]
    """Read from `aws:region`."""

    stage: Annotated[
        str,
        Meta(
            pattern=r"^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?\Z",
            description="at most 32 small letters, digits and hyphens, neither beginning nor ending with a hyphen",
        ),
    ]
    """The stack's name; also the last part of the endpoint, and a part of the names of all its resources.

    With the pattern of names in Pulumi.yaml the longest has 63 characters of the 64 that a role may have; a bucket's
    has small letters only.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    """

    endpoint: Annotated[str, _SOCKET_ADDRESS] = ENDPOINT
    """The address the desktop connects to. With a domain that is not the stack's: `wss://reports.example.com`."""

    https: Annotated[str, _ADDRESS] = HTTPS
    """The address of the HTTP door, as `endpoint` is that of the WebSocket."""

    rest: Annotated[str, _ADDRESS] = HTTPS
    """The address of the REST API, where there is one: with `serverSentEvents` or `synchronousReports`."""

    socket_domain: Annotated[str, _DOMAIN] | None = None
    """A domain of the operator's for the WebSocket: the desktop then connects to `wss://` and this name."""

    https_domain: Annotated[str, _DOMAIN] | None = None
    """The same for the HTTP door, below `/v1`; it must be another one."""

    certificate_arn: (
        Annotated[
            str,
            Meta(
                pattern=r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[0-9a-f-]+\Z",
                description="the ARN of a certificate, like arn:aws:acm:eu-west-1:111122223333:certificate/1a2b",
            ),
        ]
        | None
    ) = None
    """The certificate of ACM, in the stack's region, for both domains: with their names, or with a wildcard.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-regional-api-custom-domain-create.html
    """

    hosted_zone_id: (
        Annotated[str, Meta(pattern=r"^Z[A-Z0-9]{1,31}\Z", description="the id of a zone of Route 53, like Z1D633PJ")]
        | None
    ) = None
    """Where Route 53 keeps the domains' names, which are made there. Without it the operator points them at `targets`,
    an output of the stack."""

    allowed_origins: Annotated[str, _ORIGINS] | None = None
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

    router_reserved_concurrency: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    """At most so many messages and handshakes are answered at once, and the account keeps room for as many.

    Without it, workers take from what all functions of the account share, and enough of them starve the router: its
    `$connect` is throttled then, and nobody can connect. Lambda wants 100 of the account left unreserved, so an account
    with a quota of 100 can reserve nothing. Fifty answer 500 messages a second, if each takes a tenth of a second.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
    """

    worker_reserved_concurrency: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    """At most so many reports run at once, and the account keeps room for as many.

    Others wait, in no order, and fail with `noWorkerFree` when they are older than `eventMaxAgeSeconds`: that has to be
    long enough for the reports of one analyst, if each takes the worker's whole time. Source: as for
    `router_reserved_concurrency`.
    """

    max_waiters: Annotated[int, Meta(ge=0, le=500)] = 20
    """How many answers of the HTTP door may be held back, of those that begin within 25 s; others are given now.

    A wait is 25 s at most, so twice as many may be held back at the same moment. Each is an execution, and paid for
    while it lasts.
    """

    http_reserved_concurrency: Annotated[int, Meta(ge=1, le=10_000)] | None = None
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

    events_reserved_concurrency: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    """At most so many listen at once, and the account keeps room for as many. Without it they share what all functions
    have, and enough of them starve the others. Source: as for `router_reserved_concurrency`."""

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
    """Refuse to delete tables, buckets, and what analysts reach the stack by: APIs, their policy and their group."""

    permissions_boundary: (
        Annotated[
            str,
            Meta(
                pattern=r"^arn:aws[a-z-]*:iam::(aws|\d{12}):policy/\S+\Z",
                description="the ARN of a policy, like arn:aws:iam::111122223333:policy/boundary",
            ),
        ]
        | None
    ) = None
    """The policy that bounds every role of the stack, for organisations that let no role be made without.

    It must allow what the functions' own policies do: a boundary grants nothing itself.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """

    kms_key_arn: (
        Annotated[
            str,
            Meta(
                pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[a-z0-9-]+\Z",
                description="the ARN of a key, like arn:aws:kms:eu-west-1:111122223333:key/1a2b, not of an alias",
            ),
        ]
        | None
    ) = None
    """The key of the operator's that encrypts tables and buckets, in the stack's region; without it AWS's own do.

    Its policy must leave to IAM who may use it, as the policy of a new key does. Whoever puts datasets into the bucket
    needs `kms:GenerateDataKey` and `kms:Decrypt` too.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """

    alarm_email: Annotated[str, Meta(pattern=r"^[^@\s]+@[^@\s]+\Z", description="an e-mail address")] | None = None
    """The e-mail address for alarms, and for the budget."""

    alarm_topic_arn: (
        Annotated[
            str,
            Meta(
                pattern=r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+\Z",
                description="the ARN of an SNS topic, like arn:aws:sns:eu-west-1:111122223333:oncall",
            ),
        ]
        | None
    ) = None
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
        """The address for posts to connections: `endpoint` over http(s), or the API's own where that is a domain."""
        return "http" + self.endpoint.removeprefix("ws")

    @property
    def socket_address(self) -> str:
        """The address that the desktop connects to."""
        return f"wss://{self.socket_domain}" if self.socket_domain else self.endpoint

    @property
    def https_address(self) -> str:
        """The address of the HTTP door."""
        return f"https://{self.https_domain}/v1" if self.https_domain else self.https

    @property
    def metrics_namespace(self) -> str:
        """The namespace of the stack's own metrics in CloudWatch."""
        return f"Reportwire/{self.stage}"

    @property
    def partition(self) -> Partition:
        """The partition that the region is in."""
        found = (partition for start, partition in PARTITIONS.items() if self.region.startswith(start))
        return next(found, USUAL_PARTITION)

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

    @classmethod
    def read(cls, config: Mapping[str, str], *, region: str, stage: str) -> Self:
        """Read the project's configuration: texts by the keys' names.

        Raises:
            InvalidConfig: A key is none of a setting, a value is not allowed, or two settings contradict each other.
        """
        fields = {field.encode_name: field for field in msgspec.structs.fields(cls)}
        around = {"aws:region": fields.pop("region"), "The stack's name": fields.pop("stage")}
        found = [
            *checking.faults(around, dict(zip(around, (region, stage), strict=True))),
            *checking.faults(fields, config),
        ]
        if not found:
            settings = msgspec.convert({**config, "region": region, "stage": stage}, cls, strict=False)
            found = list(settings.contradictions())
        if found:
            raise InvalidConfig(" ".join(found))
        return settings

    def contradictions(self) -> Iterator[str]:
        """Yield a sentence for each two settings that do not go together."""
        if self.report_ttl_days < self.file_ttl_days:
            yield "reportTtlDays must not be less than fileTtlDays: a report's row outlives its file."
        if self.http_reserved_concurrency and self.http_reserved_concurrency <= 2 * self.max_waiters:
            yield "httpReservedConcurrency must be more than twice maxWaiters, or waits leave no room for the others."
        if self.event_max_age_seconds < self._longest_wait_s:
            yield (
                f"eventMaxAgeSeconds must be at least {self._longest_wait_s:,}: with workerReservedConcurrency "
                f"{self.worker_reserved_concurrency}, reports of {self.worker_timeout_seconds} s may wait that long."
            )
        yield from self._wrong_domains()
        if self.kms_key_arn and _region_of(self.kms_key_arn) != self.region:
            yield f"kmsKeyArn is in another region than the stack, {self.region}."
        if self.events_reserved_concurrency and not self.server_sent_events:
            yield "eventsReservedConcurrency is for serverSentEvents, which is off."
        if self.alarm_email and self.alarm_topic_arn:
            yield "Set alarmEmail or alarmTopicArn, not both."
        elif not self.alarm_email and not self.alarm_topic_arn:
            wanted = {"protectData is true": self.protect_data, "monthlyBudgetUsd is set": self.monthly_budget_usd}
            for reason in (reason for reason, is_so in wanted.items() if is_so):
                yield f"{reason}, so somebody must hear alarms: set alarmEmail or alarmTopicArn."

    def _wrong_domains(self) -> Iterator[str]:
        domains = {"socketDomain": self.socket_domain, "httpsDomain": self.https_domain}
        taken = {"socketDomain": self.endpoint != ENDPOINT, "httpsDomain": self.https != HTTPS}
        named = [key for key, domain in domains.items() if domain]
        for key in (key for key in named if taken[key]):
            yield f"Set {'endpoint' if key == 'socketDomain' else 'https'} or {key}, not both."
        if len(named) == len(domains) and self.socket_domain == self.https_domain:
            yield "socketDomain and httpsDomain must differ: no domain serves a WebSocket API and an HTTP API."
        if named and not self.certificate_arn:
            yield f"{' and '.join(named)} need{'s' if len(named) == 1 else ''} certificateArn."
        for key, value in {"certificateArn": self.certificate_arn, "hostedZoneId": self.hosted_zone_id}.items():
            if value and not named:
                yield f"{key} is for socketDomain and httpsDomain, and neither is set."
        if self.certificate_arn and _region_of(self.certificate_arn) != self.region:
            yield f"certificateArn is in another region than the stack, {self.region}."

    @property
    def _longest_wait_s(self) -> int:
        """How long the last of one analyst's reports may wait for a worker where workers are limited, else 0.

        All workers may be busy with others at first, for their whole time.
        """
        if not self.worker_reserved_concurrency:
            return 0
        rounds = max(ceil(self.max_active_reports / self.worker_reserved_concurrency) - 1, 1)
        return rounds * self.worker_timeout_seconds + LONGEST_RETRY_S


def _region_of(arn: str) -> str:
    return arn.split(":")[3]


def _seconds(days: int) -> int:
    return int(timedelta(days=days).total_seconds())
