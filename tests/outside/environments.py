"""Environments that go wrong: how a command is called in each, and what it must do.

__main__ ── folder ──▶ **ENVIRONMENTS** ──▶ `Made`
"""

import contextlib
import json
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from backend.protocol.messages import GenerateReport, Snapshot
from desktop.outside.patience import LEAVING_S, OUT_OF_REACH_S
from tests.desktop.services import CONTENT, FakeService, files, finished, snapshot_of
from tests.outside import peers

LOCAL = {"mode": "iam", "accessKeyId": "AKID", "secretAccessKey": "secret"}
SOON_S, START_S = 10.0, 8.0
"""What needs no waiting, and how long Python itself may take beside."""


@dataclass
class Made:
    """An environment: how the command is called, and what it must do."""

    arguments: list[str]
    variables: dict[str, str] = field(default_factory=dict)
    statuses: tuple[int, ...] = (3,)
    words: str = ""
    limit_s: float = SOON_S
    interrupt_after_s: float | None = None
    folder: Path | None = None
    """Where it is called; else the environment's own."""
    around: str = '"$@"'
    """A line of shell that has the command in it."""
    shown: str | None = None
    """What the window shows in its status bar; None where it is not opened."""


Make = Callable[[Path], contextlib.AbstractContextManager[Made]]


def profile(folder: Path, endpoint: str, auth: Mapping[str, str] = LOCAL) -> list[str]:
    """Write a profile, and return the command that asks its service for the catalog."""
    path = folder / "profile.json"
    path.write_text(json.dumps({"name": "x", "endpoint": endpoint, "region": "eu-central-1", "auth": auth}))
    return ["catalog", "--profile", str(path)]


def served(
    serve: Callable[[], contextlib.AbstractContextManager[int]],
    words: str,
    limit_s: float,
    statuses: tuple[int, ...] = (3,),
) -> Make:
    """Return an environment whose service is on this machine."""

    @contextlib.contextmanager
    def make(folder: Path) -> Iterator[Made]:
        with serve() as port:
            command = profile(folder, f"ws://127.0.0.1:{port}/local")
            yield Made(command, statuses=statuses, words=words, limit_s=limit_s, shown=words)

    return make


def proxied(handle: peers.Handler, words: str) -> Make:
    """Return an environment in which a proxy answers every CONNECT."""

    @contextlib.contextmanager
    def make(folder: Path) -> Iterator[Made]:
        with peers.listening(handle) as port:
            yield Made(
                profile(folder, "wss://reports.invalid/prod"),
                {"HTTPS_PROXY": f"http://anna:secret@127.0.0.1:{port}"},
                words=words.format(port=port),
                limit_s=OUT_OF_REACH_S + SOON_S,
                shown=words.format(port=port),
            )

    return make


def variables(words: str, statuses: tuple[int, ...] = (3,), limit_s: float = OUT_OF_REACH_S, **given: str) -> Make:
    """Return an environment of a remote service and some variables."""

    @contextlib.contextmanager
    def make(folder: Path) -> Iterator[Made]:
        command = profile(folder, "wss://reports.invalid/prod")
        yield Made(command, given, statuses, words, limit_s + SOON_S, shown=words)

    return make


def signing_in(settings: str, words: str, *, interrupt_after_s: float | None = None) -> Make:
    """Return an environment whose credentials come from where a profile of AWS's says."""

    @contextlib.contextmanager
    def make(folder: Path) -> Iterator[Made]:
        (folder / ".aws").mkdir()
        (folder / ".aws" / "config").write_text(f"[profile work]\n{settings}\n")
        is_left = interrupt_after_s is not None
        yield Made(
            profile(folder, "wss://reports.invalid/prod", {"mode": "iam", "awsProfile": "work"}),
            statuses=(130,) if is_left else (3,),
            words=words,
            limit_s=LEAVING_S + START_S if is_left else SOON_S,
            interrupt_after_s=interrupt_after_s,
            shown="Connecting" if is_left else words,
        )

    return make


@contextlib.contextmanager
def foreign_packages(folder: Path) -> Iterator[Made]:
    """Yield a folder that has packages of our names, to call the local backend in."""
    for name in ("backend", "infra", "desktop"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text("raise SystemExit('imported from the folder of the caller')\n")
    yield Made(["catalog"], statuses=(0,), words="sample", limit_s=120.0, folder=folder)


@contextlib.contextmanager
def foreign_settings(folder: Path) -> Iterator[Made]:
    """Yield AWS settings that are the caller's, and none of the local backend's business."""
    given = {"AWS_PROFILE": "nonexistent", "AWS_DEFAULT_REGION": "nowhere", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    yield Made(["catalog"], given, (0,), "sample", 120.0, folder=folder)


@contextlib.contextmanager
def refusing_port(folder: Path) -> Iterator[Made]:
    """Yield a service that is not there."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    words = "The service at 127.0.0.1 refuses connections"
    command = profile(folder, f"ws://127.0.0.1:{port}/local")
    yield Made(command, words=words, limit_s=OUT_OF_REACH_S + SOON_S, shown=words)


@contextlib.contextmanager
def good(folder: Path) -> Iterator[tuple[list[str], int]]:
    """Yield a service that makes each report at once: its profile as arguments, and its port."""
    with files() as server:

        def course(request: GenerateReport) -> Iterator[Snapshot]:
            yield snapshot_of(str(request.report_id))
            yield finished(str(request.report_id), CONTENT, server.url)

        listed = tuple(snapshot_of(f"{n:08}-0000-4000-8000-000000000000") for n in range(60))
        service = FakeService(course, listed)
        with peers.websocket(service.converse) as port:
            yield profile(folder, f"ws://127.0.0.1:{port}/local")[1:], port


@contextlib.contextmanager
def one_dead_address(folder: Path) -> Iterator[Made]:
    """Yield a host of two addresses, of which one takes no connection and says nothing."""
    (folder / "hosts").write_text("::1 localhost\n127.0.0.1 localhost\n")
    with (
        good(folder) as (_, port),
        socket.create_server(("::1", port), family=socket.AF_INET6, backlog=0) as dead,
        socket.create_connection(dead.getsockname()[:2]),  # it takes no more
    ):
        command = profile(folder, f"ws://localhost:{port}/local")
        around = f'unshare -rm sh -c \'mount --bind "{folder}/hosts" /etc/hosts && exec "$@"\' sh "$@"'
        yield Made(command, statuses=(0,), words="sample", around=around, shown="Connected")


@contextlib.contextmanager
def full_disk_for_temporary_files(folder: Path) -> Iterator[Made]:
    """Yield a TMPDIR on which nothing can be written: the local backend takes another place."""
    (folder / "tmp").mkdir()
    mount = f'mount -t tmpfs -o size=4k none "{folder}/tmp"; head -c 9999 /dev/zero > "{folder}/tmp/x"'
    around = f'unshare -rm sh -c \'{mount} 2> /dev/null; exec "$@"\' sh "$@"'
    yield Made(["catalog"], {"TMPDIR": f"{folder}/tmp"}, (0,), "sample", 120.0, around=around)


def saving(output: str, words: str, status: int, prepare: str = "true", before: str = "") -> Make:
    """Return an environment with an output path of a kind, made by a line of shell."""

    @contextlib.contextmanager
    def make(folder: Path) -> Iterator[Made]:
        with good(folder) as (arguments, _):
            command = ["generate", "sample", "--output", output, *arguments]
            yield Made(command, statuses=(status,), words=words, around=f'{prepare}; {before} "$@"')

    return make


def piped(around: str, words: str, statuses: tuple[int, ...]) -> Make:
    """Return an environment in which somebody does something with the list of reports."""

    @contextlib.contextmanager
    def make(folder: Path) -> Iterator[Made]:
        with good(folder) as (arguments, _):
            yield Made(["reports", *arguments], statuses=statuses, words=words, around=around)

    return make


@contextlib.contextmanager
def profile_in_utf_16(folder: Path) -> Iterator[Made]:
    """Yield a profile as PowerShell's `>` writes it."""
    with good(folder) as (arguments, _):
        path = Path(arguments[1])
        path.write_text(path.read_text(), encoding="utf-16")
        yield Made(["catalog", *arguments], statuses=(0,), words="sample", shown="Connected")


@contextlib.contextmanager
def taken_port(folder: Path) -> Iterator[Made]:
    """Yield a port for the local backend that somebody else has."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        yield Made(["local", "--port", str(port)], statuses=(1,), words=f"port {port}", limit_s=30.0, folder=folder)


@contextlib.contextmanager
def early_interrupt(folder: Path) -> Iterator[Made]:
    """Yield a Ctrl-C while Python still starts, which then ends as if it had no handler for it."""
    yield Made(["catalog"], statuses=(130, -signal.SIGINT), limit_s=LEAVING_S, interrupt_after_s=0.3, folder=folder)


NO_ZONE = '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"B","Expiration":"2099-01-01T00:00:00"}'
MFA = """role_arn = arn:aws:iam::123456789012:role/analyst
mfa_serial = arn:aws:iam::123456789012:mfa/anna
role_session_name = anna
source_profile = base
[profile base]
aws_access_key_id = AKID
aws_secret_access_key = secret"""
MOUNTED = """unshare -rm sh -c 'mount --bind a out.csv && exec "$@"' sh"""
PAGE = ("HTTP/1.1 200 OK", "Content-Type: text/html")
ENVIRONMENTS: dict[str, Make] = {
    "two Retry-After on a 429": served(
        lambda: peers.listening(peers.answering("HTTP/1.1 429 Busy", "Retry-After: 1", "Retry-After: 2")),
        "is busy",
        OUT_OF_REACH_S + SOON_S + 2,
    ),
    "a page for people": served(
        lambda: peers.listening(peers.answering(*PAGE)), "answers with a page", OUT_OF_REACH_S + 2 * SOON_S
    ),
    "accepts and is silent": served(
        lambda: peers.listening(peers.silent), "does not answer", OUT_OF_REACH_S + 32 + SOON_S
    ),
    "answers no message": served(
        lambda: peers.websocket(peers.mute), "accepts the connection and does not answer", OUT_OF_REACH_S + SOON_S
    ),
    "answers with errors only": served(
        lambda: peers.websocket(peers.complaining), "Something went wrong", OUT_OF_REACH_S + SOON_S, (1, 3)
    ),
    "closes what it accepts": served(
        lambda: peers.websocket(peers.closing), "closed the connection", OUT_OF_REACH_S + 2 * SOON_S
    ),
    "port that refuses": refusing_port,
    "host without an address": variables("has no address"),
    "proxy that refuses": variables("The proxy 127.0.0.1:1 refuses connections", HTTPS_PROXY="http://127.0.0.1:1"),
    "SOCKS proxy": variables(
        "ALL_PROXY names a SOCKS proxy, 127.0.0.1:1080", (2,), 0.0, ALL_PROXY="socks5h://anna:secret@127.0.0.1:1080"
    ),
    "proxy that is no address": variables("HTTPS_PROXY is no address", (2,), 0.0, HTTPS_PROXY="http://:x"),
    "proxy: 407": proxied(peers.answering("HTTP/1.1 407 x"), "127.0.0.1:{port} asks for a password"),
    "proxy: 502": proxied(peers.answering("HTTP/1.1 502 x"), "127.0.0.1:{port} does not open a way"),
    "NO_PROXY=[::1]": variables("has no address", NO_PROXY="[::1]"),
    "SSL_CERT_FILE missing": variables("SSL_CERT_FILE names /missing.pem", (2,), 0.0, SSL_CERT_FILE="/missing.pem"),
    "AWS_CA_BUNDLE missing": variables("AWS_CA_BUNDLE names /missing.pem", (2,), 0.0, AWS_CA_BUNDLE="/missing.pem"),
    "credentials: no zone": signing_in(f"credential_process = printf %s '{NO_ZONE}'", "cannot be used"),
    "credentials: nonsense": signing_in("credential_process = echo x", "cannot be read"),
    "credentials: program sleeps, Ctrl-C": signing_in("credential_process = sleep 300", "", interrupt_after_s=START_S),
    "credentials: MFA": signing_in(MFA, "asks for an MFA code"),
    "host of two addresses, one dead": one_dead_address,
    "TMPDIR is full": full_disk_for_temporary_files,
    "output: a link to a pipe": saving("out", "out", 2, "ln -s /proc/self/fd/1 out"),
    "output: a device": saving("/dev/null", "/dev/null", 2),
    "output: a name of 255 bytes": saving("n" * 251 + ".csv", "", 0),
    "output: a mounted file": saving("out.csv", "out.csv", 2, "touch a out.csv", MOUNTED),
    "output: no such folder": saving("no/out.csv", "There is no folder", 2),
    "output: a link to a file": saving("out.csv", "", 0, "touch a.csv; ln -s a.csv out.csv"),
    "reports | head -1": piped('"$@" | head -n 1; exit ${PIPESTATUS[0]}', "", (0, 141)),
    "reports > /dev/full": piped('"$@" > /dev/full', "No space left on device", (1,)),
    "reports in a pipe, coloured": piped('FORCE_COLOR=1 "$@" | tail -n 1', "", (0,)),
    "profile in UTF-16": profile_in_utf_16,
    "port that is taken": taken_port,
    "Ctrl-C at once": early_interrupt,
    "packages of our names in the folder": foreign_packages,
    "AWS settings of the caller": foreign_settings,
}
