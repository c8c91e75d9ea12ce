"""Invalid arguments of a function, one at a time, and the names in the errors that they give."""

import inspect
import re

import numpy as np

from xent.errors import XentError

__all__ = ["assert_errors_name_parameters", "errors_of"]


def invalid_values(value):
    """Values in place of a valid `value`, an array or a number: of other types, shapes and ranges."""
    array = np.asarray(value)
    masked = np.ma.masked_array(array, np.ones(array.shape, bool))
    numbers = [np.full(array.shape, number, array.dtype) for number in (-3, 7, 0)]
    if array.dtype.kind == "f":
        numbers += [np.full(array.shape, number) for number in (np.nan, np.inf, -np.inf)]
    return [*numbers, array.astype(complex), array[..., None, None].repeat(3, -1), masked, -2.5, "text"]


def errors_of(function, valid, *, of_numbers=()):
    """
    Errors of `function` as pairs of the name of the invalid argument and the `XentError`.

    `valid` are all arguments by name, `of_numbers` the names of those of which invalid values are tried; of
    the others all are.
    """
    found = []
    for name, value in valid.items():
        for wrong in (*of_numbers,) if value is None else invalid_values(value):
            try:
                function(**{**valid, name: wrong})
            except XentError as error:
                found.append((name, error))
            except (TypeError, ValueError, RuntimeError, AttributeError):
                # Not ours, which the tests of the functions hold against it.
                continue
    return found


def assert_errors_name_parameters(function, valid, *, caller):
    """
    Raise unless each error of `function` for an invalid argument is one of `caller` and names parameters.

    `caller` is a name or a tuple of names.

    The argument that the error names, and every other name in its message, must be of the signature.
    """
    parameters = set(inspect.signature(function).parameters)
    found = errors_of(function, valid)
    assert found
    for name, error in found:
        named = {error.argument, *re.findall(r"`([a-z_]+(?:\.[a-z_]+)?)`", f"{error.rule} {error.hint}")}
        roots = {each.partition(".")[0] for each in named}
        assert roots <= parameters, f"{name}: {error}"
        assert error.caller in ((caller,) if isinstance(caller, str) else caller), f"{name}: {error}"
