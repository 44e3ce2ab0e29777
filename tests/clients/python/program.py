"""Asks for a report, waits for it and downloads it, by what openapi-python-client makes of `openapi.json`.

REPORTWIRE_HTTPS, AWS_REGION and AWS's variables for credentials ──▶ `python program.py FILE`
"""

import hashlib
import os
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.session import Session
from reportwire_client import Client
from reportwire_client.api.reports import generate_report, get_report, get_report_file
from reportwire_client.models import GetReportUntil, ReportOrder, Snapshot, State

UNDER_WAY = {State.QUEUED, State.RUNNING}


class Signature(httpx.Auth):
    """Signs requests with the credentials of the environment."""

    requires_request_body = True

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        keys = Session().get_credentials()
        if keys is None:
            sys.exit("there are no AWS credentials")
        signed = AWSRequest(request.method, str(request.url), data=request.content)
        SigV4Auth(keys, "execute-api", os.environ["AWS_REGION"]).add_auth(signed)
        request.headers.update(dict(signed.headers.items()))
        yield request


def main(path: Path) -> None:
    with Client(os.environ["REPORTWIRE_HTTPS"], timeout=httpx.Timeout(35), httpx_args={"auth": Signature()}) as client:
        report_id = uuid.uuid4()
        order = ReportOrder.from_dict(
            {"definition": "sample", "parameters": {"delay": 3000, "amountOfRows": 100}, "format": "csv"}
        )
        asked = generate_report.sync_detailed(report_id, client=client, body=order)
        report, tag = asked.parsed, asked.headers["ETag"]
        while isinstance(report, Snapshot) and report.state in UNDER_WAY:
            news = get_report.sync_detailed(
                report_id, client=client, until=GetReportUntil.END, if_none_match=tag, prefer="wait=20"
            )
            if news.status_code != httpx.codes.NOT_MODIFIED:
                report, tag = news.parsed, news.headers["ETag"]
        if not isinstance(report, Snapshot) or not report.result:
            sys.exit(f"no report: {report}")
        link = get_report_file.sync_detailed(report_id, client=client).headers["Location"]
    content = httpx.get(link).raise_for_status().content
    if hashlib.sha256(content).hexdigest() != report.result.sha256:
        sys.exit("the file is damaged")
    path.write_bytes(content)
    sys.stdout.write(f"{report.state} {report.result.row_count}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
