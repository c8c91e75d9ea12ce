"""Integers among the options of functions, by one rule."""

import numpy as np
import pytest

from xent.arrays import checked_integer
from xent.errors import DomainError, DTypeError


@pytest.mark.parametrize("value", [4, np.int8(4), np.uint64(4), np.asarray(4)])
def test_integers_of_any_library_become_those_of_python(value):
    found = checked_integer(value, "n", caller="f")
    assert type(found) is int
    assert found == 4


@pytest.mark.parametrize(
    ("value", "got"),
    [(2.5, r"2\.5"), (4.0, r"4\.0"), (True, "True"), ("a", "'a'"), ([1], "list"), (None, "NoneType")],
)
def test_other_values_are_named(value, got):
    with pytest.raises(DTypeError, match=rf"^f: `n` must be an integer; got {got}\."):
        checked_integer(value, "n", caller="f")


def test_integers_below_the_least_are_refused():
    assert checked_integer(1, "n", least=1, caller="f") == 1
    with pytest.raises(DomainError, match=r"^f: `n` must be an integer >= 1; got 0\."):
        checked_integer(0, "n", least=1, caller="f")
