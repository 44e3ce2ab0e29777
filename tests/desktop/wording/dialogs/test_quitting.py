import pytest

from desktop.wording.dialogs.quitting import Leaving, QuitText, say_quit, say_switch


@pytest.mark.parametrize(
    "leaving",
    [Leaving(), Leaving(under_way=3), Leaving(unsent=2), Leaving(is_local=True)],
)
def test_nothing_is_asked_where_nothing_stops(leaving: Leaving) -> None:
    assert say_quit(leaving) is None
    assert say_switch(leaving) is None


def test_reports_of_a_service_go_on_and_downloads_stop() -> None:
    assert say_quit(Leaving(under_way=3, unsent=1, saving=1)) == QuitText(
        "Quit Reportwire?",
        (
            "3 reports go on in the service.",
            "1 report goes out at the next start.",
            "1 download stops, and its file is not saved.",
        ),
        "&Quit",
    )


def test_downloads_that_go_on_are_said_to() -> None:
    text = say_quit(Leaving(saving=2, downloads_go_on=True))
    assert text is not None
    assert text.lines == ("2 downloads stop and go on at the next start.",)


def test_local_service_keeps_its_reports_and_starts_again_those_that_are_not_done() -> None:
    assert say_quit(Leaving(under_way=1, unsent=1, saving=1, is_local=True)) == QuitText(
        "Quit Reportwire?",
        (
            "1 download stops, and its file is not saved.",
            "2 reports run on this computer and start again at the next start.",
        ),
        "&Quit",
    )


def test_another_connection_stops_what_quitting_does() -> None:
    local = say_switch(Leaving(under_way=1, saving=1, is_local=True))
    assert local == QuitText(
        "Use another connection?",
        (
            "1 download stops, and its file is not saved.",
            "1 report runs on this computer and starts again when this connection is used again.",
        ),
        "&Use the other",
    )
    remote = say_switch(Leaving(under_way=1, unsent=2, saving=1))
    assert remote is not None
    assert remote.lines[:2] == (
        "1 report goes on in the service.",
        "2 reports go out when this connection is used again.",
    )
