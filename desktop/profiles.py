"""Profiles: where the service is and how to sign in.

file, `reportwire local` ── JSON ──▶ **Profile** ──▶ auth, client
"""

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class InvalidProfile(ValueError):
    """A profile that cannot be read; the sentence names the file and the reason."""


class Auth(Struct, frozen=True, kw_only=True, rename="camel"):
    """How requests are signed: with a named AWS profile, with these keys, or with what the AWS tools would find."""

    mode: Literal["iam"]
    aws_profile: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = None

    def __repr__(self) -> str:
        """Leave out the keys: reprs end in logs."""
        return f"Auth(mode={self.mode!r}, aws_profile={self.aws_profile!r})"


class Profile(Struct, frozen=True, kw_only=True):
    """One service. `endpoint` is `wss://…/stage`; plain `ws` only to this machine."""

    name: str
    endpoint: str
    region: str
    auth: Auth


def load(path: Path) -> Profile:
    """Read a profile from a file.

    Raises:
        InvalidProfile: It is not there, or not a profile.
    """
    try:
        return parse(path.read_bytes())
    except OSError as error:
        raise InvalidProfile(f"The profile {path} cannot be read: {error.strerror}.") from error
    except InvalidProfile as error:
        raise InvalidProfile(f"The profile {path} is wrong: {error}") from error


def parse(text: bytes | str) -> Profile:
    """Read a profile from JSON.

    Raises:
        InvalidProfile: It is not a profile.
    """
    try:
        profile = msgspec.json.decode(text, type=Profile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidProfile(f"{error}.") from error
    url = urlsplit(profile.endpoint)
    if not url.hostname or not (url.scheme == "wss" or (url.scheme == "ws" and url.hostname in LOOPBACK)):
        raise InvalidProfile('"endpoint" must begin with wss://.')
    if (profile.auth.access_key_id is None) != (profile.auth.secret_access_key is None):
        raise InvalidProfile('"accessKeyId" and "secretAccessKey" go together.')
    return profile
