"""Apply functions, with their roles, policies and log groups.

apply ──▶ **functions** ──▶ boto3
"""

from pathlib import Path

from infra.local import differences
from infra.local.applying.applier import Applier, Clients, physical_name
from infra.local.applying.inputs import Inputs, pascal, tag_list
from infra.local.recording.graph import Attributes


def create_role(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Create a role."""
    boundary = inputs.get("permissionsBoundary")
    role = aws("iam").create_role(
        RoleName=physical_name(name, inputs),
        AssumeRolePolicyDocument=inputs["assumeRolePolicy"],
        **({"PermissionsBoundary": boundary} if boundary else {}),
        Tags=tag_list(inputs["tags"]),
    )["Role"]
    return {"id": role["RoleName"], "name": role["RoleName"], "arn": role["Arn"]}


def put_role_policy(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Put a policy inside a role."""
    policy_name = physical_name(name, inputs)
    aws("iam").put_role_policy(RoleName=inputs["role"], PolicyName=policy_name, PolicyDocument=inputs["policy"])
    return {"id": f"{inputs['role']}:{policy_name}", "name": policy_name}


def create_policy(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Create a managed policy."""
    policy = aws("iam").create_policy(
        PolicyName=physical_name(name, inputs),
        PolicyDocument=inputs["policy"],
        Description=inputs.get("description", ""),
        Tags=tag_list(inputs["tags"]),
    )["Policy"]
    return {"id": policy["Arn"], "name": policy["PolicyName"], "arn": policy["Arn"]}


def create_group(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Create a group of users."""
    group = aws("iam").create_group(GroupName=physical_name(name, inputs))["Group"]
    return {"id": group["GroupName"], "name": group["GroupName"], "arn": group["Arn"]}


def attach_group_policy(aws: Clients, _name: str, inputs: Inputs) -> Attributes:
    """Attach a managed policy to a group."""
    group, policy = inputs["group"], inputs["policyArn"]
    aws("iam").attach_group_policy(GroupName=group, PolicyArn=policy)
    return {"id": f"{group}/{policy}"}


def create_log_group(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Create a log group that forgets."""
    logs, group = aws("logs"), physical_name(name, inputs)
    logs.create_log_group(logGroupName=group, tags=inputs["tags"])
    logs.put_retention_policy(logGroupName=group, retentionInDays=inputs["retentionInDays"])
    (made,) = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    return {"id": group, "name": group, "arn": made["arn"].removesuffix(":*")}


def create_function(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Create a function from the zip its `code` names. It has no version but the latest: see `differences`."""
    inputs.get("publish")
    made = aws("lambda").create_function(
        FunctionName=physical_name(name, inputs),
        Role=inputs["role"],
        Code={"ZipFile": Path(inputs["code"]).read_bytes()},
        Handler=inputs["handler"],
        Runtime=inputs["runtime"],
        Architectures=inputs["architectures"],
        MemorySize=inputs["memorySize"],
        EphemeralStorage=pascal(inputs["ephemeralStorage"]),
        Timeout=inputs["timeout"],
        Environment={"Variables": inputs["environment"]["variables"]},
        LoggingConfig=pascal(inputs["loggingConfig"]),
        Tags=inputs["tags"],
    )
    reserved = inputs.get("reservedConcurrentExecutions")
    if reserved is not None:
        aws("lambda").put_function_concurrency(FunctionName=made["FunctionName"], ReservedConcurrentExecutions=reserved)
    names = {"id": made["FunctionName"], "name": made["FunctionName"], "arn": made["FunctionArn"]}
    return {**names, "version": differences.ONLY_VERSION}


def create_alias(aws: Clients, _name: str, inputs: Inputs) -> Attributes:
    """Create the alias by which a function is reached."""
    client = aws("lambda")
    arn = client.create_alias(
        FunctionName=inputs["functionName"], Name=inputs["name"], FunctionVersion=inputs["functionVersion"]
    )["AliasArn"]
    lambdas = f"arn:aws:apigateway:{client.meta.region_name}:lambda:path/2015-03-31/functions"
    return {"id": arn, "arn": arn, "name": inputs["name"], "invokeArn": f"{lambdas}/{arn}/invocations"}


def configure_events(aws: Clients, _name: str, inputs: Inputs) -> Attributes:
    """Configure the retries and the on-failure destination of asynchronous invocations: see `differences`."""
    inputs.get("qualifier")
    aws("lambda").put_function_event_invoke_config(
        FunctionName=inputs["functionName"],
        MaximumRetryAttempts=inputs["maximumRetryAttempts"],
        MaximumEventAgeInSeconds=inputs["maximumEventAgeInSeconds"],
        DestinationConfig=pascal(inputs["destinationConfig"]),
    )
    return {"id": inputs["functionName"]}


def add_permission(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Add a permission for a service to invoke a function."""
    aws("lambda").add_permission(
        FunctionName=inputs["function"],
        Qualifier=inputs["qualifier"],
        StatementId=name,
        Action=inputs["action"],
        Principal=inputs["principal"],
        SourceArn=inputs["sourceArn"],
    )
    return {"id": name}


APPLIERS: dict[str, Applier] = {
    "aws:iam/role:Role": create_role,
    "aws:iam/rolePolicy:RolePolicy": put_role_policy,
    "aws:iam/policy:Policy": create_policy,
    "aws:iam/group:Group": create_group,
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": attach_group_policy,
    "aws:cloudwatch/logGroup:LogGroup": create_log_group,
    "aws:lambda/function:Function": create_function,
    "aws:lambda/alias:Alias": create_alias,
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": configure_events,
    "aws:lambda/permission:Permission": add_permission,
}
