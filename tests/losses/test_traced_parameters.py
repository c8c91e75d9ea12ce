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


COSINES = np.tanh(LOGITS)
TARGETS = np.asarray([[0.5, 0.25, 0.25], [0.125, 0.75, 0.125]])
COUNTS = {"class_counts": (900, 90, 10)}
# Parameter, a loss, its second argument, a value, and one out of range.
OWN = [
    ("margin", losses.asymmetric, EVENTS, 0.25, 1.5),
    ("gamma_negative", losses.asymmetric, EVENTS, 3.0, -1.0),
    ("tau", losses.LogitAdjusted(**COUNTS), LABELS, 0.75, -1.0),
    ("max_margin", losses.LDAM(**COUNTS), LABELS, 0.25, -1.0),
    ("scale", losses.LDAM(**COUNTS), LABELS, 20.0, 0.0),
    ("scale", losses.normalized_softmax, LABELS, 12.0, 0.0),
    ("margin", losses.arcface, LABELS, 0.25, 4.0),
    ("margin", losses.cosface, LABELS, 0.25, -1.0),
    ("annealing", losses.sphereface, LABELS, 2.0, -1.0),
    ("margin", losses.soft_margin_softmax, LABELS, 0.5, -1.0),
    ("q", losses.truncated_cross_entropy, LABELS, 0.5, 2.0),
    ("k", losses.truncated_cross_entropy, LABELS, 0.5, 2.0),
    ("share", losses.js_divergence_of_targets, TARGETS, 0.25, 1.5),
    ("temperature", losses.knowledge_distillation, LOGITS[::-1], 3.0, 0.0),
    ("annealing", losses.evidential_likelihood, LABELS, 0.25, -1.0),
    ("softcap", losses.squared_emd, LABELS, 3.0, 0.0),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "loss", "truth", "number", "outside"), OWN, ids=[f"{c[1].name}-{c[0]}" for c in OWN]
)
def test_every_number_that_a_loss_computes_with_may_be_traced(name, loss, truth, number, outside):
    inputs = COSINES if loss.facts.domain == "cosines" else LOGITS
    total = lambda v, z: loss(z, truth, **{name: v}).sum()  # noqa: E731
    with jax.enable_x64(True):
        # One program for each case: without `jit`, each operation is compiled by itself.
        both = jax.jit(jax.vmap(jax.value_and_grad(total, argnums=(0, 1)), (0, None)))
        values, (slopes, gradients) = both(jnp.asarray([number, outside]), jnp.asarray(inputs))
    assert_within(16, np.asarray(values[0]), total(number, inputs))
    step = 1e-6
    slope = (total(number + step, inputs) - total(number - step, inputs)) / (2 * step)
    np.testing.assert_allclose(slopes[0], slope, rtol=1e-5, atol=1e-9)
    assert np.isnan(values[1])
    assert np.isnan(gradients[1]).any(axis=-1).all()


@pytest.mark.parametrize(
    ("loss", "truth", "options"),
    [
        (losses.asymmetric, EVENTS, {"margin": 0.0}),
        (losses.generalized_cross_entropy, LABELS, {"q": 0.0}),
        (losses.LogitAdjusted(class_counts=(9, 1, 0)), LABELS, {"tau": 0.0}),
        (losses.arcface, LABELS, {"margin": 0.0}),
    ],
    ids=["margin", "q", "tau", "angle"],
)
def test_a_traced_parameter_of_0_has_the_value_of_a_plain_0(loss, truth, options):
    inputs = COSINES if loss.facts.domain == "cosines" else LOGITS
    with jax.enable_x64(True):
        program = jax.jit(jax.vmap(lambda v, z: loss(z, truth, **dict.fromkeys(options, v)), (0, None)))
        found = program(jnp.zeros(1), jnp.asarray(inputs))
    assert_within(16, np.asarray(found[0]), loss(inputs, truth, **options))


@pytest.mark.parametrize(
    ("loss", "name", "number"),
    [(losses.symmetric_cross_entropy, "alpha", 0.0), (losses.poly, "epsilon", -1.0)],
    ids=["alpha", "epsilon"],
)
def test_a_traced_factor_of_0_removes_an_infinite_surprisal_as_a_plain_one_does(loss, name, number):
    logits, labels = np.asarray([[0.0, -np.inf], [0.5, 0.0]]), np.asarray([1, 1])
    with jax.enable_x64(True):
        program = jax.jit(lambda v, z: loss(z, labels, **{name: v}))
        found = program(jnp.asarray(number), jnp.asarray(logits))
    assert_within(16, np.asarray(found), loss(logits, labels, **{name: number}))


@pytest.mark.parametrize(
    ("loss", "name"),
    [(losses.entmax_loss, "alpha"), (losses.combined_margin, "multiplier"), (losses.arcface, "sub_centres")],
)
def test_a_number_that_selects_the_steps_is_refused_while_traced(loss, name):
    with pytest.raises(DTypeError, match=f"`{name}` must be known while the call is traced"):
        jax.jit(lambda v: loss(jnp.asarray(COSINES), LABELS, **{name: v}))(1.5)


def test_class_counts_are_refused_while_traced():
    with pytest.raises(DTypeError, match="`class_counts` must be known while the call is traced"):
        jax.jit(lambda v: losses.LogitAdjusted(class_counts=v)(jnp.asarray(LOGITS), LABELS))(np.ones(3))


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
