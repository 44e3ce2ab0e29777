"""Persons who sign in from the real window, at the page of the emulator's Cognito."""

import asyncio
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest

from backend.aws.report_items import encode
from backend.protocol.identity.redirects import REDIRECTS
from desktop.outside import browsers
from desktop.sign_in import signers
from desktop.sign_in.auth import OidcAuth
from desktop.sign_in.oidc import keychain, sign_in
from desktop.sign_in.oidc.keychain import Entry, Keychain
from desktop.sign_in.profiles import Profile, Transport
from desktop.wording.reports.offers import ActionId as A
from infra import bundle
from infra.local import backend
from infra.local.backend import LocalBackend, SignIn
from infra.local.recording import recorded
from infra.sign_in.issuer import ACCESS_TOKEN_MINUTES
from tests.desktop.sign_in.desk import Desk
from tests.flows.test_window import Analyst, check_file, click, download
from tests.flows.tokens.bearer import Person
from tests.flows.tokens.hosted_page import Browser, Tokens, refreshed
from tests.issuer.chromium import chromium, found
from tests.issuer.people import Keyring, sign_in_with
from tests.qt_loops import Drive

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
LIFE_S = 60 * ACCESS_TOKEN_MINUTES
FOR_FINANCE = """/*
title = "For finance"
description = "A report of few people."
datasets = []
order = ["n"]
groups = ["finance"]
*/
SELECT n FROM range(3) AS numbers(n)
"""
pytestmark = [pytest.mark.slow, pytest.mark.qt_log_ignore("propagateSizeHints")]


@pytest.fixture(scope="module")
def local(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBackend]:
    """Run the backend of an author who has added a report for a few people."""
    sources = tmp_path_factory.mktemp("sources")
    for package in ("backend", "infra"):
        shutil.copytree(bundle.ROOT / package, sources / package, ignore=shutil.ignore_patterns("__pycache__"))
    (sources / "backend" / "reports" / "for-finance.sql").write_text(FOR_FINANCE)
    with pytest.MonkeyPatch.context() as patch:
        for module in (bundle, recorded):
            patch.setattr(module, "ROOT", sources)
        patch.setenv("PYTHONPATH", str(sources))
        with backend.running(cache_dir=cache / "reportwire", settings={"auth": "oidc"}) as local:
            yield local


@dataclass(frozen=True)
class User:
    """A user of the machine, with a browser and a keyring of their own, who starts the program."""

    person: SignIn
    browser: Browser
    keyring: Keyring | None
    _start: Callable[["User", Callable[[Desk], Any], Transport], None] = field(repr=False)

    def start(self, test: Callable[[Desk], Any], transport: Transport = "auto") -> None:
        """Have a window for as long as the test lasts."""
        self._start(self, test, transport)

    @property
    def kept(self) -> dict[tuple[str, str], str]:
        assert self.keyring
        return self.keyring.kept


Users = Callable[..., User]


@pytest.fixture
def user(local: LocalBackend, profile: Profile, drive: Drive, monkeypatch: pytest.MonkeyPatch) -> Users:
    def start(user: User, test: Callable[[Desk], Any], transport: Transport) -> None:
        monkeypatch.setattr(browsers, "open_in_browser", user.browser)
        monkeypatch.setattr(keychain, "system_backend", lambda: user.keyring)
        signers.sign_in_of.cache_clear()  # as another process has nothing but the keyring

        async def flow() -> None:
            desk = Desk(msgspec.structs.replace(profile, transport=transport))
            try:
                await test(desk)
            finally:
                await desk.close()

        drive(flow())

    def make(person: SignIn | None = None, *, has_keyring: bool = True, browses: bool = True) -> User:
        who = person or local.sign_in
        assert who
        return User(who, Browser(who if browses else None), Keyring() if has_keyring else None, start)

    return make


async def sign_in_at(desk: Desk) -> Analyst:
    await desk.until(desk.wants_sign_in)
    desk.press()
    return await signed_in_at(desk)


async def signed_in_at(desk: Desk) -> Analyst:
    await desk.until(desk.is_signed_in)
    analyst = Analyst(desk.app)
    await analyst.until_connected()
    await desk.until(lambda: desk.app.store.session.is_listed)
    return analyst


async def make(analyst: Analyst) -> str:
    report_id = click(analyst, 0, 3)
    await analyst.until_shown(report_id, "Ready")
    return report_id


def shown(desk: Desk) -> set[str]:
    return {row.report_id for row in desk.window.reports.table.reports.rows}


def words_of(desk: Desk, report_id: str) -> str:
    rows = desk.window.reports.table.reports.rows
    return next((row.shown.value.words for row in rows if row.report_id == report_id), "")


def sign_in_of(desk: Desk) -> sign_in.SignIn:
    assert desk.app.profile
    assert isinstance(desk.app.profile.auth, OidcAuth)
    return signers.sign_in_of(desk.app.profile.auth)


def token_of(desk: Desk) -> str:
    return sign_in_of(desk).token()


def entry_of(desk: Desk, user: User) -> Entry:
    entry = Keychain(sign_in_of(desk).auth, lambda: user.keyring).read()
    assert entry
    return entry


def end_tokens(local: LocalBackend) -> None:
    """Have every open connection be past the end of its token."""
    table, name = local.client("dynamodb"), local.outputs["connectionsTable"]
    for row in table.scan(TableName=name)["Items"]:
        if "validUntil" in row:
            table.put_item(TableName=name, Item={**row, "validUntil": encode("valid_until", LONG_AGO)})


def in_chromium(address: str, person: SignIn, folder: Path) -> str:
    """Fill the page in as a person does, and return what is read at the end."""
    fields = {"username": person.name, "password": person.password}
    typed = ", ".join(f"document.forms[0].{name}.value = {json.dumps(text)}" for name, text in fields.items())
    with chromium(folder) as page:
        page.open(address)
        page.until(f"document.forms[0]?.username && ({typed}, document.forms[0].requestSubmit(), true)")
        return str(page.until("document.title === 'Reportwire' && document.body.innerText"))


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Renew a token after a second, and leave the connection that was opened with it two seconds later."""
    monkeypatch.setattr(sign_in, "RENEW_AT", 1 / LIFE_S)
    monkeypatch.setattr(sign_in, "RECONNECT_AT", 3 / LIFE_S)


def test_report_asked_for_after_the_first_start_is_there_at_the_next_on_either_way_and_for_nobody_else(
    user: Users, local: LocalBackend
) -> None:
    ann, bert = user(), user(local.create_person("bert-next-to-ann"))
    made: list[str] = []

    async def first(desk: Desk) -> None:
        made.append(await make(await sign_in_at(desk)))
        assert desk.reason() == f"Signed in as {ann.person.name}."

    async def later(desk: Desk) -> None:
        await signed_in_at(desk)
        await desk.until(lambda: set(made) <= shown(desk))

    async def other(desk: Desk) -> None:
        await sign_in_at(desk)
        assert desk.reason() == f"Signed in as {bert.person.name}."
        assert shown(desk) == set()

    ann.start(first, "websocket")
    bert.start(other, "https")
    ann.start(later, "https")
    ann.start(later, "websocket")
    assert len(ann.browser.addresses) == len(bert.browser.addresses) == 1
    assert "may be closed" in ann.browser.page().text


def test_token_is_renewed_and_nothing_is_seen_of_it(user: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, seen = user(), set()

    async def test(desk: Desk) -> None:
        analyst = await sign_in_at(desk)
        first, app = token_of(desk), desk.app
        report_id = click(analyst, 4000, 3)

        def is_ready() -> bool:
            seen.add(desk.words())
            return words_of(desk, report_id) == "Ready"

        await desk.until(is_ready)
        assert token_of(desk) != first
        assert desk.app is app

    hurry(monkeypatch)
    ann.start(test)
    assert len(ann.browser.addresses) == 1
    assert seen <= {f"local, {words}" for words in ("Connected", "Connecting…")}


def test_token_that_ended_while_the_computer_slept_costs_no_more_than_another_connection(
    user: Users, local: LocalBackend
) -> None:
    ann = user()

    async def test(desk: Desk) -> None:
        analyst = await signed_in_at(desk)
        await asyncio.to_thread(end_tokens, local)
        report_id = click(analyst, 0, 3)
        await analyst.until_shown(report_id, "Ready")
        assert await signed_in_at(desk)

    ann.start(sign_in_at)
    ann.start(test)
    assert len(ann.browser.addresses) == 1


@pytest.mark.parametrize("how", ["admin_user_global_sign_out", "admin_disable_user"])
def test_sign_in_that_cognito_ends_is_asked_for_again(
    user: Users, local: LocalBackend, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    person = local.create_person(how.replace("_", "-"))
    named = {"UserPoolId": local.outputs["userPoolId"], "Username": person.name}
    cognito, ann = local.client("cognito-idp"), user(person)

    async def test(desk: Desk) -> None:
        report_id = await make(await sign_in_at(desk))
        await asyncio.to_thread(lambda: getattr(cognito, how)(**named))
        await desk.until(desk.wants_sign_in)
        assert desk.reason() == "The sign-in has ended."
        assert ann.kept == {}
        desk.press()
        if how == "admin_disable_user":
            await desk.until(lambda: len(ann.browser.addresses) == 2)
            assert "User is disabled." in (await asyncio.to_thread(ann.browser.page)).text
            assert desk.says("Waiting for the browser…")
            await asyncio.to_thread(lambda: cognito.admin_enable_user(**named))
            ann.browser.sign_in(person)
        await signed_in_at(desk)
        assert report_id in shown(desk)

    hurry(monkeypatch)
    ann.start(test)


def test_sign_out_while_a_report_runs_leaves_nothing_here_and_the_report_with_its_owner(
    user: Users, local: LocalBackend
) -> None:
    ann = user(local.create_person("signs-out"))

    async def test(desk: Desk) -> None:
        analyst = await sign_in_at(desk)
        report_id = click(analyst, 1500, 3)
        await analyst.until_shown(report_id, "Running")
        before, refresh = desk.app, entry_of(desk, ann).refresh
        desk.window.actions_of_window[A.SIGN_OUT].trigger()
        await desk.begin_again(before)
        assert desk.window.status.message.text == "You are signed out."
        assert ann.kept == {}
        await desk.until(desk.wants_sign_in)
        assert shown(desk) == set()
        with pytest.raises(httpx.HTTPStatusError):
            refreshed(local.profile["auth"], Tokens("", "", refresh))
        await (await sign_in_at(desk)).until_shown(report_id, "Ready")

    ann.start(test)


def test_whoever_mistypes_the_password_can_try_again_on_the_page_or_give_up_in_the_window(
    user: Users, local: LocalBackend
) -> None:
    person = local.create_person("mistypes")
    ann = user(SignIn(person.name, "wrong"))

    async def test(desk: Desk) -> None:
        await desk.until(desk.wants_sign_in)
        desk.press()
        await desk.until(lambda: ann.browser.addresses)
        assert "Incorrect username or password." in (await asyncio.to_thread(ann.browser.page)).text
        assert desk.says("Waiting for the browser…")
        desk.press()
        await desk.until(desk.wants_sign_in)
        assert desk.reason() == "You are not signed in."
        desk.press()
        await desk.until(lambda: len(ann.browser.addresses) == 2)
        await asyncio.to_thread(ann.browser.page)
        ann.browser.sign_in(person)
        await signed_in_at(desk)
        assert desk.reason() == f"Signed in as {person.name}."

    ann.start(test)


def test_two_users_of_one_machine_sign_in_at_the_same_time_and_have_a_sign_in_each(
    user: Users, local: LocalBackend, profile: Profile
) -> None:
    ann, bert = user(), user(local.create_person("bert-beside-ann"))
    assert isinstance(profile.auth, OidcAuth)
    of_bert = sign_in_with(profile.auth, bert.keyring)

    async def test(desk: Desk) -> None:
        report_id = await make(await sign_in_at(desk))
        assert shown(desk) >= {report_id}

    def browse(address: str) -> None:
        ann.start(test)
        bert.browser(address)

    of_bert.begin(browse)
    opened = [parse_qs(urlsplit(each.browser.addresses[0]).query)["redirect_uri"] for each in (bert, ann)]
    assert opened == [[REDIRECTS[0]], [REDIRECTS[1]]]
    assert Person(local, of_bert.token()).ask("listReports", {})["reports"] == []
    assert of_bert.describe().who == bert.person.name


def test_somebody_else_who_signs_in_by_a_command_gets_nothing_of_what_the_window_had(
    user: Users, local: LocalBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bert = user(), user(local.create_person("bert-by-command"))

    async def test(desk: Desk) -> None:
        report_id = await make(await sign_in_at(desk))
        before = desk.app
        assert report_id in shown(desk)
        command = sign_in_with(sign_in_of(desk).auth, ann.keyring)
        await asyncio.to_thread(command.begin, bert.browser)
        await desk.begin_again(before)
        await signed_in_at(desk)
        assert desk.reason() == f"Signed in as {bert.person.name}."
        assert shown(desk) == set()

    hurry(monkeypatch)
    ann.start(test)


def test_without_a_keyring_the_sign_in_lasts_as_long_as_the_window(user: Users) -> None:
    ann = user(has_keyring=False)

    async def test(desk: Desk) -> None:
        await sign_in_at(desk)
        assert desk.reason() == f"Signed in as {ann.person.name}. You will sign in again next time."

    ann.start(test)
    ann.start(test)
    assert len(ann.browser.addresses) == 2


def test_report_for_a_group_is_offered_to_its_members_alone(user: Users, local: LocalBackend) -> None:
    of_finance, cognito = local.create_person("finance"), local.client("cognito-idp")
    pool = {"UserPoolId": local.outputs["userPoolId"], "GroupName": "finance"}
    cognito.create_group(**pool)
    cognito.admin_add_user_to_group(**pool, Username=of_finance.name)

    async def member(desk: Desk) -> None:
        analyst = await sign_in_at(desk)
        assert desk.window.form.choose("for-finance")
        analyst.click_generate()
        (report_id,) = desk.app.store.session.entries
        await analyst.until_shown(report_id, "Ready")
        assert analyst.result(report_id).row_count == 3

    async def other(desk: Desk) -> None:
        await sign_in_at(desk)
        assert desk.window.form.choose("sample")
        assert not desk.window.form.choose("for-finance")

    user(of_finance).start(member)
    user().start(other)


@pytest.mark.skipif(found() is None, reason="there is no Chromium here: apt-get install chromium")
def test_real_browser_leads_through_the_page_to_a_report_that_is_saved_and_shown(
    user: Users, local: LocalBackend, tmp_path: Path
) -> None:
    ann = user(browses=False)

    async def test(desk: Desk) -> None:
        await desk.until(desk.wants_sign_in)
        desk.press()
        await desk.until(lambda: ann.browser.addresses)
        page = await asyncio.to_thread(in_chromium, ann.browser.addresses[0], ann.person, tmp_path / "browser")
        assert page == "You are signed in. This window may be closed: Reportwire goes on by itself."
        analyst = await signed_in_at(desk)
        report_id = await make(analyst)
        (tmp_path / "saved").mkdir()
        await download(analyst, report_id, file := tmp_path / "saved" / "report.csv")
        check_file(analyst, report_id, file, 3)
        await desk.until(lambda: desk.window.pane.preview.cells.rowCount() == 3)

    ann.start(test)
