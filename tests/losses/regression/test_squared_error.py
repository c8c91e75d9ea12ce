"""Definition, mutants and edge cases of `squared_error`."""

import numpy as np
import pytest
from tests.losses.regression.test_numbers_and_counts import MEANS, VALUES
from tests.mutants.harness import Mutant, meets_definition
from tests.mutants.mutators import drop_right, swap
from tests.oracles.loss_tables import Definition
from tests.relative_error import assert_within

from xent.errors import DomainError
from xent.losses import squared_error


def definition(z, y):
    """Half the square of the difference."""
    return (z[0] - y[0]) ** 2 / 2


def inputs():
    """Means on both sides of 0, large and small."""
    for mean in (0.0, 2.0**-30, 0.3, -1.0, 3.7, -41.3, 1e6, -1e15):
        yield np.float32([mean])


def truths(logits, rng):
    """A value next to the mean, and another."""
    near = float(np.nextafter(logits[0], np.float32(np.inf)))
    return [[near], [float(np.float32(rng.standard_normal()))]]


DEFINITION = Definition(
    definition,
    source="Bishop 2006, equation 1.62",
    inputs=inputs,
    parameters=({},),
    units={"value": 3, "gradient": 1, "product": 1},
    truths=truths,
)


MUTANTS = (
    Mutant(
        "the whole square",
        "squared_error:SquaredError.value",
        "self.gradient(means, values, xp=xp) ** 2 / 2",
        drop_right,
        meets_definition("squared_error"),
    ),
    Mutant(
        "the other sign",
        "squared_error:SquaredError.gradient",
        "means - values",
        swap,
        meets_definition("squared_error"),
    ),
)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_values_are_finite_where_they_count(xp, wrong):
    values = np.where(np.arange(6) == 4, wrong, VALUES)
    with pytest.raises(
        DomainError, match=r"squared_error: `values` must be finite; got .*, first at index \(4,\)"
    ):
        squared_error(xp.from_numpy(MEANS), xp.from_numpy(values))
    weight = np.where(np.arange(6) == 4, 0.0, 1.0)
    found = xp.call_public(squared_error, MEANS, values, sample_weight=weight)
    assert_within(1, found, weight * squared_error(MEANS, VALUES))


def test_an_infinite_mean_costs_infinity():
    np.testing.assert_array_equal(squared_error(np.asarray([np.inf]), np.zeros(1)), [np.inf])
