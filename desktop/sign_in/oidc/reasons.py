"""An issuer's refusals in words: its own, as far as they can be shown.

redirect, token_endpoint ── `error`, `error_description` ──▶ **say_refusal**
"""

import re
from collections.abc import Mapping

from desktop.outside.redaction import without_secrets
from desktop.outside.sentence import Sentence

LONGEST = 200
"""Characters of an issuer's description."""
KNOWN: Mapping[str, str] = {
    "access_denied": "The sign-in was refused, or given up in the browser.",
    "invalid_grant": "The sign-in has ended.",
    "invalid_client": "The issuer does not know this client: the profile's clientId may be wrong.",
    "unauthorized_client": "The issuer does not let this client sign anybody in.",
    "invalid_scope": "The issuer does not give the profile's scopes.",
    "invalid_target": "The issuer does not know the profile's audience.",
    "server_error": "The issuer has an error of its own. Try again later.",
    "temporarily_unavailable": "The issuer is busy. Try again later.",
}
"""Source: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1 and section-5.2"""


def say_refusal(code: str, description: str) -> str:
    """Return a sentence on a refusal, and the issuer's own words after it."""
    plain = code if re.fullmatch(r"[a-z_]{1,40}", code) else "unknown"
    known = KNOWN.get(plain)
    sentence = Sentence(known) if known else Sentence("The issuer refused the sign-in ({code}).", code=plain)
    said = "".join(letter for letter in " ".join(description.split())[:LONGEST] if letter.isprintable())
    said = without_secrets(said).rstrip(".")
    return Sentence("{sentence} It says: {words}.", sentence=sentence, words=said) if said else sentence
