import pytest

from backend.protocol.messages import ReportMessage, ReportsMessage
from desktop.files.links import is_safe, vetted
from desktop.session.state import NOT_SAFE
from tests.desktop.services import CONTENT, finished

HTTPS = "https://bucket.s3.eu-west-1.amazonaws.com/a/b.csv?X-Amz-Signature=0&x=%20"
LOCAL = "http://127.0.0.1:4566/bucket/b.csv?X-Amz-Signature=0"
UNSAFE = [
    *("file:///etc/passwd", "file://host/share/x.exe", "smb://host/share", "ms-msdt:/id", "javascript:alert(1)"),
    *("data:text/html,x", "ftp://host/x", "HTTPS", "https://", "https:///x", "//host/x", "/x", "", " ", "x"),
    *("http://host/x", "http://127.0.0.1.evil.example/x", "http://127.0.0.1@evil.example/x", "https://a@b/x"),
    *("https://host/\x1b[2J", "https://host/a b", "https://host/\n", "https://host/ü", "https://[::1", 'https://h/"x'),
    *(" https://host/x", "https://host\\@evil/x", "https://host/x\u202e", "vbscript:x", "\thttps://host/x"),
]


@pytest.mark.parametrize("url", UNSAFE)
def test_no_other_scheme_or_form_is_ever_opened(url: str) -> None:
    assert not is_safe(url, is_local=True)
    assert not is_safe(url, is_local=False)


def test_https_is_opened_and_plain_http_only_to_this_machine_by_a_service_on_it() -> None:
    for is_local in (True, False):
        assert is_safe(HTTPS, is_local=is_local)
    for url in (LOCAL, "http://localhost:1/x", "http://[::1]:1/x"):
        assert is_safe(url, is_local=True)
        assert not is_safe(url, is_local=False)


@pytest.mark.parametrize("url", UNSAFE)
def test_unsafe_link_is_taken_out_of_every_message_where_it_comes_in(url: str) -> None:
    snapshot = finished("r", CONTENT, url)
    one, many = (
        vetted(ReportMessage(report=snapshot), is_local=True),
        vetted(ReportsMessage(reports=(snapshot,)), is_local=True),
    )
    assert isinstance(one, ReportMessage)
    assert isinstance(many, ReportsMessage)
    for link in (one.report.link, many.reports[0].link):
        assert link is not None
        assert (link.url, link.preview_url) == (NOT_SAFE, None)
