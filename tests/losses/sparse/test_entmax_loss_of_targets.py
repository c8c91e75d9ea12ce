"""Definition, mutants and edge cases of `entmax_loss_of_targets`."""

import numpy as np
import pytest
from tests.central_differences import central_gradient
from tests.losses.sparse.test_entmax_loss import every_alpha, exact_fenchel_young, inputs, rows
from tests.mutants.harness import Mutant, meets_definition
from tests.oracles.loss_tables import Definition, far_targets

from xent.losses import EntmaxLossOfTargets, entmax_loss_of_targets


def truths(logits, _rng):
    """Targets that the model does not state, so that its gradient is no difference of near numbers."""
    return far_targets(logits)


DEFINITION = Definition(
    exact_fenchel_young,
    source="Blondel, Martins and Niculae 2020, definition 2",
    inputs=inputs,
    parameters=({"alpha": 1.5}, {"alpha": 1.25}),
    units={
        "value": 16,
        "value beside gradient": True,
        "gradient": 16,
        "gradient of rows": True,
        "product": 64,
    },
    truths=truths,
)

TESTS = "tests/losses/sparse/test_entmax_loss_of_targets.py::"

MUTANTS = (
    Mutant(
        "0 * inf at a masked class",
        "entmax_loss_of_targets:EntmaxLossOfTargets.value_and_gradient",
        "xp.where(targets == 0, 0.0, targets * xp.where(targets == 0, 0.0, model.shortfalls))",
        "targets * model.shortfalls",
        "tests/losses/sparse/test_entmax_loss.py::test_what_a_masked_class_costs[numpy-1.5]",
    ),
    Mutant(
        "forget what targets miss the support by",
        "entmax_loss_of_targets:EntmaxLossOfTargets.value_and_gradient",
        "found + missed",
        "found + 0 * targets",
        "tests/losses/sparse/test_entmax_loss.py::test_the_definitions_as_written_hold[numpy-2.0]",
    ),
    Mutant(
        "drop the entropy of the targets",
        "entmax_loss_of_targets:EntmaxLossOfTargets.value_and_gradient",
        "found + missed",
        "found + missed - targets**self.alpha",
        TESTS + "test_a_distribution_with_zeros_is_reached",
    ),
    Mutant(
        "p - t as it stands",
        "entmax_loss_of_targets:_difference",
        "(1 - targets) * model.probs - targets * model.complements(xp=xp)",
        "model.probs - targets",
        meets_definition("entmax_loss_of_targets"),
    ),
)


@every_alpha
def test_derivatives_in_the_targets_are_those_of_the_value(alpha):
    torch = pytest.importorskip("torch")
    logits, _ = rows(scale=2.0)
    targets = np.random.default_rng(4).dirichlet(np.ones(5), size=20) + 0.001
    loss = EntmaxLossOfTargets(alpha=alpha)
    leaf = torch.tensor(targets, requires_grad=True)
    loss(torch.tensor(logits), leaf, validate=False).sum().backward()
    slopes = central_gradient(lambda t: loss(logits, t, validate=False), targets)
    np.testing.assert_allclose(leaf.grad, slopes, rtol=1e-5, atol=1e-8)
    certain = torch.tensor([[1.0, 0.0, 0.0]], dtype=torch.float64, requires_grad=True)
    loss(torch.tensor([[0.3, 0.0, -9.0]], dtype=torch.float64), certain).sum().backward()
    assert torch.isfinite(certain.grad).all()


def test_a_distribution_with_zeros_is_reached():
    targets = np.asarray([[0.64, 0.36, 0.0]])
    logits = 2 * np.sqrt(targets) - [[0.0, 0.0, 3.0]]
    value, gradient = entmax_loss_of_targets.value_and_gradient(logits, targets)
    assert 0 <= value < 1e-31
    np.testing.assert_allclose(gradient, 0, atol=3e-16)
