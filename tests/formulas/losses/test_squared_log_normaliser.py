import functools

import numpy as np
import pytest
from mpmath import fsum, mp
from tests.array_libraries import array_library, jit
from tests.central_differences import central_gradient, directional_derivative
from tests.formulas.batches import softmax_batches
from tests.oracles import tables
from tests.relative_error import assert_within

from xent.arrays import differentiable
from xent.formulas.losses.squared_log_normaliser import SquaredLogNormaliser

formula = SquaredLogNormaliser()
both_precisions = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def truths(logits, vector):
    """Value, gradient and product with the Hessian of a row, from the definition."""
    z, v = tables.numbers(logits), tables.numbers(vector)
    total = fsum(map(mp.exp, z))
    p, log_total = [mp.exp(x) / total for x in z], mp.log(total)
    mean = fsum(a * b for a, b in zip(p, v, strict=True))
    product = [2 * x * (mean + log_total * (y - mean)) for x, y in zip(p, v, strict=True)]
    return {
        "value": log_total**2,
        "gradient": [2 * log_total * x for x in p],
        "product": product,
        "log": log_total,
    }


@functools.cache
def batches(dtype):
    """Hard rows whose squares are within the range of the dtype, with their truths."""
    found = []
    for batch in softmax_batches(dtype, largest=10):
        fits = (np.abs(np.where(np.isfinite(batch.logits), batch.logits, 0)).max(axis=-1) < 1e15) & (
            batch.logits.shape[-1] > 1
        )
        rows = [
            tables.to_precision(900, truths, *row)
            for row in zip(batch.logits[fits], batch.vectors[fits], strict=True)
        ]
        if rows:
            exact = {name: tables.exact([row[name] for row in rows]) for name in rows[0]}
            found.append((batch.logits[fits], batch.vectors[fits], exact))
    return found


@pytest.mark.half_second
@both_precisions
def test_value_and_derivatives_meet_the_definition(xp, dtype):
    for logits, vectors, exact in batches(dtype):
        if xp.name == "jax" and logits.shape[-1] != 5:
            continue
        labels = np.zeros(len(logits), dtype=int)
        value, gradient = xp.call(formula.value_and_gradient, logits, labels)
        product = xp.call(formula.hessian_vector_product, logits, labels, vectors)
        # The logarithm is a sum of the largest logit and a number >= 0: beside these it may be small.
        size = np.abs(exact["log"].hi) + 2 * np.abs(logits.max(axis=-1))
        assert_within(6, value, exact["value"], scale=size**2, flushes=xp.flushes)
        assert_within(8, gradient, exact["gradient"], scale=2 * np.broadcast_to(size[:, None], logits.shape))
        wide = np.broadcast_to(8 * (1 + size[:, None]), logits.shape)
        assert_within(8, product, exact["product"], scale=wide)


def test_a_sure_model_with_logits_above_0_keeps_all_digits(xp):
    logits = np.asarray([[50.0, 0.0, 3.0], [7.25, 7.25, -1.0]])
    value, gradient = xp.call(formula.value_and_gradient, logits, np.asarray([0, 0]))
    found = [tables.to_precision(200, truths, row, np.zeros(3)) for row in logits]
    assert_within(4, value, tables.exact([row["value"] for row in found]))
    assert_within(4, gradient, tables.exact([row["gradient"] for row in found]))


@pytest.mark.half_second
@pytest.mark.parametrize("K", [2, 10, 1000])
def test_a_log_normaliser_near_0_is_within_two_roundings_of_its_terms(K):
    eps, lost = np.finfo(float).eps, 0.0
    for seed in range(max(1, 20 // K)):
        shape = 3 * np.random.default_rng(seed).standard_normal(K)
        for goal in (1e-12, -1e-9, 1e-6, 1e-3):
            logits = shape - float(tables.to_precision(200, truths, shape, shape)["log"]) + goal
            truth = float(tables.to_precision(200, truths, logits, logits)["log"])
            found = np.sqrt(formula.value(logits, np.asarray(0), xp=np))
            assert abs(found - abs(truth)) <= 2 * eps * abs(logits.max()) + 2 * eps * abs(truth)
            lost = max(lost, abs(found / abs(truth) - 1))
    # The rows are such that digits are lost at all.
    assert lost > 1e-7


def test_derivatives_agree_with_central_differences(xp):
    rng = np.random.default_rng(19)
    logits, vectors = rng.standard_normal((2, 4, 3)) + 0.7
    labels = np.zeros(4, dtype=int)
    slopes = central_gradient(lambda z: xp.call(formula.value, z, labels), logits)
    np.testing.assert_allclose(xp.call(formula.gradient, logits, labels), slopes, rtol=1e-8)
    bend = directional_derivative(lambda z: xp.call(formula.gradient, z, labels), logits, vectors)
    product = xp.call(formula.hessian_vector_product, logits, labels, vectors)
    np.testing.assert_allclose(product, bend, rtol=1e-7, atol=1e-9)
    hessian = xp.call(formula.hessian, logits, labels)
    np.testing.assert_allclose((hessian @ vectors[..., None])[..., 0], product, rtol=1e-12)
    np.testing.assert_allclose(hessian.sum(axis=-1), 2 * softmax(logits), rtol=1e-12)


def softmax(logits):
    exponentials = np.exp(logits)
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def test_a_normalised_row_costs_nothing_and_a_shift_costs_its_square(xp):
    logits = np.asarray([[-np.log(4.0)] * 4])
    assert xp.call(formula.value, logits, np.asarray([0])) <= 1e-31
    np.testing.assert_allclose(xp.call(formula.value, logits + 3.0, np.asarray([0])), [9.0], rtol=1e-14)


def test_labels_do_not_enter_and_a_masked_class_adds_nothing(xp):
    logits = np.asarray([[-np.inf, 0.0, 0.0]])
    value, gradient = xp.call(formula.value_and_gradient, logits, np.asarray([7]))
    np.testing.assert_allclose(value, [np.log(2) ** 2], rtol=1e-15)
    np.testing.assert_allclose(gradient, [[0, np.log(2), np.log(2)]], rtol=1e-15)


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_the_value_differentiates_to_the_closed_gradient(library):
    logits, labels = np.asarray([[50.0, 0.0, 1.0], [-0.7, -0.7, -9.0]]), np.asarray([0, 1])
    namespace = array_library(library).namespace

    def total(z):
        return differentiable("value", formula, z, namespace.asarray(labels), xp=namespace).sum()

    if library == "torch":
        torch = pytest.importorskip("torch")
        found = torch.func.grad(total)(torch.tensor(logits)).numpy()
    else:
        jax = pytest.importorskip("jax")
        found = np.asarray(jit(jax.grad(total))(logits))
    np.testing.assert_allclose(found, formula.gradient(logits, labels, xp=np), rtol=1e-13)
