import pytest

from backend.wiring import functions
from backend.wiring.settings import WorkerSettings

SETTINGS = WorkerSettings(
    reports_table="t",
    management_endpoint="https://x/prod",
    reports_bucket="reports",
    link_ttl_s=60,
    file_ttl_s=60,
    datasets_bucket="datasets",
    worker_memory_mb=1024,
    worker_storage_mb=1024,
)


def test_links_name_the_region_s_own_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-south-2")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    url = functions._links(SETTINGS).results.sign("owner/id/1/f.csv", "f.csv", 60)
    assert url.startswith("https://reports.s3.eu-south-2.amazonaws.com/owner/id/1/f.csv?")
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in url
