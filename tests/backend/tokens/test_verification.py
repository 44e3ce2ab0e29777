"""Tokens of every kind that is not to be believed, and those that are."""

import base64
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from backend.tokens.verification import LONGEST_TOKEN, Identity, InvalidToken
from tests.backend.tokens.issuer import (
    CLIENT,
    EC_KEY,
    ISSUER,
    NOW,
    OTHER_KEY,
    RSA_KEY,
    Issuer,
    part,
    token,
    verification,
)

ANN = f"{ISSUER}|ann"


def refused(hostile: str, **settings: Any) -> str:
    with pytest.raises(InvalidToken) as refusal:
        verification(Issuer(), **settings).identity(hostile)
    return str(refusal.value)


@pytest.mark.parametrize(
    "good",
    [
        token(),
        token(EC_KEY, algorithm="ES256", header={"kid": "ec"}),
        token(header={"typ": "at+jwt"}),
        token(nbf=NOW + 30),
        token(client_id=None, azp=CLIENT, token_use=None),
    ],
)
def test_token_of_the_issuer_for_this_client_is_believed(good: str) -> None:
    assert verification(Issuer()).identity(good) == Identity(owner=ANN, valid_until=NOW + 300)


def test_audience_counts_where_one_is_set() -> None:
    believing = verification(Issuer(), audience="reports")
    assert believing.identity(token(aud="reports")).owner == ANN
    assert believing.identity(token(aud=["other", "reports"], client_id=None)).owner == ANN
    for aud in ("other", ["other"], [], None, {"reports": 1}, 7):
        assert "audience" in refused(token(aud=aud), audience="reports")
    assert "client" in refused(token(aud="reports", client_id="else"), audience="reports")


@pytest.mark.parametrize(
    ("claim", "groups"),
    [
        (["finance", "sales"], ("finance", "sales")),
        ("finance sales", ("finance", "sales")),
        (["finance", 7, ""], ("finance",)),
        ({"finance": True}, ()),
        (None, ()),
        (["g"] * 500 + ["sales"], ("sales",)),
    ],
)
def test_groups_are_those_that_reports_are_for(claim: object, groups: tuple[str, ...]) -> None:
    claims: dict[str, Any] = {"cognito:groups": claim}
    known = frozenset({"finance", "sales", "board"})
    found = verification(Issuer(), groups_claim="cognito:groups", groups=known).identity(token(**claims))
    assert found.groups == groups


PUBLIC_PEM = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
UNSIGNED = f"{part({'alg': 'none', 'kid': 'rsa'})}.{part({'iss': ISSUER, 'sub': 'ann', 'exp': NOW + 9})}."
HEAD, BODY, SIGNATURE = token().split(".")


def signed_by_secret() -> str:
    """Return a token signed with the public key as a shared secret, which a careless check takes for right."""
    import hashlib  # noqa: PLC0415  one use
    import hmac  # noqa: PLC0415

    head = part({"alg": "HS256", "kid": "rsa", "typ": "JWT"})
    mac = hmac.new(PUBLIC_PEM, f"{head}.{BODY}".encode(), hashlib.sha256).digest()
    return f"{head}.{BODY}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


@pytest.mark.parametrize(
    ("hostile", "reason"),
    [
        (UNSIGNED, "algorithm"),
        (UNSIGNED.replace("none", "NONE"), ""),
        (signed_by_secret(), "algorithm"),
        (token(OTHER_KEY), "InvalidSignatureError"),
        (f"{HEAD}.{part({'iss': ISSUER, 'sub': 'bob', 'client_id': CLIENT, 'exp': NOW + 9})}.{SIGNATURE}", "Signature"),
        (f"{HEAD}.{BODY}.", "Signature"),
        (token(algorithm="RS512"), "algorithm"),
        (token(header={"kid": "ec"}), "not that of its key"),
        (token(iss="https://issuer.example/other"), "InvalidIssuerError"),
        (token(iss=[ISSUER]), ""),
        (token(client_id="else"), "another client"),
        (token(client_id=None), "another client"),
        (token(client_id=None, aud=CLIENT), "another client"),
        (token(token_use="id"), "no access token"),
        (token(typ="ID"), "no access token"),
        (token(nonce="n"), "no access token"),
        (token(at_hash="h"), "no access token"),
        (token(header={"typ": "id+jwt"}), "no access token"),
        (token(header={"typ": "logout+jwt"}), "no access token"),
        (token(header={"crit": ["b64"]}), ""),
        (token(exp=NOW), "ended"),
        (token(exp=NOW - 1), "ended"),
        (token(exp=None), "MissingRequiredClaimError"),
        (token(exp=True), "no time"),
        (token(exp=2**60), "no time"),
        (token(nbf=NOW + 61), "not valid yet"),
        (token(iat=NOW + 61), "not valid yet"),
        (token(sub=None), "MissingRequiredClaimError"),
        (token(sub=""), "no name"),
        (token(sub="a" * 256), "no name"),
        (token(sub="ann\nbob"), "no name"),
        (token(header={"kid": None}), ""),
        (token(header={"kid": "no such"}), "no such key"),
        (token(header={"kid": "../../rsa"}), "no such key"),
        (token(header={"kid": "k" * 257}), "names no key"),
        (token(header={"kid": "rsa", "jku": "https://evil.example", "x5u": "https://evil.example"}, iss="x"), ""),
        (token(pad="x" * LONGEST_TOKEN), "too long"),
        ("x" * 1_000_000, "too long"),
        ("", ""),
        ("..", ""),
        ("a.b.c.d.e", ""),
        (f"{part([])}.{BODY}.{SIGNATURE}", ""),
        (f"{HEAD}.{part([])}.{SIGNATURE}", ""),
        ("é.ü.ß", ""),
        ("\ud800.a.b", ""),
    ],
)
def test_token_that_is_not_to_be_believed_is_refused(hostile: str, reason: str) -> None:
    assert reason in refused(hostile)


@given(st.text(max_size=200) | st.lists(st.text(max_size=60), min_size=3, max_size=3).map(".".join))
def test_text_of_any_kind_is_refused(text: str) -> None:
    refused(text)


VALUES = st.none() | st.integers() | st.text() | st.lists(st.text())


@given(st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "jwk"]), VALUES, max_size=5))
def test_header_of_any_kind_is_refused(header: dict[str, Any]) -> None:
    refused(f"{part(header)}.{BODY}.{SIGNATURE}")


def test_reason_quotes_nothing_of_the_token() -> None:
    assert "secret-subject" not in refused(token(sub="secret-subject", exp=NOW - 1))


def test_keys_that_a_token_brings_itself_are_not_used() -> None:
    own = jwt.algorithms.RSAAlgorithm.to_jwk(OTHER_KEY.public_key(), as_dict=True)
    issuer = Issuer()
    with pytest.raises(InvalidToken):
        verification(issuer).identity(token(OTHER_KEY, header={"jwk": own, "jku": "https://evil.example/keys"}))
    assert all(url.startswith(ISSUER) for url in issuer.asked)
