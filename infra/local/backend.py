"""The local backend: started, applied, and stopped with its context.

serve, tests ──▶ **backend** ──▶ emulator, recording, apply, data
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from infra import bundle, private_directories
from infra.local import differences
from infra.local.applying.applier import Clients
from infra.local.applying.apply import SERVICES, apply
from infra.local.datasets import local_datasets
from infra.local.datasets.places import DataDirectory
from infra.local.emulator import process, shared_secret
from infra.local.errors import LocalBackendError
from infra.local.recording import graph, recorded

Profile = dict[str, Any]
ANALYST = "analyst"
"""The user whose keys the profile has, or who signs in, at `DOMAIN`."""
DOMAIN = "reportwire.example"
"""The end of e-mail addresses that lead to nobody."""
PASSWORD_BYTES = 18
LONGEST_ANSWER_S = 60


@dataclass(frozen=True, slots=True)
class SignIn:
    """What somebody types into the sign-in page."""

    name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalBackend:
    """A backend that is ready for analysts."""

    profile: Profile
    """The profile of the analyst, secrets included."""
    owner: str
    """Whose the analyst's reports are; nothing where somebody else's issuer knows."""
    sign_in: SignIn | None
    """What the analyst types into the sign-in page, where there is one."""
    endpoint_url: str
    region: str
    outputs: Mapping[str, Any]
    """The stack's outputs."""
    log_path: Path
    pid: int
    """The emulator's process, which leads a process group of its own."""
    admin: Clients

    def client(self, service: str) -> Any:  # noqa: ANN401  a boto3 client of any service
        """Return a boto3 client that may do everything."""
        return self.admin(service)

    def create_analyst(self, name: str) -> tuple[str, str]:
        """Create a user who may only connect; return the access key id and the secret."""
        return create_analyst(self.admin, name, self.outputs["analystsGroup"])

    def create_person(self, name: str) -> SignIn:
        """Create a user of the pool, who has accepted the invitation already."""
        return _create_person(self.admin, name, self.outputs)[0]


@contextmanager
def running(
    port: int | None = None,
    cache_dir: Path | None = None,
    *,
    own_data: Path | None = None,
    authority: str | None = None,
    variables: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
) -> Iterator[LocalBackend]:
    """Run the backend on 127.0.0.1 at `port`, or a free one, until the context ends.

    Args:
        port: Where the emulator listens.
        cache_dir: Where the graph, the bundle and the sample data are kept.
        own_data: A directory of datasets to offer besides the sample data.
        authority: `127.0.0.1:port` of what stands in front of the emulator: where clients connect and functions post to
            them. Links to files and `endpoint_url` lead to the emulator itself all the same.
        variables: Environment variables for the emulator, over its own.
        settings: Settings of the stack by their names in infra/settings.py, over those of the local one.

    Raises:
        LocalBackendError: It cannot run; the message is one line.
    """
    started = supervised(
        port, cache_dir, own_data=own_data, authority=authority, variables=variables, settings=settings
    )
    with started as (backend, _):
        yield backend


@contextmanager
def supervised(
    port: int | None,
    cache_dir: Path | None,
    *,
    own_data: Path | None = None,
    authority: str | None = None,
    variables: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
) -> Iterator[tuple[LocalBackend, process.Emulator]]:
    """Do the same, and give the emulator too, for whoever watches it.

    Raises:
        LocalBackendError: It cannot run; the message is one line.
    """
    cached = _private(cache_dir or bundle.default_cache_dir())
    region, wanted = recorded.CONFIG["aws:region"], recorded.completed(settings or {})
    emulator = process.running(
        port,
        variables or {},
        takes_tokens=recorded.takes_tokens(wanted),
        engine=wanted.get("distributedEngine", "none"),
    )
    with emulator as started, admin_clients(started, region) as admin:
        declared = recorded.load(cached, recorded.configured(wanted))
        code = bundle.build("host", cached)
        datasets = local_datasets.samples(cached) | (DataDirectory(own_data).directories() if own_data else {})
        for service in SERVICES:
            admin(service)
        started.wait_until_ready()
        port_there = (authority or started.authority).rpartition(":")[2]
        known = {graph.PORT[1:-1]: port_there, graph.BUNDLE[1:-1]: str(code)}
        outputs = apply(declared, admin, known)
        local_datasets.publish(datasets, admin("s3"), outputs["datasetsBucket"])
        yield _set_up(started, admin, outputs), started


def _private(cache_dir: Path) -> Path:
    try:
        return private_directories.directory(cache_dir)
    except OSError as error:
        raise LocalBackendError(f"the cache {error.filename}: {error.strerror}") from error


def create_analyst(aws: Clients, name: str, group: str) -> tuple[str, str]:
    """Create a user in the group and nothing else; return the access key id and the secret."""
    iam = aws("iam")
    iam.create_user(UserName=name)
    iam.add_user_to_group(UserName=name, GroupName=group)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def _create_person(aws: Clients, name: str, outputs: Mapping[str, Any]) -> tuple[SignIn, str]:
    """Create a user of the pool; return name and password, which is in no file, and the subject of the tokens."""
    cognito, pool = aws("cognito-idp"), outputs["userPoolId"]
    sign_in = SignIn(f"{name}@{DOMAIN}", f"Aa1-{secrets.token_urlsafe(PASSWORD_BYTES)}")
    user = cognito.admin_create_user(UserPoolId=pool, Username=sign_in.name, MessageAction="SUPPRESS")["User"]
    cognito.admin_set_user_password(
        UserPoolId=pool, Username=user["Username"], Password=sign_in.password, Permanent=True
    )
    (subject,) = [each["Value"] for each in user["Attributes"] if each["Name"] == "sub"]
    return sign_in, subject


def _set_up(started: process.Emulator, admin: Clients, outputs: graph.Outputs) -> LocalBackend:
    profile, sign_in, owner = differences.without_streams(outputs["profile"]), None, ""
    if "analystsGroup" in outputs:
        owner, secret = create_analyst(admin, ANALYST, outputs["analystsGroup"])
        profile["auth"] = {**profile["auth"], "accessKeyId": owner, "secretAccessKey": secret}
    elif "userPoolId" in outputs:
        sign_in, subject = _create_person(admin, ANALYST, outputs)
        owner = f"{profile['auth']['issuer']}|{subject}"
    return LocalBackend(
        profile=profile,
        owner=owner,
        sign_in=sign_in,
        endpoint_url=started.url,
        region=profile["region"],
        outputs=outputs,
        log_path=started.log_path,
        pid=started.process.pid,
        admin=admin,
    )


@contextmanager
def admin_clients(started: process.Emulator, region: str) -> Iterator[Clients]:
    """Yield a function that makes clients of the emulator's administrator, each once; close them at the end."""
    token = shared_secret.admin_token(started.secret)

    def add_token(request: Any, **_: Any) -> None:  # noqa: ANN401  botocore's hook
        request.headers[shared_secret.ADMIN_HEADER] = token

    session: Any = boto3.Session(
        aws_access_key_id=differences.ADMIN_KEY, aws_secret_access_key=differences.ADMIN_KEY, region_name=region
    )
    session.events.register("before-send", add_token)
    config = Config(read_timeout=LONGEST_ANSWER_S, retries={"total_max_attempts": 1}, proxies={})
    made: dict[str, Any] = {}

    def client(service: str) -> Any:  # noqa: ANN401  a boto3 client of any service
        if service not in made:
            made[service] = session.client(service, endpoint_url=started.url, config=config)
        return made[service]

    try:
        yield client
    finally:
        for each in made.values():
            each.close()
