"""Kernels in place of formulas: values, derivatives, fallbacks, and memory of the caller."""

import numpy as np
import pytest

from xent import losses
from xent.arrays import host_memory
from xent.formulas.losses.focal import Focal
from xent.formulas.losses.sigmoid_cross_entropy_of_targets import sigmoid_cross_entropy_of_targets
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.formulas.losses.softmax_cross_entropy_of_targets import softmax_cross_entropy_of_targets
from xent.formulas.true_class import FunctionOfTrueClass
from xent.kernels.cpu.processor import runs_here
from xent.kernels.for_formulas import kernel_of, on_kernel

torch = pytest.importorskip("torch")

pytestmark = pytest.mark.skipif(not runs_here(), reason="kernels do not run here")
DRAW = np.random.default_rng(3)
LOGITS = (3 * DRAW.standard_normal((6, 5))).astype(np.float32)
LABELS = DRAW.integers(0, 5, 6)
TARGETS = DRAW.dirichlet(np.ones(5), 6).astype(np.float32)
CASES = {
    "labels": (softmax_cross_entropy, losses.softmax_cross_entropy, LABELS),
    "targets": (softmax_cross_entropy_of_targets, losses.softmax_cross_entropy_of_targets, TARGETS),
    "events": (sigmoid_cross_entropy_of_targets, losses.SigmoidCrossEntropy(), TARGETS),
}
each_case = pytest.mark.parametrize("case", CASES)


class Refusing:
    """A formula's steps that must not be taken, or must be the only ones."""

    def __getattr__(self, name):
        raise AssertionError(f"the steps of `{name}` were taken")


class Subclass(torch.Tensor):
    """A tensor that counts the operations it sees."""

    seen = 0

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        Subclass.seen += 1
        return super().__torch_function__(func, types, args, kwargs or {})


def tensors(case, *, requires_grad=False):
    return torch.tensor(LOGITS, requires_grad=requires_grad), torch.tensor(CASES[case][2])


@each_case
def test_a_plain_tensor_gets_the_bits_of_the_kernel(case):
    formula, _, truth = CASES[case]
    kernel, formula_on_kernel = kernel_of(formula, LOGITS), on_kernel(formula, torch.tensor(LOGITS))
    object.__setattr__(formula_on_kernel, "traced", Refusing())
    logits, data = tensors(case)
    for name in ("value", "gradient"):
        found = getattr(formula_on_kernel, name)(logits, data, xp=torch)
        np.testing.assert_array_equal(found.numpy(), kernel(name, LOGITS, truth))
    value, gradient = formula_on_kernel.value_and_gradient(logits, data, xp=torch)
    truths = kernel("value_and_gradient", LOGITS, truth)
    np.testing.assert_array_equal(value.numpy(), truths[0])
    np.testing.assert_array_equal(gradient.numpy(), truths[1])


def test_a_formula_without_a_kernel_is_returned_as_it_is():
    formula = FunctionOfTrueClass(Focal(2.0))
    assert on_kernel(formula, torch.tensor(LOGITS)) is formula


@each_case
def test_a_subclass_sees_the_steps_and_gets_the_same_loss_and_gradient(case):
    _, loss, _ = CASES[case]
    logits, truth = tensors(case, requires_grad=True)
    loss(logits, truth).sum().backward()
    plain, Subclass.seen = logits.grad, 0
    logits = torch.tensor(LOGITS).as_subclass(Subclass).requires_grad_()
    assert host_memory(logits) is None
    loss(logits, truth).sum().backward()
    assert Subclass.seen > 20
    np.testing.assert_allclose(logits.grad.numpy(), plain.numpy(), rtol=1e-5, atol=1e-7)


@each_case
def test_a_tensor_without_memory_on_the_host_keeps_its_device(case):
    _, loss, _ = CASES[case]
    logits, truth = (tensor.to("meta") for tensor in tensors(case))
    logits.requires_grad_()
    value = loss(logits, truth)
    value.sum().backward()
    assert value.device.type == logits.grad.device.type == "meta"
    assert logits.grad.shape == logits.shape


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_16_bits_go_by_the_steps(dtype):
    logits = torch.tensor(LOGITS).to(dtype)
    found = on_kernel(softmax_cross_entropy, logits).value(logits, torch.tensor(LABELS), xp=_namespace())
    np.testing.assert_allclose(
        found.float().numpy(), losses.softmax_cross_entropy(LOGITS, LABELS), rtol=0.1, atol=0.05
    )


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
def test_a_traced_tensor_goes_by_the_steps():
    logits, truth = tensors("targets")
    value = torch.func.vmap(losses.softmax_cross_entropy_of_targets)(logits, truth)
    truth = losses.softmax_cross_entropy_of_targets(LOGITS, TARGETS)
    np.testing.assert_allclose(value.numpy(), truth, rtol=1e-5)


@each_case
def test_value_and_gradient_of_a_tensor_that_requires_grad_are_in_its_graph(case):
    _, loss, _ = CASES[case]
    logits, truth = tensors(case, requires_grad=True)
    value, gradient = loss.value_and_gradient(logits, truth)
    assert value.requires_grad
    assert gradient.requires_grad
    (slopes,) = torch.autograd.grad(value.sum(), logits, retain_graph=True)
    np.testing.assert_array_equal(slopes.numpy(), gradient.detach().numpy())
    vectors = torch.tensor(TARGETS[::-1].copy())
    (product,) = torch.autograd.grad((gradient * vectors).sum(), logits)
    np.testing.assert_array_equal(
        product.numpy(), loss.hessian_vector_product(logits.detach(), truth, vectors).numpy()
    )


@each_case
def test_value_and_gradient_of_jax_are_differentiated_in_a_program(case):
    jax = pytest.importorskip("jax")
    _, loss, truth = CASES[case]
    # Enough numbers for a kernel in the program.
    logits, truth, vectors = (
        np.tile(array, (1200,) + (1,) * (array.ndim - 1)) for array in (LOGITS, truth, TARGETS)
    )

    def both(z):
        value, gradient = loss.value_and_gradient(z, truth, validate=False)
        return value.sum(), (gradient * vectors).sum()

    of_value, of_gradient = jax.jit(jax.jacrev(both))(logits)
    np.testing.assert_allclose(of_value, loss.gradient(logits, truth), rtol=1e-5, atol=1e-7)
    product = loss.hessian_vector_product(logits, truth, vectors)
    np.testing.assert_allclose(of_gradient, product, rtol=1e-4, atol=1e-6)


@each_case
def test_backward_takes_the_gradient_that_the_kernel_made_along_with_the_value(case, monkeypatch):
    _, loss, _ = CASES[case]
    names, on = [], type(on_kernel(softmax_cross_entropy, torch.tensor(LOGITS)))
    evaluated = vars(on)["_evaluated"]

    def counted(self, name, *given, xp):
        names.append(name)
        return evaluated(self, name, *given, xp=xp)

    monkeypatch.setattr(on, "_evaluated", counted)
    logits, truth = tensors(case, requires_grad=True)
    loss(logits, truth).sum().backward()
    assert names == ["value_and_gradient"]
    loss(logits.detach(), truth)
    assert names == ["value_and_gradient", "value"]


@each_case
def test_each_backward_pass_through_a_kept_graph_has_memory_of_its_own(case):
    _, loss, _ = CASES[case]
    logits, truth = tensors(case, requires_grad=True)
    before = logits.detach().clone(), truth.clone()
    value = loss(logits, truth)
    factor = torch.linspace(-2, 2, value.numel()).reshape(value.shape)
    kept_factor, seen = factor.clone(), []
    logits.register_hook(seen.append)
    for _ in range(2):
        value.backward(factor, retain_graph=True)
    first, second = seen
    np.testing.assert_array_equal(first.numpy(), second.numpy())
    assert first.data_ptr() != second.data_ptr()
    # AccumulateGrad may keep the first array: its sum with the second is new.
    np.testing.assert_array_equal(logits.grad.numpy(), 2 * second.numpy())
    kept = loss.gradient(logits.detach(), truth)
    shaped = factor.reshape(*factor.shape, *(1,) * (kept.ndim - factor.ndim))
    np.testing.assert_array_equal(second.numpy(), (kept * shaped).numpy())
    np.testing.assert_array_equal(factor.numpy(), kept_factor.numpy())
    for now, then in zip((logits.detach(), truth), before, strict=True):
        np.testing.assert_array_equal(now.numpy(), then.numpy())


@each_case
def test_a_graph_of_the_gradient_keeps_what_a_later_pass_without_one_would_write(case):
    _, loss, _ = CASES[case]
    logits, truth = tensors(case, requires_grad=True)
    value = loss(logits, truth)
    factor = torch.full_like(value, 3.0)
    (gradient,) = torch.autograd.grad(value, logits, factor, create_graph=True)
    kept = gradient.detach().clone()
    value.backward(factor, retain_graph=True)
    np.testing.assert_array_equal(gradient.detach().numpy(), kept.numpy())
    vectors = torch.tensor(TARGETS)
    (product,) = torch.autograd.grad(gradient, logits, vectors)
    truth = 3 * loss.hessian_vector_product(logits.detach(), truth, vectors)
    np.testing.assert_allclose(product.numpy(), truth.numpy(), rtol=1e-5, atol=1e-7)


def _namespace():
    from array_api_compat import torch as namespace

    return namespace
