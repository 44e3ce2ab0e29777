"""The window and the command line where no WebSocket gets through: every report ends, once, with its link."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest

from desktop.session.connection_status import Connected
from desktop.sign_in.profiles import Profile
from desktop.wording.reports.offers import ActionId
from tests.flows.conftest import Inspect
from tests.flows.test_window import Analyst, analyst, download
from tests.limits import HANG_S
from tests.networks.modes import Mode
from tests.networks.network import Network
from tests.qt_loops import Drive

pytestmark = [pytest.mark.slow, pytest.mark.qt_log_ignore("propagateSizeHints")]

REFUSING = (
    *(Mode.UPGRADE_STRIPPED, Mode.UPGRADE_PAGE, Mode.UPGRADE_LOGIN, Mode.UPGRADE_BLOCKED),
    *(Mode.UPGRADE_REQUIRED, Mode.UPGRADE_UNAVAILABLE, Mode.UPGRADE_RESET),
)
FALLBACK = Connected(over_https=True, is_fallback=True)


@contextmanager
def behind(profile: Profile, mode: Mode) -> Iterator[tuple[Profile, Network]]:
    """Give the profile as it is in a network, and the network."""
    service = urlsplit(profile.endpoint)
    network = Network((str(service.hostname), int(service.port or 0)), mode=mode, kill_after_s=1.0)
    with network.running():
        addresses = {
            "endpoint": network.address_of(profile.endpoint),
            "https": network.address_of(str(profile.https)),
        }
        yield msgspec.structs.replace(profile, **addresses), network


async def until(person: Analyst, connection: Connected) -> None:
    await person.until(lambda session: session.connection == connection or None)


def generate(person: Analyst, delay_ms: int) -> str:
    before = set(person.app.store.session.entries)
    person.type_parameter("delay", str(delay_ms))
    person.type_parameter("amountOfRows", "5")
    person.click_generate()
    (report_id,) = set(person.app.store.session.entries) - before
    return report_id


async def choose_sample(person: Analyst) -> None:
    await person.until_connected()
    assert person.app.window.form.choose("sample")


@pytest.mark.parametrize("mode", [*REFUSING, Mode.FRAMES_SWALLOWED], ids=lambda mode: mode.name.lower())
def test_report_ends_in_the_window_once_with_its_link(
    mode: Mode, profile: Profile, inspect: Inspect, drive: Drive, tmp_path: Path
) -> None:
    async def flow() -> None:
        with behind(profile, mode) as (there, network):
            async with analyst(there) as person:
                await until(person, FALLBACK)
                await choose_sample(person)
                assert "Connected over HTTPS" in person.app.window.status.connection.words.text()
                report_id = generate(person, 2_000)
                await person.until_shown(report_id, "Ready")
                await download(person, report_id, tmp_path / "report.csv")
                assert inspect.row(report_id).attempt == 1

                network.mode = Mode.THROUGH
                person.app.window.actions_of_window[ActionId.RECONNECT].trigger()
                await until(person, Connected())
                again = generate(person, 0)
                await person.until_shown(again, "Ready")
                assert len([row for row in person.rows() if row.report_id == report_id]) == 1

    drive(flow())


def test_socket_that_is_killed_again_and_again_is_given_up(profile: Profile, inspect: Inspect, drive: Drive) -> None:
    async def flow() -> None:
        with behind(profile, Mode.SOCKET_KILLED) as (there, _):
            async with analyst(there) as person:
                await choose_sample(person)
                report_id = generate(person, 6_000)
                await until(person, FALLBACK)
                await person.until_shown(report_id, "Ready")
                assert inspect.row(report_id).attempt == 1
                link = await person.copied_link(report_id)
                async with httpx.AsyncClient(trust_env=False) as http:
                    assert (await http.get(link)).status_code == httpx.codes.OK

    drive(flow())


def test_report_under_way_moves_to_https_and_back(profile: Profile, inspect: Inspect, drive: Drive) -> None:
    async def flow() -> None:
        with behind(profile, Mode.THROUGH) as (there, network):
            async with analyst(there) as person:
                await choose_sample(person)
                report_id = generate(person, 6_000)
                await person.until_shown(report_id, "Running")
                network.mode = Mode.UPGRADE_PAGE
                network.cut_all()
                await until(person, FALLBACK)
                network.mode = Mode.THROUGH
                person.app.window.actions_of_window[ActionId.RECONNECT].trigger()
                await until(person, Connected())
                await person.until_shown(report_id, "Ready")
                assert inspect.row(report_id).attempt == 1

    drive(flow())


@pytest.mark.parametrize("transport", ["https", "auto"])
def test_command_line_gets_its_report_too(transport: str, profile: Profile, tmp_path: Path) -> None:
    with behind(profile, Mode.UPGRADE_PAGE) as (there, network):
        path = tmp_path / "profile.json"
        path.write_bytes(msgspec.json.encode(there))
        path.chmod(0o600)
        wanted = ["generate", "sample", "-p", "delay=0", "--profile", str(path), "--transport", transport]
        command = [sys.executable, "-m", "desktop", *wanted]
        done = subprocess.run(command, capture_output=True, text=True, timeout=HANG_S, check=False)
        assert (done.returncode, done.stdout.startswith("http://")) == (0, True)
        assert (network.counts.upgrades > 0) == (transport == "auto")
