import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.catalog.header import InvalidDefinition, read

HEAD = """title = "Title"
description = "What it says."
datasets = ["flights"]
order = ["Day"]
"""
PARAMETER = HEAD + '[parameters.first]\ntitle = "First"\ntype = "integer"\nminimum = 1\n[parameters.p]\ntitle = "P"\n'
"""What is appended to it stands in line 12."""
LIST = PARAMETER + 'type = "array"\nitems = { type = "string", enum = ["a", "b", "c"] }\n'
"""What is appended to it stands in line 14."""
DATES = HEAD + "".join(
    f'[parameters.{name}]\ntitle = "D"\ntype = "string"\nformat = "date"\n{mark}'
    for name, mark in (("a", 'rangeWith = "b"\n'), ("b", ""), ("c", ""))
)
"""What is appended to it stands in line 19, and belongs to a third date."""


def file(toml: str, sql: str = 'SELECT 1 AS "Day"') -> str:
    return f"/*\n{toml}*/\n{sql}\n"


def test_header_says_all_there_is_to_say() -> None:
    header, sql = read(
        file(
            HEAD
            + """row_limit = 10
formats = ["csv"]
[parameters.since]
type = "string"
format = "date"
title = "Since"
default = { relative = "first of last month" }
[parameters.carrier]
type = "string"
title = "Carrier"
enum = ["AA", "UA"]
required = true
[columns]
"Day" = { number_format = "yyyy-mm-dd", width = 10 }
"""
        )
    )
    assert (header.title, header.description, header.datasets) == ("Title", "What it says.", ("flights",))
    assert (header.order, header.row_limit, header.formats) == (("Day",), 10, ("csv",))
    assert header.schema == {
        "type": "object",
        "properties": {
            "since": {
                "type": "string",
                "title": "Since",
                "format": "date",
                "default": {"relative": "first of last month"},
            },
            "carrier": {"type": "string", "title": "Carrier", "enum": ["AA", "UA"]},
        },
        "required": ["carrier"],
    }
    assert header.columns["Day"].number_format == "yyyy-mm-dd"
    assert sql.strip() == 'SELECT 1 AS "Day"'


def test_list_of_choices_is_written_as_json_schema_has_it() -> None:
    header, _ = read(file(LIST + 'minItems = 2\nmaxItems = 3\ndefault = ["c", "a"]\n'))
    assert header.schema["properties"]["p"] == {
        "type": "array",
        "title": "P",
        "items": {"type": "string", "enum": ["a", "b", "c"]},
        "minItems": 2,
        "maxItems": 3,
        "uniqueItems": True,
        "default": ["c", "a"],
    }
    assert read(file(LIST + "uniqueItems = true\n"))[0].schema == read(file(LIST))[0].schema


def test_all_formats_are_offered_unless_it_is_said_otherwise() -> None:
    header, _ = read(file(HEAD))
    assert header.formats == ("xlsx", "csv", "parquet")
    assert header.schema == {"type": "object", "properties": {}}
    assert header.row_limit is None


@pytest.mark.parametrize("begin", ["/*\n", "\n\n  /*\n", "/*"])
@pytest.mark.parametrize("end", ["", ";", "\n;\n", " -- done", "\n-- done;"])
def test_sql_stays_in_its_lines(begin: str, end: str) -> None:
    text = f"{begin}{HEAD}*/ SELECT 1\n\nFROM flights{end}"
    _, sql = read(text)
    assert [n for n, line in enumerate(sql.split("\n")) if "FROM" in line] == [
        n for n, line in enumerate(text.split("\n")) if "FROM" in line
    ]
    assert not sql.rstrip().endswith("flights;")
    assert "title" not in sql


def test_lines_may_end_as_on_windows() -> None:
    header, sql = read(file(HEAD).replace("\n", "\r\n"))
    assert header == read(file(HEAD))[0]
    assert sql.strip() == 'SELECT 1 AS "Day"'


def test_date_may_be_written_as_toml_has_it() -> None:
    header, _ = read(file(PARAMETER + 'type = "string"\nformat = "date"\ndefault = 2013-01-01\n'))
    assert header.schema["properties"]["p"]["default"] == "2013-01-01"


@pytest.mark.parametrize(
    ("toml", "line", "reason"),
    [
        ('title = "T\n', 2, "Illegal character"),
        ('title = """T\n', 3, "Unterminated"),
        (HEAD + "formats = csv\n", 6, "Invalid value"),
        (HEAD + "formats\n", 6, "Expected '='"),
        (HEAD + 'title = "Again"\n', 6, "Cannot overwrite"),
        (HEAD + "[columns\n", 6, "Expected ']'"),
        ("", 1, "`title`"),
        (HEAD.replace("title", "titel"), 2, "`titel`"),
        (HEAD + "limit = 3\n", 6, "`limit`"),
        (HEAD.replace('"Title"', '""'), 2, "length >= 1"),
        (HEAD.replace('"What it says."', "3"), 3, "got `int`"),
        (HEAD.replace('["flights"]', '"flights"'), 4, "Expected `array`"),
        (HEAD.replace('["flights"]', '["fl ights"]'), 4, "a dataset's name must be a letter and at most 62 more"),
        (HEAD.replace('["flights"]', '["../etc"]'), 4, "a dataset's name must be"),
        (HEAD.replace('["flights"]', '["flights", "flights"]'), 4, "the dataset flights is named twice"),
        (HEAD.replace('["flights"]', '["Trips"]'), 4, "all in lower case: Trips"),
        (HEAD.replace('["Day"]', "[1]"), 5, "got `int`"),
        (HEAD.replace('order = ["Day"]\n', ""), 1, "`order`"),
        (HEAD + "row_limit = 0\n", 6, ">= 1"),
        (HEAD + "row_limit = true\n", 6, "got `bool`"),
        (HEAD + "formats = []\n", 6, "length >= 1"),
        (HEAD + 'engine = "trino"\n', 6, "there is: auto, duckdb, distributed"),
        (HEAD + "groups = []\n", 6, "length >= 1"),
        (HEAD + 'groups = "finance"\n', 6, "Expected `array | null`"),
        (HEAD + 'groups = ["finance", ""]\n', 6, "length >= 1"),
        (HEAD + f'groups = ["{"g" * 129}"]\n', 6, "length <= 128"),
        (HEAD + 'formats = ["csv", "pdf"]\n', 6, "no format pdf: csv, xlsx, parquet"),
        (HEAD + f'[parameters.a]\ntype = "integer"\ntitle = "A"\nenum = {list(range(20_000))}\n', 6, "108,9"),
        ("title = " + "[" * 2_000 + "\n", 1, "the header is nested too deep"),
        (
            PARAMETER.replace("[parameters.p]", "[parameters.First]") + 'type = "integer"\n',
            10,
            "but for capitals",
        ),
        (HEAD + "parameters = 3\n", 6, "Expected `object`"),
        (HEAD + "[parameters]\np = 3\n", 7, "parameters.p"),
        (HEAD + '[parameters."a b"]\ntitle = "P"\ntype = "string"\n', 6, "matching regex"),
        (HEAD + '[parameters."p; --"]\ntitle = "P"\ntype = "string"\n', 6, "matching regex"),
        (HEAD + '[columns.Day]\nwidth = 10\n[columns."A.b (c)"]\nwidth = -1\n', 9, "> 0"),
        (HEAD + '[columns]\n"A.b (c)" = { widht = 10 }\n', 7, "`widht`"),
        (PARAMETER, 10, "parameters.p: Object missing required field `type`"),
        (PARAMETER + 'type = "date"\n', 12, "'date'"),
        (PARAMETER + 'type = "integer"\nminimum = "x"\n', 13, "parameters.p"),
        (PARAMETER + 'type = "integer"\nexclusiveMinimum = 1\n', 13, "`exclusiveMinimum`"),
        (PARAMETER + 'type = "integer"\nminimum = 2\nmaximum = 1\n', 13, "minimum is above maximum"),
        (PARAMETER + 'type = "integer"\nminimum = 0.5\n', 13, "minimum"),
        (PARAMETER + 'type = "integer"\nminimum = 0.5\ndefault = 1\n', 13, "minimum"),
        (PARAMETER + 'type = "integer"\nmaximum = 99999999999999999999\ndefault = 1\n', 13, "maximum"),
        (PARAMETER + 'type = "number"\nmaximum = nan\n', 13, "maximum"),
        (PARAMETER + 'type = "number"\ndefault = inf\n', 13, "must be a number"),
        (PARAMETER + 'type = "number"\ndefault = nan\n', 13, "must be a number"),
        (PARAMETER + 'type = "string"\nminLength = 4\nmaxLength = 3\n', 13, "minLength is above maxLength"),
        (PARAMETER + 'type = "string"\nminLength = -1\n', 13, ">= 0"),
        (PARAMETER + 'type = "string"\nmaxLength = 99999999999999999999\ndefault = "x"\n', 13, "maxLength"),
        (PARAMETER + 'type = "string"\npattern = "["\n', 13, "unterminated character set"),
        (PARAMETER + 'type = "string"\npattern = "["\ndefault = "x"\n', 13, "unterminated character set"),
        (PARAMETER + 'type = "string"\nenum = []\n', 13, "length >= 1"),
        (PARAMETER + 'type = "string"\nenum = ["a", 1]\n', 13, "not all of type string"),
        (PARAMETER + 'type = "integer"\nenum = [1, true]\n', 13, "got `bool`"),
        (PARAMETER + 'type = "boolean"\nenum = ["a"]\n', 13, "not all of type boolean"),
        (PARAMETER + 'type = "string"\nformat = "date"\nenum = ["soon"]\n', 14, "a date cannot be a choice"),
        (PARAMETER + 'type = "string"\nformat = "time"\n', 13, "'time'"),
        (PARAMETER + 'type = "integer"\nformat = "date"\n', 13, "no format of type integer"),
        (PARAMETER + 'type = "string"\nminimum = 1\n', 13, "no minimum of type string"),
        (PARAMETER + 'type = "boolean"\npattern = "x"\n', 13, "no pattern of type boolean"),
        (PARAMETER + 'type = "integer"\nmaximum = 3\ndefault = 4\n', 14, "a whole number up to 3"),
        (PARAMETER + 'type = "integer"\ndefault = "4"\n', 13, "a whole number"),
        (PARAMETER + 'type = "integer"\ndefault = true\n', 13, "a whole number"),
        (PARAMETER + 'type = "string"\nenum = ["a"]\ndefault = "b"\n', 14, "one of a"),
        (PARAMETER + 'type = "string"\nformat = "date"\ndefault = "2013-02-30"\n', 14, "a date"),
        (PARAMETER + 'type = "string"\nformat = "date"\ndefault = { relative = "soon" }\n', 14, "there is no 'soon'"),
        (PARAMETER + 'type = "string"\nformat = "date"\ndefault = { relative = ["today"] }\n', 14, "a date"),
        (PARAMETER + 'type = "string"\nformat = "date"\ndefault = { relative = "today", days = 3 }\n', 14, "a date"),
        (PARAMETER + 'type = "string"\ndefault = { relative = "today" }\n', 13, "a text"),
        (PARAMETER + 'type = "array"\n', 12, 'an array says of what: items = { type = "string", enum = […] }'),
        (PARAMETER + 'type = "array"\ndefault = ["a"]\n', 12, "an array says of what"),
        (PARAMETER + 'type = "array"\nenum = ["a"]\n', 13, "there is no enum of type array"),
        (PARAMETER + 'type = "array"\nitems = 3\n', 13, "got `int`"),
        (PARAMETER + 'type = "array"\nitems = { type = "string" }\n', 13, "`enum`"),
        (PARAMETER + 'type = "array"\nitems = { enum = ["a"] }\n', 13, "`type`"),
        (PARAMETER + 'type = "array"\nitems = { type = "number", enum = [1] }\n', 13, "'number'"),
        (PARAMETER + 'type = "array"\nitems = { type = "string", enum = [] }\n', 13, "length >= 1"),
        (PARAMETER + 'type = "array"\nitems = { type = "string", enum = [1] }\n', 13, "not all of type string"),
        (PARAMETER + 'type = "array"\nitems = { type = "string", enum = ["a", "a"] }\n', 13, "choice a is there twice"),
        (PARAMETER + 'type = "array"\nitems = { type = "string", enum = ["a"], maximum = 3 }\n', 13, "`maximum`"),
        (LIST + "uniqueItems = false\n", 14, "a choice is there once"),
        (LIST + "minItems = 0\n", 14, ">= 1"),
        (LIST + "minItems = 4\n", 14, "minItems is above the number of choices, 3"),
        (LIST + "maxItems = 99999999999999999999\n", 14, "maxItems is above the number of choices, 3"),
        (LIST + "maxItems = 1\nminItems = 2\n", 15, "minItems is above maxItems"),
        (LIST + 'format = "date"\n', 14, "no format of type array"),
        (LIST + "minimum = 1\n", 14, "no minimum of type array"),
        (LIST + "default = []\n", 14, "an empty list is as none"),
        (LIST + 'default = "a"\n', 14, "must be a list of some of a, b, c, each once"),
        (LIST + 'default = ["d"]\n', 14, "must be a list of some of a, b, c"),
        (LIST + 'default = ["a", "a"]\n', 14, "must be a list of some of a, b, c"),
        (PARAMETER + 'type = "string"\nminItems = 1\n', 13, "no minItems of type string"),
        (PARAMETER + 'type = "string"\nitems = { type = "string", enum = ["a"] }\n', 13, "no items of type string"),
        (
            PARAMETER + 'type = "string"\nformat = "date"\nrangeWith = "x"\n',
            14,
            "names another parameter, and there is: first",
        ),
        (PARAMETER + 'type = "string"\nformat = "date"\nrangeWith = "p"\n', 14, "names another parameter"),
        (PARAMETER + 'type = "string"\nformat = "date"\nrangeWith = "first"\n', 14, "rangeWith is for two dates"),
        (PARAMETER + 'type = "string"\nformat = "date"\nrangeWith = 3\n', 14, "got `int`"),
        (DATES + 'rangeWith = "b"\n', 19, "rangeWith names b, which is in another range"),
        (DATES + 'rangeWith = "a"\n', 19, "rangeWith names a, which is in another range"),
        (
            PARAMETER + 'type = "integer"\nminimum = 2\nmaximum = 1\n[parameters.z]\ntype = "integer"\nminimum = 3\n',
            15,
            "`title`",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(toml: str, line: int, reason: str) -> None:
    with pytest.raises(InvalidDefinition) as caught:
        read(file(toml))
    assert reason in caught.value.reason
    assert caught.value.line == line
    assert "\n" not in caught.value.reason


@pytest.mark.parametrize(
    "text", ["", " ", "SELECT 1", "/*", "/* title", "-- x\n" + file(HEAD), "*/ /*", "x" + file(HEAD), "\x00\x01/**/"]
)
def test_file_without_a_header_is_told_so(text: str) -> None:
    with pytest.raises(InvalidDefinition, match="line 1: must begin with a header"):
        read(text)


@pytest.mark.parametrize("text", ["/*/", "/**/", "/**/ SELECT 1", "/*/ SELECT 1 */"])
def test_empty_header_lacks_a_title(text: str) -> None:
    with pytest.raises(InvalidDefinition, match="`title`"):
        read(text)


SCRAPS = st.sampled_from(
    [
        *(
            f"{key} = "
            for key in ("title", "type", "default", "minimum", "maximum", "pattern", "enum", "format", "order", "items")
        ),
        *("3", "-1", "0.5", "1e400", "nan", "true", '"x"', '"["', "[]", "[1]", '["a"]', "{}", '{ relative = "today" }'),
        *("{ relative = [1] }", "2013-01-01", "99999999999999999999", '"date"', '"string"', '"integer"', '"number"'),
        *(
            "[parameters.p]",
            "[columns.Day]",
            "[parameters]",
            "[[columns]]",
            "\n",
            "\n",
            "\n",
            "*/",
            "/*",
            "#",
            '"',
            "=",
        ),
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
ITEMS = st.fixed_dictionaries({"type": st.just("string"), "enum": st.lists(st.sampled_from("abc"), max_size=3)})
KEYS = [
    "type",
    "title",
    "format",
    "enum",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
    "default",
    "required",
    "items",
    "minItems",
    "maxItems",
    "uniqueItems",
    "rangeWith",
]


@given(st.lists(SCRAPS, max_size=12).map("".join) | st.text())
def test_any_text_is_either_right_or_told_to_be_wrong(scraps: str) -> None:
    for text in (file(HEAD + scraps), file(PARAMETER + 'type = "string"\n' + scraps), f"/*{scraps}", scraps):
        try:
            header, sql = read(text)
        except InvalidDefinition as error:
            assert 1 <= error.line <= text.count("\n") + 1
            assert error.reason
        else:
            assert header.schema["properties"] is not None
            assert sql is not None


@given(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["string", "integer", "number", "boolean", "array"]), "title": st.just("P")},
        optional={key: VALUES for key in KEYS if key not in {"type", "title"}} | {"items": ITEMS | VALUES},
    )
)
def test_any_parameter_is_either_right_or_told_to_be_wrong(parameter: dict[str, Any]) -> None:
    lines = [f"{key} = {literal}" for key, value in parameter.items() if (literal := _toml(value)) is not None]
    try:
        header, _ = read(file(HEAD + "[parameters.p]\n" + "\n".join(lines) + "\n"))
    except InvalidDefinition as error:
        assert error.line >= 6
    else:
        assert header.parameters["p"].title == "P"


def _toml(value: object) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return str(value).lower()
        case str():
            return '"' + re.sub(r'[\x00-\x1f\x7f"\\\ud800-\udfff]', "?", value) + '"'
        case list():
            return "[" + ", ".join(filter(None, map(_toml, value))) + "]"
        case dict():
            pairs = [f"{_toml(key)} = {literal}" for key, each in value.items() if (literal := _toml(each)) is not None]
            return "{" + ", ".join(pairs) + "}"
        case _:
            return str(value)


@pytest.mark.parametrize("code", ["0.0%", "#,##0.00", "yyyy-mm-dd hh:mm", '"€" #,##0', "[Red]-0;0", "\\a0"])
def test_number_format_may_be_any_that_is_closed(code: str) -> None:
    header, _ = read(
        f"/*\ntitle='t'\ndescription='d'\ndatasets=[]\norder=[]\n[columns.n]\nnumber_format='{code}'\n*/ SELECT 1"
    )
    assert header.columns["n"].number_format == code


@pytest.mark.parametrize("code", ["[Foo", "0.0%%[[", '"€ 0', "0]", "0\\"])
def test_number_format_that_is_not_closed_is_refused(code: str) -> None:
    text = f"/*\ntitle='t'\ndescription='d'\ndatasets=[]\norder=[]\n[columns.n]\nnumber_format='{code}'\n*/ SELECT 1"
    with pytest.raises(InvalidDefinition, match="not allowed as a number format") as caught:
        read(text)
    assert caught.value.line == 7


SHARED = {"p": {"type": "integer", "title": "Shared", "minimum": 1, "default": 3}}


def test_shared_parameter_is_as_it_is_elsewhere_but_for_what_the_header_says() -> None:
    header, _ = read(file(HEAD + "[parameters.p]\nshared = true\ndefault = 5\n"), SHARED)
    assert header.schema["properties"] == {"p": {"type": "integer", "title": "Shared", "minimum": 1, "default": 5}}


@pytest.mark.parametrize(
    ("parameter", "reason"),
    [
        ("[parameters.q]\nshared = true\n", "parameters.q: `shared = true` takes a parameter of parameters.toml"),
        ("[parameters.p]\nshared = false\n", "there is: p"),
        ('[parameters.p]\nshared = "p"\n', "there is: p"),
        ("[parameters.p]\nshared = true\ndefault = 0\n", "the default must be a whole number from 1"),
        ("[parameters.p]\nshared = true\nlimit = 0\n", "`limit`"),
    ],
)
def test_parameter_that_cannot_be_shared_is_named(parameter: str, reason: str) -> None:
    with pytest.raises(InvalidDefinition) as caught:
        read(file(HEAD + parameter), SHARED)
    assert reason in caught.value.reason
    assert caught.value.line > HEAD.count("\n")
