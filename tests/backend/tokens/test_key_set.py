"""The issuer's keys: fetched when needed, seldom, and only those that sign."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from backend.tokens.key_set import BETWEEN_FETCHES_S, LONGEST_USE_S, KeysUnavailable
from backend.tokens.verification import InvalidToken
from tests.backend.tokens.issuer import (
    DISCOVERY,
    EC_KEY,
    KEYS,
    OTHER_KEY,
    RSA_KEY,
    Clock,
    Issuer,
    public,
    token,
    verification,
)


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_keys_are_fetched_once_for_many_tokens(issuer: Issuer, clock: Clock) -> None:
    believing = verification(issuer, clock)
    for _ in range(5):
        believing.identity(token())
    believing.identity(token(EC_KEY, algorithm="ES256", header={"kid": "ec"}))
    assert issuer.asked == [DISCOVERY, KEYS]


def test_key_that_is_new_is_fetched_and_one_that_is_gone_is_refused(issuer: Issuer, clock: Clock) -> None:
    believing = verification(issuer, clock)
    believing.identity(token())
    issuer.keys = [public(OTHER_KEY, "next")]
    clock.now = BETWEEN_FETCHES_S + 1
    believing.identity(token(OTHER_KEY, header={"kid": "next"}))
    with pytest.raises(InvalidToken):
        believing.identity(token())


def test_unknown_ids_are_asked_for_once_a_minute(issuer: Issuer, clock: Clock) -> None:
    believing = verification(issuer, clock)
    for number in range(50):
        clock.now += 1
        with pytest.raises(InvalidToken):
            believing.identity(token(header={"kid": f"guess {number}"}))
    assert issuer.asked == [DISCOVERY, KEYS]
    clock.now += BETWEEN_FETCHES_S
    with pytest.raises(InvalidToken):
        believing.identity(token(header={"kid": "guess"}))
    assert len(issuer.asked) == 4


def test_key_that_was_taken_back_counts_an_hour_at_most(issuer: Issuer, clock: Clock) -> None:
    believing = verification(issuer, clock)
    believing.identity(token())
    issuer.keys = [public(OTHER_KEY, "next")]
    clock.now = LONGEST_USE_S
    believing.identity(token())
    clock.now += 1
    with pytest.raises(InvalidToken):
        believing.identity(token())


def test_known_keys_count_while_the_issuer_is_down(issuer: Issuer, clock: Clock) -> None:
    believing = verification(issuer, clock)
    believing.identity(token())
    issuer.is_down = True
    clock.now = 10 * LONGEST_USE_S
    believing.identity(token())


def test_without_any_key_nobody_can_be_told_apart(issuer: Issuer, clock: Clock) -> None:
    issuer.is_down = True
    believing = verification(issuer, clock)
    with pytest.raises(KeysUnavailable):
        believing.identity(token())
    issuer.is_down = False
    with pytest.raises(KeysUnavailable):
        believing.identity(token())
    clock.now = BETWEEN_FETCHES_S + 1
    believing.identity(token())


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example", "jwks_uri": KEYS},
        {"issuer": "https://issuer.example/pool/", "jwks_uri": KEYS},
        {"jwks_uri": KEYS},
        {"issuer": "https://issuer.example/pool"},
        {"issuer": "https://issuer.example/pool", "jwks_uri": 7},
        [],
    ],
)
def test_document_of_another_issuer_gives_no_keys(issuer: Issuer, document: Any) -> None:
    issuer.document = document
    with pytest.raises(KeysUnavailable):
        verification(issuer).identity(token())


@pytest.mark.parametrize(
    "keys",
    [
        [public(RSA_KEY, "rsa", use="enc")],
        [public(RSA_KEY, "rsa", kty="oct", k="c2VjcmV0")],
        [public(rsa.generate_private_key(public_exponent=65537, key_size=1024), "rsa")],
        [public(ec.generate_private_key(ec.SECP384R1()), "rsa")],
        [public(RSA_KEY, "rsa", alg="RS512")],
        [{"kid": "rsa"}, 7, None, {"kty": "RSA"}],
        {"rsa": public(RSA_KEY, "rsa")},
        None,
    ],
)
def test_only_keys_that_sign_and_are_strong_enough_count(issuer: Issuer, keys: Any) -> None:
    issuer.keys = keys
    with pytest.raises(InvalidToken):
        verification(issuer).identity(token())
