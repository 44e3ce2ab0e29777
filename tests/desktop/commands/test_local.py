"""What the local backend is told of the caller's environment."""

import os

import pytest

from desktop import __main__ as program
from infra.local import serve


def test_local_backend_sees_no_settings_of_the_caller_for_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    given = {"AWS_PROFILE": "nonexistent", "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "BOTO_CONFIG": "/missing"}
    monkeypatch.setattr(os, "environ", os.environ.copy() | given)
    seen: list[dict[str, str]] = []

    def look(_port: int | None, _auth: str) -> int:
        seen.append(dict(os.environ))
        return 0

    monkeypatch.setattr(serve, "serve", look)
    assert program.main(["local"]) == 0
    assert {name: value for name, value in seen[0].items() if name.startswith(("AWS_", "BOTO_"))} == {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


@pytest.mark.parametrize(("arguments", "auth"), [([], "iam"), (["--auth", "iam"], "iam"), (["--auth", "oidc"], "oidc")])
def test_clients_of_the_local_backend_sign_with_keys_unless_told(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], auth: str
) -> None:
    monkeypatch.setattr(os, "environ", os.environ.copy())
    asked: list[tuple[int | None, str]] = []

    def look(port: int | None, auth: str) -> int:
        asked.append((port, auth))
        return 0

    monkeypatch.setattr(serve, "serve", look)
    assert program.main(["local", "--port", "4566", *arguments]) == 0
    assert asked == [(4566, auth)]
