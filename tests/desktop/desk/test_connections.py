import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest

from desktop.desk.connections import ConnectionsDesk
from desktop.keeping.connections import LOCAL, Connections
from desktop.sign_in.profiles import Profile, parse
from desktop.wording.dialogs.connections import ConnectionItem, ConnectionsView
from desktop.wording.examination import Check, Outcome, Step, running
from desktop.wording.tone import Tone
from tests.desktop.keeping.profile_texts import profile_text


class Screen:
    def __init__(self) -> None:
        self.views: list[ConnectionsView] = []
        self.copied: list[str] = []

    def show_view(self, view: ConnectionsView, /) -> None:
        self.views.append(view)

    def copy(self, text: str, /) -> None:
        self.copied.append(text)

    @property
    def view(self) -> ConnectionsView:
        return self.views[-1]

    @property
    def names(self) -> list[str]:
        return [item.name for item in self.view.items]

    def item(self, name: str) -> ConnectionItem:
        return next(item for item in self.view.items if item.name == name)

    @property
    def said(self) -> tuple[str, Tone]:
        assert self.view.message
        return self.view.message.text, self.view.message.tone


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def kept(tmp_path: Path) -> Connections:
    return Connections(tmp_path / "profiles", tmp_path / "last")


@pytest.fixture
def desk(kept: Connections, screen: Screen) -> ConnectionsDesk:
    desk = ConnectionsDesk(kept, examine=slow)
    desk.show_on(screen)
    return desk


async def slow(_profile: Profile) -> AsyncGenerator[Step, None]:
    yield running(Check.NAME)
    await asyncio.Event().wait()


async def quick(_profile: Profile) -> AsyncGenerator[Step, None]:
    for check in Check:
        yield running(check)
        yield Step(check, Outcome.PASSED, "found", "1 ms")


def test_this_computer_is_first_and_used_at_first(desk: ConnectionsDesk, screen: Screen) -> None:
    desk.add_text(profile_text("abc"))
    assert screen.names == ["This computer", "abc"]
    assert [item.is_used for item in screen.view.items] == [True, False]
    assert not screen.item("This computer").can_test


@pytest.mark.parametrize("shape", ["{}", '"{}"', "'{}'", "file://{}"])
def test_file_is_added_by_its_path_as_it_is_copied(
    desk: ConnectionsDesk, screen: Screen, tmp_path: Path, shape: str
) -> None:
    file = tmp_path / "my profile.json"
    file.write_text(profile_text())
    path = str(file).replace(" ", "%20") if shape.startswith("file:") else str(file)
    desk.add_text(shape.format(path))
    assert screen.names == ["This computer", "production"]
    assert screen.said == ("Added production.", Tone.READY)
    assert screen.view.selected == screen.item("production").id


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", 'The pasted text is no profile: "name" is missing.'),
        (profile_text(auth={}), 'The pasted text is no profile: "auth.mode" is missing.'),
        ("a\nb", "neither a profile nor the path"),
        ("", "neither a profile nor the path"),
        ("hello", "neither a profile nor the path"),
        ("/none/profile.json", "There is no file profile.json."),
        ("/" + "x" * 5000, "cannot be read"),
    ],
)
def test_wrong_text_is_a_sentence_and_changes_nothing(
    desk: ConnectionsDesk, screen: Screen, text: str, said: str
) -> None:
    desk.add_text(text)
    words, tone = screen.said
    assert said in words
    assert tone is Tone.FAILED
    assert screen.names == ["This computer"]


def test_same_profile_replaces_after_an_answer(desk: ConnectionsDesk, screen: Screen) -> None:
    desk.add_text(profile_text())
    desk.add_text(profile_text(https=None))
    assert screen.said == ("production at this address is there already.", Tone.WAITING)
    assert len(screen.item("production").ways) == 3
    desk.answer()
    assert screen.said == ("Replaced production.", Tone.READY)
    assert len(screen.item("production").ways) == 1
    desk.answer()
    assert screen.names == ["This computer", "production"]


def test_removed_connection_comes_back_on_undo(desk: ConnectionsDesk, screen: Screen) -> None:
    desk.add_text(profile_text())
    desk.remove(screen.item("production").id)
    assert screen.names == ["This computer"]
    assert screen.view.message
    assert screen.view.message.answer == "Un&do"
    desk.answer()
    assert screen.names == ["This computer", "production"]


def test_what_is_in_use_is_not_removed(desk: ConnectionsDesk, screen: Screen, kept: Connections) -> None:
    desk.add_text(profile_text())
    used = screen.item("production").id
    desk.mark_used(used)
    desk.remove(used)
    desk.remove(LOCAL)
    assert screen.item("production").is_used
    assert kept.last_used() == used


def test_name_and_way_are_kept_and_a_wrong_one_said(desk: ConnectionsDesk, screen: Screen) -> None:
    desk.add_text(profile_text())
    id_ = screen.item("production").id
    desk.rename(id_, "main")
    desk.choose_way(id_, "https")
    assert screen.item("main").way == "https"
    desk.rename(id_, " ")
    assert screen.said == ("A name is a line of 1 to 80 characters.", Tone.FAILED)
    desk.rename(LOCAL, "mine")
    assert screen.names == ["This computer", "main"]


def test_no_view_has_a_key(desk: ConnectionsDesk, screen: Screen) -> None:
    desk.add_text(profile_text())
    assert "AKIA" not in repr(screen.views)
    assert "secret-of-nobody" not in repr(screen.views)


def test_proxy_of_the_system_is_named(desk: ConnectionsDesk, screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://anna:pass@proxy.corp:8080")
    desk.add_text(profile_text())
    assert screen.item("production").proxy == "proxy.corp:8080, from HTTPS_PROXY"
    monkeypatch.setenv("https_proxy", "socks5://proxy.corp")
    desk.refresh()
    assert "SOCKS" in screen.item("production").proxy


def test_test_runs_to_its_end(kept: Connections, screen: Screen) -> None:
    async def run() -> None:
        desk = ConnectionsDesk(kept, examine=quick)
        desk.show_on(screen)
        desk.add_text(profile_text())
        desk.test(screen.item("production").id)
        assert screen.view.testing == screen.item("production").id
        await until(lambda: screen.view.testing is None)

    asyncio.run(run())
    steps = screen.item("production").steps
    assert [(step.check, step.outcome) for step in steps] == [(check, Outcome.PASSED) for check in Check]
    assert screen.said == ("All is well.", Tone.READY)


def test_stopped_test_leaves_no_step_running(desk: ConnectionsDesk, screen: Screen) -> None:
    async def run() -> None:
        desk.add_text(profile_text())
        desk.test(screen.item("production").id)
        await until(lambda: bool(screen.item("production").steps))
        desk.stop()
        await desk.close()

    asyncio.run(run())
    assert screen.view.testing is None
    assert [step.outcome for step in screen.item("production").steps] == [Outcome.SKIPPED]
    assert screen.said[0] == "The test was stopped."


def test_test_of_another_one_ends_the_first(desk: ConnectionsDesk, screen: Screen) -> None:
    async def run() -> None:
        desk.add_text(profile_text("one"))
        desk.add_text(profile_text("two"))
        for name in ("one", "two"):
            desk.test(screen.item(name).id)
            await until(lambda name=name: bool(screen.item(name).steps))  # type: ignore[misc]
        assert screen.view.testing == screen.item("two").id
        await desk.close()

    asyncio.run(run())
    assert screen.item("one").steps[0].outcome is Outcome.SKIPPED


def test_test_that_breaks_off_is_said(kept: Connections, screen: Screen) -> None:
    async def broken(_profile: Profile) -> AsyncGenerator[Step, None]:
        yield running(Check.NAME)
        raise OSError

    async def run() -> None:
        desk = ConnectionsDesk(kept, examine=broken)
        desk.show_on(screen)
        desk.add_text(profile_text())
        desk.test(screen.item("production").id)
        await until(lambda: screen.view.testing is None)

    asyncio.run(run())
    assert screen.said == ("The test broke off.", Tone.FAILED)


def test_removing_what_is_tested_stops_the_test(desk: ConnectionsDesk, screen: Screen) -> None:
    async def run() -> None:
        desk.add_text(profile_text())
        desk.test(screen.item("production").id)
        await until(lambda: bool(screen.item("production").steps))
        desk.remove(screen.item("production").id)
        await asyncio.sleep(0)

    asyncio.run(run())
    assert screen.view.testing is None
    assert screen.said[0] == "production is removed."


def test_details_for_a_ticket_have_no_secret(desk: ConnectionsDesk, screen: Screen) -> None:
    desk.add_text(profile_text())
    desk.copy_details(screen.item("production").id)
    desk.copy_details(LOCAL)
    (text,) = screen.copied
    assert "api.example.com" in text
    assert "secret-of-nobody" not in text
    assert "AKIA1234567890ABCDEF" not in text
    assert screen.said[0] == "Details copied."


def test_local_service_is_tested_while_it_runs(kept: Connections, screen: Screen) -> None:
    profile = parse(profile_text(endpoint="ws://127.0.0.1:8080/x", https=None))
    desk = ConnectionsDesk(kept, local=lambda: profile)
    desk.show_on(screen)
    assert screen.item("This computer").can_test
    assert screen.item("This computer").address == "ws://127.0.0.1:8080/x"


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not is_so():  # noqa: ASYNC110  no event is set when a step is shown
            await asyncio.sleep(0)
