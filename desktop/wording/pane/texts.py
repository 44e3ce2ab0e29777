"""Sentences of the service and of this program, fit to be shown and copied.

error, reason ──▶ **without_links**, **end_sentence** ──▶ details, messages
"""

import re

_SIGNED = re.compile(r"\S*X-Amz-\S*", re.IGNORECASE)


def without_links(text: str) -> str:
    """Return a text without signed addresses: what is shown may be copied, and then sent to anybody."""
    return _SIGNED.sub("…", text)


def end_sentence(text: str) -> str:
    """Return a text that ends as a sentence does."""
    text = text.strip()
    return text if not text or text[-1] in ".!?…" else f"{text}."
