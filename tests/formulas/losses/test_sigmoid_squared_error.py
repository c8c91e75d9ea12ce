import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.array_libraries import array_library, jit
from tests.oracles import tables
from tests.relative_error import assert_within

from xent.arrays import differentiable
from xent.formulas.losses.sigmoid_squared_error import sigmoid_squared_error as formula

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
        tables.exact([row["squared_error"][name] for row in rows])
        for name in ("value", "gradient", "hessian")
    )
    return *inputs, *truths


# 1e300 is beyond 32 bits, and asking whether it is there overflows.
pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")


@both_precisions
@pytest.mark.parametrize("hard", [True, False])
def test_value_and_gradient_meet_the_oracle(xp, dtype, hard):
    logits, targets, value, gradient, _ = oracle(dtype, hard=hard)
    found = xp.call(formula.value_and_gradient, logits, *masses(targets))
    above = 1 / (1 + np.exp(-np.clip(logits.astype(float), -700, 700)))
    t = targets.astype(float)
    # The residual of a soft target is a difference of these two.
    larger = np.maximum((1 - t) * above, t * (1 - above))
    scales = (None, None) if hard else (larger**2, 2 * larger)
    assert_within(8, found[0], value, scale=scales[0], flushes=xp.flushes)
    assert_within(8, found[1], gradient, scale=scales[1], flushes=xp.flushes)


@both_precisions
def test_the_second_derivative_meets_the_oracle(xp, dtype):
    logits, targets, *_, truth = oracle(dtype, hard=True)
    found = xp.call(formula.hessian, logits, *masses(targets))
    # It changes its sign where sigmoid is 1/3 or 2/3, and is small beside its terms there.
    turning = np.abs(np.abs(logits) - np.log(2)) < 0.2
    assert_within(8, found[~turning], truth[~turning], flushes=xp.flushes)
    assert_within(16, found[turning], truth[turning], scale=np.full(turning.sum(), 0.1), flushes=xp.flushes)
    assert turning.sum() == 4


def test_a_sure_and_right_model_keeps_the_digits_of_its_error(xp):
    value, gradient = xp.call(
        formula.value_and_gradient, np.asarray([50.0, -50.0]), *masses(np.asarray([1.0, 0.0]))
    )
    square = 1.9287498479639178e-22**2
    assert_within(3, value, [square, square])
    assert_within(3, gradient, [-2 * square, 2 * square])


def test_the_gradient_vanishes_where_the_model_is_sure_and_wrong(xp):
    gradient = xp.call(formula.gradient, np.asarray([50.0]), *masses(np.asarray([0.0])))
    assert_within(3, gradient, [2 * 1.9287498479639178e-22])
    assert xp.call(formula.hessian, np.asarray([5.0]), *masses(np.asarray([0.0]))) < 0


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_the_value_differentiates_to_the_closed_gradient(library):
    logits = np.asarray([0.0, 0.0, 9.0, 9.0, -9.0, 3.0, -3.0])
    targets = np.asarray([0.0, 0.3, 1.0, 0.0, 0.0, 0.3, 1.0])
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
    assert_within(4, np.asarray(found), formula.gradient(logits, *masses(targets), xp=np), flushes=True)


@few
@given(arrays(np.float64, 6, elements=st.floats(-700, 700)), arrays(np.float64, 6, elements=st.floats(0, 1)))
def test_the_mirror_image_has_the_same_value_and_the_opposite_gradient(xp, logits, targets):
    # A target below 2**-53 is lost in 1 - t, so both are rounded to what has a mirror image.
    targets = 1 - (1 - targets)
    value, gradient = xp.call(formula.value_and_gradient, logits, *masses(targets))
    other_value, other_gradient = xp.call(formula.value_and_gradient, -logits, *masses(1 - targets))
    assert (value >= 0).all()
    np.testing.assert_allclose(other_value, value, rtol=1e-13)
    np.testing.assert_allclose(-other_gradient, gradient, rtol=1e-13)


def test_a_logit_of_0_costs_a_quarter(xp):
    value = xp.call(formula.value, np.zeros(2), *masses(np.asarray([0.0, 1.0])))
    np.testing.assert_array_equal(value, [0.25, 0.25])


def test_infinite_logits_cost_nothing_on_their_side_and_1_on_the_other(xp):
    logits, targets = np.asarray([np.inf, -np.inf, np.inf, -np.inf]), np.asarray([1.0, 0.0, 0.0, 1.0])
    value, gradient = xp.call(formula.value_and_gradient, logits, *masses(targets))
    np.testing.assert_array_equal(value, [0, 0, 1, 1])
    np.testing.assert_array_equal(gradient, np.zeros(4))


def test_nan_gives_nan(xp):
    value, gradient = xp.call(
        formula.value_and_gradient, np.asarray([np.nan, 0.0]), *masses(np.asarray([1.0, np.nan]))
    )
    assert np.isnan(value).all()
    assert np.isnan(gradient).all()
