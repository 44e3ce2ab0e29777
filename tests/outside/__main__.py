"""The command line in one environment after another that goes wrong: what it says, and after how long.

`python -m tests.outside [--only WORD]` ──▶ **main** ──▶ a table: input, exit status, seconds, sentence

Each environment has a folder, a HOME and servers of its own; nothing outside loopback is asked. A traceback, a wrong
status or a wait over the limit makes the run fail. Not in CI: what it waits for takes minutes.
"""

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from desktop.outside.patience import LEAVING_S, OUT_OF_REACH_S
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


Make = Callable[[Path], contextlib.AbstractContextManager[Made]]


def profile(folder: Path, endpoint: str, auth: Mapping[str, str] = LOCAL) -> list[str]:
    """Write a profile, and return the command that asks its service for the catalog."""
    path = folder / "profile.json"
    path.write_text(json.dumps({"name": "x", "endpoint": endpoint, "region": "eu-central-1", "auth": auth}))
    return ["catalog", "--profile", str(path)]


def served(serve: Callable[[], contextlib.AbstractContextManager[int]], words: str, limit_s: float) -> Make:
    """Return an environment whose service is on this machine."""

    @contextlib.contextmanager
    def make(folder: Path) -> Iterator[Made]:
        with serve() as port:
            yield Made(profile(folder, f"ws://127.0.0.1:{port}/local"), words=words, limit_s=limit_s)

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
            )

    return make


def variables(words: str, statuses: tuple[int, ...] = (3,), limit_s: float = OUT_OF_REACH_S, **given: str) -> Make:
    """Return an environment of a remote service and some variables."""

    @contextlib.contextmanager
    def make(folder: Path) -> Iterator[Made]:
        yield Made(profile(folder, "wss://reports.invalid/prod"), given, statuses, words, limit_s + SOON_S)

    return make


def signing_in(program: str, words: str, *, interrupt_after_s: float | None = None) -> Make:
    """Return an environment whose credentials come from a program."""

    @contextlib.contextmanager
    def make(folder: Path) -> Iterator[Made]:
        (folder / ".aws").mkdir()
        (folder / ".aws" / "config").write_text(f"[profile work]\ncredential_process = {program}\n")
        is_left = interrupt_after_s is not None
        yield Made(
            profile(folder, "wss://reports.invalid/prod", {"mode": "iam", "awsProfile": "work"}),
            statuses=(130,) if is_left else (3,),
            words=words,
            limit_s=LEAVING_S + START_S if is_left else SOON_S,
            interrupt_after_s=interrupt_after_s,
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
    yield Made(profile(folder, f"ws://127.0.0.1:{port}/local"), words=words, limit_s=OUT_OF_REACH_S + SOON_S)


NO_ZONE = '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"B","Expiration":"2099-01-01T00:00:00"}'
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
    "credentials: no zone": signing_in(f"printf %s '{NO_ZONE}'", "cannot be used"),
    "credentials: nonsense": signing_in("echo x", "cannot be read"),
    "credentials: program sleeps, Ctrl-C": signing_in("sleep 300", "", interrupt_after_s=START_S),
    "packages of our names in the folder": foreign_packages,
    "AWS settings of the caller": foreign_settings,
}


@dataclass
class Outcome:
    """What a command did."""

    status: int | None
    seconds: float
    sentence: str
    fault: str


def run(make: Make) -> Outcome:
    """Call the command in an environment of its own."""
    with tempfile.TemporaryDirectory() as directory, make(Path(directory)) as made:
        inherited = {
            name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR", "XDG_CACHE_HOME") if name in os.environ
        }
        home = {"HOME": directory, "AWS_EC2_METADATA_DISABLED": "true"}
        root = str(Path(__file__).parents[2])
        started = time.monotonic()
        program = "import sys; sys.path[0] = sys.argv.pop(1); from desktop.__main__ import main; sys.exit(main())"
        with subprocess.Popen(
            [sys.executable, "-c", program, root, *made.arguments],
            env=inherited | home | made.variables,
            cwd=made.folder or directory,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                if made.interrupt_after_s is not None:
                    time.sleep(made.interrupt_after_s)
                    process.send_signal(signal.SIGINT)
                    started = time.monotonic()
                out, err = process.communicate(timeout=made.limit_s + START_S)
            except subprocess.TimeoutExpired:
                process.kill()
                out, err = process.communicate()
        seconds = time.monotonic() - started
        return Outcome(
            process.returncode, seconds, _last(err) or _last(out), _fault(made, process.returncode, out, err)
        )


def _last(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1]


def _fault(made: Made, status: int, out: str, err: str) -> str:
    if "Traceback" in err:
        return "a traceback"
    if status < 0:
        return "too long"
    if status not in made.statuses:
        return f"status {status}"
    if "secret" in err:
        return "a secret"
    return "" if made.words in out + err else "wrong words"


def main() -> int:
    """Print the table; return 1 if a command did what it must not."""
    parser = argparse.ArgumentParser(prog="python -m tests.outside", description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="environments whose name has this in it")
    only = parser.parse_args().only
    failed = 0
    write = sys.stdout.write
    write("| environment | status | s | sentence |\n|---|---:|---:|---|\n")
    for name, make in ENVIRONMENTS.items():
        if only in name:
            outcome = run(make)
            failed += bool(outcome.fault)
            fault = f" **{outcome.fault}**" if outcome.fault else ""
            write(f"| {name} | {outcome.status} | {outcome.seconds:.1f} | {outcome.sentence}{fault} |\n")
            sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
