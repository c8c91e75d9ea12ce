"""Definition, mutants and edge cases of `soft_bootstrap`."""

import numpy as np
from mpmath import fsum, log
from tests.losses.noisy_labels.test_bootstrap import LABELS, LOGITS, PROBS
from tests.mutants.harness import Mutant
from tests.oracles.loss_tables import Definition, softmax

from xent.losses import SoftBootstrap, soft_bootstrap


def definition(z, label, beta=0.95):
    """``-sum((beta * one_hot + (1 - beta) * p) * log(p))``."""
    p = softmax(z)
    return -fsum((beta * (k == label) + (1 - beta) * x) * log(x) for k, x in enumerate(p) if x > 0)


DEFINITION = Definition(
    definition,
    source="Reed et al. 2015, section 3.2",
    inputs="logits",
    parameters=({}, {"beta": 0.7}),
    units={"value": 16, "gradient": 16, "gradient of rows": True, "product": 128},
)


MUTANTS = (
    Mutant(
        "the label's share for the entropy too",
        "soft_bootstrap:SoftBootstrap.problem",
        "1 - self.beta",
        "self.beta",
        "tests/losses/noisy_labels/test_bootstrap.py::test_the_definitions_as_written_hold[numpy]",
    ),
)


def test_the_gradient_flows_through_the_probabilities_in_the_target(xp):
    entropy = -(PROBS * np.log(PROBS)).sum(axis=-1, keepdims=True)
    written = 0.95 * (PROBS - np.eye(3)[LABELS]) - 0.05 * PROBS * (np.log(PROBS) + entropy)
    found = xp.call_public(soft_bootstrap.gradient, LOGITS, LABELS)
    np.testing.assert_allclose(found, written, rtol=1e-12, atol=1e-16)
    held_fast = 0.95 * (PROBS - np.eye(3)[LABELS])
    assert np.abs(found - held_fast).max() > 1e-3


def test_soft_bootstrapping_is_convex_as_long_as_the_share_of_the_label_allows():
    # The condition is log K <= (2 beta - 1) / (1 - beta): here 5.3 is below 18, and not below 0.5.
    logits = np.zeros((1, 200))
    logits[0, 0] = 4.5
    labels = np.asarray([0])
    lowest = [
        np.linalg.eigvalsh(SoftBootstrap(beta=beta).hessian(logits, labels))[0, 0] for beta in (0.95, 0.6)
    ]
    assert lowest[0] > -1e-12
    assert lowest[1] < -1e-4
