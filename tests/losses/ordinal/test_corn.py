"""Definition, mutants and edge cases of `corn`."""

import numpy as np
from mpmath import exp, log, mpf
from tests.losses.ordinal.test_coral import truths
from tests.losses.ordinal.test_ordinal import LABELS, LOGITS
from tests.mutants.harness import Mutant
from tests.oracles.loss_tables import Definition
from tests.relative_error import assert_within

from xent.losses import corn, sigmoid_cross_entropy


def definition(z, label):
    """``-log P(label)``: above 0, and above 1 given that, and so on, and at last not above the label."""
    prob = mpf(1)
    for x in z[:label]:
        prob *= 1 / (1 + exp(-x))
    if label < len(z):
        prob *= 1 / (1 + exp(z[label]))
    return -log(prob)


DEFINITION = Definition(
    definition,
    source="Shi, Cao, Raschka 2023, section 3: minus the logarithm of the chain rule's product",
    inputs="logits",
    parameters=({},),
    units={"value": 4, "gradient": 4, "product": 8},
    truths=truths,
)


MUTANTS = (
    Mutant(
        "corn asks beyond the label",
        "corn:Corn.problem",
        "(above, equal)",
        "(above, 1 - above)",
        "tests/losses/ordinal/test_ordinal.py::test_coral_asks_every_question_and_corn_none_beyond_the_label[numpy]",
    ),
)


def test_corn_is_the_likelihood_of_the_label():
    rows = np.repeat(LOGITS[:1], 4, axis=0)
    probs = np.exp(-corn(rows, np.arange(4)))
    np.testing.assert_allclose(probs.sum(), 1, rtol=1e-14)
    up = 1 / (1 + np.exp(-LOGITS[0]))
    np.testing.assert_allclose(1 - np.cumsum(probs)[:3], np.cumprod(up), rtol=1e-12)


def test_the_mean_of_corn_is_over_rows_and_that_of_the_paper_over_questions():
    total = corn(LOGITS, LABELS).sum()
    np.testing.assert_allclose(corn.mean(LOGITS, LABELS), total / 5, rtol=1e-14)
    questions = np.minimum(LABELS + 1, 3).sum()
    # The paper's sum over tasks of sums over the examples with a label that is not below the task.
    paper = sum(
        sigmoid_cross_entropy(LOGITS[task <= LABELS, task], task < LABELS[task <= LABELS]).sum()
        for task in range(3)
    ) / sum((task <= LABELS).sum() for task in range(3))
    np.testing.assert_allclose(corn.mean(LOGITS, LABELS, denominator=questions), paper, rtol=1e-14)


def test_corn_does_not_count_an_infinite_logit_beyond_the_label(xp):
    logits = np.asarray([[0.0, np.inf], [0.0, -np.inf]])
    assert_within(1, xp.call_public(corn, logits, np.asarray([0, 0])), np.log([2.0, 2.0]))
