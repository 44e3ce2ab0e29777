"""Text in XML, the same from Python and from DuckDB."""

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from backend.formats.xlsx.text import (
    MAX_UNITS,
    ampersand_sql,
    clean_sql,
    cut,
    encode,
    encode_sql,
    joined_sql,
    needs_cleaning_sql,
    needs_encoding_sql,
)
from tests.backend.formats.xlsx.test_cells import HOSTILE, shown

TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8")),
    st.text(st.sampled_from("_x0041F\x01\r\n\t <&>]\"'😀\x7f\ufffe")),
    st.sampled_from(HOSTILE),
)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def computed(connection: duckdb.DuckDBPyConnection, expression: str, text: str) -> Any:
    found = connection.execute(f"SELECT {expression} FROM (SELECT ? AS x, 'clean' AS y)", [text]).fetchone()
    assert found
    return found[0]


@pytest.mark.slow
@settings(deadline=None)
@given(TEXTS)
def test_python_and_duckdb_say_the_same(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    encoded = encode_sql(clean_sql("x"))
    assert computed(connection, encoded, text) == encode(text).replace("&quot;", '"')


@pytest.mark.slow
@settings(deadline=None)
@given(TEXTS)
def test_what_needs_no_encoding_is_its_own_xml_but_for_ampersands(
    connection: duckdb.DuckDBPyConnection, text: str
) -> None:
    if not computed(connection, needs_encoding_sql(joined_sql(["y", "x"])), text):
        assert encode(text).replace("&quot;", '"') == text.replace("&", "&amp;")
        assert text == text.strip(" \t\r\n")


@pytest.mark.slow
@settings(deadline=None)
@given(TEXTS)
def test_what_needs_no_cleaning_is_as_clean(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    if not computed(connection, needs_cleaning_sql(joined_sql(["y", "x"])), text):
        assert computed(connection, clean_sql("x"), text) == text


def test_most_texts_need_neither(connection: duckdb.DuckDBPyConnection) -> None:
    for condition in (needs_encoding_sql, needs_cleaning_sql):
        assert not computed(connection, condition(joined_sql(["x", "y"])), "a snake_case (name), 5 'é' or \"so\"…")


@settings(deadline=None)
@given(st.text(st.sampled_from("&a;")))
def test_ampersands_alone_are_encoded_alike(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    assert computed(connection, ampersand_sql("x"), text) == encode(text)


@given(TEXTS)
def test_excel_reads_what_was_meant(text: str) -> None:
    """It parses the XML, then decodes its escapes."""
    content = ET.fromstring(f'<t a="{encode(text)}">{encode(text)}</t>')
    assert unescape(content.text or "") == (shown(text) or "")
    assert unescape(content.get("a") or "") == (shown(text) or "")


@given(st.text(max_size=60), st.integers(1, 40))
def test_a_cut_never_leaves_half_a_character(text: str, max_units: int) -> None:
    result = cut("".join(c for c in text if not "\ud800" <= c <= "\udfff"), max_units)
    assert len(result.encode("utf-16-le")) <= 2 * max_units


def test_the_limit_is_excels() -> None:
    assert MAX_UNITS == 32_767
