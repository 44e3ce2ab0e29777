"""Texts in the window, none of which is taken for markup: much of them is the service's.

every widget ──▶ **plain_label**, **tooltip**
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel


def plain_label(text: str = "") -> QLabel:
    """Return a label that shows its text as it is; one of Qt's own would open an image that a text names."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    return label


def tooltip(*texts: str, keeps_spaces: bool = False) -> str:
    """Return a tooltip with a paragraph for each text that is not empty; only markup wraps there, so it is escaped."""
    style = " style='white-space: pre-wrap'" if keeps_spaces else ""
    return "".join(f"<p{style}>{_escaped(text)}</p>" for text in texts if text)


def _escaped(text: str) -> str:
    """Return a text as it stands between tags; `html`, which has this, loads the names of all signs for it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
