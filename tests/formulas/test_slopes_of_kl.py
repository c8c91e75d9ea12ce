"""Zeros of the divergence, and their derivatives, by PyTorch."""

import numpy as np
import pytest

from xent import measures
from xent.formulas.slopes_of_kl import slope_in_p, slope_of_one
from xent.losses import kl_divergence_of_targets

P = np.asarray([0.0, 0.5, 1e-300, 0.25, 0.0])
SURPRISALS = np.asarray([1.0, 2.0, 3.0, np.inf, np.inf])


def never_called():
    raise AssertionError


def test_numpy_which_has_no_derivatives_spends_no_pass_on_zeros_with_derivatives():
    zeros = slope_in_p(P, never_called, xp=np)
    np.testing.assert_array_equal(zeros, np.zeros(5))
    assert zeros.strides == (0,)
    np.testing.assert_array_equal(slope_of_one(P), np.zeros(5))


def test_a_target_without_probability_costs_infinity_in_numpy_all_the_same():
    logits, targets = np.asarray([[0.0, -np.inf, 1.0], [-np.inf, 0.0, 1.0]]), np.asarray([0.0, 0.25, 0.75])
    losses = kl_divergence_of_targets(logits, np.stack([targets, targets]))
    assert losses[0] == np.inf
    assert np.isfinite(losses[1])


def test_values_are_zeros_but_for_mass_beyond_the_model():
    torch = pytest.importorskip("torch")
    found = slope_in_p(torch.tensor(P), lambda: torch.tensor(SURPRISALS), xp=torch)
    np.testing.assert_array_equal(found, [0, 0, 0, np.inf, 0])


def test_derivatives_are_those_of_the_definition_with_the_limit_at_zero():
    torch = pytest.importorskip("torch")
    p = torch.tensor(P[:3], requires_grad=True)
    slope_in_p(p, lambda: torch.tensor(SURPRISALS[:3]), xp=torch).sum().backward()
    np.testing.assert_allclose(p.grad, [-np.inf, 1 + np.log(0.5) + 2, 1 + np.log(1e-300) + 3], rtol=1e-14)


def test_mass_beyond_the_model_has_an_infinite_derivative():
    torch = pytest.importorskip("torch")
    p = torch.tensor(P[3:4], requires_grad=True)
    slope_in_p(p, lambda: torch.tensor(SURPRISALS[3:4]), xp=torch).sum().backward()
    assert p.grad.item() == np.inf


def test_the_slope_of_one_is_one():
    torch = pytest.importorskip("torch")
    p = torch.tensor(P, requires_grad=True)
    slope_of_one(p).sum().backward()
    np.testing.assert_array_equal(p.grad, np.ones(5))


@pytest.mark.parametrize("q", [[0.5, 0.5, 0.0], [0.5, 0.4, 0.1]])
def test_a_divergence_has_no_slope_in_a_model_of_what_is_impossible(q):
    torch = pytest.importorskip("torch")
    p, q = torch.tensor([0.5, 0.5, 0.0]).double(), torch.tensor(q).double().requires_grad_()
    measures.kl_divergence(p, q).backward()
    np.testing.assert_allclose(q.grad, np.where(p > 0, -p / q.detach(), 0), rtol=1e-14)
