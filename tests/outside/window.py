"""The window without a screen, which prints each text of its status bar.

app ── `WindowView` ──▶ MainWindow, and the connection's words on standard output
"""

import sys

from desktop.__main__ import main
from desktop.widgets.main_window import MainWindow
from desktop.wording.window import WindowView


def open_window() -> int:
    """Run the program with the arguments it has, and print what the window's status bar says when that changes."""
    show_view, printed = MainWindow.show_view, [""]

    def show_and_print(window: MainWindow, view: WindowView) -> None:
        show_view(window, view)
        said = f"{view.connection.text}. {view.connection.reason or view.notice}"
        if said != printed[0]:
            printed[0] = said
            sys.stdout.write(said + "\n")
            sys.stdout.flush()

    setattr(MainWindow, "show_view", show_and_print)  # noqa: B010  mypy allows no other way
    return main()
