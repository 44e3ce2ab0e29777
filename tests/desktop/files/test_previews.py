import asyncio
import json
import logging
import threading
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from backend.protocol.messages import Link
from backend.protocol.preview import BadPreview, Preview
from desktop.files.preview_status import Loading, Previewed, Unavailable
from desktop.files.previews import AT_ONCE, MOST_BYTES, MOST_KEPT, Previews, fetch
from desktop.files.transfer import LinkExpired, TransferFailed
from tests.desktop.services import SECRET, Files, files, link_to, serve_endlessly, serve_whole, status
from tests.desktop.session.test_step import ID, OTHER
from tests.limits import HANG_S

T = TypeVar("T")
DOCUMENT = json.dumps({"columns": [{"name": "a", "type": "integer"}], "rows": [[1], [2]], "rowCount": 2}).encode()


def run(test: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(test, HANG_S))


# --- one document ---------------------------------------------------------------------------------


def test_preview_is_read_as_it_is() -> None:
    with files(serve_whole, content=DOCUMENT) as server:
        preview = run(fetch(server.url))
    assert preview.rows == ((1,), (2,))
    assert server.encodings == ["identity"]


@pytest.mark.parametrize(
    ("code", "error", "sentence"),
    [
        (403, LinkExpired, "The link to the preview has expired."),
        (400, LinkExpired, "The link to the preview has expired."),
        (404, TransferFailed, "The preview is no longer there."),
        (307, TransferFailed, "The service answered the preview with status 307."),
        (503, TransferFailed, "The service answered the preview with status 503."),
    ],
)
def test_refusal_is_a_sentence(code: int, error: type[Exception], sentence: str) -> None:
    with files(status(code)) as server, pytest.raises(error) as raised:
        run(fetch(server.url))
    assert str(raised.value) == sentence


def cut(answer: Files, _start: int) -> None:
    answer.begin(200, len(DOCUMENT))
    answer.wfile.write(DOCUMENT[:10])


def test_preview_cut_short_fails() -> None:
    with files(cut) as server, pytest.raises(TransferFailed, match="cannot be reached"):
        run(fetch(server.url))


def test_document_that_is_none_is_refused() -> None:
    with files(serve_whole, content=b"<Error/>") as server, pytest.raises(BadPreview):
        run(fetch(server.url))


def test_document_without_end_is_refused() -> None:
    with files(serve_endlessly) as server, pytest.raises(TransferFailed, match="too large"):
        run(fetch(server.url))


def test_largest_document_is_read() -> None:
    with files(serve_whole, content=DOCUMENT.ljust(MOST_BYTES)) as server:
        assert run(fetch(server.url)).row_count == 2


def test_document_that_comes_too_slowly_is_given_up() -> None:
    with files(serve_whole, content=DOCUMENT) as server, pytest.raises(TransferFailed, match="too slow"):
        run(fetch(server.url, time_limit_s=-1.0))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/p", "ftp://127.0.0.1/p", "nothing", "http://[::1", "http://\udc80/p"]
)
def test_address_that_leads_nowhere_fails_without_being_repeated(url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "httpx")
    with pytest.raises(TransferFailed) as raised:
        run(fetch(f"{url}?{SECRET}"))
    assert SECRET not in str(raised.value)
    assert SECRET not in caplog.text


def test_link_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with files(serve_whole, content=DOCUMENT) as server:
        run(fetch(server.url))
    assert SECRET not in caplog.text


# --- all of them ----------------------------------------------------------------------------------


@dataclass
class Desk:
    """Previews whose links lead to `url`; `renewed` is what comes after an expired one."""

    url: str | None
    renewed: str | None = None
    asked: list[tuple[str, datetime | None]] = field(default_factory=list)
    shown: list[Mapping[str, Previewed]] = field(default_factory=list)
    error: str | None = None
    at_once: int = AT_ONCE

    def __post_init__(self) -> None:
        self.previews = Previews(self.fresh_link, self.shown.append, at_once=self.at_once)

    async def fresh_link(self, report_id: str, *, after: datetime | None = None) -> Link:
        self.asked.append((report_id, after))
        if self.error:
            raise TransferFailed(self.error)
        lives = timedelta(hours=1) if after else timedelta(minutes=1)
        return replace(link_to("https://files.example/a", lives), preview_url=self.renewed if after else self.url)

    async def load(self, *report_ids: str) -> Mapping[str, Previewed]:
        for report_id in report_ids:
            await self.previews.load(report_id)
        return self.previews.all


def test_preview_is_loading_and_then_there() -> None:
    with files(serve_whole, content=DOCUMENT) as server:
        desk = Desk(server.url)
        run(desk.load(ID))
    assert isinstance(desk.shown[0][ID], Loading)
    assert isinstance(desk.shown[-1][ID], Preview)


def test_preview_that_is_there_is_not_fetched_again() -> None:
    with files(serve_whole, content=DOCUMENT) as server:
        desk = Desk(server.url)
        run(desk.load(ID, ID))
    assert len(desk.asked) == 1


def test_expired_link_is_renewed_once() -> None:
    with files(status(403), serve_whole, content=DOCUMENT) as server:
        desk = Desk(server.url, server.url)
        assert isinstance(run(desk.load(ID))[ID], Preview)
    assert [after is not None for _, after in desk.asked] == [False, True]
    with files(status(403), status(403)) as server:
        assert run(Desk(server.url, server.url).load(ID)) == {ID: Unavailable("The link to the preview has expired.")}


@pytest.mark.parametrize("is_renewed", [True, False])
def test_report_without_preview_says_so(is_renewed: bool) -> None:  # noqa: FBT001  a case
    with files(status(403)) as server:
        desk = Desk(server.url if is_renewed else None, None)
        assert run(desk.load(ID)) == {ID: Unavailable("This report has no preview.")}


def test_link_that_never_comes_is_a_sentence() -> None:
    desk = Desk("", error="The service gave no link to the file.")
    assert run(desk.load(ID)) == {ID: Unavailable("The service gave no link to the file.")}


def test_failed_preview_is_loaded_when_it_is_asked_for_again() -> None:
    with files(status(500), serve_whole, content=DOCUMENT) as server:
        desk = Desk(server.url)
        assert isinstance(run(desk.load(ID))[ID], Unavailable)
        assert isinstance(run(desk.load(ID))[ID], Preview)


def test_previews_looked_at_last_are_kept() -> None:
    ids = [f"{n:08x}" for n in range(MOST_KEPT + 1)]
    with files(*[serve_whole] * len(ids), content=DOCUMENT) as server:
        kept = run(Desk(server.url).load(*ids[:-1], ids[0], ids[-1]))
    assert list(kept) == [*ids[2:-1], ids[0], ids[-1]]


def test_what_was_only_passed_by_is_not_fetched() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(answer: Files, start: int) -> None:
        begun.set()
        go_on.wait(10)
        serve_whole(answer, start)

    async def pass_by(desk: Desk) -> Mapping[str, Previewed]:
        loads = [asyncio.create_task(desk.load(ID))]
        await asyncio.to_thread(begun.wait, 10)
        loads += [asyncio.create_task(desk.load(report_id)) for report_id in ("passed by", OTHER)]
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(*loads)
        return desk.previews.all

    with files(slow, serve_whole, content=DOCUMENT) as server:
        desk = Desk(server.url, at_once=1)
        shown = run(pass_by(desk))
    assert [report_id for report_id, _ in desk.asked] == [ID, OTHER]
    assert {report_id: type(previewed) for report_id, previewed in shown.items()} == {ID: Preview, OTHER: Preview}


def test_nothing_that_is_kept_holds_the_link() -> None:
    with files(status(404), content=DOCUMENT) as server:
        desk = Desk(server.url)
        run(desk.load(ID))
    with files(serve_whole, content=DOCUMENT) as server:
        desk.url = server.url
        run(desk.load(OTHER))
    assert SECRET not in repr(desk.shown)
