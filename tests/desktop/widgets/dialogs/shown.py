"""Dialogs with something in each."""

from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop.keeping.settings import Settings
from desktop.widgets.dialogs.about_dialog import AboutDialog
from desktop.widgets.dialogs.connections_dialog import ConnectionsDialog
from desktop.widgets.dialogs.dialog import Dialog
from desktop.widgets.dialogs.keys_dialog import KeysDialog
from desktop.widgets.dialogs.log_dialog import LogDialog
from desktop.widgets.dialogs.quit_dialog import QuitDialog
from desktop.widgets.dialogs.settings_dialog import SettingsDialog
from desktop.wording.dialogs.about import About
from desktop.wording.dialogs.connections import ConnectionItem, ConnectionsView, Message, local_name, ways
from desktop.wording.dialogs.keys import KeySection
from desktop.wording.dialogs.quitting import Leaving, say_quit
from desktop.wording.examination import Check, Outcome, Step
from desktop.wording.language import tr
from desktop.wording.tone import Tone

ABOUT = About("0.1.0", "MIT", "3.11.2", "6.11.3", "Linux 6.1")
KEYS = [
    KeySection("&Report", (("&Save as…", "Ctrl+S"), ("C&lear finished", "Ctrl+Shift+Delete"))),
    KeySection("&Help", (("&Keys and words", "F1"),)),
]
LONG = "The proxy closed the connection after 10 s. Whoever runs the proxy can let WebSocket through."
STEPS = tuple(Step(check, outcome, LONG, "84 ms") for check, outcome in zip(Check, [*Outcome, *Outcome], strict=False))


def connection(id_: str, name: str = "", **changes: object) -> ConnectionItem:
    fields = {
        "id": id_,
        "name": name or id_,
        "address": f"wss://api.example.com/{id_}",
        "signed_in_as": "AWS profile: anna",
        "ways": ways(has_https=True),
        "way": "auto",
        "proxy": "proxy.corp:8080, from HTTPS_PROXY",
    }
    return ConnectionItem(**{**fields, **changes})  # type: ignore[arg-type]


def connections(**changes: object) -> ConnectionsView:
    items = (
        connection("local", local_name(), is_local=True, is_used=True, ways=ways(has_https=True)[:1]),
        connection("production", steps=STEPS),
        connection("staging"),
    )
    fields = {"items": items, "message": Message(LONG, Tone.WAITING, tr("Un&do")), "selected": "production"}
    return ConnectionsView(**{**fields, **changes})  # type: ignore[arg-type]


def make(name: str, parent: QWidget | None = None) -> Dialog:
    """Return a dialog that is full and not shown yet."""
    match name:
        case "connections":
            dialog = ConnectionsDialog(parent)
            dialog.show_view(connections())
            return dialog
        case "settings":
            return SettingsDialog(Settings(folder="/home/anna/Reports"), parent)
        case "keys":
            return KeysDialog(KEYS * 4, parent)
        case "about":
            return AboutDialog(ABOUT, parent)
        case "log":
            log = LogDialog(parent)
            log.show_log(Path("/logs/crash.log"), "Traceback\n" * 50)
            return log
        case _:
            quit_ = QuitDialog(parent)
            text = say_quit(Leaving(under_way=3, saving=2, is_local=True))
            assert text
            quit_.show_text(text)
            return quit_


NAMES = ("connections", "settings", "keys", "about", "log", "quit")
