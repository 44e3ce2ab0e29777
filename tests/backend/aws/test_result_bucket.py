import pytest

from backend.aws.result_bucket import ResultBucket
from backend.wiring import clients


def test_links_name_the_region_s_own_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-south-2")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    url = ResultBucket(clients.buckets(), "reports").sign("owner/id/1/f.csv", "f.csv", 60)
    assert url.startswith("https://reports.s3.eu-south-2.amazonaws.com/owner/id/1/f.csv?")
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in url
