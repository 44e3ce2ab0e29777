"""The scenes: the real window, fed with values, as it is at one moment.

reports ──▶ **SCENES** ── picture, texts without room ──▶ `python -m tests.screenshots`
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.session.connection_status import Connected, Connection, SignInNeeded, Waiting
from desktop.session.sign_in_status import SignInStatus
from desktop.session.state import Session
from desktop.widgets.dialogs.connections_dialog import ConnectionsDialog
from desktop.widgets.form.dates.range_button import RangeButton
from desktop.widgets.form.dates.range_popup import RangePopup
from desktop.widgets.theme.dress import Appearance, look
from desktop.wording import language
from desktop.wording.dialogs.connections import ConnectionItem, ConnectionsView, Message, say_signed_in_at, ways
from desktop.wording.examination import Check, Outcome, Step
from desktop.wording.form.dates import Span
from desktop.wording.form.orders import FormState
from desktop.wording.language import LanguageId, tr
from desktop.wording.pane.view import TabId
from desktop.wording.tone import Tone
from tests.desktop.screens import Screen
from tests.screenshots import reports
from tests.screenshots.composing import compose, cut_texts, settle

USUAL = (1366, 738)
"""1366 by 768 without the 30 px of a window's title."""
NOW_S = 100.0
LEFT = Qt.MouseButton.LeftButton


Arrange = Callable[[Screen], list[QWidget]]
"""Changes the window, and returns what is open above it."""


@dataclass(frozen=True)
class Scene:
    """A picture to be made. `arrange` changes the window and returns what is open above it."""

    name: str
    arrange: Arrange = lambda _: []
    size: tuple[int, int] = USUAL
    appearance: Appearance = Appearance.LIGHT
    text_percent: int = 100
    language: LanguageId = LanguageId.ENGLISH

    def make(self) -> tuple[QImage, list[str]]:
        """Return the picture, and the texts in it that have no room."""
        language.use(self.language)
        look().wear(self.appearance, self.text_percent)
        window = Screen()
        window.resize(*self.size)
        window.show()
        window.activateWindow()
        settle()
        show_busy(window)
        above = self.arrange(window)
        settle()
        picture, cut = compose(window, *above), cut_texts(window, *above)
        for widget in above:
            widget.close()
        window.hide()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return picture, cut


def show_busy(window: Screen, session: Session | None = None, chosen: str = reports.READY) -> None:
    """Show the busy day, one report selected, the keyboard in the list."""
    window.show_folder(reports.FOLDER)
    window.form.restore(
        FormState(
            definition="worst-days",
            parameters=reports.WORST,
            saves_when_ready=True,
            folder=str(reports.FOLDER),
            recent=("carrier-delays", "carrier-scorecard", "worst-days"),
            used={"worst-days": reports.WORST},
        )
    )
    window.change(profile="production", downloads=reports.downloads(), heard=reports.heard())
    window.show_session(session or reports.session(), NOW_S, reports.NOW)
    window.change(previews={reports.READY: reports.preview()})
    settle()
    window.select(chosen)
    window.reports.table.setFocus()
    settle()


def _chart(window: Screen) -> list[QWidget]:
    window.pane.show_tab(TabId.CHART)
    settle()
    y = window.pane.chart.controls.up
    y.setCurrentIndex(y.findText("Late"))
    y.activated.emit(y.currentIndex())
    canvas, chart = window.pane.chart.canvas, window.pane.chart.chart
    assert canvas
    assert chart
    window.form.choice.setFocus()
    settle()
    canvas._show_mark(chart.series[0].marks[1])
    return []


def _failed(window: Screen) -> list[QWidget]:
    window.select(reports.FAILED)
    window.pane.show_tab(TabId.DETAILS)
    return []


def _first_start(window: Screen) -> list[QWidget]:
    window.form.restore(FormState(definition="worst-days"))
    window.change(profile=None, selected=frozenset(), current=None, downloads=MappingProxyType({}))
    window.show_session(Session(Connected(), catalog=reports.catalog(), is_listed=True), NOW_S, reports.NOW)
    window.show_notice(tr("The reports are kept on this computer; closing the window loses nothing."))
    window.form.choice.setFocus()
    return []


def _offline(window: Screen) -> list[QWidget]:
    waiting = Waiting(NOW_S + 12, "No way to api.example.com.")
    session = replace(reports.session(reports.unsent()), connection=waiting)
    window.show_session(session, NOW_S, reports.NOW)
    window.show_notice(tr("1 report goes out when the connection is back."))
    return []


def _https(window: Screen) -> list[QWidget]:
    session = replace(reports.session(), connection=Connected(over_https=True, is_fallback=True))
    window.show_session(session, NOW_S, reports.NOW)
    settle()
    return [_connection_menu(window)]


def _connection_menu(window: Screen) -> QWidget:
    """Open the menu of the connection where it opens at a click."""
    button = window.status.connection.words
    menu = button.menu()
    button.setDown(True)
    menu.ensurePolished()
    button_end = button.mapToGlobal(button.rect().topRight())
    menu.popup(button_end - QPoint(menu.sizeHint().width(), menu.sizeHint().height()))
    return menu


def _sign_in(connection: Connection, sign_in: SignInStatus, *, is_listed: bool = False) -> Arrange:
    """Return what shows how a sign-in stands, with the menu open that says more of it."""

    def arrange(window: Screen) -> list[QWidget]:
        session = reports.session() if is_listed else Session()
        window.change(sign_in=sign_in, selected=frozenset(), current=None)
        window.show_session(replace(session, connection=connection), NOW_S, reports.NOW)
        settle()
        return [_connection_menu(window)]

    return arrange


def _signed_in_dialog(window: Screen) -> list[QWidget]:
    words = say_signed_in_at("login.example.com", "ann@example.com")
    dialog = ConnectionsDialog(window)
    item = _connection("production", "production", is_used=True, signed_in_as=words)
    local = _connection("local", tr("This computer"), is_local=True)
    dialog.show_view(ConnectionsView(items=(item, local), selected="production"))
    dialog.appear()
    at = dialog.rect()
    at.moveCenter(window.geometry().center())
    dialog.move(at.topLeft())
    return [dialog]


def _errors(window: Screen) -> list[QWidget]:
    page = window.form.page
    assert page
    fields = [field for field in page.stops() if isinstance(field, QLineEdit)]
    for field, text in zip(fields, ("2014-05-01", None, "900000", "1.5"), strict=False):
        if text:
            field.setFocus()
            field.selectAll()
            QTest.keyClicks(field, text)
    window.form.submit()
    return []


def _connections(window: Screen) -> list[QWidget]:
    window.change(profile=None)
    dialog = ConnectionsDialog(window)
    local = _connection("local", tr("This computer"), is_local=True, is_used=True)
    items = (_connection("production", "production", steps=_STEPS), _connection("staging", "staging"), local)
    message = Message(tr("Live messages are blocked here. Reports work over HTTPS."), Tone.QUIET)
    dialog.show_view(ConnectionsView(items=items, testing="production", selected="production", message=message))
    dialog.appear()
    at = dialog.rect()
    at.moveCenter(window.geometry().center())
    dialog.move(at.topLeft())
    return [dialog]


def _chooser(window: Screen) -> list[QWidget]:
    return [window.form.choice.show_popup("late car")]


def _range(window: Screen) -> list[QWidget]:
    page = window.form.page
    assert page
    span = Span(date(2026, 10, 1), date(2026, 10, 31))
    page.fill(reports.WORST | {"start": span.start.isoformat(), "end": span.end.isoformat()})
    button = page.findChild(RangeButton)
    assert button
    button.setFocus()
    popup = RangePopup(button, span, (None, None), reports.NOW.date())
    popup.open_below(button.parentWidget())
    return [popup]


def _connection(id_: str, name: str, **changes: Any) -> ConnectionItem:
    fields: dict[str, Any] = {
        "id": id_,
        "name": name,
        "address": f"wss://api.example.com/{id_}",
        "signed_in_as": tr("AWS profile: {name}", name="anna"),
        "ways": ways(has_https=True),
        "way": "auto",
        "proxy": tr("From the system: {proxy}", proxy="proxy.corp:8080"),
    }
    return ConnectionItem(**(fields | changes))


_STEPS = (
    Step(Check.NAME, Outcome.PASSED, "api.example.com", "3 ms"),
    Step(Check.WAY, Outcome.PASSED, "through proxy.corp:8080, from the system", "41 ms"),
    Step(Check.CERTIFICATE, Outcome.PASSED, "valid until 1 Feb 2027"),
    Step(Check.CLOCK, Outcome.PASSED, "0.4 s from the service's"),
    Step(Check.SIGN_IN, Outcome.PASSED, "AWS profile anna, until 18:30"),
    Step(Check.LIVE, Outcome.WARNING, "The proxy closed the connection after 10 s.", "10 s"),
    Step(Check.HTTPS, Outcome.PASSED, "", "84 ms"),
    Step(Check.REPORT, Outcome.RUNNING, "running…"),
)

SCENES = (
    Scene("01-busy-light"),
    Scene("02-busy-dark", appearance=Appearance.DARK),
    Scene("03-chart", _chart),
    Scene("04-failed-details", _failed),
    Scene("05-first-start", _first_start),
    Scene("06a-offline", _offline),
    Scene("06b-https", _https),
    Scene("07-form-errors", _errors),
    Scene("08-connections", _connections),
    Scene("09-text-200", text_percent=200),
    Scene("10-german", language=LanguageId.GERMAN),
    Scene("11-report-chooser", _chooser),
    Scene("12-date-range", _range),
    Scene("13-800x500", size=(800, 500)),
    Scene("15a-signed-out", _sign_in(SignInNeeded("You are not signed in."), SignInStatus())),
    Scene("15b-browser", _sign_in(SignInNeeded(""), SignInStatus(is_in_browser=True))),
    Scene("15c-signed-in", _sign_in(Connected(), SignInStatus(who="ann@example.com"), is_listed=True)),
    Scene(
        "15d-refused",
        _sign_in(SignInNeeded("The service refused the sign-in."), SignInStatus(who="bert@example.com")),
        appearance=Appearance.DARK,
    ),
    Scene(
        "15e-failed",
        _sign_in(
            SignInNeeded("You are not signed in."),
            SignInStatus(failure="The sign-in was refused, or given up in the browser. It says: Ann is not assigned."),
        ),
    ),
    Scene(
        "15f-not-kept",
        _sign_in(Connected(), SignInStatus(who="ann@example.com", is_kept=False), is_listed=True),
        language=LanguageId.GERMAN,
    ),
    Scene("15g-signed-out-800x500", _sign_in(SignInNeeded("You are not signed in."), SignInStatus()), (800, 500)),
    Scene("15h-connection", _signed_in_dialog),
    Scene("14-1920x1080-dark", size=(1920, 1050), appearance=Appearance.DARK),
)
