import json
import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from backend.protocol.printable import printable, printable_json

OBEYED = [
    *("\x00", "\x07", "\x08", "\x0b", "\r", "\x1b", "\x1b]52;c;eA==\x07", "\x7f", "\x85", "\x9b", "\x9d"),
    *("\u202e", "\u2066", "\u200f", "\u2028", "\ud800"),
]


def test_every_control_character_there_is_is_replaced() -> None:
    controls = [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) in {"Cc", "Cs"}]
    shown = printable("".join(controls))
    assert {c for c in shown if unicodedata.category(c) in {"Cc", "Cs"}} == {"\n", "\t"}
    for text in OBEYED:
        assert not set(text) & set(printable(text)) - set("]52;c;eA=")


@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp"))))
def test_other_text_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


@given(st.text(alphabet=st.characters(codec="utf-8") | st.sampled_from("\x9b\x7f\u202e")))
def test_json_means_the_same_and_has_nothing_to_obey(text: str) -> None:
    document = printable_json(json.dumps([text], ensure_ascii=False))
    assert json.loads(document) == [text]
    assert printable(document) == document
