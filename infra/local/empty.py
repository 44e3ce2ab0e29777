"""The emulator without a stack, where the Pulumi engine makes one: `Pulumi.emulator.yaml`.

`reportwire local --empty` ──▶ **serve_empty** ──▶ emulator, an administrator; ──▶ what to set, on stdout

For whoever wants to see `pulumi up` before it is given an account.
"""

import json
import shlex
import sys
from functools import partial
from pathlib import Path

from infra import bundle
from infra.local.applying.applier import Clients
from infra.local.backend import admin_clients
from infra.local.emulator import process
from infra.local.foreground import in_foreground, wait
from infra.local.recording import recorded

PORT = 4566
"""The port in `Pulumi.emulator.yaml`, by custom that of emulators of AWS."""
ADMINISTRATOR = "administrator"
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
BUNDLES = ("bundle", "workerBundle", "eventsBundle", "authorizerBundle")
TO_SET = """\
# The emulator is empty at {url} until this ends. In another terminal, at the same place:
export AWS_ACCESS_KEY_ID={access_key_id} AWS_SECRET_ACCESS_KEY={secret}
export AWS_ENDPOINT_URL={url} AWS_REGION={region} PULUMI_CONFIG_PASSPHRASE=
pulumi -C infra stack select --create emulator
{bundles}
pulumi -C infra up
"""


def serve_empty(port: int | None, auth: str) -> int:
    """Run the emulator until it is stopped, as `in_foreground` does; return the exit code.

    Once ready, what to type stands on stdout. The keys in it are this start's, and in no file. With `auth` oidc, what
    an authorizer looks at needs no signature.
    """
    return in_foreground(partial(_run, port or PORT, takes_tokens=auth == "oidc"))


def _run(port: int, *, takes_tokens: bool) -> None:
    code = bundle.build("host")
    region = recorded.CONFIG["aws:region"]
    emulator = process.running(port, {}, takes_tokens=takes_tokens)
    with emulator as started, admin_clients(started, region) as admin:
        started.wait_until_ready()
        sys.stdout.write(to_set(started.url, region, create_administrator(admin), code))
        sys.stdout.flush()
        wait(started)


def create_administrator(aws: Clients) -> tuple[str, str]:
    """Create a user who may do everything; return the access key id and the secret."""
    iam = aws("iam")
    iam.create_user(UserName=ADMINISTRATOR)
    iam.put_user_policy(UserName=ADMINISTRATOR, PolicyName="everything", PolicyDocument=json.dumps(EVERYTHING))
    key = iam.create_access_key(UserName=ADMINISTRATOR)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def to_set(url: str, region: str, key: tuple[str, str], code: Path) -> str:
    """Return what to type for a stack on the emulator, whose functions run in this machine's Python."""
    lines = "\n".join(f"pulumi -C infra config set {name} {shlex.quote(str(code))}" for name in BUNDLES)
    access_key_id, secret = key
    return TO_SET.format(url=url, region=region, access_key_id=access_key_id, secret=secret, bundles=lines)
