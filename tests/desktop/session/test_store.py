from desktop.session.connection_status import Connected
from desktop.session.events import ConnectionChanged, Event, Requests, Submitted
from desktop.session.state import Session
from desktop.session.store import Store
from tests.desktop.session.test_step import ASKED, ID, connected, lost


def dispatch(store: Store, *events: Event) -> None:
    for event in events:
        store.dispatch(event)


def test_events_step_the_session() -> None:
    store = Store()
    dispatch(store, connected(), Submitted(ASKED, 0))
    assert store.session.entries[ID].request == ASKED


def test_requests_go_to_the_client() -> None:
    store, sent = Store(), list[Requests]()
    store.connect(sent.append)
    dispatch(store, connected(), Submitted(ASKED, 0))
    assert [request.request_id for requests in sent for request in requests] == ["catalog", "list", ID]


def test_event_that_asks_for_nothing_sends_nothing() -> None:
    store, sent = Store(), list[Requests]()
    store.connect(sent.append)
    dispatch(store, lost(), Submitted(ASKED, 0))
    assert sent == []


def test_listeners_hear_every_step_in_order_and_after_it_was_sent() -> None:
    store, heard = Store(), list[str]()
    store.connect(lambda requests: heard.append(f"sent {len(requests)}"))
    store.listen(lambda session: heard.append(type(session.connection).__name__))
    store.listen(lambda _: heard.append("second"))
    dispatch(store, lost(), connected())
    assert heard == ["Waiting", "second", "sent 2", "Connected", "second"]


def test_stopped_listener_hears_no_more() -> None:
    store, heard = Store(), list[Session]()
    stop = store.listen(heard.append)
    store.dispatch(lost())
    stop()
    store.dispatch(connected())
    assert len(heard) == 1


def test_listener_may_stop_itself_and_start_others_while_it_hears() -> None:
    store, heard = Store(), list[str]()

    def once(_: Session) -> None:
        stop()
        store.listen(lambda _: heard.append("other"))
        heard.append("once")

    stop = store.listen(once)
    store.listen(lambda _: heard.append("last"))
    dispatch(store, lost(), lost())
    assert heard == ["once", "last", "last", "other"]


def test_listener_may_dispatch() -> None:
    store = Store()

    def submit_when_connected(session: Session) -> None:
        if isinstance(session.connection, Connected) and not session.entries:
            store.dispatch(Submitted(ASKED, 0))

    store.listen(submit_when_connected)
    store.dispatch(ConnectionChanged(Connected(), 0))
    assert list(store.session.entries) == [ID]
