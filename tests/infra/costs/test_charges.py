"""What a use of the service costs, against cases worked out by hand."""

from dataclasses import fields
from datetime import date

import pytest

from infra.costs import charges
from infra.costs.charges import Usage
from infra.costs.prices import PRICES


def test_every_thing_that_is_counted_has_a_price_with_a_source() -> None:
    assert PRICES.keys() == {each.name for each in fields(Usage)}
    for price in PRICES.values():
        assert price.source.startswith("https://")
        assert date(2025, 1, 1) < price.said_on < date(2027, 1, 1)
        assert price.is_verified


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (Usage(http_requests=1_000_000), 1.00),
        (Usage(rest_requests=2_000_000), 7.00),
        (Usage(socket_messages=500_000), 0.50),
        (Usage(socket_minutes=4_000_000), 1.00),
        (Usage(invocations=5_000_000), 1.00),
        (Usage(gb_s=75_000), 1.000005),
        (Usage(table_reads=8_000_000), 1.00),
        (Usage(table_writes=1_600_000), 1.00),
        (Usage(bytes_out=1_000_000_000), 0.09),
        (Usage(), 0.0),
        # 45 polls of 20 ms at 512 MB, each with a read and a write: 45 µ$ + 9 µ$ + 6.00003 µ$ + 5.625 µ$ + 28.125 µ$
        (Usage(http_requests=45, invocations=45, gb_s=0.45, table_reads=45, table_writes=45), 93.75003e-6),
    ],
)
def test_usage_costs_what_its_parts_cost(usage: Usage, expected: float) -> None:
    assert charges.dollars(usage) == pytest.approx(expected)
    assert sum(charges.itemised(usage).values()) == pytest.approx(expected)


def test_usages_are_added_and_multiplied() -> None:
    one, other = Usage(invocations=1, gb_s=0.5), Usage(invocations=2, bytes_out=100)
    assert one + other == Usage(invocations=3, gb_s=0.5, bytes_out=100)
    assert other * 3 == Usage(invocations=6, bytes_out=300)


@pytest.mark.parametrize(("size_bytes", "count"), [(0, 1), (1, 1), (32_768, 1), (32_769, 2), (131_072, 4)])
def test_message_counts_once_for_each_32_kb(size_bytes: int, count: int) -> None:
    assert charges.messages(size_bytes) == count


@pytest.mark.parametrize(
    ("seconds", "memory_mb", "expected"),
    [(1.0, 1024, 1.0), (0.0201, 512, 0.0105), (0.02, 512, 0.01), (40, 512, 20), (0.0001, 128, 0.000125)],
)
def test_invocation_is_billed_by_whole_milliseconds(seconds: float, memory_mb: int, expected: float) -> None:
    assert charges.gb_s(seconds, memory_mb) == pytest.approx(expected)


def test_minutes_of_a_month_of_working_days() -> None:
    assert charges.open_minutes(hours_a_day=8, days=22) == 10_560
    assert charges.dollars(Usage(socket_minutes=10_560)) == pytest.approx(0.00264)
