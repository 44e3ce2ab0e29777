import json

import pytest
from msgspec.structs import asdict

from backend.protocol.messages import DefinitionInfo, GenerateReport
from desktop.wording.form.mnemonics import choose_keys
from desktop.wording.form.orders import FormState, key_of

DEFINITION = DefinitionInfo(
    id="x",
    title="X",
    description="",
    parameters={"type": "object", "properties": {"a": {"type": "integer", "default": 5}, "b": {"type": "string"}}},
    formats=("csv", "xlsx"),
)


def ask(**changes: object) -> GenerateReport:
    return GenerateReport(**({"definition": "x"} | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"parameters": {"a": 5}},
        {"parameters": {"a": 5.0, "b": None}},
        {"format": "csv"},
        {"format_options": {"delimiter": ","}},
        {"report_id": "0" * 8 + "-0000-4000-8000-" + "0" * 12},
    ],
)
def test_orders_that_make_the_same_file_have_one_key(changes: dict[str, object]) -> None:
    assert key_of(ask(**changes), DEFINITION) == key_of(ask(), DEFINITION)


@pytest.mark.parametrize(
    "changes", [{"parameters": {"a": 6}}, {"format": "xlsx"}, {"format_options": {"delimiter": "\t"}}]
)
def test_orders_that_make_another_have_another(changes: dict[str, object]) -> None:
    assert key_of(ask(**changes), DEFINITION) != key_of(ask(), DEFINITION)


def test_state_can_be_written_as_json() -> None:
    state = FormState(definition="x", parameters={"a": 5}, recent=("x",), used={"x": {"a": 5}})
    assert json.loads(json.dumps(asdict(FormState())))["definition"] is None
    assert FormState(**{**json.loads(json.dumps(asdict(state))), "recent": ("x",)}) == state


@pytest.mark.parametrize(
    ("titles", "labels"),
    [
        (["From", "To", "Days", "Worst by", "Origin"], ["&From", "T&o", "&Days", "&Worst by", "Or&igin"]),
        (["Late from (min)", "Late flights"], ["&Late from (min)", "Late &flights"]),
        (["R & D"], ["R && &D"]),
        (["Day", "Dd", "3"], ["&Day", "Dd", "3"]),
        (["Änd"], ["Ä&nd"]),
    ],
)
def test_no_two_labels_have_the_same_key(titles: list[str], labels: list[str]) -> None:
    assert choose_keys(titles) == labels
