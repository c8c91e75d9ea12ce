"""Definition and edge cases of `evidential_likelihood`."""

import numpy as np
import pytest
from mpmath import fsum, log
from tests.losses.evidential.test_evidential_cross_entropy import concentrations, inputs, truths
from tests.oracles.loss_tables import Definition
from tests.relative_error import assert_within

from xent.losses import EvidentialLikelihood, evidential_likelihood


def definition(z, label, evidence):
    """Minus the logarithm of the expected ``p_y`` under a Dirichlet distribution."""
    alpha = concentrations(z, evidence)
    return -log(alpha[label] / fsum(alpha))


DEFINITION = Definition(
    definition,
    source="Sensoy, Kaplan, Kandemir 2018, equation 3",
    inputs=inputs,
    parameters=({"evidence": "softplus"}, {"evidence": "exponential"}),
    units={"value": 8, "gradient": 16, "gradient of rows": True, "product": 64},
    truths=truths,
)


def test_a_wide_gap_is_not_rounded(xp):
    mpmath = pytest.importorskip("mpmath")
    logits = np.asarray([[700.3, 30.7], [650.1, 1 / 3]])
    with mpmath.workdps(700):
        exact = [
            float(mpmath.log1p((1 + mpmath.exp(low)) / (1 + mpmath.exp(high))))
            for high, low in logits.tolist()
        ]
    loss = EvidentialLikelihood(evidence="exponential")
    assert_within(4, xp.call_public(loss, logits, np.asarray([0, 0])), np.asarray(exact))


def test_endless_exponential_evidence_knows_no_infinity():
    logits = np.asarray([[-np.inf, 700.0, 3.0]])
    gradient = evidential_likelihood.gradient(logits, np.asarray([2]), evidence="exponential")
    np.testing.assert_allclose(gradient, [[0, 1, -np.exp(3) / (1 + np.exp(3))]], rtol=1e-14)
