"""The sign-in from its beginning to its end, against an issuer on loopback and a browser that fills its form in."""

import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec.structs import replace

from desktop.sign_in.findings import Found, NotSignedIn, SignInUnreachable
from desktop.sign_in.oidc.bearer import BearerSigner
from desktop.sign_in.oidc.keychain import SERVICE
from desktop.sign_in.oidc.sign_in import SignIn
from tests.issuer.people import Clock, Keyring, Person, sign_in_with
from tests.issuer.server import CLIENT, Issuer, issuing


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing() as running:
        yield running


@pytest.fixture
def keyring() -> Keyring:
    return Keyring()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sign_in(issuer: Issuer, keyring: Keyring, clock: Clock) -> SignIn:
    return sign_in_with(issuer.auth, keyring, clock)


def entry(issuer: Issuer) -> tuple[str, str]:
    return SERVICE, f"{issuer.url} {CLIENT}"


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_first_sign_in_gives_a_token_that_the_service_takes(algorithm: str) -> None:
    person = Person()
    with issuing(algorithm=algorithm) as issuer:
        sign_in = sign_in_with(issuer.auth, Keyring())
        sign_in.begin(person)
        token = BearerSigner(sign_in).sign()["Authorization"].removeprefix("Bearer ")
        verification = issuer.verification()
        assert verification.identity(token).owner == f"{issuer.url}|sub-ann"
        issuer.rotate_keys()
        sign_in.forget()
        assert issuer.verification().identity(sign_in.token()).owner == f"{issuer.url}|sub-ann"
    assert sign_in.status
    assert sign_in.status.is_kept
    assert sign_in.status.person
    assert sign_in.status.person.name == "ann@example.com"
    assert "may be closed" in person.done().text


def test_what_goes_out_is_bound_to_this_attempt_and_has_nothing_secret(issuer: Issuer, sign_in: SignIn) -> None:
    person = Person()
    for _ in range(2):
        sign_in.begin(person)
    first, second = (parse_qs(urlsplit(address).query) for address in person.addresses)
    assert first["code_challenge_method"] == ["S256"]
    assert first["scope"] == ["openid"]
    assert "audience" not in first
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) == 43
        assert first[name] != second[name]
    verifiers = [form["code_verifier"] for path, form in issuer.asked if path == "/token"]
    assert not any(verifier in address for verifier in verifiers for address in person.addresses)


def test_audience_is_asked_for_where_the_profile_names_one(issuer: Issuer) -> None:
    person = Person()
    auth = issuer.auth.__class__(issuer=issuer.url, client_id=CLIENT, audience="https://reports", scopes=("a", "b"))
    sign_in_with(auth, None).begin(person)
    asked = parse_qs(urlsplit(person.addresses[0]).query)
    assert (asked["audience"], asked["scope"]) == (["https://reports"], ["a b"])


def test_code_stays_in_no_address_and_no_page(issuer: Issuer, sign_in: SignIn) -> None:
    person = Person()
    sign_in.begin(person)
    page = person.done()
    assert [step.status_code for step in page.history] == [303, 303]
    assert page.url.query == b""
    assert page.headers["Cache-Control"] == "no-store"
    assert page.history[-1].headers["Cache-Control"] == "no-store"
    assert not any(secret in page.text for secret in issuer.given)


def test_token_is_renewed_at_four_fifths_of_its_life_and_once(issuer: Issuer, sign_in: SignIn, clock: Clock) -> None:
    sign_in.begin(Person())
    first = sign_in.token()
    clock.now += 0.79 * 300
    assert sign_in.token() == first
    clock.now += 0.02 * 300
    assert sign_in.token() != first
    assert issuer.tokens_asked == ["authorization_code", "refresh_token"]


def test_many_who_need_a_newer_token_ask_for_it_once(issuer: Issuer, sign_in: SignIn, clock: Clock) -> None:
    sign_in.begin(Person())
    clock.now += 290
    issuer.gate = threading.Event()
    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append(sign_in.token())) for _ in range(8)]
    for thread in threads:
        thread.start()
    issuer.gate.set()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert len(set(got)) == 1
    assert issuer.tokens_asked == ["authorization_code", "refresh_token"]


def test_refused_token_is_renewed_though_it_is_young(issuer: Issuer, sign_in: SignIn) -> None:
    sign_in.begin(Person())
    first = sign_in.token()
    BearerSigner(sign_in).forget()
    assert sign_in.token() != first


@pytest.mark.parametrize("rotates", [True, False])
def test_next_start_goes_on_with_what_the_keyring_has(*, rotates: bool, keyring: Keyring) -> None:
    with issuing(rotates=rotates) as issuer:
        sign_in_with(issuer.auth, keyring).begin(Person())
        for _ in range(3):  # a refresh token that rotates is good once
            later = sign_in_with(issuer.auth, keyring)
            assert later.status is None
            assert later.token()
            assert later.status
            assert later.status.person
            assert later.status.person.name == "ann@example.com"
    assert len({form["refresh_token"] for _, form in issuer.asked if "refresh_token" in form}) == (3 if rotates else 1)


def test_two_programs_take_turns_with_one_refresh_token(issuer: Issuer, keyring: Keyring, clock: Clock) -> None:
    one, other = (sign_in_with(issuer.auth, keyring, clock) for _ in range(2))
    one.begin(Person())
    for _ in range(3):
        for each in (one, other):
            clock.now += 290
            assert each.token()


def test_sign_in_that_the_issuer_ended_is_over_until_the_next(
    issuer: Issuer, sign_in: SignIn, keyring: Keyring
) -> None:
    sign_in.begin(Person())
    issuer.end_all()
    sign_in.forget()
    for _ in range(2):
        with pytest.raises(NotSignedIn, match=r"^The sign-in has ended\.$"):
            sign_in.token()
    assert (sign_in.status, keyring.kept) == (None, {})
    assert issuer.tokens_asked == ["authorization_code", "refresh_token"]
    sign_in.begin(Person())
    assert sign_in.token()


def test_nobody_is_signed_in_at_first(sign_in: SignIn) -> None:
    with pytest.raises(NotSignedIn, match=r"^You are not signed in\.$"):
        sign_in.token()
    with pytest.raises(NotSignedIn, match=r"^You are not signed in\.$"):
        sign_in.end()


def test_issuer_out_of_reach_costs_nothing_while_the_token_holds(issuer: Issuer, sign_in: SignIn, clock: Clock) -> None:
    sign_in.begin(Person())
    first = sign_in.token()
    issuer.status = 503
    clock.now += 290
    assert sign_in.token() == first
    clock.now += 20
    with pytest.raises(SignInUnreachable, match="status 503"):
        sign_in.token()
    issuer.status = None
    assert sign_in.token() != first


def test_connection_may_last_until_its_token_is_nearly_over(sign_in: SignIn, clock: Clock) -> None:
    assert sign_in.left_s() is None
    sign_in.begin(Person())
    assert sign_in.left_s() == pytest.approx(270)
    clock.now += 400
    assert sign_in.left_s() == 0


def test_sign_out_is_revoked_and_forgotten(issuer: Issuer, sign_in: SignIn, keyring: Keyring) -> None:
    sign_in.begin(Person())
    assert sign_in.end() == ""
    assert issuer.revoked == [secret for secret in issuer.given if secret in issuer.revoked]
    assert len(issuer.revoked) == 1
    assert (keyring.kept, sign_in.status) == ({}, None)
    with pytest.raises(NotSignedIn):
        sign_in.token()


@pytest.mark.parametrize(
    ("settings", "words"), [({"can_revoke": False}, "offers no way"), ({"status": 500}, "status 500")]
)
def test_sign_out_that_the_issuer_does_not_hear_of_is_one_here_and_says_so(
    settings: dict[str, Any], words: str, keyring: Keyring
) -> None:
    with issuing(can_revoke=settings.get("can_revoke", True)) as issuer:
        sign_in = sign_in_with(issuer.auth, keyring)
        sign_in.begin(Person())
        issuer.status = settings.get("status")
        said = sign_in.end()
    assert said.startswith("You are signed out here. The issuer was not told")
    assert words in said
    assert keyring.kept == {}


def test_sign_out_elsewhere_counts_here_when_the_token_is_to_be_renewed(
    issuer: Issuer, sign_in: SignIn, keyring: Keyring, clock: Clock
) -> None:
    sign_in.begin(Person())
    sign_in_with(issuer.auth, keyring, clock).end()
    clock.now += 290
    with pytest.raises(NotSignedIn, match="has ended"):
        sign_in.token()


@pytest.mark.parametrize("is_over", [False, True])
def test_somebody_else_who_signs_in_elsewhere_does_not_go_on_with_what_is_under_way_here(
    issuer: Issuer, sign_in: SignIn, keyring: Keyring, clock: Clock, *, is_over: bool
) -> None:
    sign_in.begin(Person())
    clock.now += 290
    if is_over:
        issuer.end_all()
        with pytest.raises(NotSignedIn, match="has ended"):
            sign_in.token()
    sign_in_with(issuer.auth, keyring, clock).begin(Person("bert"))
    with pytest.raises(NotSignedIn, match=r"^Somebody else has signed in\.$"):
        sign_in.token()
    assert sign_in.status
    assert sign_in.status.person
    assert sign_in.status.person.name == "bert@example.com"
    assert issuer.verification().identity(sign_in.token()).owner == f"{issuer.url}|sub-bert"


def test_whoever_signs_in_elsewhere_after_a_sign_out_is_signed_in_here(
    issuer: Issuer, sign_in: SignIn, keyring: Keyring
) -> None:
    sign_in.begin(Person())
    sign_in.end()
    sign_in_with(issuer.auth, keyring).begin(Person("bert"))
    assert issuer.verification().identity(sign_in.token()).owner == f"{issuer.url}|sub-bert"


def test_two_users_of_one_machine_have_a_sign_in_each(issuer: Issuer) -> None:
    signed_in = {}
    for user in ("ann", "bert"):
        signed_in[user] = sign_in_with(issuer.auth, Keyring())
        signed_in[user].begin(Person(user))
    owners = [issuer.verification().identity(each.token()).owner for each in signed_in.values()]
    assert owners == [f"{issuer.url}|sub-ann", f"{issuer.url}|sub-bert"]
    signed_in["ann"].end()
    assert signed_in["bert"].token()


def test_two_issuers_are_kept_apart_in_one_keyring(keyring: Keyring) -> None:
    with issuing() as one, issuing() as other:
        for issuer, user in ((one, "ann"), (other, "bert")):
            sign_in_with(issuer.auth, keyring).begin(Person(user))
        assert {entry(one), entry(other)} <= keyring.kept.keys()
        names = [sign_in_with(issuer.auth, keyring).describe().who for issuer in (one, other)]
    assert names == ["ann@example.com", "bert@example.com"]


def test_profile_of_another_client_begins_signed_out_and_ends_nobody_s_sign_in(
    issuer: Issuer, sign_in: SignIn, keyring: Keyring
) -> None:
    sign_in.begin(Person())
    other = sign_in_with(replace(issuer.auth, client_id="another"), keyring)
    with pytest.raises(NotSignedIn, match=r"^You are not signed in\.$"):
        other.token()
    assert sign_in_with(issuer.auth, keyring).token()


@pytest.mark.parametrize("broken", [None, "raises"])
def test_without_a_keyring_the_sign_in_lasts_as_long_as_the_program(broken: str | None, clock: Clock) -> None:
    kept = Keyring() if broken else None
    with issuing() as issuer:
        sign_in = sign_in_with(issuer.auth, kept, clock)
        if kept:
            kept.is_broken = True
        sign_in.begin(Person())
        assert sign_in.status
        assert not sign_in.status.is_kept
        for _ in range(3):
            clock.now += 290
            assert sign_in.token()
        with pytest.raises(NotSignedIn):
            sign_in_with(issuer.auth, kept, clock).token()
        said = sign_in.end()
    assert ("remove its entry" in said) == bool(broken)
    assert "hunter2" not in said
    assert len(issuer.revoked) == 1


def test_without_a_refresh_token_the_sign_in_lasts_as_long_as_its_token(clock: Clock, keyring: Keyring) -> None:
    with issuing(gives_refresh=False) as issuer:
        sign_in = sign_in_with(issuer.auth, keyring, clock)
        sign_in.begin(Person())
        assert sign_in.status
        assert not sign_in.status.is_kept
        clock.now += 299
        assert sign_in.token()
        clock.now += 2
        with pytest.raises(NotSignedIn, match="has ended"):
            sign_in.token()
    assert keyring.kept == {}


def test_token_without_an_id_token_is_somebody_s(clock: Clock, keyring: Keyring) -> None:
    with issuing(gives_id_token=False, life_s=None) as issuer:
        sign_in = sign_in_with(issuer.auth, keyring, clock)
        sign_in.begin(Person())
        found = sign_in.describe()
    assert isinstance(found, Found)
    assert (found.origin, found.who) == ("oidc", "")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"error": "access_denied"}, "given up in the browser"),
        (
            {"error": "access_denied", "error_description": "Ann is not assigned.\n<b>"},
            "It says: Ann is not assigned. <b>",
        ),
        ({"error": "<script>"}, r"The issuer refused the sign-in \(unknown\)"),
        ({"nothing": "x"}, "without a code"),
        ({"code": "x", "iss": "https://other.example"}, "Another issuer answered"),
        ({"code": "another's"}, "The sign-in has ended"),
    ],
)
def test_refusal_is_a_sentence_here_and_in_the_browser(sign_in: SignIn, issuer: Issuer, said: Any, words: str) -> None:
    issuer.refuses, person = said, Person()
    with pytest.raises(NotSignedIn, match=words):
        sign_in.begin(person)
    page = person.done()
    assert "<b>" not in page.text
    assert "You are not signed in" in page.text
    assert sign_in.status is None


def test_browser_says_what_became_of_the_sign_in_once_that_is_known(issuer: Issuer, sign_in: SignIn) -> None:
    issuer.status, person = 503, Person()
    with pytest.raises(SignInUnreachable, match="status 503"):
        sign_in.begin(person)
    assert "You are not signed in: The sign-in at 127.0.0.1 answered with status 503." in person.done().text


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://other.example"},
        {"aud": "another"},
        {"aud": ["another"]},
        {"sub": ""},
        {"sub": None},
    ],
)
def test_id_token_of_another_sign_in_is_refused(sign_in: SignIn, issuer: Issuer, claims: dict[str, Any]) -> None:
    issuer.claims = claims
    with pytest.raises(NotSignedIn, match="gave tokens that"):
        sign_in.begin(Person())
    assert sign_in.status is None


def test_tokens_of_another_person_are_refused_when_they_are_renewed(sign_in: SignIn, issuer: Issuer) -> None:
    sign_in.begin(Person())
    issuer.claims = {"sub": "somebody else"}
    sign_in.forget()
    with pytest.raises(NotSignedIn, match="another person"):
        sign_in.token()


@pytest.mark.parametrize(
    ("document", "kind", "words"),
    [
        ({"issuer": "https://other.example"}, NotSignedIn, "describes another issuer"),
        ({"token_endpoint": "http://other.example/token"}, NotSignedIn, "without encryption"),
        ({"authorization_endpoint": "file:///etc/passwd"}, NotSignedIn, "without encryption"),
        ({"token_endpoint": 1}, SignInUnreachable, "in no way this program reads"),
    ],
)
def test_discovery_that_cannot_be_trusted_ends_it_before_the_browser(
    sign_in: SignIn, issuer: Issuer, document: dict[str, Any], kind: type[Exception], words: str
) -> None:
    issuer.document, person = document, Person()
    with pytest.raises(kind, match=words):
        sign_in.begin(person)
    assert person.addresses == []


def test_issuer_that_is_not_there_is_an_outage() -> None:
    with issuing() as issuer:
        auth = issuer.auth
    with pytest.raises(SignInUnreachable, match=r"cannot be reached: 127\.0\.0\.1"):
        sign_in_with(auth, None).begin(Person())


def test_browser_that_never_comes_back_is_given_up(sign_in: SignIn) -> None:
    with pytest.raises(NotSignedIn, match="did not come back within"):
        sign_in.begin(lambda _: None, limit_s=0.05)


def test_cancelled_sign_in_ends_at_once(sign_in: SignIn) -> None:
    cancelled = threading.Event()
    with pytest.raises(NotSignedIn, match="cancelled"):
        sign_in.begin(lambda _: cancelled.set(), cancelled=cancelled)
