import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.array_libraries import array_library, jit
from tests.central_differences import directional_derivative
from tests.oracles import tables
from tests.relative_error import assert_within

from xent.arrays import differentiable
from xent.formulas.losses.sigmoid_cross_entropy import sigmoid_cross_entropy as formula

both_precisions = pytest.mark.parametrize("dtype", [np.float32, np.float64])
few = settings(max_examples=25, deadline=None)


def masses(targets):
    """What a formula takes for targets: the mass for the event and that against it."""
    return targets, 1 - targets


def oracle(dtype, *, hard):
    """Logits, targets and exact results of the rows exact in `dtype`, with targets 0 and 1 or others."""
    rows = [
        row
        for row in tables.read("sigmoid_losses")
        if (row["target"] in (0, 1)) == hard and float(dtype(row["logit"])) == row["logit"]
    ]
    inputs = (np.asarray([row[name] for row in rows], dtype=dtype) for name in ("logit", "target"))
    truths = (
        tables.exact([row["cross_entropy"][name] for row in rows])
        for name in ("value", "gradient", "hessian")
    )
    return *inputs, *truths


# 1e300 is beyond 32 bits, and asking whether it is there overflows.
pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")


@both_precisions
def test_value_and_derivatives_at_hard_targets_meet_the_oracle(xp, dtype):
    logits, targets, *truths = oracle(dtype, hard=True)
    value, gradient = xp.call(formula.value_and_gradient, logits, *masses(targets))
    assert value.dtype == gradient.dtype == dtype
    found = value, gradient, xp.call(formula.hessian, logits, *masses(targets))
    for quantity, truth in zip(found, truths, strict=True):
        assert_within(4, quantity, truth, flushes=xp.flushes)


@both_precisions
def test_value_and_derivatives_at_soft_targets_meet_the_oracle(xp, dtype):
    logits, targets, *truths = oracle(dtype, hard=False)
    value, gradient = xp.call(formula.value_and_gradient, logits, *masses(targets))
    assert_within(4, value, truths[0], flushes=xp.flushes)
    t = targets.astype(float)
    above = 1 / (1 + np.exp(-np.clip(logits.astype(float), -700, 700)))
    larger = np.maximum((1 - t) * above, t * (1 - above))
    assert_within(4, gradient, truths[1], scale=larger, flushes=xp.flushes)


def test_a_sure_and_right_model_keeps_its_digits(xp):
    value, gradient = xp.call(
        formula.value_and_gradient, np.asarray([50.0, -50.0]), *masses(np.asarray([1.0, 0.0]))
    )
    small = 1.9287498479639178e-22
    assert_within(1, value, [small, small])
    assert_within(1, gradient, [-small, small])


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_the_value_differentiates_to_the_closed_gradient_also_at_0_and_at_infinity(library):
    logits = np.asarray([0.0, 0.0, 50.0, 50.0, -50.0, 3.0, -3.0, 40.0, np.inf])
    targets = np.asarray([0.0, 0.3, 1.0, 0.0, 0.0, 0.3, 1.0, 0.75, 1.0])
    namespace = array_library(library).namespace
    data = namespace.asarray(targets), namespace.asarray(1 - targets)
    if library == "torch":
        z = namespace.asarray(logits.copy()).requires_grad_()
        differentiable("value", formula, z, *data, xp=namespace).sum().backward()
        found = z.grad.numpy()
    else:
        jax = pytest.importorskip("jax")
        found = jit(jax.grad(lambda z: differentiable("value", formula, z, *data, xp=namespace).sum()))(
            logits
        )
    assert_within(1, np.asarray(found), formula.gradient(logits, *masses(targets), xp=np), flushes=True)


@few
@given(arrays(np.float64, 6, elements=st.floats(-700, 700)), arrays(np.float64, 6, elements=st.floats(0, 1)))
def test_the_mirror_image_has_the_same_value_and_the_opposite_gradient(xp, logits, targets):
    # A target below 2**-53 is lost in 1 - t, so both are rounded to what has a mirror image.
    targets = 1 - (1 - targets)
    value, gradient = xp.call(formula.value_and_gradient, logits, *masses(targets))
    other_value, other_gradient = xp.call(formula.value_and_gradient, -logits, *masses(1 - targets))
    assert (value >= 0).all()
    assert_within(4, other_value, value, flushes=xp.flushes)
    assert_within(4, -other_gradient, gradient, scale=np.ones(6), flushes=xp.flushes)


def test_derivatives_agree_with_central_differences_for_masses_of_any_size(xp):
    rng = np.random.default_rng(19)
    logits, *data = 3 * rng.standard_normal(20) + 0.7, 3 * rng.random(20), rng.random(20)
    slopes = directional_derivative(lambda z: xp.call(formula.value, z, *data), logits, np.ones(20))
    np.testing.assert_allclose(xp.call(formula.gradient, logits, *data), slopes, rtol=1e-8, atol=1e-10)
    bend = directional_derivative(lambda z: xp.call(formula.gradient, z, *data), logits, np.ones(20))
    np.testing.assert_allclose(xp.call(formula.hessian, logits, *data), bend, rtol=1e-8, atol=1e-10)
    vectors = rng.standard_normal(20)
    product = xp.call(formula.hessian_vector_product, logits, *data, vectors)
    np.testing.assert_allclose(product, vectors * bend, rtol=1e-8, atol=1e-10)


def test_a_logit_of_0_costs_the_logarithm_of_2(xp):
    value = xp.call(formula.value, np.zeros(3), *masses(np.asarray([0.0, 0.3, 1.0])))
    assert_within(1, value, np.full(3, np.log(2)))


def test_infinite_logits_cost_nothing_on_their_side_and_infinity_on_the_other(xp):
    logits = np.asarray([np.inf, -np.inf, np.inf, -np.inf, np.inf])
    targets = np.asarray([1.0, 0.0, 0.0, 1.0, 0.5])
    value, gradient = xp.call(formula.value_and_gradient, logits, *masses(targets))
    np.testing.assert_array_equal(value, [0, 0, np.inf, np.inf, np.inf])
    np.testing.assert_array_equal(gradient, [0, 0, 1, -1, 0.5])
    np.testing.assert_array_equal(xp.call(formula.hessian, logits, *masses(targets)), np.zeros(5))


def test_nan_gives_nan(xp):
    value, gradient = xp.call(
        formula.value_and_gradient, np.asarray([np.nan, 0.0]), *masses(np.asarray([1.0, np.nan]))
    )
    assert np.isnan(value).all()
    assert np.isnan(gradient).all()
