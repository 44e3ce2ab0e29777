"""The emulator's process, which ends with whoever started it.

process (parent) ── stdin pipe ──▶ **child** ──▶ MiniStack and the functions it starts

The parent sends the secret of this start through stdin, then holds its end for as long as it lives. At its end, however
the parent ended, this process removes its directory and kills its whole group, so nothing is left behind.

The parent has bound the port too, and hands over the socket: nobody else can have taken it in between. So MiniStack's
own `main` is not what runs; it would bind one itself.
"""

import asyncio
import os
import resource
import shutil
import signal
import sys
import tempfile
import threading
from typing import Any

from infra.local.emulator import shared_secret, unsigned

KEEP_ALIVE_S = 75
"""How long a connection may be idle. Source: `ministack.app.main`."""


def main() -> None:
    """Serve MiniStack until the parent ends, on the socket whose descriptor is the first argument.

    With a second one, `unsigned.ARGUMENT`, what an authorizer looks at needs no signature.
    """
    secret = _read_secret()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # Imported late: MiniStack reads its environment while it is imported, and all of it takes most of a second.
    from hypercorn.asyncio import serve  # noqa: PLC0415
    from hypercorn.config import Config  # noqa: PLC0415
    from ministack.app import app  # noqa: PLC0415

    from infra.local.emulator import inside  # noqa: PLC0415
    from infra.local.emulator.guard import Guard  # noqa: PLC0415

    inside.salt_role_credentials(shared_secret.salt(secret))
    inside.count_loopback_as_encrypted()
    inside.ask_for_workgroups()
    _allow_many_connections()
    config = Config()
    config.bind = [f"fd://{int(sys.argv[1])}"]
    config.keep_alive_timeout = KEEP_ALIVE_S
    config.loglevel = "WARNING"
    takes_tokens = unsigned.ARGUMENT in sys.argv[2:]
    served = _with_revocation(app) if takes_tokens else app
    guard: Any = Guard(served, secret, takes_tokens=takes_tokens)  # hypercorn has a type for every kind of message
    asyncio.run(serve(guard, config))


def _with_revocation(app: Any) -> Any:  # noqa: ANN401  MiniStack's
    from infra.local.emulator import revocation  # noqa: PLC0415  loads Cognito, which takes a while

    revocation.describe_revocation()
    return revocation.Revocation(app)


def _read_secret() -> bytes:
    """Return the first bytes of stdin. Not through a buffer: `_end_with_parent` reads on from there."""
    size, secret = shared_secret.SIZE_BYTES, b""
    while len(secret) < size and (more := os.read(sys.stdin.fileno(), size - len(secret))):
        secret += more
    if len(secret) < size:
        raise SystemExit("the parent ended before it had sent the secret")
    return secret


def _allow_many_connections() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    shutil.rmtree(tempfile.gettempdir(), ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
