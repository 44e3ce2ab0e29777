import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.protocol.patterns import LONGEST_TEXT, fault_of, is_matched

USED = [
    *(
        "^[A-Z]{3}$",
        "^C[0-9]+$",
        "x",
        r"^\d{4}-\d{2}$",
        "^(AA|BB)$",
        "^[A-Z]{2}[0-9]{1,4}(-[A-Z])?$",
        r"\A[^@]+@[^@]+\Z",
    ),
    *(
        r"[]a-z]+",
        r"[\]]*x",
        r"\(a+\)",
        "^(?:EWR|JFK|LGA)$",
        "^([A-Z]{3}){2}$",
        "^[+-]?[0-9]{1,3}(,[0-9]{3})?$",
        "(?P<code>[A-Z]+)",
        "(a+)?",
        "^.{1,200}$",
    ),
]
SLOW = [
    *("(a+)+$", "(a|aa)+$", "(a*)*b", "((a+)b?)*c", "(?:a+){2,}", "(a+){9}$", "a*a*a*b", ".*.*.*x", r"(a+)\1"),
    *("a?" * 20 + "b", "(a|ab)" * 20 + "c", "a{0,16}" * 5 + "b", "(a?b?){9}", "(a|b)*c", "a?" * 9 + "a*a*[bc]"),
    *("(?P<x>a)(?P=x)", "([a-z]+)*$", "(x+x+)+y", "(a?){99}a{99}$|(b*b*b*)", ".{0,99}.{0,99}.{0,99}x"),
]


@pytest.mark.parametrize("pattern", USED)
def test_plain_patterns_are_used(pattern: str) -> None:
    assert fault_of(pattern) is None


@pytest.mark.parametrize("pattern", SLOW)
def test_patterns_that_may_take_for_ever_are_not_tried(pattern: str) -> None:
    assert fault_of(pattern)
    assert is_matched(pattern, "a" * 60 + "!")


@pytest.mark.parametrize("pattern", ["[", "(", "a{2,1}", "(?P<1>x)", "*", "\\"])
def test_pattern_that_is_none_is_left_to_the_service(pattern: str) -> None:
    assert fault_of(pattern)
    assert is_matched(pattern, "x")


def test_long_text_is_left_to_the_service() -> None:
    assert not is_matched("^a$", "b" * LONGEST_TEXT)
    assert is_matched("^a$", "b" * (LONGEST_TEXT + 1))


@given(st.text("ab()|*+?{}0123,[]^$\\.", max_size=20))
def test_whatever_is_used_comes_to_an_end(pattern: str) -> None:
    fault = fault_of(pattern)
    for text in ("a" * (LONGEST_TEXT - 1) + "!", "ab" * (LONGEST_TEXT // 2)):
        assert is_matched(pattern, text) or fault is None
