"""Values of parameters, from the message to the file: a value is a value, whatever it looks like."""

import io
from datetime import date

import polars as pl
import pytest

from backend.catalog import sql_file
from backend.catalog.header import read
from backend.protocol.lifecycle import State
from backend.protocol.messages import ErrorCode, GenerateReport
from backend.protocol.refusals import RefusedRequest
from tests.backend.fakes import ANNA, World

ID = "00000000-0000-4000-8000-000000000001"

REPORT = """/*
title = "Echo"
description = "Says what it was told."
datasets = []
order = ["text"]
formats = ["parquet", "csv"]
parameters.text = { type = "string", title = "Text" }
parameters.choice = { type = "string", title = "Choice", enum = ["a", "b"] }
parameters.code = { type = "string", title = "Code", pattern = "^[A-Z]{3}$", maxLength = 256 }
parameters.since = { type = "string", format = "date", title = "Since" }
parameters.whole = { type = "integer", title = "Whole", minimum = 0 }
parameters.share = { type = "number", title = "Share" }
parameters.only = { type = "boolean", title = "Only" }
*/
SELECT $text AS "text", $choice AS choice, $code AS code, $since AS since, $whole AS whole, $share AS share, $only AS o
WHERE $text IS NULL OR $text <> 'nothing like it'
"""

INJECTIONS = [
    "' OR 1 = 1 --",
    "'; COPY (SELECT 1) TO 'made.csv'; --",
    "x') TO 'made.csv' (FORMAT csv); SELECT ('",
    '"; DROP VIEW open; --',
    "$text",
    "$choice || $code",
    "$$ SELECT 1 $$",
    "{0} %s %(x)s ${HOME} :1 ?",
    "\\'; SELECT 1; --",
    "' || getenv('CANARY') || '",
    "' || (SELECT content FROM read_text('canary.txt')) || '",
    "/* */ */ -- \r\n ;",
    "U&'\\0027' E'\\x27' X'27'",
    "\u2019 \uff07 \u02bc \x00 \u202e'",
    "NULL",
    "canary.txt",
]


@pytest.fixture
def echo() -> World:
    return World({"echo": sql_file.define("echo", *read(REPORT))})


@pytest.mark.parametrize("text", INJECTIONS)
def test_text_comes_out_as_it_went_in(text: str, echo: World) -> None:
    echo.submit(ANNA, GenerateReport(report_id=ID, definition="echo", parameters={"text": text}))
    echo.execute(ID)
    row = echo.reports.rows[ID]
    assert row.state is State.SUCCEEDED
    frame = pl.read_parquet(io.BytesIO(echo.results.objects[row.object_key or ""]))
    assert frame.rows() == [(text, None, None, None, None, None, None)]


@pytest.mark.parametrize("value", [*INJECTIONS, ["a"], {"a": 1}, ""])
def test_other_parameters_take_no_sql(value: object, echo: World) -> None:
    parameters = dict.fromkeys(["choice", "code", "since", "whole", "share", "only"], value)
    with pytest.raises(RefusedRequest) as caught:
        echo.submit(ANNA, GenerateReport(definition="echo", parameters=parameters))
    assert caught.value.error.code == ErrorCode.INVALID_PARAMETERS
    assert set(caught.value.error.fields or ()) == {f"parameters.{name}" for name in parameters}
    assert not echo.reports.rows


@pytest.mark.parametrize("name", ["text) --", "text'", "Text", "$text", "1", "", "made.csv"])
def test_names_of_parameters_take_no_sql(name: str, echo: World) -> None:
    with pytest.raises(RefusedRequest) as caught:
        echo.submit(ANNA, GenerateReport(definition="echo", parameters={name: "x"}))
    assert caught.value.error.code == ErrorCode.INVALID_PARAMETERS


def test_values_keep_their_types(echo: World) -> None:
    values = {"choice": "b", "code": "LAX", "since": "2024-02-29", "whole": 7, "share": 0.5, "only": True}
    echo.submit(ANNA, GenerateReport(report_id=ID, definition="echo", parameters=values))
    echo.execute(ID)
    frame = pl.read_parquet(io.BytesIO(echo.results.objects[echo.reports.rows[ID].object_key or ""]))
    assert frame.select(pl.exclude("share")).rows() == [(None, "b", "LAX", date(2024, 2, 29), 7, True)]
    assert float(frame["share"][0]) == 0.5
