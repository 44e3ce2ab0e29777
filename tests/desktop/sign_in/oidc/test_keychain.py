"""What is kept of a sign-in, and which keyrings are good enough for that."""

import sys
from types import ModuleType
from typing import Any

import keyring
import pytest

from desktop.sign_in.auth import OidcAuth
from desktop.sign_in.oidc.keychain import (
    ALLOWED,
    PIECE,
    Entry,
    Keychain,
    KeychainFailed,
    NoKeychain,
    system_backend,
)
from tests.issuer.people import Keyring

AUTH = OidcAuth(issuer="https://issuer.example", client_id="desktop")


def of_kind(name: str, **attributes: Any) -> Any:
    module, _, kind = name.rpartition(".")
    return type(kind, (), {"__module__": module, **attributes})()


def chosen(monkeypatch: pytest.MonkeyPatch, backend: object) -> object:
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    return system_backend()


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_keyring_of_the_system_is_used(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    backend = of_kind(name)
    assert chosen(monkeypatch, backend) is backend


@pytest.mark.parametrize(
    "name",
    [
        "keyrings.alt.file.PlaintextKeyring",
        "keyrings.alt.file.EncryptedKeyring",
        "keyring.backends.fail.Keyring",
        "keyring.backends.null.Keyring",
        "keyring.backends.SecretService.Keyring.Other",
        "somebody.keyring.backends.SecretService.Keyring",
    ],
)
def test_other_keyrings_are_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert chosen(monkeypatch, of_kind(name)) is None
    chainer = of_kind("keyring.backends.chainer.ChainerBackend", backends=[of_kind(name)])
    assert chosen(monkeypatch, chainer) is None


def test_of_several_the_first_that_is_allowed_is_used_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, good = of_kind("keyrings.alt.file.PlaintextKeyring"), of_kind("keyring.backends.kwallet.DBusKeyring")
    chainer = of_kind("keyring.backends.chainer.ChainerBackend", backends=[plain, good])
    assert chosen(monkeypatch, chainer) is good


def test_keyring_that_cannot_even_be_looked_for_is_none(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = ModuleType("keyring")

    def fail() -> None:
        raise ImportError("hunter2")

    broken.get_keyring = fail  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", broken)
    assert system_backend() is None
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize("length", [1, PIECE, 3 * PIECE, 10 * PIECE])
def test_entry_of_any_length_comes_back_and_goes_without_rest(length: int) -> None:
    backend = Keyring()
    chain, entry = Keychain(AUTH, lambda: backend), Entry("t" * length, "sub", "ann")
    assert chain.read() is None
    chain.write(entry)
    assert chain.read() == entry
    assert all(len(piece) <= PIECE + 4 for piece in backend.kept.values())
    chain.delete()
    chain.delete()
    assert backend.kept == {}


@pytest.mark.parametrize("text", ["", "x", "1 {", "2 {}", "-5 {}", "9999999 {}", '1 {"refresh": 1}'])
def test_what_somebody_else_left_there_is_no_entry(text: str) -> None:
    backend = Keyring()
    chain = Keychain(AUTH, lambda: backend)
    chain.write(Entry("token"))
    (name,) = backend.kept
    backend.kept[name] = text
    assert chain.read() is None
    chain.delete()
    assert backend.kept == {}


def test_failure_of_a_keyring_has_none_of_its_words(caplog: pytest.LogCaptureFixture) -> None:
    backend = Keyring()
    backend.is_broken = True
    chain = Keychain(AUTH, lambda: backend)
    for act in (chain.read, chain.delete, lambda: chain.write(Entry("token"))):
        with pytest.raises(KeychainFailed) as caught:
            act()
        assert "hunter2" not in repr(caught.value)
        assert caught.value.__cause__ is None
    assert "hunter2" not in caplog.text


def test_without_any_nothing_is_kept() -> None:
    with pytest.raises(NoKeychain):
        Keychain(AUTH, lambda: None).write(Entry("token"))
