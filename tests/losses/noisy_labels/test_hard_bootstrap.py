"""Definition, mutants and edge cases of `hard_bootstrap`."""

import numpy as np
from mpmath import log
from tests.losses.noisy_labels.test_bootstrap import LABELS, LOGITS, PROBS
from tests.mutants.harness import Mutant
from tests.oracles.loss_tables import Definition, softmax

from xent.losses import HardBootstrap, hard_bootstrap


def definition(z, label, beta=0.8):
    """``-beta * log(p_y) - (1 - beta) * log(max(p))``."""
    p = softmax(z)
    others = sum(p[k] for k in range(len(p)) if k != max(range(len(p)), key=p.__getitem__))
    return -beta * log(p[label]) - (1 - beta) * log(1 - others)


def truths(logits, rng):
    """No row with two largest logits, where the loss has a ridge."""
    del rng
    order = np.argsort(logits, kind="stable")
    order = order[np.isfinite(logits[order])]
    if (logits == logits.max()).sum() > 1:
        return []
    return sorted({int(order[-1]), int(order[0]), int(order[len(order) // 2])})


DEFINITION = Definition(
    definition,
    source="Reed et al. 2015, section 3.2",
    inputs="logits",
    parameters=({}, {"beta": 0.3}),
    units={"value": 8, "gradient": 8, "gradient of rows": True, "product": 64},
    truths=truths,
)


MUTANTS = (
    Mutant(
        "the label's share for both",
        "hard_bootstrap:HardBootstrap.problem",
        "1 - self.beta",
        "self.beta",
        "tests/losses/noisy_labels/test_bootstrap.py::test_the_definitions_as_written_hold[numpy]",
    ),
)


def test_the_likeliest_class_is_a_constant_in_the_gradient(xp):
    top = np.eye(3)[LOGITS.argmax(axis=-1)]
    written = PROBS - 0.8 * np.eye(3)[LABELS] - 0.2 * top
    found = xp.call_public(hard_bootstrap.gradient, LOGITS, LABELS)
    np.testing.assert_allclose(found, written, rtol=1e-12, atol=1e-15)


def test_of_tied_logits_the_first_is_the_guess(xp):
    found = xp.call_public(HardBootstrap(beta=0.5).gradient, np.zeros((1, 2)), np.asarray([1]))
    np.testing.assert_allclose(found, [[0, 0]], atol=1e-16)
    found = xp.call_public(HardBootstrap(beta=0.5).gradient, np.zeros((1, 2)), np.asarray([0]))
    np.testing.assert_array_equal(found, [[-0.5, 0.5]])
