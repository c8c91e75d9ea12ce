"""The clauses of the docstrings of the divergences from targets, and what others make of them."""

import functools

import numpy as np
import pytest
from mpmath import exp, fsum, log, mp, mpf
from tests.central_differences import central_gradient
from tests.relative_error import units_apart

from xent import measures
from xent.errors import DomainError
from xent.formulas import softmax as formula
from xent.formulas.model_and_targets import log_ratio
from xent.losses import (
    JSDivergenceOfTargets,
    js_divergence_of_targets,
    kl_divergence_of_targets,
    reverse_kl_divergence_of_targets,
)
from xent.measures import kl_divergence

LOSSES = (kl_divergence_of_targets, reverse_kl_divergence_of_targets, js_divergence_of_targets)
every_divergence = pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)


def rows(seed=20261201, classes=5):
    """Logits and targets without zeros, of no relation to each other."""
    rng = np.random.default_rng(seed)
    return 2 * rng.standard_normal((20, classes)), rng.dirichlet(np.ones(classes), size=20)


def probabilities(logits):
    shares = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shares / shares.sum(axis=-1, keepdims=True)


@every_divergence
def test_it_is_the_measure_of_the_same_name(xp, loss):
    logits, targets = rows()
    measure = {
        "kl_divergence_of_targets": lambda p, t: measures.kl_divergence(t, p),
        "reverse_kl_divergence_of_targets": measures.kl_divergence,
        "js_divergence_of_targets": measures.js_divergence,
    }[loss.name]
    found = xp.call_public(loss, logits, targets)
    np.testing.assert_allclose(found, measure(probabilities(logits), targets), rtol=1e-13)


def near_rows():
    """Models ever nearer to the targets, in 64ths of a float's digits."""
    rng = np.random.default_rng(20261202)
    targets = rng.multinomial(2**20, rng.dirichlet(np.ones(4)), size=48) / 2**20
    apart = 10.0 ** np.linspace(-1, -16, 48)[:, None] * rng.standard_normal((48, 4))
    return np.log(targets) + apart, targets


def exact_divergence(logits, targets, loss):
    """The definition in 60 digits, and the sum of what the two differ by."""
    with mp.workdps(60):
        z, t = ([mpf(float(x)) for x in row] for row in (logits, targets))
        shares = [exp(x) for x in z]
        p = [x / fsum(shares) for x in shares]
        m = [(a + b) / 2 for a, b in zip(p, t, strict=True)]

        def divergence(a, b):
            return fsum(x * log(x / y) for x, y in zip(a, b, strict=True) if x > 0)

        value = {
            "kl_divergence_of_targets": lambda: divergence(t, p),
            "reverse_kl_divergence_of_targets": lambda: divergence(p, t),
            "js_divergence_of_targets": lambda: (divergence(t, m) + divergence(p, m)) / 2,
        }[loss.name]()
        return float(value), float(fsum(abs(a - b) for a, b in zip(p, t, strict=True)))


@every_divergence
def test_next_to_the_targets_the_error_is_what_rounding_of_a_logit_makes(xp, loss):
    logits, targets = near_rows()
    truth, apart = np.transpose([exact_divergence(z, t, loss) for z, t in zip(logits, targets, strict=True)])
    found = xp.call_public(loss, logits, targets)
    bound = 4 if loss is js_divergence_of_targets else 8
    assert units_apart(found, truth, scale=truth + apart).max() <= bound
    # Of the difference of cross-entropy and entropy these rows would have nothing left.
    assert (truth[-10:] < 1e-25).all()


@every_divergence
def test_no_value_is_negative_and_targets_of_the_model_cost_nothing_but_rounding(xp, loss):
    targets = rows()[1]
    found = xp.call_public(loss, np.log(targets), targets)
    assert (found >= 0).all()
    assert (found < 1e-30).all()


@every_divergence
def test_a_class_that_neither_allows_adds_nothing(xp, loss):
    logits, targets = np.asarray([[0.4, -np.inf, -1.0]]), np.asarray([[0.25, 0.0, 0.75]])
    value, gradient = xp.call_public(loss.value_and_gradient, logits, targets)
    np.testing.assert_array_equal(value, xp.call_public(loss, logits[:, ::2], targets[:, ::2]))
    np.testing.assert_array_equal(gradient[:, 1], 0)
    product = xp.call_public(loss.hessian_vector_product, logits, targets, np.ones((1, 3)))
    np.testing.assert_array_equal(product, 0)


@pytest.mark.of_values
def test_a_target_that_the_model_rules_out_costs_what_each_divergence_says(xp):
    logits, targets = np.asarray([[0.0, -np.inf]]), np.asarray([[0.0, 1.0]])
    value, gradient = xp.call_public(kl_divergence_of_targets.value_and_gradient, logits, targets)
    np.testing.assert_array_equal(value, [np.inf])
    np.testing.assert_array_equal(gradient, [[1.0, -1.0]])
    value, gradient = xp.call_public(js_divergence_of_targets.value_and_gradient, logits, targets)
    np.testing.assert_allclose(value, np.log(2), rtol=1e-15)
    np.testing.assert_array_equal(gradient, 0)
    half = np.asarray([[0.5, 0.5]])
    value, gradient = xp.call_public(reverse_kl_divergence_of_targets.value_and_gradient, logits, half)
    np.testing.assert_allclose(value, np.log(2), rtol=1e-15)
    np.testing.assert_array_equal(gradient, 0)


def test_the_log_ratio_of_rare_classes_next_to_their_targets_keeps_its_digits(xp):
    logits = np.linspace(0.0, -600.0, 31)
    targets = probabilities(logits) * (1 + 1e-7)
    found = xp.call(
        lambda z, t, xp: log_ratio(formula.softmax(z, xp=xp), z, t, xp=xp), logits[None], targets[None]
    )
    np.testing.assert_allclose(found[0], -np.log1p(1e-7), rtol=3e-8)


def test_a_small_share_gives_the_forward_divergence_and_a_large_one_the_reverse():
    logits, targets = rows()
    small, large = (JSDivergenceOfTargets(share=share)(logits, targets) for share in (1e-7, 1 - 1e-7))
    np.testing.assert_allclose(small / 1e-7, kl_divergence_of_targets(logits, targets), rtol=1e-4)
    np.testing.assert_allclose(large / 1e-7, reverse_kl_divergence_of_targets(logits, targets), rtol=1e-4)


@every_divergence
def test_derivatives_in_the_targets_are_those_of_the_value(loss):
    torch = pytest.importorskip("torch")
    logits, targets = rows()
    leaf = torch.tensor(targets, requires_grad=True)
    loss(torch.tensor(logits), leaf, validate=False).sum().backward()
    slopes = central_gradient(lambda t: loss(logits, t, validate=False), targets)
    if loss is kl_divergence_of_targets:
        # The value adds 1 - sum(t), which is 0 for distributions; the derivative is that of the definition.
        slopes = slopes + 1
        np.testing.assert_allclose(leaf.grad, 1 + np.log(targets / probabilities(logits)), rtol=1e-10)
    np.testing.assert_allclose(leaf.grad, slopes, rtol=1e-6, atol=1e-8)


RARE = [0.0, 1e-30, 1e-20, 0.3, 0.4]


@pytest.mark.parametrize("target", RARE)
@pytest.mark.parametrize("prob", [1e-30, 1.1e-20, 0.3])
def test_the_derivative_of_kl_in_its_targets_is_one_number_for_losses_measures_and_xent_torch(target, prob):
    torch = pytest.importorskip("torch")
    from xent.torch import kl_div

    targets, probs = np.asarray([target, 1 - target]), np.asarray([prob, 1 - prob])
    with np.errstate(divide="ignore"):
        exact = 1 + np.log(targets / probs)

    def in_targets(function):
        leaf = torch.tensor(targets, requires_grad=True)
        function(torch.tensor(np.log(probs)), leaf).backward()
        return leaf.grad.numpy()

    for function in (
        kl_divergence_of_targets,
        lambda logits, t: kl_divergence(t, logits.exp()),
        lambda logits, t: kl_div(logits, t, reduction="sum"),
    ):
        np.testing.assert_allclose(in_targets(function), exact, rtol=1e-12)


PROBS = np.asarray([0.3, 0.7], "float32")


@functools.cache
def slopes_in_targets(*, traced):
    """The gradient in the targets of the loss and of the measure, each compiled once for all targets."""
    jax = pytest.importorskip("jax")
    compiled = jax.jit if traced else lambda function: function
    return (
        compiled(jax.grad(lambda t: kl_divergence_of_targets(jax.numpy.log(PROBS), t))),
        compiled(jax.grad(lambda t: kl_divergence(t, jax.numpy.asarray(PROBS)))),
    )


@pytest.mark.parametrize("target", RARE)
@pytest.mark.parametrize("traced", [False, True])
def test_the_derivative_of_kl_in_its_targets_on_jax_is_that_of_the_definition(target, traced):
    targets = np.asarray([target, 1 - target], "float32")
    with np.errstate(divide="ignore"):
        exact = 1 + np.log(targets / PROBS)
    for slope in slopes_in_targets(traced=traced):
        np.testing.assert_allclose(slope(targets), exact, rtol=1e-5)


def test_the_second_derivative_of_kl_in_its_targets_is_their_inverse():
    jax = pytest.importorskip("jax")
    logits, targets = jax.numpy.asarray([0.0, 1.0, -1.0]), jax.numpy.asarray([0.2, 0.3, 0.5])
    found = jax.jit(jax.hessian(lambda t: kl_divergence_of_targets(logits, t)))(targets)
    np.testing.assert_allclose(found, np.diag(1 / np.asarray(targets)), rtol=1e-5)


@every_divergence
def test_derivatives_in_targets_of_0_are_no_nan(loss):
    torch = pytest.importorskip("torch")
    logits = torch.tensor([[1.0, 0.0, -torch.inf]], dtype=torch.float64)
    targets = torch.tensor([[0.5, 0.5, 0.0]], dtype=torch.float64, requires_grad=True)
    loss(logits, targets).sum().backward()
    assert not torch.isnan(targets.grad).any()


def test_a_class_weight_is_a_factor_of_its_row():
    logits, targets = rows()
    weights = np.asarray([1.0, 2.0, 3.0, 0.0, 0.5])
    for loss in LOSSES:
        found = loss(logits, targets, class_weights=weights)
        np.testing.assert_allclose(found, (targets @ weights) * loss(logits, targets), rtol=1e-13)


@every_divergence
def test_targets_that_are_no_distribution_are_refused(loss):
    message = rf"^{loss.name}: `targets` must sum to 1 over the last axis; got 1.5, first at index \(0,\)\."
    with pytest.raises(DomainError, match=message):
        loss(np.zeros((1, 2)), np.asarray([[0.75, 0.75]]))
