"""Definition and edge cases of `evidential_cross_entropy`."""

import numpy as np
import pytest
from mpmath import exp, fsum, log, loggamma, mpf, psi
from tests.losses.evidential.test_evidential import LABELS, LOGITS, concentrations_of
from tests.oracles.loss_tables import Definition

from xent.losses import evidential_cross_entropy


def definition(z, label, evidence, annealing):
    """The expectation of ``-log p_y`` under a Dirichlet distribution, and the divergence."""
    alpha = concentrations(z, evidence)
    found = psi(0, fsum(alpha)) - psi(0, alpha[label])
    return found + mpf(annealing) * divergence(alpha, label) if annealing else found


def inputs():
    """Rows of logits that give little evidence, much, or both; all are exact in 32 bits."""
    rng = np.random.default_rng(20261127)
    for row in ((0.0, -0.5), (9.0, -7.0), (-20.0, -21.0), (24.0, 31.0), (80.0, 11.0)):
        yield np.float32(row)
    for scale, shift in ((1.0, 0.0), (3.0, 3.0), (8.0, -4.0), (0.1, 14.0)):
        yield (scale * rng.standard_normal(4) + shift).astype(np.float32)
    yield np.float32([-np.inf, 1.25, -np.inf, 4.0])


def truths(logits, rng):
    """The largest logit and a smaller one."""
    del rng
    order = np.argsort(logits, kind="stable")
    order = order[np.isfinite(logits[order])]
    return sorted({int(order[-1]), int(order[0])})


def concentrations(z, evidence):
    """One more than the evidence."""
    return [1 + (log(1 + exp(x)) if evidence == "softplus" else exp(x)) for x in z]


def divergence(alpha, label):
    """From the uniform distribution, of the one without the evidence for the label."""
    rest = [mpf(1) if k == label else a for k, a in enumerate(alpha)]
    total = fsum(rest)
    logs = loggamma(total) - loggamma(len(rest)) - fsum(loggamma(a) for a in rest if a != 1)
    return logs + fsum((a - 1) * (psi(0, a) - psi(0, total)) for a in rest if a != 1)


DEFINITION = Definition(
    definition,
    source="Sensoy, Kaplan, Kandemir 2018, equation 4, and the regulariser of section 4",
    inputs=inputs,
    parameters=(
        {"evidence": "softplus", "annealing": 0.0},
        {"evidence": "exponential", "annealing": 0.0},
        {"evidence": "softplus", "annealing": 1.0},
        {"evidence": "exponential", "annealing": 0.25},
    ),
    units={"value": 8, "gradient": 16, "gradient of rows": True, "product": 64},
    truths=truths,
)


@pytest.mark.parametrize("evidence", ["softplus", "exponential"])
def test_the_digamma_and_the_divergence_are_those_of_scipy(evidence):
    special = pytest.importorskip("scipy.special")
    alpha = concentrations_of(LOGITS, evidence)
    rows, total = np.arange(4), alpha.sum(axis=-1)
    found = evidential_cross_entropy(LOGITS, LABELS, evidence=evidence)
    np.testing.assert_allclose(found, special.psi(total) - special.psi(alpha[rows, LABELS]), rtol=1e-12)
    alpha[rows, LABELS] = 1
    total = alpha.sum(axis=-1)
    divergence = special.gammaln(total) - special.gammaln(3) - special.gammaln(alpha).sum(axis=-1)
    digammas = special.psi(alpha) - special.psi(total)[:, None]
    divergence += ((alpha - 1) * digammas).sum(axis=-1)
    regularised = evidential_cross_entropy(LOGITS, LABELS, evidence=evidence, annealing=0.75)
    np.testing.assert_allclose(regularised - found, 0.75 * divergence, rtol=1e-11)


def test_much_evidence_leaves_the_digits_of_small_losses():
    # psi(S) - psi(alpha) is B / S to the first order, and the next one is known.
    logits = np.asarray([[30.0, 0.0]])
    alpha, others = np.exp(30.0) + 1, 2.0
    found = evidential_cross_entropy(logits, np.asarray([0]), evidence="exponential")
    exact = others / alpha - others * (others - 1) / (2 * alpha**2)
    np.testing.assert_allclose(found, [exact], rtol=1e-14)
