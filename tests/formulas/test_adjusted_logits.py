import functools

import numpy as np
import pytest
from mpmath import fsum, mp, mpf
from tests.array_libraries import array_library, jit
from tests.central_differences import directional_derivative
from tests.oracles import tables
from tests.relative_error import assert_within

from xent.formulas.adjusted_logits import adjusted_logits
from xent.losses import sigmoid_cross_entropy, softmax_cross_entropy
from xent.precision.exact_difference import high_and_low

both_precisions = pytest.mark.parametrize("dtype", [np.float32, np.float64])
NOTHING = {"softcap": None, "temperature": None, "offset": None, "mask": None}


def adjust(logits, *, xp, **some):
    """Rounded adjusted logits with both derivatives, of arrays."""
    found = adjusted_logits(logits, **{**NOTHING, **some}, xp=xp)
    return high_and_low(found.logits).rounded, found.first_derivative, found.second_derivative


def in_library(xp, logits, **some):
    converted = {name: xp.from_numpy(np.asarray(value)) for name, value in some.items()}
    return tuple(map(xp.to_numpy, adjust(xp.from_numpy(logits), xp=xp.namespace, **converted)))


def test_the_definition_as_written_holds(xp):
    logits, offset = np.random.default_rng(3).standard_normal((2, 5, 3)) * 4
    found, slope, bend = in_library(xp, logits, softcap=5.0, temperature=0.3, offset=offset)
    tanh = np.tanh(logits / 5)
    np.testing.assert_allclose(found, 5 * tanh / 0.3 + offset, rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(slope, (1 - tanh**2) / 0.3, rtol=1e-12)
    np.testing.assert_allclose(bend, -2 * tanh * (1 - tanh**2) / (5 * 0.3), rtol=1e-12)


def test_slope_and_bend_agree_with_central_differences():
    logits = np.asarray([-20.0, -3.0, -1.2, -0.1, 0.0, 0.7, 2.4, 2.6, 9.0])
    some = {"softcap": np.asarray(5.0), "temperature": np.asarray(0.7), "offset": np.asarray(1.3)}
    _, slope, bend = adjust(logits, xp=np, **some)
    ones = np.ones_like(logits)
    first = directional_derivative(lambda z: adjust(z, xp=np, **some)[0], logits, ones)
    second = directional_derivative(lambda z: adjust(z, xp=np, **some)[1], logits, ones)
    np.testing.assert_allclose(slope, first, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(bend, second, rtol=1e-9, atol=1e-11)


@both_precisions
def test_the_slope_far_beyond_the_cap_keeps_its_digits(xp, dtype):
    logits = np.asarray([3000.0, -1500.0, 30.0, 0.0], dtype=dtype)
    _, slope, bend = in_library(xp, logits, softcap=np.asarray(30.0, dtype=dtype))
    with mp.workdps(200):
        truth = [1 / mp.cosh(mpf(float(z)) / 30) ** 2 for z in logits]
        bends = [-2 * mp.tanh(mpf(float(z)) / 30) * t / 30 for z, t in zip(logits, truth, strict=True)]
    # The exponent of e^-200 carries its own rounding.
    assert_within(200, slope, [float(t) for t in truth], flushes=xp.flushes)
    assert_within(200, bend, [float(t) for t in bends], flushes=xp.flushes)


def test_a_logit_of_minus_infinity_stays_that_and_a_masked_class_has_no_derivative(xp):
    logits = np.asarray([-np.inf, 1.0, -np.inf, np.nan, 2.0])
    mask = np.asarray([True, True, False, False, False])
    some = {"softcap": 3.0, "temperature": 0.5, "offset": np.asarray([1.0, 2.0, 3.0, 4.0, 5.0])}
    found, slope, bend = in_library(xp, logits, mask=mask, **some)
    np.testing.assert_array_equal(np.isneginf(found), [True, False, True, True, True])
    np.testing.assert_array_equal(slope[2:], 0)
    np.testing.assert_array_equal(bend[2:], 0)
    assert slope[0] == 2


def test_infinite_logits_stay_infinite_and_nan_stays_nan(xp):
    found, slope, _ = in_library(xp, np.asarray([np.inf, -np.inf, np.nan]), temperature=0.5, offset=1.0)
    np.testing.assert_array_equal(found, [np.inf, -np.inf, np.nan])
    np.testing.assert_array_equal(slope[:2], [2, 2])


def test_an_offset_of_minus_infinity_leaves_a_class_out(xp):
    found, _, _ = in_library(xp, np.asarray([1.0, 2.0]), offset=np.asarray([-np.inf, 0.5]))
    np.testing.assert_array_equal(found, [-np.inf, 2.5])


# Wide gaps ---------------------------------------------------------------------------------------------

GAPS = np.asarray([0.0, 0.3, 2.5, 17.1, 43.7, 51.9, 3.3])


def rows(dtype):
    """Rows of three logits whose gaps are wide after division, around several levels."""
    found = [[level, level - gap, level - gap / 3] for gap in GAPS for level in (0.0, 7.7, -130.3)]
    return np.asarray(found, dtype=dtype)


def offset_of(dtype):
    return np.asarray([0.25, -11.7, 0.001], dtype=dtype)


def truth_of(logits, temperature, offset, label):
    """Cross-entropy of a label and its derivative there, from the definition, in 900 digits."""
    with mp.workdps(900):
        z = [x / temperature + b for x, b in zip(tables.numbers(logits), offset, strict=True)]
        total = fsum(map(mp.exp, z))
        others = fsum(mp.exp(x) for k, x in enumerate(z) if k != label)
        return {"value": mp.log(total) - z[label], "slope": -others / total / temperature}


@functools.cache
def truths(dtype, temperature, label):
    """Of each row, once for all libraries."""
    numbers = tables.numbers(offset_of(dtype))
    found = [
        tables.to_precision(60, truth_of, row, mpf(float(temperature)), numbers, label) for row in rows(dtype)
    ]
    return tuple(tables.exact([row[name] for row in found]) for name in ("value", "slope"))


@both_precisions
@pytest.mark.parametrize("temperature", [0.07, 0.3, 1.9])
@pytest.mark.parametrize("label", [0, 1, 2])
def test_value_and_slope_at_the_label_are_within_4_units_on_wide_gaps(xp, dtype, temperature, label):
    logits, offset = rows(dtype), offset_of(dtype)
    labels = np.full(len(logits), label)
    loss = functools.partial(softmax_cross_entropy.value_and_gradient, temperature=temperature)
    value, gradient = xp.call_public(loss, logits, labels, offset=offset)
    assert value.dtype == gradient.dtype == dtype
    exact_value, exact_slope = truths(dtype, temperature, label)
    units = 6 if xp.name == "jax" else 4
    assert_within(units, value, exact_value, flushes=xp.flushes)
    assert_within(units, gradient[:, label], exact_slope, flushes=xp.flushes)


def test_the_truth_of_wide_gaps_is_the_same_at_twice_the_digits():
    row, offset = rows(np.float64)[-1], [mpf(0), mpf(-11.7), mpf(0.001)]
    with mp.workdps(60):
        found = truth_of(row, mpf(0.07), offset, 0)
    with mp.workdps(1800):
        z = [x / mpf(0.07) + b for x, b in zip(tables.numbers(row), offset, strict=True)]
        again = mp.log(fsum(map(mp.exp, z))) - z[0]
        assert abs(found["value"] / again - 1) < mpf("1e-40")


@both_precisions
def test_one_logit_is_as_accurate_through_a_temperature(xp, dtype):
    logits = np.asarray([0.3, -2.5, 7.1, -19.9, 41.3, -49.7], dtype=dtype)
    loss = functools.partial(sigmoid_cross_entropy.value_and_gradient, temperature=0.07)
    for target in (0.0, 1.0):
        value, slope = xp.call_public(loss, logits, np.full(6, target, dtype=dtype))
        with mp.workdps(900):
            sign = mpf(1 - 2 * target)
            x = [sign * z / mpf(0.07) for z in tables.numbers(logits)]
            values = [mp.log1p(mp.exp(z)) for z in x]
            slopes = [sign / (1 + mp.exp(-z)) / mpf(0.07) for z in x]
        found = tables.to_precision(60, lambda v=values, s=slopes: {"value": v, "slope": s})
        assert_within(4, value, tables.exact(found["value"]), flushes=xp.flushes)
        assert_within(5, slope, tables.exact(found["slope"]), flushes=xp.flushes)


# Automatic differentiation -------------------------------------------------------------------------------


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_the_value_differentiates_to_the_closed_gradient_through_every_adjustment(library):
    logits = np.asarray([[40.0, 0.0, -9.0], [2.5, -2.5, 0.0], [600.0, -1.0, -np.inf]])
    labels, offset = np.asarray([0, 2, 1]), np.asarray([0.5, -1.5, 0.25])
    loss = functools.partial(softmax_cross_entropy, softcap=30.0, temperature=0.7)
    closed = functools.partial(softmax_cross_entropy.gradient, softcap=30.0, temperature=0.7)
    truth = closed(logits, labels, offset=offset)
    namespace = array_library(library).namespace
    data = namespace.asarray(labels), namespace.asarray(offset)

    def total(z):
        return loss(z, data[0], offset=data[1]).sum()

    if library == "torch":
        torch = pytest.importorskip("torch")
        found = torch.func.grad(total)(torch.tensor(logits)).numpy()
    else:
        jax = pytest.importorskip("jax")
        found = np.asarray(jit(jax.grad(total))(logits))
    np.testing.assert_allclose(found, truth, rtol=1e-13)
    assert 0 < abs(truth[2, 0]) < 1e-16


@pytest.mark.parametrize("library", ["torch", "jax"])
@pytest.mark.parametrize("loss", [softmax_cross_entropy, sigmoid_cross_entropy], ids=lambda loss: loss.name)
def test_a_masked_class_does_not_spoil_the_derivative_in_a_temperature(library, loss):
    logits = np.asarray([[1.0, -0.5, -np.inf], [0.3, -np.inf, 2.0]])
    truth = np.asarray([0, 2]) if loss is softmax_cross_entropy else np.asarray([[1.0, 0, 0], [0.0, 0, 1]])
    difference = directional_derivative(
        lambda t: loss(logits, truth, temperature=np.asarray(t)).sum(), np.asarray(0.7), np.asarray(1.0)
    )
    if library == "torch":
        torch = pytest.importorskip("torch")
        temperature = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
        loss(torch.tensor(logits), torch.tensor(truth), temperature=temperature).sum().backward()
        found = temperature.grad
    else:
        jax = pytest.importorskip("jax")
        arrays = tuple(map(array_library("jax").from_numpy, (logits, truth)))
        found = jax.jit(jax.grad(lambda t: loss(*arrays, temperature=t).sum()))(0.7)
    np.testing.assert_allclose(found, difference, rtol=1e-9)
