"""Servers of the outside on loopback, each wrong in its own way.

environments ──▶ **silent**, **closing**, **answering**, **complaining** ──▶ the port of a thread's server
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

INTERNAL = '{"type":"error","error":{"code":"internal","message":"Something went wrong."}}'

Handler = Callable[[socket.socket], None]


@contextlib.contextmanager
def listening(handle: Handler) -> Iterator[int]:
    """Serve each connection by `handle`, in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    threading.Thread(target=handle, args=[connection], daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def silent(connection: socket.socket) -> None:
    """Take what comes and say nothing."""
    with contextlib.suppress(OSError):
        while connection.recv(65_536):
            pass


def answering(*lines: str) -> Handler:
    """Answer every request with these lines of HTTP, and close."""

    def handle(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.recv(65_536)
            connection.sendall("\r\n".join([*lines, "Content-Length: 0", "Connection: close", "", ""]).encode())

    return handle


@contextlib.contextmanager
def websocket(handle: Callable[[ServerConnection], None]) -> Iterator[int]:
    """Serve WebSockets by `handle`."""
    with serve(handle, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.socket.getsockname()[1]
        server.shutdown()


def mute(connection: ServerConnection) -> None:
    """Take messages and answer none."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            connection.recv()


def closing(connection: ServerConnection) -> None:
    """Close what was accepted, as a service that restarts."""
    connection.close(1012)


def complaining(connection: ServerConnection) -> None:
    """Answer each message with an internal error that names no request."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            connection.recv()
            connection.send(INTERNAL)
