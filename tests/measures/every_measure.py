"""The measures, each with arguments that it takes: what one test says of all of them."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from xent import measures

__all__ = ["TABLE", "Case", "P", "Q", "cases", "every_measure", "of_pairs"]

P = np.asarray([[0.5, 0.25, 0.25], [0.125, 0.0, 0.875]])
Q = np.asarray([[0.25, 0.25, 0.5], [0.5, 0.25, 0.25]])
TABLE = np.asarray([[[0.25, 0.125], [0.0, 0.625]], [[0.0625, 0.1875], [0.5, 0.25]]])
CUBE = np.stack([TABLE, TABLE[::-1]], axis=1) / 2


@dataclass(frozen=True)
class Case:
    """A measure with its options bound, and arrays for two values of it."""

    name: str
    function: Callable
    arrays: tuple[np.ndarray, ...]

    def __str__(self):
        return self.name


def _case(name, *arrays, **options):
    label = "-".join([name, *(f"{value}" for value in options.values())])
    return Case(label, functools.partial(getattr(measures, name), **options), arrays)


of_pairs = (
    _case("cross_entropy", P, Q),
    _case("kl_divergence", P, Q),
    _case("js_divergence", P, Q),
    _case("js_divergence", P, Q, weights=(0.25, 0.75)),
    _case("js_distance", P, Q),
    _case("squared_hellinger", P, Q),
    _case("hellinger_distance", P, Q),
    _case("chi_squared_divergence", P, Q),
    _case("total_variation", P, Q),
    *(_case("renyi_divergence", P, Q, order=order) for order in (0, 0.5, 1, 2, np.inf)),
    *(_case("alpha_divergence", P, Q, order=order) for order in (0.25, 1, 2)),
    *(_case("tsallis_divergence", P, Q, order=order) for order in (0, 2)),
)
of_one = (
    _case("entropy", P),
    _case("perplexity", P),
    *(_case("renyi_entropy", P, order=order) for order in (0, 0.5, 1, 2, np.inf)),
    *(_case("tsallis_entropy", P, order=order) for order in (0.5, 1, 2, np.inf)),
)
of_tables = (
    _case("joint_entropy", TABLE),
    _case("conditional_entropy", TABLE, given_axis=-2),
    _case("conditional_entropy", TABLE, given_axis=-1),
    _case("mutual_information", TABLE),
    _case("conditional_mutual_information", CUBE, given_axis=-3),
    _case("conditional_mutual_information", CUBE, given_axis=-1),
    _case("total_correlation", CUBE, variables=3),
    _case("variation_of_information", TABLE),
    *(
        _case("normalized_mutual_information", TABLE, by=by)
        for by in ("min", "max", "sqrt", "arithmetic", "joint")
    ),
)
cases = (*of_one, *of_pairs, *of_tables)
every_measure = pytest.mark.parametrize("case", cases, ids=str)
