"""The sign-in through a real browser: the issuer's form, the way back, and what stays in the browser."""

import queue
import threading
from pathlib import Path

import pytest

from backend.protocol.identity.redirects import REDIRECT_PATH
from tests.issuer.chromium import chromium, found
from tests.issuer.people import Keyring, sign_in_with
from tests.issuer.server import issuing


@pytest.mark.slow
@pytest.mark.skipif(found() is None, reason="there is no Chromium here: apt-get install chromium")
def test_form_of_the_issuer_leads_back_and_leaves_no_code(tmp_path: Path) -> None:
    addresses: queue.SimpleQueue[str] = queue.SimpleQueue()
    with issuing() as issuer, chromium(tmp_path) as page:
        sign_in = sign_in_with(issuer.auth, Keyring())
        waiting = threading.Thread(target=sign_in.begin, args=(addresses.put,))
        waiting.start()
        page.open(addresses.get(timeout=10))
        page.until("document.querySelector('button') && (document.querySelector('button').click(), true)")
        text = page.until("document.title === 'Reportwire' && document.body.innerText")
        waiting.join(10)
        assert text == "You are signed in. This window may be closed: Reportwire goes on by itself."
        assert str(page.evaluate("location.href")).endswith(REDIRECT_PATH)
        shown = page.evaluate("document.documentElement.outerHTML + document.referrer + location.href")
        assert not any(secret in str(shown) for secret in issuer.given)
        assert page.evaluate("getComputedStyle(document.body).maxWidth") != "none"
        assert issuer.verification().identity(sign_in.token()).owner == f"{issuer.url}|sub-ann"
