"""Thrift's compact protocol, against the numbers of its specification and structures of every type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.formats import thrift
from backend.formats.thrift import Reader

EVERY_TYPE = bytes.fromhex(
    "11 12"  # fields 1 and 2: true, false
    "13 7f"  # a byte
    "14 03 15 d80f 16 feffffffffffffffff01"  # -2, 1004 and the greatest integer of 64 bits
    "17 0000000000000840"  # a double
    "18 02 6162"  # two bytes
    "19 2c 15 02 00 00"  # a list of two structures
    "1a f1 10" + "01" * 16 + "1b 01 85 01 63 04"  # a set of sixteen truths, and a map of a text to an integer
    "1b 00"  # an empty map
    "1c 18 01 7a 00"  # a structure
    "1d" + "00" * 16 + "00"  # a UUID, and the end
)


@pytest.mark.parametrize(
    ("value", "written"), [(0, "00"), (-1, "01"), (1, "02"), (-2, "03"), (2**31 - 1, "feffffff0f"), (300, "d804")]
)
def test_integers_are_as_in_the_specification(value: int, written: str) -> None:
    assert thrift.integer(value).hex() == written


@given(st.integers(-(2**63), 2**63 - 1))
def test_integers_come_back(value: int) -> None:
    reader = Reader(thrift.integer(value) + b"\xff")
    assert reader.integer() == value
    assert reader.data[reader.position :] == b"\xff"


@given(st.integers(0, 2**31 - 1), st.integers(1, 13))
def test_headers_of_lists_come_back(count: int, kind: int) -> None:
    assert Reader(thrift.elements(count, kind)).elements() == (count, kind)


def test_every_type_can_be_skipped() -> None:
    reader = Reader(EVERY_TYPE + b"next")
    for _, kind in reader.fields():
        reader.skip(kind)
    assert reader.data[reader.position :] == b"next"


def test_number_of_a_field_may_be_far_from_the_one_before() -> None:
    reader = Reader(bytes.fromhex("15 02 05 a01f 04 21 00"))
    assert [(number, kind, None if kind == thrift.TRUE else reader.integer()) for number, kind in reader.fields()] == [
        (1, thrift.I32, 1),
        (2_000, thrift.I32, 2),
        (2_002, thrift.TRUE, None),
    ]
