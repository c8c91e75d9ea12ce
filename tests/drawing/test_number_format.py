from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xent.drawing.number_format import (
    interval,
    p_value,
    percent,
    percent_interval,
    plain,
    signed,
    trimmed,
    typeset,
)
from xent.scoring.estimate import Estimate


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.9996, "1.00"),
        (999.6, "1,000"),
        (0.000999999, "0.00100"),
        (0.000123, "1.2e-4"),
        (2.5e6, "2.5e6"),
        (-0.5, "-0.500"),
        (-3e-9, "-3e-9"),
        (math.nan, "unknown"),
        (-math.inf, "minus infinite"),
    ],
)
def test_a_number_is_rounded_before_its_notation_is_chosen(x, text):
    assert plain(x) == text


@given(st.floats(-1e307, 1e307))
def test_a_number_reads_back_within_its_digits(x):
    assert float(plain(x).replace(",", "")) == pytest.approx(x, rel=0.051, abs=0)


@given(st.floats(allow_nan=False))
def test_both_notations_write_the_same_number(x):
    back = (
        typeset(x)
        .replace("\u2212", "-")
        .replace("\u00d710", "e")
        .translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    )
    assert back in {plain(x), plain(x).replace("1e", "10", 1)}


def test_a_chosen_number_has_no_zeros_at_its_end():
    assert [trimmed(x, plain) for x in (0.25, 1.0, 20.0, 1000.0, 1e-8, 0.0)] == [
        "0.25",
        "1",
        "20",
        "1,000",
        "1e-8",
        "0",
    ]


def test_a_sign_is_shown_of_either_direction():
    assert (signed(1.5, typeset), signed(-1.5, typeset)) == ("+1.50", "\u22121.50")


@given(st.floats(0, 1))
def test_only_a_whole_share_is_called_0_or_100_per_cent(share):
    assert (percent(share) == "0 %") == (share == 0)
    assert (percent(share) == "100 %") == (share == 1)


def test_a_share_close_to_none_or_all_says_so():
    assert [percent(share) for share in (1e-9, 4e-4, 0.9996, 1 - 1e-9)] == [
        "<0.001 %",
        "0.040 %",
        "99.960 %",
        ">99.999 %",
    ]


def test_a_ratio_beside_0_or_1_is_told_from_a_share_with_the_rounding_of_a_sum():
    assert [percent(each) for each in (1.0000001, -1e-9, 1.0004)] == ["<100.001 %", ">-0.001 %", "100.040 %"]
    assert [percent(each) for each in (sum([0.1] * 3) / 0.3, -1e-17)] == ["100 %", "0 %"]


def test_an_unknown_p_value_is_called_so():
    assert (p_value(math.nan), p_value(0.0), p_value(0.0499)) == ("unknown", "0", "0.05")


def test_a_share_that_is_not_a_number_is_said_in_words():
    assert (percent(math.nan), percent(-0.09), percent(-math.inf)) == ("unknown", "-9.0 %", "minus infinite")


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (Estimate(0.30000000000000004, 0.2, 0.4), "0.200 to 0.400"),
        (Estimate(0.0, 0.0, 0.0123), "0 to 0.0123"),
        (Estimate(0.0, 0.0, 0.0), "0"),
        (Estimate(2e-9, 1e-9, 3e-9), "1e-9 to 3e-9"),
        (Estimate(math.inf, 0.5, math.inf), "0.500 to infinite"),
        (Estimate(math.nan, math.nan, math.nan), "unknown"),
    ],
)
def test_the_ends_of_an_interval_have_the_decimals_of_its_value(estimate, text):
    assert interval(estimate, plain) == text


def test_the_ends_of_an_interval_have_the_minus_of_their_notation():
    below = Estimate(-0.06, -0.0712, -0.05)
    assert interval(below, plain) == "-0.0712 to -0.0500"
    assert interval(below, typeset) == "\u22120.0712 to \u22120.0500"


def test_the_ends_of_an_interval_of_a_share_are_per_cents():
    assert percent_interval(Estimate(0.03, 0.0, 0.05)) == "0 % to 5.0 %"
