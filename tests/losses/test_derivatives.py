"""PyTorch and JAX differentiate every loss, once and twice, to its closed forms."""

from dataclasses import replace

import numpy as np
import pytest
from tests.array_libraries import array_library
from tests.central_differences import central_gradient, directional_derivative
from tests.losses.every_loss import every_loss

# Of PyTorch's own making, on the first use of a transform or of its compiler.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning"),
]


def rows_of(case):
    """Logits of two rows, one of them sure, and truths."""
    logits = case.logits.copy()
    if case.is_far_reaching:
        logits[1] = [30.0, -1.0, 0.5][: logits.shape[1]]
    return logits, case.truth


def closed(case):
    logits, truth = rows_of(case)
    return case.loss.gradient(logits, truth), case.loss.hessian(logits, truth)


def assert_near(found, truth):
    np.testing.assert_allclose(np.asarray(found), truth, rtol=2e-13, atol=0)


def as_blocks(hessian, case):
    """Second derivatives of the sum over a row as the loss gives them."""
    return np.diagonal(hessian, axis1=-1, axis2=-2) if case.is_elementwise else hessian


@every_loss
def test_closed_forms_agree_with_central_differences(case):
    # At a margin loss's own scale of 30 the probabilities of cosines are 0 and 1, with derivatives of 0.
    loss = replace(case.loss, scale=3.0) if hasattr(case.loss, "scale") else case.loss
    vectors = np.random.default_rng(3).standard_normal(case.logits.shape)
    if case.is_elementwise:
        slopes = directional_derivative(lambda z: loss(z, case.truth), case.logits, np.ones_like(case.logits))
    else:
        slopes = central_gradient(lambda z: loss(z, case.truth), case.logits)
    np.testing.assert_allclose(loss.gradient(case.logits, case.truth), slopes, rtol=1e-7, atol=1e-9)
    bend = directional_derivative(lambda z: loss.gradient(z, case.truth), case.logits, vectors)
    product = loss.hessian_vector_product(case.logits, case.truth, vectors)
    np.testing.assert_allclose(product, bend, rtol=1e-7, atol=1e-8)
    hessian = loss.hessian(case.logits, case.truth)
    if case.is_elementwise:
        np.testing.assert_allclose(hessian * vectors, product, rtol=1e-12)
    else:
        np.testing.assert_allclose((hessian @ vectors[..., None])[..., 0], product, rtol=1e-10, atol=1e-12)
    assert np.abs(slopes).max() > 1e-3


@every_loss
def test_torch_differentiates_backward_and_forward_once_and_twice(case):
    torch = pytest.importorskip("torch")
    logits, truth = map(torch.tensor, rows_of(case))
    gradient, hessian = closed(case)

    def total(logits):
        return case.loss(logits, truth).sum()

    leaf = logits.clone().requires_grad_()
    total(leaf).backward()
    assert_near(leaf.grad, gradient)
    assert_near(torch.func.grad(total)(logits), gradient)
    direction = torch.tensor(np.random.default_rng(7).standard_normal(gradient.shape))
    _, along = torch.func.jvp(total, (logits,), (direction,))
    np.testing.assert_allclose(along, (gradient * direction.numpy()).sum(), rtol=1e-12)
    of_row = torch.func.vmap(torch.func.hessian(lambda z, t: case.loss(z, t).sum()))
    assert_near(as_blocks(of_row(logits, truth).numpy(), case), hessian)
    twice = torch.func.vmap(torch.func.jacrev(torch.func.jacrev(lambda z, t: case.loss(z, t).sum())))
    assert_near(as_blocks(twice(logits, truth).numpy(), case), hessian)


@every_loss
def test_jax_differentiates_once_and_twice_under_jit_and_vmap(case):
    jax = pytest.importorskip("jax")
    array_library("jax")
    logits, truth = rows_of(case)
    gradient, hessian = closed(case)

    def total(logits, truth):
        return case.loss(logits, truth).sum()

    def of_row(logits, truth):
        return jax.grad(total)(logits, truth), jax.hessian(total)(logits, truth)

    once, twice = jax.jit(jax.vmap(of_row))(logits, truth)
    assert_near(once, gradient)
    assert_near(as_blocks(np.asarray(twice), case), hessian)
