"""Prices of AWS in us-east-1, in their first tier, without what is free.

**Price** ──▶ charges
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

API_GATEWAY = "https://aws.amazon.com/api-gateway/pricing/"
"""As transcribed word by word, on the day that is named with each price, in
https://github.com/api-evangelist/amazon-web-services (plans/amazon-web-services-plans-pricing.yml)."""
LAMBDA = "https://git.mcrn.ar/mariano/lambda_local_runner (docs/lambdas-md/lambda-13-cost.md)"
DYNAMODB = "https://airbyte.com/data-engineering-resources/dynamodb-pricing"
MILLION = 1e6
GB = 1e9
MESSAGE_SIZE_BYTES = 32 * 1024
"""A larger message of a WebSocket counts as several. Source: `API_GATEWAY`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What some units cost."""

    dollars: float
    per: float
    """So many units."""
    unit: str
    source: str
    said_on: date
    """The day of the source."""
    is_verified: bool = True
    """Whether the source was read; else the price is from memory."""

    @property
    def each(self) -> float:
        """Dollars of one unit."""
        return self.dollars / self.per


_GATEWAY_READ = date(2026, 9, 20)
PRICES: Mapping[str, Price] = {
    "http_requests": Price(
        dollars=1.00, per=MILLION, unit="request to an HTTP API", source=API_GATEWAY, said_on=_GATEWAY_READ
    ),
    "rest_requests": Price(
        dollars=3.50, per=MILLION, unit="request to a REST API", source=API_GATEWAY, said_on=_GATEWAY_READ
    ),
    "socket_messages": Price(
        dollars=1.00, per=MILLION, unit="message of a WebSocket", source=API_GATEWAY, said_on=_GATEWAY_READ
    ),
    "socket_minutes": Price(
        dollars=0.25, per=MILLION, unit="minute of a WebSocket", source=API_GATEWAY, said_on=_GATEWAY_READ
    ),
    "bytes_out": Price(dollars=0.09, per=GB, unit="byte to the internet", source=API_GATEWAY, said_on=_GATEWAY_READ),
    "invocations": Price(
        dollars=0.20, per=MILLION, unit="invocation of a function", source=LAMBDA, said_on=date(2026, 5, 11)
    ),
    "gb_s": Price(dollars=0.0000133334, per=1, unit="GB-second on arm64", source=LAMBDA, said_on=date(2026, 5, 11)),
    "table_reads": Price(
        dollars=0.125, per=MILLION, unit="read of 4 KB, consistent", source=DYNAMODB, said_on=date(2025, 7, 21)
    ),
    "table_writes": Price(dollars=0.625, per=MILLION, unit="write of 1 KB", source=DYNAMODB, said_on=date(2025, 7, 21)),
}
"""By what is counted, as the fields of `charges.Usage` are called."""
