"""Codes and tokens are in no log, no repr, no sentence, no address and no file."""

import logging
import traceback
from pathlib import Path
from typing import Any

import pytest

from desktop.sign_in.findings import NotSignedIn, SignInUnreachable
from desktop.sign_in.oidc import redirect, sign_in, token_endpoint, tokens
from desktop.sign_in.oidc.attempt import Attempt
from desktop.sign_in.oidc.keychain import Entry
from tests.issuer.people import BROWSER, Keyring, Person, sign_in_with
from tests.issuer.server import issuing


def noting(kind: Any, made: list[object]) -> Any:
    def make(*values: Any, **named: Any) -> Any:
        made.append(kind(*values, **named))
        return made[-1]

    return make


def test_nothing_secret_is_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    for variable in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    made: list[object] = []
    for module, name in ((tokens, "Tokens"), (redirect, "Answer"), (sign_in, "_Held"), (sign_in, "SignedIn")):
        original = getattr(module, name)
        monkeypatch.setattr(module, name, noting(original, made))
    said: list[str] = []
    person = Person()
    with issuing() as issuer:
        for keyring in (Keyring(), None):
            signed_in = sign_in_with(issuer.auth, keyring)
            signed_in.begin(person)
            signed_in.forget()
            signed_in.token()
            for status in (503, 400, 200):  # the last is an answer without tokens
                issuer.status = status
                signed_in.forget()
                with pytest.raises((NotSignedIn, SignInUnreachable)) as caught:
                    signed_in.token()
                said.append("".join(traceback.format_exception(caught.value)))
            issuer.status = None
            signed_in.end()
            made.append(signed_in)
        said += [form["code_verifier"] for path, form in issuer.asked if path == "/token" and "code_verifier" in form]
        verifiers, said = said[-2:], said[:-2]
    person.done()
    places = {
        "logs": "\n".join(each.getMessage() for each in caplog.records if each.threadName != BROWSER),
        "output": "".join(capfd.readouterr()),
        "reprs": repr(made),
        "errors": "\n".join(said),
        "addresses": " ".join([*person.addresses, *(str(page.url) for page in person.answers)]),
        "files": "".join(file.read_text(errors="replace") for file in tmp_path.rglob("*") if file.is_file()),
    }
    assert len(issuer.given) > 8
    assert len(made) > 8
    secrets = [*issuer.given, *verifiers]
    found = {place: [each for each in secrets if each in text] for place, text in places.items()}
    assert found == {place: [] for place in places}


def test_reprs_leave_secrets_out() -> None:
    attempt = Attempt()
    for value in (attempt, Entry("secret", "sub", "ann"), tokens.Tokens(access="secret", life_s=1, refresh="secret")):
        assert "secret" not in repr(value)
    assert attempt.verifier not in repr(attempt)
    assert "secret" not in repr(redirect.Answer(code="secret"))
    assert token_endpoint.Ended("x").args == ("x",)
