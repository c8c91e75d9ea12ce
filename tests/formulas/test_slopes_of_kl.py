import numpy as np
import pytest

from xent.formulas.slopes_of_kl import slope_in_p
from xent.losses import kl_divergence_of_targets

TARGETS = np.asarray([0.0, 0.25, 0.75])


def never_called():
    raise AssertionError


def test_numpy_which_has_no_derivatives_spends_no_pass_on_zeros_with_derivatives():
    zeros = slope_in_p(TARGETS, never_called, xp=np)
    assert zeros.tolist() == [0, 0, 0]
    assert zeros.strides == (0,)


def test_a_target_without_probability_costs_infinity_in_numpy_all_the_same():
    logits = np.asarray([[0.0, -np.inf, 1.0], [-np.inf, 0.0, 1.0]])
    losses = kl_divergence_of_targets(logits, np.stack([TARGETS, TARGETS]))
    assert losses[0] == np.inf
    assert np.isfinite(losses[1])


def test_the_zeros_have_the_derivatives_of_the_definition_with_the_limit_at_0():
    torch = pytest.importorskip("torch")
    p = torch.tensor(TARGETS, requires_grad=True)
    surprisals = torch.tensor([1.0, 2.0, 0.5], dtype=torch.float64)
    zeros = slope_in_p(p, lambda: surprisals, xp=torch)
    (slopes,) = torch.autograd.grad(zeros.sum(), p)
    assert (zeros == 0).all()
    assert slopes[0] == -np.inf
    np.testing.assert_allclose(slopes[1:], 1 + np.log(TARGETS[1:]) + surprisals[1:].numpy(), rtol=1e-15)
