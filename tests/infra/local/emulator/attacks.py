"""What another user of the machine, or a web page, may try at the emulator's port: it starts with no secret.

Walks over the emulator's own tables, so what it serves tomorrow is tried too.
"""

import hashlib
import http.client
import json
import os
import random
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from botocore.auth import S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

NOBODY = 65_534
REGION = "us-east-1"
METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH")
TARGETS = {
    "dynamodb": "DynamoDB_20120810.ListTables",
    "logs": "Logs_20140328.DescribeLogGroups",
    "sqs": "AmazonSQS.ListQueues",
}
PATHS = (
    *("/", "/reports", "/a-bucket/a-key", "/2015-03-31/functions", "/2015-03-31/functions/x/invocations"),
    *("/v2/apis", "/health", "/_localstack/health", "/_ministack/health", "/_ministack/ready", "/_ministack/reset"),
    *("/_ministack/config", "/_ministack/lambda-code/x", "/_aws/ses", "/_aws/sqs/messages", "/_aws/sns/sms-messages"),
    *("/latest/meta-data/iam/security-credentials/", "/v2/_catalog", "/.well-known/jwks.json", "/oauth2/token"),
    *("//_ministack/reset", "/%5fministack/reset", "/_MINISTACK/reset", "/_ministack/rds/iam-auth"),
)


@dataclass(frozen=True, slots=True)
class Attack:
    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


def made(authority: str, attack: Attack) -> tuple[int, bytes, Mapping[str, str]]:
    """Return the status, the body and the headers of the answer."""
    connection = http.client.HTTPConnection(authority, timeout=20)
    try:
        headers = {"Host": authority, **attack.headers}
        connection.putrequest(attack.method, attack.path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(attack.body)))
        connection.endheaders(attack.body.encode())
        response = connection.getresponse()
        return response.status, response.read(), {name.lower(): value for name, value in response.getheaders()}
    finally:
        connection.close()


def without_a_key(services: Iterable[str]) -> Iterator[Attack]:
    for path in PATHS:
        for method in METHODS:
            yield Attack(method, path)
    for service in services:
        yield Attack("POST", "/", {"X-Amz-Target": f"{service}.List"}, "{}")
        yield Attack("POST", "/", {"Content-Type": "application/x-www-form-urlencoded"}, f"Action=List&X={service}")
        yield Attack("GET", "/", {"Host": f"{service}.{REGION}.amazonaws.com"})
        yield Attack("GET", "/", {"Host": f"{service}.localhost"})


def with_keys(authority: str, services: Iterable[str], keys: Mapping[str, Credentials]) -> Iterator[Attack]:
    """Use keys that MiniStack would believe, or that an attacker may think up, in every place that may hold one."""
    for service in services:
        for key in keys.values():
            yield signed(authority, service, key)
            yield in_query(authority, service, key)
            yield Attack("POST", "/", {"Authorization": claimed(service, key.access_key)}, "{}")
    for key in keys.values():
        for method, path in (("GET", "/"), ("POST", "/2015-03-31/functions"), ("PUT", "/a-bucket"), ("GET", "/b/k")):
            yield Attack(method, path, {"Authorization": f"AWS {key.access_key}:AAAA"})
            old = {"AWSAccessKeyId": key.access_key, "Signature": "AAAA", "Expires": "9999999999"}
            yield Attack(method, f"{path}?{urlencode(old)}")
            yield Attack(method, f"{path}?X-Amz-Credential={quote(key.access_key)}/20260101/{REGION}/s3/aws4_request")
            yield Attack(method, path, {"Authorization": claimed("s3", key.access_key, "AWS4-ECDSA-P256-SHA256")})


def as_a_page(authority: str, key: Credentials) -> Iterator[Attack]:
    """Send what a browser sends without asking first; even with a key that is good."""
    for origin in ("https://evil.example", "null", f"http://{authority}", "http://localhost:3000"):
        for method, path in (("GET", "/"), ("POST", "/2015-03-31/functions"), ("OPTIONS", "/")):
            yield Attack(method, path, {"Origin": origin, "Content-Type": "text/plain"})
        good = signed(authority, "sts", key)
        yield Attack(good.method, good.path, {**good.headers, "Origin": origin}, good.body)
        good = in_query(authority, "sts", key)
        yield Attack(good.method, good.path, {"Origin": origin, "Content-Type": "text/plain"}, good.body)
    for host in (
        "evil.example",
        f"evil.example:{authority.rpartition(':')[2]}",
        "127.0.0.1.evil.example",
        "0.0.0.0",
        "",
    ):
        yield signed(host, "sts", key)
        yield Attack("GET", "/_ministack/ready?challenge=x", {"Host": host})


def tampered(authority: str, key: Credentials) -> Iterator[Attack]:
    """Change what a good signature covers, or add a second one."""
    good = signed(authority, "sts", key)
    yield Attack("GET", good.path, good.headers, good.body)
    yield Attack(good.method, "/elsewhere", good.headers, good.body)
    yield Attack(good.method, f"{good.path}?Action=x", good.headers, good.body)
    yield Attack(good.method, good.path, good.headers, good.body + " ")
    yield Attack(good.method, good.path, {**good.headers, "X-Amz-Date": "20200101T000000Z"}, good.body)
    yield Attack(good.method, f"{good.path}?X-Amz-Credential=test/x", good.headers, good.body)
    yield Attack(good.method, f"{good.path}?AWSAccessKeyId=test", good.headers, good.body)
    yield Attack(good.method, "/_ministack/reset", signed(authority, "sts", key, "/_ministack/reset").headers)
    link = in_query(authority, "s3", key)
    yield Attack(link.method, f"{link.path}&X-Amz-Credential=test/20260101/{REGION}/s3/aws4_request")
    yield Attack(link.method, f"{link.path}&x-amz-credential=test/20260101/{REGION}/s3/aws4_request")
    yield Attack(link.method, link.path.replace("X-Amz-Expires=60", "X-Amz-Expires=99999"))
    yield Attack(link.method, link.path.replace("X-Amz-Expires=60", "X-Amz-Expires=600000000"))
    yield Attack(link.method, link.path, {"Authorization": claimed("s3", "test")})
    for token in ("", "x", "0" * 64):
        for name in ("test", key.access_key):
            yield Attack("GET", "/", {"X-Reportwire-Admin": token, "Authorization": claimed("s3", name)})


def garbled(authority: str, key: Credentials, count: int) -> Iterator[Attack]:
    """Put any character into what a signature covers, or into the signature."""
    choose = random.Random(1)
    for _ in range(count):
        strange = choose.choice("\t\x7fü\xff ,/=;%&+0Aa")
        good = signed(authority, "sts", key)
        header = good.headers["Authorization"]
        at = choose.choice((header.index("Credential=") + 11, header.index("/sts"), header.index("Signature=") + 10))
        changed = header[:at] + strange + header[at:]
        yield Attack(good.method, good.path, {**good.headers, "Authorization": changed}, good.body)
        path = in_query(authority, "s3", key).path
        name = choose.choice(("X-Amz-Credential=", "X-Amz-Date=", "X-Amz-Signature="))
        at = path.index(name) + len(name)
        yield Attack("GET", f"{path[:at]}{quote(strange)}{path[at:]}")


def signed(authority: str, service: str, key: Credentials, path: str = "/") -> Attack:
    body = "Action=GetCallerIdentity&Version=2011-06-15"
    request = AWSRequest("POST", f"http://{authority or 'x'}{path}", data=body, headers={"Host": authority})
    if service in TARGETS:
        request.headers["X-Amz-Target"] = TARGETS[service]
    SigV4Auth(key, service, REGION).add_auth(request)
    return Attack("POST", path, dict(request.headers.items()), body)


def in_query(authority: str, service: str, key: Credentials) -> Attack:
    request = AWSRequest("GET", f"http://{authority}/", headers={"Host": authority})
    signer = S3SigV4QueryAuth if service == "s3" else SigV4QueryAuth
    signer(key, service, REGION, expires=60).add_auth(request)
    return Attack("GET", str(request.url).removeprefix(f"http://{authority}"))


def claimed(service: str, access_key_id: str, algorithm: str = "AWS4-HMAC-SHA256") -> str:
    """Return a header that names a key and is signed with nothing."""
    scope = f"{access_key_id}/20260101/{REGION}/{service}/aws4_request"
    return f"{algorithm} Credential={scope}, SignedHeaders=host, Signature=00"


def computed(function_arn: str, role_arn: str) -> Credentials:
    """Return the credentials that MiniStack would make for a function, from names anybody can guess."""
    digest = hashlib.sha256(f"{function_arn}:{role_arn}".encode()).hexdigest()
    secret, token = (hashlib.sha256(f"{word}:{digest}".encode()).hexdigest() for word in ("secret", "token"))
    return Credentials(f"ASIA{digest[:16].upper()}", secret, token)


def main() -> None:
    """Carry out the attacks on stdin as another user, and look around; print what came of it as JSON."""
    plan: dict[str, Any] = json.load(sys.stdin)
    "x".encode("idna")  # loaded now: that user may not be allowed to read this interpreter's library
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    answers = [made(plan["authority"], Attack(**attack))[:2] for attack in plan["attacks"]]
    seen = [path for path in plan["paths"] if os.access(path, os.R_OK)]
    json.dump({"answers": [(status, body.decode()) for status, body in answers], "seen": seen}, sys.stdout)


if __name__ == "__main__":
    main()
