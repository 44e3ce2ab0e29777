"""Where a profile's service is, and which steps of the test have to do with that. Pure: no I/O.

profile ──▶ **target_of**, **obstacle** ──▶ examination
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from desktop.sign_in.profiles import Profile
from desktop.wording import examination as words
from desktop.wording.examination import Check, Outcome, Step

THERE = (Check.NAME, Check.WAY, Check.CERTIFICATE)
"""The steps on the way to a host."""


class Target(Struct, frozen=True):
    """The address that the client tries first."""

    url: str
    host: str
    port: int
    is_secure: bool


def target_of(profile: Profile) -> Target:
    """Return where the service is looked for first."""
    url = profile.https if profile.transport == "https" and profile.https else profile.endpoint
    parts = urlsplit(url)
    is_secure = parts.scheme in {"wss", "https"}
    return Target(url, parts.hostname or "", parts.port or (443 if is_secure else 80), is_secure)


def unused(profile: Profile, check: Check) -> Step | None:
    """Return the step of a way that this profile does not use."""
    match check:
        case Check.LIVE if profile.transport == "https":
            return words.live_not_used()
        case Check.HTTPS if profile.https is None:
            return words.https_not_offered()
        case Check.HTTPS if profile.transport == "websocket":
            return words.https_not_used()
        case _:
            return None


def can_fall_back(profile: Profile) -> bool:
    """Return whether the client takes HTTPS where no WebSocket gets through."""
    return profile.transport == "auto" and profile.https is not None


def obstacle(profile: Profile, check: Check, done: Mapping[Check, Step]) -> Check | None:
    """Return the step that went wrong and leaves no chance to this one."""
    failed = [each for each in Check if each in done and done[each].outcome is Outcome.FAILED]
    if check is Check.REPORT:
        is_open = any(done[way].outcome is Outcome.PASSED for way in (Check.LIVE, Check.HTTPS))
        return next(iter(failed), Check.LIVE) if not is_open or Check.SIGN_IN in failed else None
    needed = _needed(profile)[check]
    return next((each for each in failed if each in needed), None)


def _needed(profile: Profile) -> Mapping[Check, tuple[Check, ...]]:
    door = urlsplit(profile.https or "").hostname
    return {
        Check.NAME: (),
        Check.WAY: THERE[:1],
        Check.CERTIFICATE: THERE[:2],
        Check.CLOCK: THERE,
        Check.SIGN_IN: (),
        Check.LIVE: (*THERE, Check.SIGN_IN),
        Check.HTTPS: (*(THERE if door == target_of(profile).host else ()), Check.SIGN_IN),
    }
