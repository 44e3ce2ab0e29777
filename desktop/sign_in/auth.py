"""How a profile says that requests are signed: with AWS credentials, or with tokens of an issuer.

profiles ──▶ **Auth**, **fault_of**
"""

from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from backend.protocol.identity.redirects import SCOPES
from desktop.outside.environment import LOOPBACK
from desktop.outside.sentence import Sentence

Text = Annotated[str, Meta(min_length=1)]
Scope = Annotated[str, Meta(min_length=1, pattern=r"^[\x21\x23-\x5B\x5D-\x7E]+$")]
"""Source: https://www.rfc-editor.org/rfc/rfc6749#section-3.3"""
DISCOVERY_PATH = "/.well-known/openid-configuration"
"""Source: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationRequest"""


class IamAuth(Struct, frozen=True, kw_only=True, rename="camel", tag_field="mode", tag="iam"):
    """With a named AWS profile, with these keys, or with what the AWS tools would find."""

    aws_profile: Text | None = None
    access_key_id: Text | None = None
    secret_access_key: Text | None = None

    def __repr__(self) -> str:
        """Leave out the keys: reprs end in logs."""
        return f"IamAuth(aws_profile={self.aws_profile!r})"


class OidcAuth(Struct, frozen=True, kw_only=True, rename="camel", tag_field="mode", tag="oidc"):
    """With a token that an issuer of OpenID Connect gives to whoever signs in, in the browser."""

    issuer: Text
    """As the issuer itself writes it, to the letter: tokens name it so."""
    client_id: Text
    audience: Text | None = None
    """What the token is to be for, where the issuer wants that to be said."""
    discovery_url: Text | None = None
    """Where the issuer describes itself, where that is not below its own address."""
    scopes: Annotated[tuple[Scope, ...], Meta(min_length=1)] = SCOPES

    @property
    def discovery(self) -> str:
        """The address at which the issuer describes itself."""
        return self.discovery_url or self.issuer.rstrip("/") + DISCOVERY_PATH

    @property
    def host(self) -> str:
        """The issuer's host, to be shown."""
        return urlsplit(self.issuer).hostname or ""


Auth = IamAuth | OidcAuth
_NO_MORE = Sentence("must be {scheme}://, a host and a path, and no more", scheme="https")


def fault_of(auth: Auth) -> str | None:
    """Return what is wrong, beyond types, as a sentence that names the field."""
    match auth:
        case IamAuth():
            is_half = (auth.access_key_id is None) != (auth.secret_access_key is None)
            return '"accessKeyId" and "secretAccessKey" go together.' if is_half else None
        case OidcAuth():
            wrong = _wrong_address(auth.issuer)
            if wrong or "?" in auth.issuer:
                return Sentence("{field} {fault}.", field='"auth.issuer"', fault=wrong or _NO_MORE)
            wrong = _wrong_address(auth.discovery_url) if auth.discovery_url else None
            return Sentence("{field} {fault}.", field='"auth.discoveryUrl"', fault=wrong) if wrong else None


def is_safe(url: str, *, may_be_here: bool = True) -> bool:
    """Return whether tokens may be sent to an address: over TLS, or to this machine where that is allowed."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and may_be_here and host in LOOPBACK))


def _wrong_address(text: str) -> str | None:
    """Return what is wrong with an address, to follow the name of its field."""
    if not text.isascii() or not text.isprintable() or " " in text:
        return Sentence("is no address")
    if not is_safe(text):
        return Sentence("must begin with {scheme}://", scheme="https")
    parts = urlsplit(text)
    if "#" in text or parts.username is not None:
        return _NO_MORE
    return None
