"""The secret of one start, by which the emulator and whoever started it know each other.

process (parent) ── its stdin ──▶ child;  parent ── `ADMIN_HEADER` ──▶ guard;  parent ── challenge ──▶ guard ── proof

It is never in an argument, the environment, a file or a log: other users of the machine can read some of those.
"""

import hashlib
import hmac
import secrets

SIZE_BYTES = 32
ADMIN_HEADER = "X-Reportwire-Admin"
"""The header that makes a request the administrator's."""
READY_PATH = "/_ministack/ready"
"""With `?challenge=…` it is answered with the proof of that, once requests are served."""


def new() -> bytes:
    """Return a secret for one start."""
    return secrets.token_bytes(SIZE_BYTES)


def admin_token(secret: bytes) -> str:
    """Return the value of `ADMIN_HEADER`."""
    return _derived(secret, b"administrator").hex()


def proof(secret: bytes, challenge: str) -> str:
    """Return what only one who has the secret can answer to a challenge."""
    return _derived(secret, b"ready:" + challenge.encode()).hex()


def salt(secret: bytes) -> bytes:
    """Return what the credentials of this start's roles are made with."""
    return _derived(secret, b"roles")


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return hmac.digest(secret, purpose, hashlib.sha256)
