"""Definition, mutants and edge cases of `mean_absolute_error`."""

import numpy as np
from tests.mutants.harness import Mutant
from tests.oracles.loss_tables import Definition, softmax

from xent.losses import mean_absolute_error


def definition(z, label):
    """``sum(|p_k - [k = y]|)``."""
    p = softmax(z)
    others = sum(p[k] for k in range(len(z)) if k != label)
    return others + others  # 1 - p_y is the sum of the others, which has its digits at any precision


DEFINITION = Definition(
    definition,
    source="Ghosh, Kumar, Sastry 2017, section 3",
    inputs="logits",
    parameters=({},),
    units={"value": 6, "gradient": 6, "product": 8, "inflection": True},
)


MUTANTS = (
    Mutant(
        "a mean over two classes",
        "mean_absolute_error:MeanAbsoluteError.formula",
        "Poly(0.0, 2.0)",
        "Poly(0.0, 1.0)",
        "tests/losses/focusing/test_poly.py::test_the_definitions_as_written_hold[numpy]",
    ),
)


def test_the_minimum_of_the_absolute_error_is_the_most_frequent_label_alone():
    targets = np.asarray([0.4, 0.35, 0.25])
    for sure in (0.0, 1.0, 5.0, 20.0):
        logits = np.tile([sure, 0.0, 0.0], (3, 1))
        downhill = -targets @ mean_absolute_error.gradient(logits, np.arange(3))
        assert downhill[0] > 0
        assert (downhill[1:] < 0).all() or sure < 5
