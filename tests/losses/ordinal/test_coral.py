"""Definition, mutants and edge cases of `coral`."""

import numpy as np
import pytest
from mpmath import exp, fsum, log
from tests.losses.ordinal.test_ordinal import LABELS, LOGITS
from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left
from tests.oracles.loss_tables import Definition

from xent.errors import DomainError, DTypeError, ShapeError
from xent.losses import coral


def definition(z, label):
    """The sum over the thresholds of the cross-entropy of the answer to "is it above?"."""
    return fsum(-log(_sigmoid(x if label > k else -x)) for k, x in enumerate(z))


def truths(logits, rng):
    """The first, the last and a middle class, where what they rule out is not certain."""
    del rng
    labels = sorted({0, len(logits), (len(logits) + 1) // 2})
    return [label for label in labels if np.isfinite(logits[:label]).all()]


def _sigmoid(x):
    return 1 / (1 + exp(-x))


DEFINITION = Definition(
    definition,
    source="Cao, Mirjalili, Raschka 2020, section 3",
    inputs="logits",
    parameters=({},),
    units={"value": 4, "gradient": 4, "product": 8},
    truths=truths,
)

TESTS = "tests/losses/ordinal/test_coral.py::"

MUTANTS = (
    Mutant(
        "coral does not ask at the label",
        "coral:Coral.problem",
        "equal + below",
        drop_left,
        "tests/losses/ordinal/test_ordinal.py::test_coral_asks_every_question_and_corn_none_beyond_the_label[numpy]",
    ),
    Mutant(
        "task weights of the yes alone",
        "coral:Coral.problem",
        "factors * mass_for, factors * mass_against",
        "factors * mass_for, mass_against",
        TESTS + "test_task_weights_are_factors_of_the_thresholds",
    ),
)


def test_coral_agrees_with_the_published_program():
    torch = pytest.importorskip("torch")
    log_sigmoid = torch.nn.functional.logsigmoid
    logits, importance = torch.tensor(LOGITS), torch.tensor([0.5, 1.0, 2.0])
    levels = (torch.tensor(LABELS)[:, None] > torch.arange(3)).to(torch.float64)
    # coral_pytorch.losses.coral_loss, whose second term is log(1 - sigmoid).
    terms = log_sigmoid(logits) * levels + (log_sigmoid(logits) - logits) * (1 - levels)
    theirs = -torch.sum(terms * importance, dim=1).mean()
    ours = coral.mean(logits, torch.tensor(LABELS), task_weights=importance)
    np.testing.assert_allclose(ours, theirs, rtol=1e-13)


def test_task_weights_are_factors_of_the_thresholds():
    weights = np.asarray([0.25, 0.0, 2.0])
    gradient = coral.gradient(LOGITS, LABELS, task_weights=weights)
    np.testing.assert_allclose(gradient, weights * coral.gradient(LOGITS, LABELS), rtol=1e-15)
    with pytest.raises(
        ShapeError, match=r"coral: `task_weights` must have shape \(3,\), one factor for each"
    ):
        coral(LOGITS, LABELS, task_weights=[1.0, 2.0, 3.0, 4.0])
    with pytest.raises(DomainError, match="coral: `task_weights` must be finite and >= 0; got -1"):
        coral(LOGITS, LABELS, task_weights=[1.0, -1.0, 1.0])


def test_labels_of_ordered_classes_are_integers():
    with pytest.raises(DTypeError, match="coral: `labels` must be integral; got float64"):
        coral(LOGITS, LABELS.astype(float))
