"""An issuer of the tests' own: keys of both kinds, tokens, and the two documents it publishes."""

import base64
import json
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from backend.tokens.key_set import KeySet
from backend.tokens.verification import Verification

ISSUER = "https://issuer.example/pool"
CLIENT = "desktop"
DISCOVERY = f"{ISSUER}/.well-known/openid-configuration"
KEYS = f"{ISSUER}/keys"
NOW = 1_790_000_000
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "sub": "ann",
    "client_id": CLIENT,
    "token_use": "access",
    "iat": NOW - 10,
    "exp": NOW + 300,
}


def token(key: Any = RSA_KEY, *, algorithm: str = "RS256", header: dict[str, Any] | None = None, **claims: Any) -> str:
    """Return a token with these claims beside the usual ones; None takes one away."""
    said = {name: value for name, value in (CLAIMS | claims).items() if value is not None}
    signed = f"{part({'alg': algorithm, 'kid': 'rsa', 'typ': 'JWT'} | (header or {}))}.{part(said)}"
    signature = jwt.get_algorithm_by_name(algorithm).sign(signed.encode(), key)
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def part(content: object) -> str:
    """Return a part of a token: JSON, whatever it holds."""
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def public(key: Any, key_id: str, **more: Any) -> dict[str, Any]:
    """Return a key as an issuer publishes it."""
    is_ec = isinstance(key, ec.EllipticCurvePrivateKey)
    algorithm: Any = jwt.algorithms.ECAlgorithm if is_ec else jwt.algorithms.RSAAlgorithm
    return {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": key_id, "use": "sig", **more}


class Issuer:
    """What the issuer answers now, and how often it was asked."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = {"issuer": ISSUER, "jwks_uri": KEYS}
        self.keys = [public(RSA_KEY, "rsa"), public(EC_KEY, "ec")]
        self.asked: list[str] = []
        self.is_down = False

    def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        if self.is_down:
            raise OSError("no route to host")
        return json.dumps({DISCOVERY: self.document, KEYS: {"keys": self.keys}}[url]).encode()


class Clock:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def verification(issuer: Issuer, clock: Clock | None = None, **settings: Any) -> Verification:
    keys = KeySet(ISSUER, DISCOVERY, issuer.fetch, clock or Clock())
    return Verification(issuer=ISSUER, client_id=CLIENT, key=keys.key, now=lambda: NOW, **settings)
