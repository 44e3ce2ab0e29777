"""Rules on functions, logs, alarms and tags.

declarations ──▶ **OPERATION** ──▶ rules. Pure.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from infra.configuration.worker import LONGEST_MANAGED_S, LONGEST_S
from infra.policy_pack.declaration import UNKNOWN, Declaration, Stack
from infra.policy_pack.rule import ResourceRule, Rule, StackRule
from infra.policy_pack.taggable import is_taggable

ALIAS = "aws:lambda/alias:Alias"
FUNCTION = "aws:lambda/function:Function"
GROUP = "aws:cloudwatch/logGroup:LogGroup"
WAITED_FOR = {
    "aws:apigatewayv2/integration:Integration": "integrationUri",
    "aws:apigatewayv2/authorizer:Authorizer": "authorizerUri",
    "aws:apigateway/authorizer:Authorizer": "authorizerUri",
}
"""What API Gateway waits for, and the property that names the function."""
CAPACITY = "aws:lambda/capacityProvider:CapacityProvider"
ALARMS = ("aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/compositeAlarm:CompositeAlarm")
TAGS = frozenset({"project", "stack"})
LONGEST_ANSWER_S = 30
"""API Gateway waits no longer for an integration of an HTTP API, and a second less for one of a WebSocket API.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
"""
MOST_RESERVED = 900
"""An account has 1,000 executions at once, and Lambda wants 100 of them left unreserved.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""


def _forgets(group: Declaration) -> Iterable[str]:
    days = group.properties.get("retentionInDays")
    if group.type == GROUP and not (days is UNKNOWN or days):
        yield "is kept for ever: it has no retention"


def _log_apart(stack: Stack) -> Iterator[tuple[Declaration, str]]:
    groups = {each.key: stack.needed(each, "loggingConfig", GROUP) for each in stack.of_type(FUNCTION)}
    shared = Counter(group.key for found in groups.values() for group in found)
    for function in stack.of_type(FUNCTION):
        own = groups[function.key]
        if len(own) != 1:
            yield function, "logs to no group of this stack"
        elif shared[own[0].key] > 1:
            yield function, f"logs to the group {own[0].name}, as another function does"


def _within_limits(stack: Stack) -> Iterator[tuple[Declaration, str]]:
    functions = stack.of_type(FUNCTION)
    for function in functions:
        timeout_s = function.properties.get("timeout")
        if timeout_s is None:
            yield function, "has no timeout of its own"
        elif timeout_s is not UNKNOWN and timeout_s > _longest_s(function):
            yield function, f"may run for {timeout_s:.0f} s, and Lambda allows {_longest_s(function)}"
        if function.properties.get("reservedConcurrentExecutions") == 0:
            yield function, "is switched off: it reserves no execution"
    for function in _behind_apis(stack):
        timeout_s = function.properties.get("timeout")
        if timeout_s not in (None, UNKNOWN) and timeout_s > LONGEST_ANSWER_S:
            yield function, f"may run for {timeout_s:.0f} s, and API Gateway waits for {LONGEST_ANSWER_S}"
    reserved = [(function, _reserved(function)) for function in functions]
    if sum(count for _, count in reserved) > MOST_RESERVED:
        most, count = max(reserved, key=lambda each: each[1])
        yield most, f"reserves {count:.0f}, and all functions more than {MOST_RESERVED}, which an account may not have"


def _longest_s(function: Declaration) -> int:
    return LONGEST_MANAGED_S if function.properties.get("capacityProviderConfig") else LONGEST_S


def _is_bounded(resource: Declaration) -> Iterable[str]:
    if resource.type == CAPACITY:
        bounds = resource.properties.get("capacityProviderScalingConfigs") or [{}]
        if bounds is not UNKNOWN and not bounds[0].get("maxVcpuCount"):
            yield "may have any number of processors: it has no most"
    config = resource.properties.get("capacityProviderConfig") if resource.type == FUNCTION else None
    if config and config is not UNKNOWN:
        within = config["lambdaManagedInstancesCapacityProviderConfig"]
        if within is not UNKNOWN and within.get("perExecutionEnvironmentMaxConcurrency") != 1:
            yield "shares its memory and its /tmp between reports"


def _behind_apis(stack: Stack) -> list[Declaration]:
    """Return the functions that an API waits for, by their aliases or without."""
    found: dict[str, Declaration] = {}
    for each in stack.of_type(*WAITED_FOR):
        uri = WAITED_FOR[each.type]
        aliases = stack.needed(each, uri, ALIAS)
        functions = stack.needed(each, uri, FUNCTION)
        functions += [function for alias in aliases for function in stack.needed(alias, "functionName", FUNCTION)]
        found |= {function.key: function for function in functions}
    return list(found.values())


def _reserved(function: Declaration) -> float:
    """Return how many executions a function reserves; the provider says -1 where it reserves none."""
    count = function.properties.get("reservedConcurrentExecutions")
    return 0 if count in (None, UNKNOWN) else max(0, count)


def _tells_somebody(alarm: Declaration) -> Iterable[str]:
    if alarm.type not in ALARMS:
        return
    actions = alarm.properties.get("alarmActions")
    if not (actions is UNKNOWN or actions) or alarm.properties.get("actionsEnabled") is False:
        yield "tells nobody: it has no action"


def _is_tagged(resource: Declaration) -> Iterable[str]:
    tags = resource.properties.get("tags")
    if tags is UNKNOWN or not is_taggable(resource.type):
        return
    missing = sorted(TAGS - (tags or {}).keys())
    if missing:
        yield f"lacks the tags {', '.join(missing)}"


OPERATION: tuple[Rule, ...] = (
    ResourceRule(name="logs-are-forgotten", description="Every log group has a retention.", check=_forgets),
    StackRule(
        name="functions-log-apart",
        description="Every function logs to a group of its own, which the stack declares.",
        check=_log_apart,
    ),
    StackRule(
        name="functions-stay-within-limits",
        description="Timeouts and reserved concurrency are such as Lambda and API Gateway allow.",
        check=_within_limits,
    ),
    ResourceRule(
        name="instances-are-bounded",
        description="Managed instances have a most of processors, and a worker there makes one report at a time.",
        check=_is_bounded,
    ),
    ResourceRule(name="alarms-tell-somebody", description="Every alarm has an action.", check=_tells_somebody),
    ResourceRule(
        name="everything-is-tagged",
        description="Whatever can bear tags says its project and its stack.",
        check=_is_tagged,
    ),
)
