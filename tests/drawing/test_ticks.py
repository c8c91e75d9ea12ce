from __future__ import annotations

import math

import pytest
from matplotlib.figure import Figure

from xent.drawing.ticks import linear_ticks, logarithmic_ticks, percent_ticks, step_positions, step_ticks


@pytest.fixture
def axes():
    return Figure().add_axes((0, 0, 1, 1))


def labels(axis):
    low, high = sorted(axis.get_view_interval())
    at = axis.get_major_locator()()
    texts = axis.get_major_formatter().format_ticks(at)
    return [text for x, text in zip(at, texts, strict=True) if low <= x <= high]


def test_many_decades_are_marked_by_powers_of_ten(axes):
    logarithmic_ticks(axes.yaxis, [-11, 0])
    assert labels(axes.yaxis) == ["10⁻¹⁰", "10⁻⁸", "10⁻⁶", "10⁻⁴", "0.01", "1"]


def test_few_decades_are_marked_between_the_powers_too(axes):
    logarithmic_ticks(axes.yaxis, [math.log10(0.03), math.log10(0.6)])
    assert labels(axes.yaxis) == ["0.05", "0.1", "0.2", "0.5"]


def test_a_single_value_is_shown_with_a_decade_around_it(axes):
    logarithmic_ticks(axes.yaxis, [0.0])
    assert labels(axes.yaxis) == ["0.5", "1", "2"]


def test_an_upper_end_at_a_power_of_ten_is_marked(axes):
    logarithmic_ticks(axes.yaxis, [0.5])
    assert labels(axes.yaxis) == ["1", "2", "5", "10"]


def test_linear_ticks_include_zero_and_have_no_rounding_noise(axes):
    axes.set_ylim(0, 0.7)
    linear_ticks(axes.yaxis)
    assert labels(axes.yaxis) == ["0", "0.2", "0.4", "0.6"]


def test_shares_are_marked_in_per_cent(axes):
    axes.set_ylim(0, 1)
    percent_ticks(axes.yaxis)
    assert labels(axes.yaxis) == ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]


def test_even_steps_stand_as_they_are(axes):
    assert step_positions(range(10)) == list(range(10))
    axes.set_xlim(0, 9)
    step_ticks(axes.xaxis, range(10))
    assert labels(axes.xaxis) == ["0", "2", "4", "6", "8"]
    assert axes.xaxis.get_label_text() == "step"


def test_steps_recorded_ever_more_rarely_stand_by_their_logarithm(axes):
    steps = (0, 1, 2, 5, 20, 100, 1500)
    assert step_positions(steps) == [math.log10(1 + step) for step in steps]
    axes.set_xlim(0, 3.2)
    step_ticks(axes.xaxis, steps)
    assert labels(axes.xaxis) == ["0", "1", "10", "100", "1,000"]
    assert axes.xaxis.get_label_text() == "step, on a logarithmic scale"


def test_a_single_step_can_be_placed(axes):
    assert step_positions([0]) == [0.0]
    step_ticks(axes.xaxis, [0])
