"""Profiles: where the service is and how to sign in.

file, `reportwire local` ── JSON ──▶ **Profile** ──▶ signers, client
"""

import os
import re
import stat
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from desktop.outside.environment import LOOPBACK
from desktop.outside.json_texts import NoText, decoded, with_line
from desktop.outside.sentence import Sentence
from desktop.sign_in.auth import Auth, IamAuth, Text, fault_of

Transport = Literal["auto", "websocket", "https"]


class InvalidProfile(ValueError):
    """A profile that cannot be read. `text` is the sentence, its `values` still to be put in: it can be translated."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(Sentence(text, **values))


class Profile(Struct, frozen=True, kw_only=True):
    """One service. `endpoint` is `wss://…/stage`; plain `ws` only to this machine.

    `https` is the address of its HTTP door, `https://…/v1`, where it has one; `transport` says which of the two to use.
    """

    name: Text
    endpoint: str
    region: Text
    auth: Auth
    https: str | None = None
    transport: Transport = "auto"


def load(path: Path) -> Profile:
    """Read a profile from a file.

    Raises:
        InvalidProfile: It is not there, or not a profile.
    """
    try:
        return parse(path.read_bytes())
    except OSError as error:
        raise InvalidProfile(
            "The profile {path} cannot be read: {reason}.", path=path, reason=error.strerror
        ) from error
    except InvalidProfile as error:
        raise InvalidProfile("The profile {path} is wrong: {reason}", path=path, reason=error) from error


def with_transport(profile: Profile, transport: Transport | None) -> Profile:
    """Return a profile that is used as somebody wants it; None leaves it as it is.

    Raises:
        InvalidProfile: The service has no address for that.
    """
    if transport == "https" and profile.https is None:
        raise InvalidProfile("The profile {name} names no address for HTTPS.", name=profile.name)
    return profile if transport is None else replace(profile, transport=transport)


def exposed_keys(path: Path, profile: Profile) -> str | None:
    """Return a warning if a profile's file holds keys that other users of this machine may read."""
    has_keys = isinstance(profile.auth, IamAuth) and profile.auth.secret_access_key is not None
    if not has_keys or os.name != "posix":
        return None
    if not path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        return None
    return f"Others on this machine can read the keys in {path}: chmod 600 {path}"


def parse(text: bytes | str) -> Profile:
    """Read a profile from JSON.

    Raises:
        InvalidProfile: It is not a profile.
    """
    try:
        plain = text if isinstance(text, str) else decoded(text)
        profile = msgspec.json.decode(plain, type=Profile)
    except NoText as error:
        raise InvalidProfile(str(error)) from error
    except msgspec.DecodeError as error:
        raise _explained(with_line(str(error), plain)) from error
    except RecursionError as error:
        raise InvalidProfile("It is nested too deep.") from error
    if fault := fault_of(profile.auth):
        raise InvalidProfile(fault)
    try:
        profile = replace(profile, endpoint=_address(profile.endpoint, "ws"))
    except ValueError as error:
        raise InvalidProfile("{field} {fault}.", field='"endpoint"', fault=error) from error
    if profile.https is None:
        if profile.transport == "https":
            raise InvalidProfile('"transport" is https, and there is no "https" to ask.')
        return profile
    try:
        return replace(profile, https=_address(profile.https, "http"))
    except ValueError as error:
        raise InvalidProfile("{field} {fault}.", field='"https"', fault=error) from error


def _explained(reason: str) -> InvalidProfile:
    """Return msgspec's reason as a sentence that names the field."""
    place = re.search(r" - at `\$\.?(.*)`", reason)
    path = place[1] if place else ""
    if missing := re.match(r"Object missing required field `(\w+)`", reason):
        return InvalidProfile('"{field}" is missing.', field=".".join(filter(None, (path, missing[1]))))
    if path:
        text = '"{field}" is empty.' if "of length >= 1" in reason else '"{field}" has a value that is not known.'
        return InvalidProfile(text, field=path)
    if reason.startswith("Expected `object`"):
        return InvalidProfile("It is a list or a single value, not fields with values.")
    line = re.search(r"in line ([0-9]+)", reason)
    if line is None:
        return InvalidProfile("It ends before it is complete.")
    return InvalidProfile("Line {line} cannot be read as JSON.", line=line[1])


def _address(text: str, plain: Literal["ws", "http"]) -> str:
    """Return an address as it is signed: without the default port and without a slash at the end.

    `plain` is the scheme without TLS, which is allowed to this machine only.

    Raises:
        ValueError: It is no such address; the message follows the name of the field.
    """
    try:
        url = urlsplit(text)
        host, port = (url.hostname or "").encode("idna").decode(), url.port
    except ValueError as error:
        raise ValueError(Sentence("is no address")) from error
    safe = f"{plain}s"
    if not host or not (url.scheme == safe or (url.scheme == plain and host in LOOPBACK)):
        raise ValueError(Sentence("must begin with {scheme}://", scheme=safe))
    if url.query or url.fragment or url.username is not None:
        raise ValueError(Sentence("must be {scheme}://, a host and a path, and no more", scheme=safe))
    default = 443 if url.scheme == safe else 80
    netloc = url.netloc.removesuffix(f":{port}") if port == default else url.netloc
    return urlunsplit((url.scheme, netloc, url.path.rstrip("/"), "", ""))
