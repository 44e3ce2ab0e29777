"""What is to be there at the next start, in the keyring of the system: nowhere else, and in no file of ours.

sign_in ── `Entry` ──▶ **Keychain** ──▶ Secret Service, KWallet, macOS Keychain, Windows Credential Locker

The package `keyring` takes whatever backend is installed, one that writes plain files too; only those named here are
used. Which of them it would take, by its own settings and variables, is left to it. Source:
https://keyring.readthedocs.io/en/latest/#third-party-backends
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

import msgspec
from msgspec import Struct

from desktop.sign_in.auth import OidcAuth

log = logging.getLogger(__name__)

SERVICE = "reportwire"
ALLOWED = frozenset(
    {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.kwallet.DBusKeyringKWallet4",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.Windows.WinVaultKeyring",
    }
)
"""Backends in which a secret is the user's own, by the names of their classes."""
PIECE = 1_000
"""Characters of one entry: Windows takes 2,560 bytes, two a character; refresh tokens are longer.

Source: https://learn.microsoft.com/windows/win32/api/wincred/ns-wincred-credentialw
"""
MOST_PIECES = 32


class NoKeychain(Exception):
    """There is none: nothing can be kept."""


class KeychainFailed(NoKeychain):
    """It does not work now, as when it stays locked."""


class Entry(Struct, frozen=True):
    """What renews a sign-in, and whose it is."""

    refresh: str
    subject: str = ""
    name: str = ""

    def __repr__(self) -> str:
        """Leave out the token: reprs end in logs."""
        return "Entry(…)"


class Backend(Protocol):
    """The part of `keyring.backend.KeyringBackend` that is used."""

    def get_password(self, service: str, username: str, /) -> str | None:
        """Return what is kept, or None."""

    def set_password(self, service: str, username: str, password: str, /) -> None:
        """Keep it."""

    def delete_password(self, service: str, username: str, /) -> None:
        """Keep it no more; raises where there is nothing."""


class Keychain:
    """The entry of one issuer and client. Every method may block, as a keyring may ask for its password."""

    def __init__(self, auth: OidcAuth, find: Callable[[], Backend | None] | None = None) -> None:
        self._name = f"{auth.issuer} {auth.client_id}"
        self._find = find or system_backend

    def read(self) -> Entry | None:
        """Return what is kept. Raises `NoKeychain`."""
        backend = self._backend()
        try:
            first = backend.get_password(SERVICE, self._name)
            if first is None:
                return None
            count, _, text = first.partition(" ")
            rest = [backend.get_password(SERVICE, name) for name in self._more(int(count))]
            return msgspec.json.decode("".join([text, *(piece or "" for piece in rest)]), type=Entry)
        except (ValueError, msgspec.DecodeError):  # somebody else's, or half of ours
            return None
        except Exception as error:  # noqa: BLE001  of any backend
            raise _failed(error) from None

    def write(self, entry: Entry) -> None:
        """Keep it, in the place of what was kept. Raises `NoKeychain`."""
        backend, text = self._backend(), msgspec.json.encode(entry).decode()
        pieces = [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
        try:
            for name, piece in zip(self._more(len(pieces)), pieces[1:], strict=True):
                backend.set_password(SERVICE, name, piece)
            backend.set_password(SERVICE, self._name, f"{len(pieces)} {pieces[0]}")
        except Exception as error:  # noqa: BLE001  of any backend
            raise _failed(error) from None

    def delete(self) -> None:
        """Keep nothing any more. Raises `NoKeychain`."""
        backend = self._backend()
        try:
            first = backend.get_password(SERVICE, self._name)
            if first is None:
                return
            count = first.partition(" ")[0]
            names = self._more(int(count)) if count.isdecimal() else []
            backend.delete_password(SERVICE, self._name)
        except Exception as error:  # noqa: BLE001  of any backend
            raise _failed(error) from None
        for name in names:
            with suppress(Exception):
                backend.delete_password(SERVICE, name)

    def _more(self, count: int) -> list[str]:
        return [f"{self._name} {number}" for number in range(2, min(count, MOST_PIECES) + 1)]

    def _backend(self) -> Backend:
        backend = self._find()
        if backend is None:
            raise NoKeychain
        return backend


def system_backend() -> Backend | None:
    """Return the keyring of this user's system, if it is one in which a secret is safe."""
    try:
        import keyring  # noqa: PLC0415  looks for backends, which takes a moment and asks the desktop's bus

        chosen = keyring.get_keyring()
        offered = getattr(chosen, "backends", None)  # of the chainer, which takes several, the best first
        candidates = [chosen] if offered is None else list(offered)
    except Exception as error:  # noqa: BLE001  of any backend, or of the user's settings
        log.warning("the system's keyring cannot be used (%s)", type(error).__name__)
        return None
    return next((each for each in candidates if _name_of(each) in ALLOWED), None)


def _name_of(backend: object) -> str:
    kind = type(backend)
    return f"{kind.__module__}.{kind.__qualname__}"


def _failed(error: Exception) -> KeychainFailed:
    log.warning("the system's keyring failed (%s)", type(error).__name__)  # its message may quote what was kept
    return KeychainFailed()
