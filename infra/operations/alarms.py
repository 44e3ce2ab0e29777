"""The alarms: the metric that each watches, from where on it rings, its meaning, and the first thing to do.

watched ──▶ **alarms_of** ──▶ operations; README has the same table

An alarm rings for an outage, not in normal use. Refusals by an API are normal one at a time (credentials that have
ended, a link to a report that is gone), so these ring only if they are many and most of all, for a quarter of an hour.
Of the REST API only the functions are watched: it answers slow synchronous reports with 504, as it is meant to.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from backend.domain.counters import CODE, REPORTS_ENDED
from backend.protocol.messages import FailureCode
from infra.operations.watched import Metric, Watched

PERIOD_S = 300
LONG_S = 900
LEAST_REFUSALS = 50
"""In `PERIOD_S`. One app that waits for its analyst to sign in again tries about every half minute."""
FIRST_OF_REFUSALS = {
    "iam": "Check that the policy of connectPolicyArn is attached to the analysts, then throttleRate.",
    "oidc": 'Read the reasons beside "token refused" in the log group of authorizer, then check throttleRate.',
}
"""The first thing to do when most are refused, by how analysts sign in."""
LEAST_ENDED = 5
"""In `LONG_S`: of fewer reports a share says little, and `worker-error-lines` rings anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many percent of `whole` a metric is; none where `whole` is less than `least`.

    A metric of which there is no value counts as zero.
    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    """

    part: Metric
    whole: tuple[Metric, ...]
    """Metrics whose sum is the whole."""
    least: int

    @property
    def metrics(self) -> dict[str, Metric]:
        """Every metric by its id in the expression."""
        return {"part": self.part} | {f"whole{n}": metric for n, metric in enumerate(self.whole)}

    @property
    def expression(self) -> str:
        """The share as metric math."""
        whole = " + ".join(f"FILL(whole{n}, 0)" for n in range(len(self.whole)))
        return f"IF({whole} >= {self.least}, 100 * FILL(part, 0) / ({whole}), 0)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An alarm. Names of those that every function has end alike."""

    name: str
    watches: Metric | Share
    above: float
    """Rings for a value above this, ..."""
    period_s: int = PERIOD_S
    periods: int = 1
    """... in so many periods, one after another."""
    meaning: str
    first_step: str

    @property
    def description(self) -> str:
        """Two sentences, for who is woken."""
        return f"{self.meaning} {self.first_step}"


def alarms_of(stack: Watched) -> Iterator[Alarm]:
    """Yield every alarm of a stack."""
    for function in stack.functions.all():
        yield from _of_function(stack, function)
    yield from _of_worker(stack)
    yield from _of_reports(stack)
    if stack.settings.distributed_engine != "none":
        yield from _of_engine(stack)
    yield from _of_websocket(stack)
    yield from _of_http(stack)


def _of_function(stack: Watched, function: str) -> Iterator[Alarm]:
    yield Alarm(
        name=f"{function}-errors",
        watches=stack.of_function(function, "Errors"),
        above=0,
        meaning="The function crashed, ran out of time or memory, or could not start.",
        first_step="Read the lines before its last platform.report in its log group.",
    )
    yield Alarm(
        name=f"{function}-error-lines",
        watches=stack.error_lines(function),
        above=0,
        meaning="The function caught a fault: a request or a report failed, or the SQL of a report is wrong.",
        first_step="Read the line of level ERROR in its log group: it names what did not work.",
    )
    if function != "worker":  # its events wait when there is no room, which is what `worker-asynceventage` watches
        yield Alarm(
            name=f"{function}-throttles",
            watches=stack.of_function(function, "Throttles"),
            above=0,
            meaning="There was no room to run the function, so requests were refused.",
            first_step="Compare the account's concurrent executions with its limit; raise that, or reserve room.",
        )


def _of_worker(stack: Watched) -> Iterator[Alarm]:
    settings = stack.settings
    limit = "mostWorkers" if settings.managed_instances else "workerReservedConcurrency"
    yield Alarm(
        name="worker-asynceventsdropped",
        watches=stack.of_function("worker", "AsyncEventsDropped"),
        above=0,
        meaning="Lambda gave up on starting or finishing a report.",
        first_step='Read the line "invocation failed" in the log group of failures: it names report and reason.',
    )
    yield Alarm(
        name="worker-destinationdeliveryfailures",
        watches=stack.of_function("worker", "DestinationDeliveryFailures"),
        above=0,
        meaning="A worker died and failures could not be told, so its report ends only when somebody looks at it.",
        first_step="Check that failures is there and that the worker's role may invoke it.",
    )
    yield Alarm(
        name="worker-asynceventage",
        watches=stack.of_function("worker", "AsyncEventAge").by("Maximum"),
        above=settings.event_max_age_seconds * 1000 / 2,
        meaning="A report has waited for a worker for more than half of the time after which it fails.",
        first_step=f"See on the dashboard how many workers run; raise {limit} or the account's limit.",
    )
    yield Alarm(
        name="worker-duration",
        watches=stack.of_function("worker", "Duration").by("Maximum"),
        above=settings.worker_timeout_seconds * 1000 * 0.8,
        meaning="A report took more than 80 % of the time there is; a larger one will fail.",
        first_step='Find its definition in the lines "report ended", and raise workerMemoryMb or let it ask for less.',
    )
    yield Alarm(
        name="failures-invocations",
        watches=stack.of_function("failures", "Invocations"),
        above=0,
        meaning="A worker died, or never ran, before its report had ended.",
        first_step='Read the line "invocation failed" in the log group of failures: it names report and reason.',
    )


def _of_reports(stack: Watched) -> Iterator[Alarm]:
    internal = stack.counted(REPORTS_ENDED, **{CODE: "internal"})
    yield Alarm(
        name="reports-internal",
        watches=Share(part=internal, whole=(stack.counted(REPORTS_ENDED),), least=LEAST_ENDED),
        above=20,
        period_s=LONG_S,
        meaning="More than a fifth of all reports failed for a reason that is not the analyst's.",
        first_step="Read the lines of level ERROR in the worker's log group, then look what was deployed last.",
    )


def _of_engine(stack: Watched) -> Iterator[Alarm]:
    """Yield alarms on queries that failed for reasons of the distributed engine's; those of a report are its own."""
    yield Alarm(
        name="reports-engineunavailable",
        watches=stack.counted(REPORTS_ENDED, **{CODE: FailureCode.ENGINE_UNAVAILABLE}),
        above=0,
        meaning="A report failed as the distributed engine was full or silent, or refused or lost its query.",
        first_step='Find it in the lines "report ended" of the worker, then its query in the history of the engine.',
    )
    yield Alarm(
        name="reports-scanlimit",
        watches=stack.counted(REPORTS_ENDED, **{CODE: FailureCode.SCAN_LIMIT}),
        above=0,
        meaning="A query was cut off, as it would have read more than one may, and its report failed.",
        first_step='Find it in the lines "report ended"; let it ask for less, partition its data, or raise the limit.',
    )


def _of_websocket(stack: Watched) -> Iterator[Alarm]:
    refused = stack.of_websocket("ClientError")
    yield Alarm(
        name="websocket-clienterror",
        watches=Share(part=refused, whole=(refused, stack.of_websocket("ConnectCount")), least=LEAST_REFUSALS),
        above=50,
        periods=3,
        meaning="API Gateway refuses most who want to connect, as not allowed or as too many.",
        first_step=FIRST_OF_REFUSALS[stack.settings.auth],
    )
    yield Alarm(
        name="websocket-integrationerror",
        watches=stack.of_websocket("IntegrationError"),
        above=LEAST_REFUSALS,
        periods=3,
        meaning="The router refuses or fails most of what it is asked over WebSockets.",
        first_step='Look for "connection refused" in its log group, and at router-errors.',
    )
    yield Alarm(
        name="websocket-executionerror",
        watches=stack.of_websocket("ExecutionError"),
        above=0,
        meaning="API Gateway could not call the router.",
        first_step="Check that the function router is there and that its policy lets this API invoke it.",
    )


def _of_http(stack: Watched) -> Iterator[Alarm]:
    yield Alarm(
        name="http-4xx",
        watches=Share(part=stack.of_http("4xx"), whole=(stack.of_http("Count"),), least=LEAST_REFUSALS),
        above=50,
        periods=3,
        meaning="Most requests over HTTPS are refused, as not allowed, too many or wrong.",
        first_step=FIRST_OF_REFUSALS[stack.settings.auth],
    )
    yield Alarm(
        name="http-5xx",
        watches=stack.of_http("5xx"),
        above=0,
        meaning="A request over HTTPS failed in the service or was cut off.",
        first_step="Look at http-router-errors and http-router-error-lines; if both are quiet, check the integration.",
    )
