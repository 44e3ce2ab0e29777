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
from typing import Annotated, Self

import msgspec
from msgspec import Meta

from infra.configuration import checking
from infra.configuration.partitions import Partition, partition_of
from infra.configuration.sign_in import SignIn
from infra.configuration.values import Days, LogRetentionDays, region_of

LONGEST_RETRY_S = 300
"""How long after a worker is free an event that found none may still be waiting for its next attempt.

Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""


class InvalidConfig(ValueError):
    """The stack's configuration is not allowed; the message is one line, with a sentence for each fault."""


class Settings(SignIn, frozen=True, kw_only=True, rename="camel"):
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

    router_reserved_concurrency: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    """At most so many messages and handshakes are answered at once, and the account keeps room for as many.

    Without it, workers take from what all functions of the account share, and enough of them starve the router: its
    `$connect` is throttled then, and nobody can connect. Lambda wants 100 of the account left unreserved, so an account
    with a quota of 100 can reserve nothing. Fifty answer 500 messages a second, if each takes a tenth of a second.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
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

    authorizer_reserved_concurrency: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    """At most so many tokens are checked at once, and the account keeps room for as many.

    For `auth: oidc`, where each connection and each request is checked. Source: as for `router_reserved_concurrency`.
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

    authorizer_bundle: str | None = None
    """The same for the authorizer of `auth: oidc`, whose code includes what checks signatures."""

    @property
    def metrics_namespace(self) -> str:
        """The namespace of the stack's own metrics in CloudWatch."""
        return f"Reportwire/{self.stage}"

    @property
    def partition(self) -> Partition:
        """The partition that the region is in."""
        return partition_of(self.region)

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
        if self.most_at_once and self.event_max_age_seconds < self._longest_wait_s:
            setting, most = self.most_at_once
            yield (
                f"eventMaxAgeSeconds must be at least {self._longest_wait_s:,}: with {setting} {most}, reports of "
                f"{self.worker_timeout_seconds:,} s may wait that long."
            )
        yield from self.contradictions_of_worker(self.endpoint)
        yield from self.contradictions_of_engine(self.region)
        yield from self.contradictions_of_addresses(self.region)
        if self.kms_key_arn and region_of(self.kms_key_arn) != self.region:
            yield f"kmsKeyArn is in another region than the stack, {self.region}."
        if self.events_reserved_concurrency and not self.server_sent_events:
            yield "eventsReservedConcurrency is for serverSentEvents, which is off."
        if self.authorizer_reserved_concurrency and self.auth == "iam":
            yield "authorizerReservedConcurrency is for auth: oidc."
        yield from self.contradictions_of_sign_in(self.stage)
        if self.alarm_email and self.alarm_topic_arn:
            yield "Set alarmEmail or alarmTopicArn, not both."
        elif not self.alarm_email and not self.alarm_topic_arn:
            wanted = {"protectData is true": self.protect_data, "monthlyBudgetUsd is set": self.monthly_budget_usd}
            for reason in (reason for reason, is_so in wanted.items() if is_so):
                yield f"{reason}, so somebody must hear alarms: set alarmEmail or alarmTopicArn."

    @property
    def _longest_wait_s(self) -> int:
        """How long the last of one analyst's reports may wait for a worker where workers are limited, else 0.

        All workers may be busy with others at first, for their whole time. An event that is repeated because its worker
        died at its end is as old.
        """
        if self.most_at_once is None:
            return 0
        rounds = max(ceil(self.max_active_reports / self.most_at_once[1]) - 1, 1)
        return rounds * self.worker_timeout_seconds + LONGEST_RETRY_S


def _seconds(days: int) -> int:
    return int(timedelta(days=days).total_seconds())
