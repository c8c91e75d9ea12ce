"""Definition, mutants and edge cases of `symmetric_cross_entropy`."""

import numpy as np
import pytest
from mpmath import log, mpf
from tests.mutants.harness import Mutant, meets_definition
from tests.oracles.loss_tables import Definition, softmax
from tests.relative_error import assert_within

from xent.losses import symmetric_cross_entropy


def definition(z, label, alpha, beta, log_zero):
    """``-alpha * log(p_y) - beta * sum(p_k * log(e_k))``, where `log_zero` is the logarithm of 0."""
    p = softmax(z)
    reverse = -sum(p[k] * (0 if k == label else mpf(log_zero)) for k in range(len(z)))
    return -mpf(alpha) * log(p[label]) + mpf(beta) * reverse


DEFINITION = Definition(
    definition,
    source="Wang et al. 2019: cross-entropy, and the reverse one with a number for the logarithm of 0",
    inputs="logits",
    parameters=({"alpha": 0.1, "beta": 1.0, "log_zero": -4.0}, {"alpha": 0.0, "beta": 0.3, "log_zero": -2.5}),
    units={"value": 6, "gradient": 6, "product": 8, "inflection": True},
)


MUTANTS = (
    Mutant(
        "the reverse term without its factor",
        "symmetric_cross_entropy:SymmetricCrossEntropy.formula",
        "-self.beta * self.log_zero",
        "-self.log_zero",
        meets_definition("symmetric_cross_entropy"),
    ),
)


@pytest.mark.parametrize(("alpha", "convex"), [(4.0, True), (6.0, True), (3.0, False)])
def test_symmetric_cross_entropy_is_convex_where_cross_entropy_outweighs_the_reverse(alpha, convex):
    rng = np.random.default_rng(3)
    logits, labels = 4 * rng.standard_normal((400, 3)), rng.integers(0, 3, size=400)
    lowest = np.linalg.eigvalsh(symmetric_cross_entropy.hessian(logits, labels, alpha=alpha)).min()
    assert (lowest >= -1e-14) == convex


def test_the_reverse_cross_entropy_needs_no_clipping():
    """Others clip the one-hot labels at 1e-4 and the probabilities at 1e-7, and stop there."""
    logits, labels = np.asarray([[30.0, 0.0]]), np.asarray([0])
    found = symmetric_cross_entropy(logits, labels, alpha=0.0, log_zero=np.log(1e-4))
    assert_within(4, found, [-np.log(1e-4) * 9.357622968839299e-14])
