from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xent.drawing.short_text import short


@pytest.mark.half_second
@given(st.text(max_size=300), st.integers(3, 60))
def test_what_is_shown_is_one_printable_line_of_the_width(text, width):
    line = short(text, width)
    assert 0 < len(line) <= width
    assert all(c.isprintable() or c in "\u200c\u200d" for c in line)


@given(st.from_regex(r"[a-z]( ?[a-z]){0,19}", fullmatch=True))
def test_what_is_short_is_left_alone(text):
    assert short(text, 40) == text


def test_long_names_that_differ_at_the_end_stay_apart():
    assert short("x" * 50 + "1", 20) != short("x" * 50 + "2", 20)


@pytest.mark.parametrize("hidden", ["\x1b", "\n", "\t", "\u202e", "\x00", "\u2028"])
def test_what_could_command_a_terminal_or_turn_the_line_becomes_a_space(hidden):
    assert short(f"a{hidden}b") == "a b"


def test_joiners_that_a_script_needs_are_kept():
    assert (
        short("\u0646\u0645\u06cc\u200c\u062f\u0627\u0646\u0645")
        == "\u0646\u0645\u06cc\u200c\u062f\u0627\u0646\u0645"
    )


def test_an_empty_name_can_be_seen():
    assert short(" ") == '""'
