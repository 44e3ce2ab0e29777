"""One attempt to sign in: what is asked of the issuer, so that nobody else can use the answer.

sign_in ──▶ **Attempt** ── address ──▶ browser;  state ──▶ redirect;  verifier ──▶ token_endpoint;  nonce ──▶ tokens

Sources: https://www.rfc-editor.org/rfc/rfc7636 (PKCE), https://www.rfc-editor.org/rfc/rfc8252 (native apps),
https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest
"""

import base64
import hashlib
import secrets
from functools import partial
from urllib.parse import urlencode

from msgspec import Struct, field

from desktop.sign_in.auth import OidcAuth

RANDOM_BYTES = 32
"""Gives 43 characters, the least that a verifier may have. Source: RFC 7636, section 4.1"""
_random = partial(secrets.token_urlsafe, RANDOM_BYTES)


class Attempt(Struct, frozen=True):
    """Random texts of one attempt. The verifier leaves this computer for the token endpoint alone."""

    state: str = field(default_factory=_random)
    nonce: str = field(default_factory=_random)
    verifier: str = field(default_factory=_random)

    def __repr__(self) -> str:
        """Leave out everything: reprs end in logs."""
        return "Attempt(…)"

    @property
    def challenge(self) -> str:
        """What proves, to an issuer that knows it beforehand, that the verifier is the same one's."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def address(self, auth: OidcAuth, endpoint: str, redirect: str) -> str:
        """Return the address to open in the browser. Nothing in it is secret.

        An audience goes out as `audience`, as Auth0 and Ory Hydra read it; others ignore it. RFC 8707 calls it
        `resource`, with which Entra ID refuses the request: there, and at Okta or Cognito, a scope names the audience.
        Source: https://github.com/modelcontextprotocol/modelcontextprotocol/issues/1389
        """
        asked = {
            "response_type": "code",
            "client_id": auth.client_id,
            "redirect_uri": redirect,
            "scope": " ".join(auth.scopes),
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
        }
        if auth.audience is not None:
            asked["audience"] = auth.audience
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"
