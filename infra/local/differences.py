"""All differences between the local backend and AWS.

graph ──▶ **differences** ──▶ apply, emulator

Differences of MiniStack, and their consequences:

- It speaks plain http on loopback, which counts as encrypted here, or the buckets' policy would refuse everything:
  `inside.count_loopback_as_encrypted`.
- `*.localhost` may not resolve, so the API is reached by its path on 127.0.0.1, `/_aws/execute-api/{apiId}/{stage}`, as
  the local stack's `endpoint` says.
- What a route returns as `body` it sends to the client, as AWS does only for a route with a RouteResponse: routes must
  return none.
- It knows no limits of a connection: neither 10 minutes idle nor 2 hours at most, neither 32 KiB a frame nor 128 KiB a
  message. Nor does it apply the stage's throttles: nothing is answered 429.
- It handles the messages of one connection one after another, where AWS may run their routes side by side.
- It fills no `identity.userArn`: the owner of a connection is its access key's id, which the functions take for a
  person only here, as `environment` says, and only on `$connect`. With tokens there is no such need.
- It invokes the route of a WebSocket API for plain http on the same address; the router refuses such an event.
- A signature in the query of a handshake is good for five minutes, whatever its `X-Amz-Expires` says, and a handshake
  may be signed for another region: AWS refuses both. On the HTTP API it takes signatures in headers only.
- It agrees on deflate (`permessage-deflate`) with clients that offer it; AWS does not.
- It cuts no request to the HTTP API off after 30 s, where AWS answers 504.
- The documents of the HTTP API, which on AWS are for everybody, are refused without a signature like all else: `guard`.
- It answers 404 for a file that is gone, to whoever may read it; AWS says 403 to those who may not list the bucket.
- It has room for as many executions at once as this machine's memory, where an AWS account has 1,000 or what it was
  given.
- It runs functions in its own interpreter on this machine's processor, whatever `runtime` and `architectures` say: both
  are declared as they are, and the code is the host bundle, the worker's too. That bundle lacks the engine's libraries:
  the interpreter has them, and the emulator would unpack 69 MB for every process it starts.
- It has no instances that run functions, and takes a time-out of 5,400 s without any: where the address is this
  machine's, `managedInstances` is refused before anything is made.
- It holds a function neither to its memory nor to its /tmp, and gives it all processors.
- It keeps what is in buckets in memory, the datasets too.
- It gives functions its own environment on top of theirs, so `environment` starts it with next to none.
- Its retry of an asynchronous invocation would come after a second where AWS waits a minute: `LAMBDA_ASYNC_RETRY_…`.
- Every attempt of an asynchronous invocation has a request id of its own, where AWS repeats the first; its record of a
  failed invocation has no `requestContext.requestId` and always says `RetriesExhausted`.
- What a function logs when API Gateway invoked it goes nowhere; asynchronous invocations do log to their group.
- Every resource is ready as soon as the call returns: nothing waits for tables or functions.
- It takes the key `test`, and any of twelve digits, for its root's without a look at the signature, serves paths that
  no service of AWS has to everybody, and computes the keys of roles from names that are no secret. On a machine with
  several users, or with a browser, that would be an open door, and no setting of 1.5.33 shuts it: `guard` lets nobody
  pass but this start's administrator, and who signs with a key that the emulator made; `inside` makes
  the roles' keys this start's own.
- It does not ask for `lambda:InvokeFunction` when API Gateway invokes; the permission is made nevertheless.
- It deploys nothing: a route works as soon as it exists. Deployment and stage are made nevertheless.
- It streams nothing: it drops `responseTransferMode`, would pass a stream on when it is over, and starts functions by
  its own loop whatever `AWS_LAMBDA_EXEC_WRAPPER` says. So an integration that streams is not made (`is_streamed`), its
  resource answers 500, and the profile names no `events`. The tests stream by an edge of their own.
- It answers a request to a REST API however long that takes, where AWS answers 504 after 29 s.
- It invokes aliases, for APIs, destinations and functions alike, but forgets retries, destination and reserved
  concurrency of an asynchronous invocation whose alias leads to a published version. As nothing is ever updated here,
  nothing is published: the alias leads to `ONLY_VERSION`. Nor does it heed what an alias's asynchronous invocations are
  configured with, only what the function's are: there the configuration is put.
- It forgets everything when it ends, as no state is kept for it, so nothing ever outlives its code.
- It keeps metric filters and does not apply them, nor does it read the embedded metric format: no line of a log counts.
  Of an alarm on a computed metric it forgets what is computed.
- Its Cognito serves the sign-in page, tokens and all else at its own root, whatever the pool's domain, and says that
  its issuer is AWS's: so `discoveryUrl` is set here, and leads there (`recorded.TOKENS`). It sends no invitation. It
  takes tokens back by a call of its API alone, so `revocation` gives it the address that Cognito has. With tokens, the
  routes that the authorizer guards and the issuer's pages need no signature: `unsigned`.
- A request to the REST API without a token reaches the authorizer and is answered 403, where the others answer 401.
- Its Athena runs DuckDB on the text as it stands, and knows no UNLOAD: a report that goes there starts a query, which
  fails. It asks for the rights to S3 and Glue of nobody whose query it runs, repeats no start for the same token, knows
  neither quota nor limit of bytes, and counts bytes as it likes. It looks up and stops queries for who may do so with
  all: `inside` has it ask for the query's workgroup. Glue asks for rights to the database alone, of the three that a
  table has.
- An e-mail subscription would wait for a confirmation that never comes: see `NO_COUNTERPART`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ADMIN_KEY = "test"
"""Access key and secret of MiniStack's administrator; `guard` asks for more than that."""

ACCOUNT_ID = "000000000000"
OF_ACCESS_KEYS = {"ACCESS_KEY_IS_IDENTITY": "true"}
"""What functions find in their environment besides, where analysts sign in with AWS credentials."""
ONLY_VERSION = "$LATEST"
"""The version of a function that its alias leads to."""
SERVICES = ("apigateway", "dynamodb", "iam", "lambda", "logs", "monitoring", "s3", "sns", "sts")
"""Services of MiniStack that are enabled, by its own names."""
SERVICES_OF_TOKENS = ("cognito-idp",)
"""Those besides, where analysts sign in with tokens."""
SERVICES_OF_ENGINES: Mapping[str, Sequence[str]] = {"athena": ("athena", "glue"), "trino": ("glue", "secretsmanager")}
"""Those besides, by the distributed engine of the stack."""

NO_COUNTERPART: Mapping[str, str] = {
    "aws:sns/topicSubscription:TopicSubscription": "nobody can confirm an e-mail subscription",
    "aws:budgets/budget:Budget": "nothing costs anything here",
}
"""Types that are not applied, and why. Nothing may refer to them."""


def is_streamed(integration: Mapping[str, Any]) -> bool:
    """Return whether an integration passes answers on as they come."""
    return bool(integration["responseTransferMode"] == "STREAM")


def without_streams(profile: Mapping[str, Any]) -> dict[str, Any]:
    """Return a profile that names no streams."""
    return {name: value for name, value in profile.items() if name != "events"}


def environment(port: int, run_dir: Path, *, takes_tokens: bool = False, engine: str = "none") -> dict[str, str]:
    """Return all that MiniStack needs to know, for it and the functions it starts. Nothing of the caller's leaks in."""
    services = [*SERVICES, *(SERVICES_OF_TOKENS if takes_tokens else ()), *SERVICES_OF_ENGINES.get(engine, ())]
    return {
        "AUTH": "true",
        **({} if takes_tokens else OF_ACCESS_KEYS),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_ACCOUNT_ID": ACCOUNT_ID,
        "SERVICES": ",".join(services),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "STATE_DIR": str(run_dir / "state"),
        "S3_DATA_DIR": str(run_dir / "s3"),
        "DOCKER_HOST": f"unix://{run_dir}/no-docker.sock",
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "60",
        "LAMBDA_ASYNC_RETRY_MAX_SECONDS": "120",
        "LOG_LEVEL": "WARNING",
        "TMPDIR": str(run_dir),
        "HOME": str(run_dir),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
