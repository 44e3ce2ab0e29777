"""The connection test: eight steps, each by the client's own ways, so that it finds what the client will find.

profile ──▶ **examine** ──▶ steps, as they begin and end          knocking, opening, headless ──▶ **examine**

Nothing is open while a step is handed out: who takes no more of them leaves no socket and no task. Must not import Qt.
"""

import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from datetime import UTC, datetime

from msgspec import Struct, field
from msgspec.structs import replace

from desktop.doctor import small_report
from desktop.doctor.judging import judge_certificate, judge_clock, judge_way
from desktop.doctor.probes import DescribingSigner, find_credentials, find_name, hear
from desktop.doctor.small_report import Patience
from desktop.doctor.target import Target, can_fall_back, obstacle, target_of, unused
from desktop.outside.environment import Proxy, WrongEnvironment, proxy_of
from desktop.outside.patience import CREDENTIALS_S, LOOK_UP_S, OPEN_S, REACH_S, SMALL_REPORT_S
from desktop.sign_in.auth import OidcAuth
from desktop.sign_in.findings import NotSignedIn, SignInUnreachable
from desktop.sign_in.profiles import Profile, Transport
from desktop.sign_in.signers import signer_of
from desktop.transport.failures import ConnectionFailed, Outage, Remedy
from desktop.transport.knocking import Knocked, knock
from desktop.transport.signing import signing
from desktop.transport.timing import Timing
from desktop.wording import examination as words
from desktop.wording.examination import Check, Outcome, Step

log = logging.getLogger(__name__)

Steps = tuple[Step, ...]
Take = Callable[[], Awaitable[Steps]]


class Limits(Struct, frozen=True):
    """How long each step may take, in seconds."""

    name: float = LOOK_UP_S
    reach: float = REACH_S
    """The way, the certificate and the first answer, each."""
    sign_in: float = CREDENTIALS_S
    open: float = OPEN_S
    """A WebSocket, the HTTP door, an answer on either and the catalog, each."""
    report: float = SMALL_REPORT_S
    file: float = REACH_S
    """The next byte of its file."""
    close: float = 0.25
    """How long the other side may take to close a WebSocket."""


class Clocks(Struct, frozen=True):
    """The time of day, aware, in the analyst's time zone; and seconds that only grow."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC).astimezone()
    seconds: Callable[[], float] = time.monotonic


async def examine(
    profile: Profile,
    *,
    signer: DescribingSigner | None = None,
    limits: Limits | None = None,
    clocks: Clocks | None = None,
) -> AsyncGenerator[Step, None]:
    """Test the connection to a service; yield each step as it begins and as it ends, and raise nothing.

    First all eight are yielded as waiting. The sign-in is yielded once more if a later step shows that it is refused.
    """
    examination = _Examination(profile, signer or signer_of(profile), limits or Limits(), clocks or Clocks())
    for check in Check:
        yield words.waiting(check)
    for check, take in examination.takes.items():
        idle = unused(profile, check)
        if idle is None and (failed := obstacle(profile, check, examination.done)):
            idle = words.skipped(check, failed)
        if idle is None:
            yield words.running(check)
        for step in (idle,) if idle else await _taken(check, take):
            examination.done[step.check] = step
            yield step


async def _taken(check: Check, take: Take) -> Steps:
    try:
        return await take()
    except Exception as error:  # a step that breaks off must not end the others
        log.exception("a step of the connection test broke off")
        return (words.broken_off(check, type(error).__name__),)


class _Examination(Struct):
    """One test, and what it has shown so far."""

    profile: Profile
    signer: DescribingSigner
    limits: Limits
    clocks: Clocks
    done: dict[Check, Step] = field(default_factory=dict)
    _proxy: Proxy | None = None
    _misnamed: str = ""
    """What is wrong with the setting that names a proxy."""
    _knocked: Knocked = field(default_factory=Knocked)

    @property
    def takes(self) -> Mapping[Check, Take]:
        """How each step is taken, in their order."""
        return {
            Check.NAME: self._find_name,
            Check.WAY: self._find_way,
            Check.CERTIFICATE: self._look_at_certificate,
            Check.CLOCK: self._compare_clocks,
            Check.SIGN_IN: self._find_credentials,
            Check.LIVE: self._open_websocket,
            Check.HTTPS: self._open_https,
            Check.REPORT: self._make_report,
        }

    @property
    def _target(self) -> Target:
        return target_of(self.profile)

    @property
    def _timing(self) -> Timing:
        limits = self.limits
        return Timing(
            open_timeout=limits.open, answer=limits.open, credentials=limits.sign_in, close_timeout=limits.close
        )

    async def _find_name(self) -> Steps:
        target = self._target
        try:
            self._proxy = proxy_of(target.url)
        except WrongEnvironment as error:
            self._misnamed = str(error)
        proxy = self._proxy.name if self._proxy else None
        return (await find_name(target.host, target.port, proxy, self.limits.name, self.clocks.seconds),)

    async def _find_way(self) -> Steps:
        if self._misnamed:
            return (words.way_misnamed(self._misnamed),)
        self._knocked = await knock(
            self._target.url, limit_s=self.limits.reach, now=self.clocks.now, clock=self.clocks.seconds
        )
        return (judge_way(self._knocked, self._target, self._proxy),)

    async def _look_at_certificate(self) -> Steps:
        return (judge_certificate(self._knocked, self._target, self._proxy),)

    async def _compare_clocks(self) -> Steps:
        return (judge_clock(self._knocked),)

    async def _find_credentials(self) -> Steps:
        auth = self.profile.auth
        try:
            found = await find_credentials(self.signer, self.limits.sign_in)
        except (NotSignedIn, SignInUnreachable) as error:
            is_lost = isinstance(error, NotSignedIn) and isinstance(auth, OidcAuth)
            return (words.not_signed_in(str(error), is_in_browser=is_lost),)
        if isinstance(auth, OidcAuth):
            return (words.signed_in_at(auth.host, found.who, found.ends_at, self.clocks.now()),)
        if found.origin == "explicit" and not self._target.is_secure:
            return (words.sign_in_not_needed(),)
        return (words.signed_in(found.origin, auth.aws_profile, found.ends_at, self.clocks.now()),)

    async def _open_websocket(self) -> Steps:
        heard = await self._hear("websocket")
        if isinstance(heard, float):
            return (words.live(heard),)
        falls_back = can_fall_back(self.profile)
        if heard.remedy is Remedy.SIGN_IN and not (falls_back and heard.is_blocked):
            return words.sign_in_refused(heard.reason), words.skipped(Check.LIVE, Check.SIGN_IN)
        is_offered = self.profile.https is not None
        return (
            words.not_live(heard.reason, can_fall_back=falls_back, is_offered=is_offered, is_blocked=heard.is_blocked),
        )

    async def _open_https(self) -> Steps:
        heard = await self._hear("https")
        if isinstance(heard, float):
            return (words.over_https(heard),)
        is_live = Check.LIVE in self.done and self.done[Check.LIVE].outcome is Outcome.PASSED
        if heard.remedy is Remedy.SIGN_IN and not is_live:
            return words.sign_in_refused(heard.reason), words.skipped(Check.HTTPS, Check.SIGN_IN)
        return (words.not_over_https(heard.reason, is_live=is_live),)

    async def _hear(self, way: Transport) -> float | Outage:
        """Return how long an answer takes that way, or why none comes."""
        profile, timing = replace(self.profile, transport=way), self._timing
        try:
            return await hear(profile, signing(self.signer, timing.credentials), timing, self.clocks.seconds)
        except ConnectionFailed as failed:
            return failed.outage
        except (NotSignedIn, SignInUnreachable) as error:
            return Outage(Remedy.SIGN_IN, str(error))

    async def _make_report(self) -> Steps:
        way: Transport = "websocket" if self.done[Check.LIVE].outcome is Outcome.PASSED else "https"
        profile = replace(self.profile, transport=way)
        patience = Patience(self.limits.open, self.limits.report, self.limits.file)
        return (await small_report.make(profile, self.signer, patience, self.clocks.seconds),)
