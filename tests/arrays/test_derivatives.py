"""PyTorch and JAX differentiate a formula by its own derivatives, in every mode; the data by its steps."""

from dataclasses import dataclass

import numpy as np
import pytest
from tests.array_libraries import array_library, jit
from tests.central_differences import directional_derivative

from xent.arrays import differentiable
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.formulas.losses.softmax_cross_entropy_of_targets import softmax_cross_entropy_of_targets

# Of PyTorch's own making, on the first use of a transform or of its compiler.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning"),
]

LOGITS = np.asarray([[0.3, -1.2, 2.0], [1.5, 0.25, -0.5]])
MASSES = np.asarray([[0.2, 0.5, 0.9], [1.5, 0.25, 0.75]])
ALONG = np.asarray([[1.0, -0.5, 0.25], [0.75, 2.0, -1.0]])
ALONG_MASSES = np.asarray([[-0.5, 0.25, 2.0], [1.25, -1.0, 0.5]])


@dataclass(frozen=True)
class Marked:
    """Half of ``factor * sum_k t_k z_k ** 2``, with derivatives that are marked, 3 and 5 times the true."""

    factor: float

    def value(self, logits, masses, *, xp):
        return self.factor * xp.sum(masses * logits * logits, axis=-1) / 2

    def gradient(self, logits, masses, *, xp):
        del xp
        return 3 * self.factor * masses * logits

    def value_and_gradient(self, logits, masses, *, xp):
        return self.value(logits, masses, xp=xp), self.gradient(logits, masses, xp=xp)

    def hessian_vector_product(self, logits, masses, vectors, *, xp):
        del logits, xp
        return 5 * self.factor * masses * vectors

    def hessian(self, logits, masses, *, xp):
        raise NotImplementedError


MARKED = Marked(2.0)
FIRST, SECOND = 6 * MASSES * LOGITS, 10 * MASSES * ALONG
IN_MASSES = LOGITS**2


def test_value_and_gradient_are_those_of_the_formula(xp):
    for name in ("value", "gradient"):
        found = differentiable(name, MARKED, xp.from_numpy(LOGITS), xp.from_numpy(MASSES), xp=xp.namespace)
        truth = getattr(MARKED, name)(LOGITS, MASSES, xp=np)
        np.testing.assert_allclose(xp.to_numpy(found), truth, rtol=1e-15)


# PyTorch -----------------------------------------------------------------------------------------------


def of_torch(formula):
    """Value of all rows together, and gradient, as functions of tensors."""
    namespace = array_library("torch").namespace

    def total(logits, *data):
        return differentiable("value", formula, logits, *data, xp=namespace).sum()

    def gradient(logits, *data):
        return differentiable("gradient", formula, logits, *data, xp=namespace)

    return total, gradient


def tensors(*arrays):
    torch = pytest.importorskip("torch")
    return tuple(torch.tensor(array) for array in arrays)


def test_torch_takes_the_gradient_of_the_formula_backward_and_forward():
    torch = pytest.importorskip("torch")
    total, _ = of_torch(MARKED)
    logits, masses, along = tensors(LOGITS, MASSES, ALONG)
    leaf = logits.clone().requires_grad_()
    total(leaf, masses).backward()
    np.testing.assert_array_equal(leaf.grad, FIRST)
    np.testing.assert_array_equal(torch.func.grad(total)(logits, masses), FIRST)
    _, change = torch.func.jvp(lambda z: total(z, masses), (logits,), (along,))
    np.testing.assert_allclose(change, (FIRST * ALONG).sum(), rtol=1e-15)


def test_torch_takes_the_product_of_the_formula_backward_and_forward():
    torch = pytest.importorskip("torch")
    total, gradient = of_torch(MARKED)
    logits, masses, along = tensors(LOGITS, MASSES, ALONG)
    leaf = logits.clone().requires_grad_()
    (slope,) = torch.autograd.grad(total(leaf, masses), leaf, create_graph=True)
    np.testing.assert_array_equal(torch.autograd.grad(slope, leaf, along)[0], SECOND)
    _, change = torch.func.jvp(lambda z: torch.func.grad(total)(z, masses), (logits,), (along,))
    np.testing.assert_array_equal(change, SECOND)
    _, change = torch.func.jvp(lambda z: gradient(z, masses), (logits,), (along,))
    np.testing.assert_array_equal(change, SECOND)
    _, pull = torch.func.vjp(lambda z: gradient(z, masses), logits)
    np.testing.assert_array_equal(pull(along)[0], SECOND)


def test_torch_multiplies_by_what_comes_from_above():
    logits, masses = tensors(LOGITS, MASSES)
    leaf = logits.clone().requires_grad_()
    values = differentiable("value", MARKED, leaf, masses, xp=array_library("torch").namespace)
    (values * tensors(np.asarray([0.5, -4.0]))[0]).sum().backward()
    np.testing.assert_array_equal(leaf.grad, np.asarray([[0.5], [-4.0]]) * FIRST)


def test_torch_takes_the_derivative_in_the_data_from_the_steps():
    torch = pytest.importorskip("torch")
    total, gradient = of_torch(MARKED)
    logits, masses, along, along_masses = tensors(LOGITS, MASSES, ALONG, ALONG_MASSES)
    leaves = logits.clone().requires_grad_(), masses.clone().requires_grad_()
    total(*leaves).backward()
    np.testing.assert_array_equal(leaves[0].grad, FIRST)
    np.testing.assert_array_equal(leaves[1].grad, IN_MASSES)
    only_data = masses.clone().requires_grad_()
    total(logits, only_data).backward()
    np.testing.assert_array_equal(only_data.grad, IN_MASSES)
    _, change = torch.func.jvp(total, (logits, masses), (along, along_masses))
    np.testing.assert_allclose(change, (FIRST * ALONG + IN_MASSES * ALONG_MASSES).sum(), rtol=1e-15)
    _, change = torch.func.jvp(gradient, (logits, masses), (along, along_masses))
    np.testing.assert_allclose(change, SECOND + 6 * LOGITS * ALONG_MASSES, rtol=1e-15)
    _, pull = torch.func.vjp(lambda t: gradient(logits, t), masses)
    np.testing.assert_allclose(pull(along)[0], 6 * LOGITS * ALONG, rtol=1e-15)


@pytest.mark.parametrize("outer", ["jacrev", "jacfwd"])
@pytest.mark.parametrize("inner", ["jacrev", "jacfwd"])
def test_torch_finds_every_second_derivative_of_a_row_under_vmap(inner, outer):
    torch = pytest.importorskip("torch")
    total, _ = of_torch(softmax_cross_entropy_of_targets)
    inner, outer = getattr(torch.func, inner), getattr(torch.func, outer)
    for of_both in ((0, 0), (0, 1), (1, 0), (1, 1)):
        found = torch.func.vmap(outer(inner(total, of_both[0]), of_both[1]))(*tensors(LOGITS, MASSES))
        np.testing.assert_allclose(found, second_derivatives(*of_both), rtol=1e-13, atol=1e-15)


def test_torch_differentiates_a_third_time():
    torch = pytest.importorskip("torch")
    total, _ = of_torch(softmax_cross_entropy_of_targets)
    third = torch.func.vmap(torch.func.jacfwd(torch.func.hessian(total)))(*tensors(LOGITS, MASSES))
    np.testing.assert_allclose(
        third @ torch.tensor(ALONG)[:, None, :, None], third_along()[..., None], rtol=1e-8
    )


def test_torch_gives_no_derivative_in_integers():
    torch = pytest.importorskip("torch")
    total, _ = of_torch(softmax_cross_entropy)
    logits, labels = tensors(LOGITS, np.asarray([2, 0]))
    leaf = logits.clone().requires_grad_()
    total(leaf, labels).backward()
    np.testing.assert_array_equal(
        leaf.grad, softmax_cross_entropy.gradient(LOGITS, np.asarray([2, 0]), xp=np)
    )
    hessians = torch.func.vmap(torch.func.hessian(total))(logits, labels)
    closed = softmax_cross_entropy.hessian(LOGITS, np.asarray([2, 0]), xp=np)
    np.testing.assert_allclose(hessians, closed, rtol=1e-15)


def test_torch_keeps_nothing_for_logits_that_ask_for_no_derivative():
    total, _ = of_torch(MARKED)
    assert not total(*tensors(LOGITS, MASSES)).requires_grad


def test_gradcheck_of_torch_finds_no_fault():
    torch = pytest.importorskip("torch")
    total, gradient = of_torch(softmax_cross_entropy_of_targets)
    leaves = tuple(tensor.requires_grad_() for tensor in tensors(LOGITS, MASSES))
    assert torch.autograd.gradcheck(total, leaves, check_forward_ad=True, raise_exception=False)
    assert torch.autograd.gradcheck(gradient, leaves, check_forward_ad=True, raise_exception=False)
    assert torch.autograd.gradgradcheck(total, leaves, raise_exception=False)


@pytest.mark.parametrize("backend", ["aot_eager", "inductor"])
def test_torch_compiles_value_and_derivatives_into_one_graph(backend):
    torch = pytest.importorskip("torch")
    total, _ = of_torch(softmax_cross_entropy_of_targets)
    torch.compiler.reset()
    compiled = torch.compile(total, fullgraph=True, backend=backend)
    leaves = tuple(tensor.requires_grad_() for tensor in tensors(LOGITS, MASSES))
    value = compiled(*leaves)
    value.backward()
    truth = softmax_cross_entropy_of_targets.value_and_gradient(LOGITS, MASSES, xp=np)
    np.testing.assert_allclose(value.item(), truth[0].sum(), rtol=1e-14)
    np.testing.assert_allclose(leaves[0].grad, truth[1], rtol=1e-13)
    np.testing.assert_allclose(leaves[1].grad, surprisals(), rtol=1e-14)


# PyTorch makes a context for what wants no gradient, and warns of having made it.
@pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning")
@pytest.mark.parametrize("data", [0, 1, 2, 3])
def test_torch_compiles_what_wants_no_derivative_for_any_number_of_data(data):
    torch = pytest.importorskip("torch")
    compiled = torch.compile(of_torch(SumOfAll())[0], fullgraph=True, backend="eager")
    assert compiled(*(torch.ones(2, 3) for _ in range(1 + data))).item() == 6 * (1 + data)


@dataclass(frozen=True)
class SumOfAll:
    """A formula of any number of data."""

    def value(self, logits, *data, xp):
        return xp.sum(sum(data, logits), axis=-1)


# JAX ---------------------------------------------------------------------------------------------------


def of_jax(formula):
    """Value of all rows together, and gradient, as functions of arrays."""
    namespace = array_library("jax").namespace

    def total(logits, *data):
        return differentiable("value", formula, logits, *data, xp=namespace).sum()

    def gradient(logits, *data):
        return differentiable("gradient", formula, logits, *data, xp=namespace)

    return total, gradient


def test_jax_takes_the_derivatives_of_the_formula():
    jax = pytest.importorskip("jax")
    total, gradient = of_jax(MARKED)
    np.testing.assert_allclose(jit(jax.grad(total))(LOGITS, MASSES), FIRST, rtol=1e-15)
    _, change = jax.jvp(lambda z: total(z, MASSES), (LOGITS,), (ALONG,))
    np.testing.assert_allclose(change, (FIRST * ALONG).sum(), rtol=1e-15)
    _, change = jax.jvp(jax.grad(lambda z: total(z, MASSES)), (LOGITS,), (ALONG,))
    np.testing.assert_allclose(change, SECOND, rtol=1e-15)
    _, pull = jax.vjp(lambda z: gradient(z, MASSES), LOGITS)
    np.testing.assert_allclose(pull(jax.numpy.asarray(ALONG))[0], SECOND, rtol=1e-15)


def test_jax_takes_the_derivative_in_the_data_from_the_steps():
    jax = pytest.importorskip("jax")
    total, gradient = of_jax(MARKED)
    found = jax.jit(jax.grad(total, argnums=(0, 1)))(LOGITS, MASSES)
    np.testing.assert_allclose(found[0], FIRST, rtol=1e-15)
    np.testing.assert_allclose(found[1], IN_MASSES, rtol=1e-15)
    np.testing.assert_allclose(jax.grad(total, argnums=1)(LOGITS, MASSES), IN_MASSES, rtol=1e-15)
    _, change = jax.jvp(gradient, (LOGITS, MASSES), (ALONG, ALONG_MASSES))
    np.testing.assert_allclose(change, SECOND + 6 * LOGITS * ALONG_MASSES, rtol=1e-15)


@pytest.mark.parametrize("outer", ["jacrev", "jacfwd"])
@pytest.mark.parametrize("inner", ["jacrev", "jacfwd"])
def test_jax_finds_every_second_derivative_of_a_row_under_jit_and_vmap(inner, outer):
    jax = pytest.importorskip("jax")
    total, _ = of_jax(softmax_cross_entropy_of_targets)
    inner, outer = getattr(jax, inner), getattr(jax, outer)
    for of_both in ((0, 0), (0, 1), (1, 0), (1, 1)):
        found = jax.jit(jax.vmap(outer(inner(total, of_both[0]), of_both[1])))(LOGITS, MASSES)
        np.testing.assert_allclose(found, second_derivatives(*of_both), rtol=1e-13, atol=1e-15)


def test_jax_differentiates_a_third_time():
    jax = pytest.importorskip("jax")
    total, _ = of_jax(softmax_cross_entropy_of_targets)
    third = np.asarray(jax.jit(jax.vmap(jax.jacfwd(jax.hessian(total))))(LOGITS, MASSES))
    np.testing.assert_allclose(third @ ALONG[:, None, :, None], third_along()[..., None], rtol=1e-8)


def test_jax_gives_no_derivative_in_integers():
    jax = pytest.importorskip("jax")
    total, _ = of_jax(softmax_cross_entropy)
    labels = np.asarray([2, 0])
    closed = softmax_cross_entropy.gradient(LOGITS, labels, xp=np)
    np.testing.assert_allclose(jit(jax.grad(total))(LOGITS, labels), closed, rtol=1e-15)
    hessians = jax.jit(jax.vmap(jax.hessian(total)))(LOGITS, labels)
    np.testing.assert_allclose(hessians, softmax_cross_entropy.hessian(LOGITS, labels, xp=np), rtol=1e-15)


# What is true of cross-entropy -------------------------------------------------------------------------


def surprisals():
    """Derivative of the cross-entropy in the masses: the surprisal of each class."""
    return np.log(np.exp(LOGITS).sum(axis=-1, keepdims=True)) - LOGITS


def second_derivatives(first, second):
    """Those of the cross-entropy in logits (0) and masses (1), of shape (2, 3, 3), in this order."""
    if (first, second) == (0, 0):
        return softmax_cross_entropy_of_targets.hessian(LOGITS, MASSES, xp=np)
    if (first, second) == (1, 1):
        return np.zeros((2, 3, 3))
    probs = np.exp(-surprisals())
    # Of s p_j - t_j in t_k, with s the sum of t.
    mixed = probs[:, :, None] - np.eye(3)
    return mixed if (first, second) == (0, 1) else mixed.swapaxes(-1, -2)


def third_along():
    """Change of the Hessian along a vector."""
    return directional_derivative(
        lambda z: softmax_cross_entropy_of_targets.hessian(z, MASSES, xp=np), LOGITS, ALONG
    )
