"""
Kinds of tests, by which XLA compiles JAX's code: it takes most of the time of most tests of JAX.

Tests of digits are those whose names say so, and those that refer to `relative_error` or to numbers of more
digits than a float has, directly or through functions of the tests. Those of the mark ``as_for_users`` run
the code that XLA makes for users. All others, which ask for values, are compiled without optimisation, in a
quarter of the time; so is `jax.jit` where a test calls it, for which `tests.array_libraries.jit` stands in.
The mark ``of_values`` counts a test among these whose name or tolerance speaks of digits but whose law is not
of rounding: a limit, a mask, or an identity that is tested on NumPy as well.
"""

import functools
import re
import types

import pytest
from tests import relative_error
from tests.array_libraries import current_test

__all__ = ["measures_digits", "pytest_runtest_setup"]

# Not those of a width, such as "in_32_bits".
_NAMES = re.compile(r"digit|exact|unit|round|(?<!\d_)bit")
# Relative tolerances below this one are a matter of digits.
_TOLERANCE = 1e-14
_OF_DIGITS = (relative_error.__name__, "mpmath", "fractions")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Tell `ArrayLibrary` the kind of the test, before its fixtures compile anything."""
    if item.get_closest_marker("as_for_users"):
        current_test.kind = "for users"
    elif item.get_closest_marker("of_values"):
        current_test.kind = "for values"
    else:
        is_of_digits = _NAMES.search(item.name) or measures_digits(getattr(item, "function", None))
        current_test.kind = "for digits" if is_of_digits else "for values"


@functools.cache
def measures_digits(function):
    """True of a test that compares digits, itself or in a function of the tests that it calls."""
    found, waiting = set(), [function]
    while waiting:
        one = waiting.pop()
        if _module(one).startswith(_OF_DIGITS) or (isinstance(one, float) and 0 < one < _TOLERANCE):
            return True
        if isinstance(one, types.FunctionType) and one not in found and _module(one).startswith("tests."):
            found.add(one)
            waiting.extend(_named(one, one.__code__))
    return False


def _module(one):
    return one.__name__ if isinstance(one, types.ModuleType) else getattr(one, "__module__", None) or ""


def _named(function, code):
    """The objects that a function refers to by name, and its numbers, also in functions within it."""
    for name in code.co_names:
        yield function.__globals__.get(name)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _named(function, constant)
        else:
            yield constant
