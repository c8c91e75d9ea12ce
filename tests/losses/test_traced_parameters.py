"""Parameters of losses that JAX traces: values, derivatives, and nan where a rule is broken."""

import numpy as np
import pytest
from tests.relative_error import assert_within

from xent import losses
from xent.errors import DTypeError

jax = pytest.importorskip("jax")
jnp = jax.numpy

LOGITS = np.asarray([[0.3, -1.0, 2.0], [1.5, 0.25, -0.5]])
LABELS = np.asarray([1, 0])
EVENTS = np.asarray([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
# Parameter, a loss of it, a value, and one out of range.
CASES = {
    "label_smoothing": (lambda z, v: losses.softmax_cross_entropy(z, LABELS, label_smoothing=v), 0.1, 1.5),
    "z_loss": (lambda z, v: losses.softmax_cross_entropy(z, LABELS, z_loss=v), 0.1, -0.5),
    "label_smoothing of events": (
        lambda z, v: losses.sigmoid_cross_entropy(z, EVENTS, label_smoothing=v),
        0.1,
        -0.1,
    ),
    "gamma": (lambda z, v: losses.focal(z, LABELS, gamma=v), 2.0, -1.0),
    "gamma of events": (lambda z, v: losses.sigmoid_focal(z, EVENTS, gamma=v), 2.0, -1.0),
    "alpha": (lambda z, v: losses.sigmoid_focal(z, EVENTS, alpha=v), 0.25, 1.25),
    "epsilon": (lambda z, v: losses.poly(z, LABELS, epsilon=v), 1.0, -1.5),
    "negative epsilon": (lambda z, v: losses.poly(z, LABELS, epsilon=v), -0.5, -1.5),
    "q": (lambda z, v: losses.generalized_cross_entropy(z, LABELS, q=v), 0.5, 2.0),
    "beta": (lambda z, v: losses.soft_bootstrap(z, LABELS, beta=v), 0.5, 2.0),
    "alpha of a part": (lambda z, v: losses.active_passive(z, LABELS, alpha=v), 0.5, -2.0),
}


@pytest.fixture(scope="module")
def traced():
    """Values, derivatives and values out of range of every case, from one compiled program."""
    with jax.enable_x64(True):

        @jax.jit
        def program(logits, values, outside):
            found = {}
            for name, (loss, _, _) in CASES.items():
                value, slope = jax.value_and_grad(lambda v, loss=loss: jnp.sum(loss(logits, v)))(values[name])
                found[name] = value, slope, jnp.sum(loss(logits, outside[name]))
            return found

        values = {name: case[1] for name, case in CASES.items()}
        outside = {name: case[2] for name, case in CASES.items()}
        return jax.tree.map(np.asarray, program(jnp.asarray(LOGITS), values, outside))


@pytest.mark.parametrize("name", CASES)
def test_a_traced_parameter_gives_the_value_of_a_plain_one(traced, name):
    loss, value, _ = CASES[name]
    assert_within(16, traced[name][0], np.sum(loss(LOGITS, value)))


@pytest.mark.parametrize("name", CASES)
def test_the_derivative_in_a_parameter_is_that_of_differences(traced, name):
    loss, value, _ = CASES[name]
    step = 1e-5
    slope = (np.sum(loss(LOGITS, value + step)) - np.sum(loss(LOGITS, value - step))) / (2 * step)
    np.testing.assert_allclose(traced[name][1], slope, rtol=1e-7)


def test_a_traced_parameter_out_of_range_gives_nan(traced):
    assert [name for name in CASES if not np.isnan(traced[name][2])] == []


def test_two_traced_parameters_keep_their_places():
    part = jax.jit(lambda a, b: losses.active_passive(jnp.asarray(LOGITS), LABELS, alpha=a, beta=b))
    with jax.enable_x64(True):
        found = part(0.25, 3.0)
    assert_within(16, np.asarray(found), losses.active_passive(LOGITS, LABELS, alpha=0.25, beta=3.0))


def test_a_whole_number_must_be_known_while_a_call_is_traced():
    with pytest.raises(DTypeError, match="SphereFace: `margin` must be known while the call is traced"):
        jax.jit(lambda m: losses.sphereface(jnp.asarray(LOGITS), LABELS, margin=m))(2)


def test_a_label_out_of_range_is_nan_under_label_smoothing_too():
    loss = jax.jit(lambda y: losses.softmax_cross_entropy(jnp.asarray(LOGITS), y, label_smoothing=0.1))
    assert np.isnan(loss(np.asarray([7, 0]))).tolist() == [True, False]


def test_a_parameter_that_is_an_array_of_jax_is_one_number():
    found = losses.focal(jnp.asarray(LOGITS), LABELS, gamma=jnp.asarray(2.0))
    np.testing.assert_allclose(found, losses.focal(LOGITS, LABELS, gamma=2.0), rtol=1e-6)
