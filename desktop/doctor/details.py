"""The connection test as a text for a ticket: complete, and free of secrets.

steps, profile ──▶ **details** ──▶ clipboard, `reportwire doctor --details`
"""

import os
import platform
import sys
from collections.abc import Iterable
from datetime import UTC, datetime

from desktop.outside import version
from desktop.outside.environment import CERTIFICATE_FILES, WrongEnvironment, proxy_of
from desktop.outside.redaction import host_of, without_secrets
from desktop.sign_in.auth import Auth, IamAuth, OidcAuth
from desktop.sign_in.profiles import Profile
from desktop.wording.examination import Step, conclude


def details(profile: Profile, steps: Iterable[Step], *, now: datetime | None = None) -> str:
    """Return lines about this computer, the profile and each step; no key, no token, no address with a query."""
    shown = tuple(steps)
    at = (now or datetime.now(UTC)).astimezone(UTC)
    facts = {
        "Program": f"Reportwire {version.installed()}, Python {platform.python_version()}, {platform.platform()}",
        "Time": f"{at:%Y-%m-%d %H:%M:%S} UTC",
        "Profile": f"{profile.name}, {profile.region}, {_sign_in(profile.auth)}",
        "Service": host_of(profile.endpoint),
        "HTTPS": host_of(profile.https) if profile.https else "not offered",
        "Way": profile.transport,
        "Proxy": _proxy(profile),
        "Certificates": next((f"from {name}" for name in CERTIFICATE_FILES if os.environ.get(name)), "the system's"),
    }
    lines = [f"{name + ':':14}{value}" for name, value in facts.items()]
    lines += ["", *(_line(step) for step in shown), "", conclude(shown)]
    return without_secrets("\n".join(line.rstrip() for line in lines), _secrets(profile.auth)) + "\n"


def _secrets(auth: Auth) -> Iterable[str]:
    keys = (auth.access_key_id, auth.secret_access_key) if isinstance(auth, IamAuth) else ()
    return filter(None, keys)


def _line(step: Step) -> str:
    sentence = " ".join(step.sentence.split())
    return f"{step.outcome:8} {step.title:15} {step.figure:>12}  {sentence}"


def _sign_in(auth: Auth) -> str:
    if isinstance(auth, OidcAuth):
        return f"sign-in in the browser at {auth.host}"
    if auth.secret_access_key:
        return "keys in the profile"
    return f"AWS profile {auth.aws_profile}" if auth.aws_profile else "AWS's own sign-in"


def _proxy(profile: Profile) -> str:
    try:
        proxy = proxy_of(profile.endpoint)
    except WrongEnvironment as error:
        return str(error)
    if proxy is None:
        return "none"
    return f"{proxy.name}, from {proxy.source or f'the settings of {sys.platform}'}"
