"""The clauses of the docstrings of the sparse losses, and the defects of other libraries that they avoid."""

import numpy as np
import pytest
from mpmath import fsum, mp, mpf
from tests.array_libraries import array_library
from tests.mutants.harness import Mutant, meets_definition
from tests.mutants.mutators import drop_right, flip_sign
from tests.oracles.loss_tables import Definition
from tests.relative_error import assert_within

from xent.errors import DomainError
from xent.formulas.losses.entmax import entmax
from xent.losses import (
    EntmaxLoss,
    EntmaxLossOfTargets,
    SparsemaxLoss,
    SparsemaxLossOfTargets,
    entmax_loss,
    kl_divergence_of_targets,
    softmax_cross_entropy,
    sparsemax_loss,
    sparsemax_loss_of_targets,
)


def exact_entmax(z, alpha):
    """``max((alpha - 1) * z - tau, 0) ** (1 / (alpha - 1))`` with the `tau` that makes the sum 1."""
    alpha = mpf(alpha)
    scaled = [(alpha - 1) * x for x in z]
    tau = max(scaled) - 1
    power = 1 / (alpha - 1)
    while True:
        above = [x - tau for x in scaled if x > tau]
        excess = fsum(x**power for x in above) - 1
        step = excess / (power * fsum(x ** (power - 1) for x in above))
        tau += step
        if step < mpf(10) ** (5 - mp.dps):
            return [(x - tau) ** power if x > tau else mpf(0) for x in scaled]


def exact_fenchel_young(z, targets, alpha):
    """``<p - targets, z> + H(p) - H(targets)``, with Tsallis' entropy `H`."""
    p = exact_entmax(z, alpha)
    product = fsum((a - t) * x for a, t, x in zip(p, targets, z, strict=True) if a != t)
    return without_noise(product + tsallis_entropy(p, alpha) - tsallis_entropy(targets, alpha))


def without_noise(number):
    """0 for what is left of an exact 0 at any finite precision."""
    return number if abs(number) > mpf(10) ** (40 - mp.dps) else mpf(0)


def tsallis_entropy(p, alpha):
    """``sum(p - p ** alpha) / (alpha * (alpha - 1))``."""
    alpha = mpf(alpha)
    return fsum(a - a**alpha for a in p) / (alpha * (alpha - 1))


def definition(z, label, alpha):
    """The loss for the label's indicator."""
    return exact_fenchel_young(z, [mpf(k == label) for k in range(len(z))], alpha)


def inputs():
    """Rows inside, next to and beyond the margins; none is on one, where a class enters the support."""
    rng = np.random.default_rng(20261126)
    for gap in (0.0, 2.0**-30, 0.5, 1 - 2.0**-20, 1.25, 2 - 2.0**-20, 3.25, 17.0):
        yield np.float32([0.0, -gap])
    for scale, shift in ((0.01, 0.0), (0.3, -64.0), (1.0, 0.0), (10.0, 0.0)):
        yield (scale * rng.standard_normal(4) + shift).astype(np.float32)
    yield np.full(4, -2.25, dtype=np.float32)
    yield np.float32([-np.inf, 0.8, -0.3, -np.inf, 1.4])
    yield np.float32([13.7])
    yield (0.5 * rng.standard_normal(10)).astype(np.float32)


DEFINITION = Definition(
    definition,
    source="Peters, Niculae and Martins 2019, equations 7, 10 and 14",
    inputs=inputs,
    parameters=({"alpha": 1.5}, {"alpha": 1.25}, {"alpha": 2.0}),
    units={"value": 16, "gradient": 16, "gradient of rows": True, "product": 64},
)

TESTS = "tests/losses/sparse/test_entmax_loss.py::"
WRITTEN = TESTS + "test_the_definitions_as_written_hold[numpy-{}]"

MUTANTS = (
    Mutant(
        "p - 1 at the label",
        "entmax_loss:EntmaxLoss._value",
        "model.complements(xp=xp)",
        "1 - model.probs",
        meets_definition("entmax_loss"),
    ),
    Mutant(
        "forget what the label misses the support by",
        "entmax_loss:EntmaxLoss._value",
        "of_label + of_others + shortfall",
        drop_right,
        "tests/losses/sparse/test_sparsemax_loss.py::"
        "test_a_label_outside_the_support_costs_what_it_misses_too[numpy]",
    ),
    Mutant(
        "forget the other classes",
        "entmax_loss:EntmaxLoss._value",
        "of_label + of_others",
        drop_right,
        WRITTEN.format("1.5"),
    ),
    Mutant(
        "flip the gradient at the label",
        "entmax_loss:_gradient",
        "model.probs * (1 - is_label) - complement[..., None] * is_label",
        flip_sign,
        WRITTEN.format("1.5"),
    ),
    Mutant(
        "a finite value for a label that is no class",
        "entmax_loss:EntmaxLoss._value",
        "of_label + of_others + shortfall",
        "xp.where(xp.isnan(of_label), 0.0, of_label + of_others + shortfall)",
        TESTS + "test_a_label_that_is_no_class_gives_nan_in_its_row_alone",
    ),
)

every_alpha = pytest.mark.parametrize("alpha", [1.2, 1.5, 1.75, 2.0])


def rows(seed=20261205, scale=1.0):
    rng = np.random.default_rng(seed)
    return scale * rng.standard_normal((20, 5)), rng.integers(0, 5, size=20)


def probabilities(logits, alpha):
    return entmax(logits, alpha, xp=array_library("numpy").namespace).probs


def fenchel_young(logits, targets, alpha):
    """The definition as it stands."""
    probs = probabilities(logits, alpha)
    entropy, of_targets = ((a - a**alpha).sum(axis=-1) / (alpha * (alpha - 1)) for a in (probs, targets))
    return ((probs - targets) * logits).sum(axis=-1) + entropy - of_targets


@every_alpha
def test_the_definitions_as_written_hold(xp, alpha):
    logits, labels = rows()
    targets = np.random.default_rng(1).dirichlet(np.full(5, 0.5), size=20)
    value, gradient = xp.call_public(EntmaxLoss(alpha=alpha).value_and_gradient, logits, labels)
    np.testing.assert_allclose(value, fenchel_young(logits, np.eye(5)[labels], alpha), rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(gradient, probabilities(logits, alpha) - np.eye(5)[labels], atol=1e-14)
    value, gradient = xp.call_public(EntmaxLossOfTargets(alpha=alpha).value_and_gradient, logits, targets)
    np.testing.assert_allclose(value, fenchel_young(logits, targets, alpha), rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(gradient, probabilities(logits, alpha) - targets, atol=1e-14)


@every_alpha
def test_a_lead_of_the_margin_leaves_nothing_and_a_smaller_one_does(xp, alpha):
    margin = 1 / (alpha - 1)
    logits = np.asarray([[1.01 * margin, 0.0, -5.0], [1000.0, 0.0, -np.inf], [0.99 * margin, 0.0, -5.0]])
    loss, labels = EntmaxLoss(alpha=alpha), np.zeros(3, dtype=int)
    value, gradient = xp.call_public(loss.value_and_gradient, logits, labels)
    hessian = xp.call_public(loss.hessian, logits, labels)
    for found in (value, gradient, hessian):
        np.testing.assert_array_equal(found[:2], 0)
        assert (found[2] != 0).any()


@pytest.mark.of_values
@every_alpha
def test_a_certain_target_costs_what_its_label_costs(xp, alpha):
    logits, labels = rows()
    of_label = xp.call_public(EntmaxLoss(alpha=alpha).value_and_gradient, logits, labels)
    of_target = xp.call_public(EntmaxLossOfTargets(alpha=alpha).value_and_gradient, logits, np.eye(5)[labels])
    for found, truth in zip(of_target, of_label, strict=True):
        assert_within(4, found, truth)


@pytest.mark.of_values
def test_a_certain_target_next_to_the_margin_costs_what_its_label_costs(xp):
    logits = np.stack([1 - 2.0 ** -np.arange(1, 50), np.zeros(49)], axis=-1)
    of_label = xp.call_public(sparsemax_loss.value_and_gradient, logits, np.zeros(49, dtype=int))
    targets = np.stack([np.ones(49), np.zeros(49)], axis=-1)
    of_target = xp.call_public(sparsemax_loss_of_targets.value_and_gradient, logits, targets)
    for found, truth in zip(of_target, of_label, strict=True):
        assert_within(4, found, truth)


@every_alpha
def test_the_product_with_the_hessian_does_not_see_a_constant(xp, alpha):
    logits, labels = rows()
    products = [
        xp.call_public(EntmaxLoss(alpha=alpha).hessian_vector_product, logits, labels, vectors)
        for vectors in (np.ones_like(logits), np.round(logits * 64), np.round(logits * 64) + 2.0**40)
    ]
    np.testing.assert_array_equal(products[0], 0)
    np.testing.assert_array_equal(products[1], products[2])
    assert np.abs(products[1]).max() > 1


def test_sparsemax_is_entmax_with_alpha_2_bit_for_bit(xp):
    logits, labels = rows()
    targets = np.random.default_rng(2).dirichlet(np.ones(5), size=20)
    for sparse, family, truth in (
        (sparsemax_loss, EntmaxLoss(alpha=2), labels),
        (sparsemax_loss_of_targets, EntmaxLossOfTargets(alpha=2), targets),
    ):
        for found, wanted in zip(
            xp.call_public(sparse.value_and_gradient, logits, truth),
            xp.call_public(family.value_and_gradient, logits, truth),
            strict=True,
        ):
            np.testing.assert_array_equal(found, wanted)


def test_as_alpha_tends_to_1_the_losses_tend_to_cross_entropy_and_divergence():
    logits, labels = rows()
    targets = np.random.default_rng(3).dirichlet(np.ones(5), size=20)
    for family, limit, truth in (
        (EntmaxLoss, softmax_cross_entropy, labels),
        (EntmaxLossOfTargets, kl_divergence_of_targets, targets),
    ):
        far, near = (np.abs(family(alpha=1 + h)(logits, truth) - limit(logits, truth)) for h in (1e-3, 1e-4))
        assert (near <= 2e-3 * limit(logits, truth)).all()
        np.testing.assert_allclose(far.sum() / near.sum(), 10, rtol=0.02)


@every_alpha
def test_what_a_masked_class_costs(xp, alpha):
    logits = np.asarray([[0.5, -np.inf, 0.0], [0.5, -np.inf, 0.0]])
    value, gradient = xp.call_public(EntmaxLoss(alpha=alpha).value_and_gradient, logits, np.asarray([0, 1]))
    np.testing.assert_allclose(
        value[0], EntmaxLoss(alpha=alpha)(logits[:1, ::2], np.asarray([0]))[0], rtol=1e-14
    )
    assert value[1] == np.inf
    assert gradient[0, 1] == 0
    assert gradient[1, 1] == -1
    targets = np.asarray([[0.5, 0.0, 0.5], [0.25, 0.25, 0.5]])
    value = xp.call_public(EntmaxLossOfTargets(alpha=alpha), logits, targets)
    assert np.isfinite(value[0])
    assert value[1] == np.inf


@every_alpha
def test_a_single_class_costs_nothing(xp, alpha):
    for found in xp.call_public(
        EntmaxLoss(alpha=alpha).value_and_gradient, np.asarray([[13.7], [-2.0]]), np.zeros(2, dtype=int)
    ):
        np.testing.assert_array_equal(found, 0)


def test_a_label_that_is_no_class_gives_nan_in_its_row_alone():
    value, gradient = entmax_loss.value_and_gradient(
        np.asarray([[0.5, 0.0], [0.5, 0.0]]), np.asarray([0, 7]), validate=False
    )
    np.testing.assert_array_equal(np.isnan(value), [False, True])
    np.testing.assert_array_equal(np.isnan(gradient), [[False, False], [True, True]])


@pytest.mark.parametrize("loss", [sparsemax_loss, entmax_loss])
def test_rows_of_the_ignored_label_cost_nothing_and_are_not_read(loss):
    # The `ignore_index` of the package entmax, -100 by default, is not applied: an IndexError.
    logits, labels = rows()
    labels[::3] = -100
    logits[::3] = np.nan
    value, gradient = loss.value_and_gradient(logits, labels, ignored_label=-100)
    np.testing.assert_array_equal(value[::3], 0)
    np.testing.assert_array_equal(gradient[::3], 0)
    read = labels != -100
    np.testing.assert_array_equal(value[read], loss(logits[read], labels[read]))


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
def test_no_derivative_of_second_order_is_silently_0():
    # The package entmax finds 0 here, for its backward pass is not differentiable.
    torch = pytest.importorskip("torch")
    logits, labels = torch.tensor([1.0, 0.2, -1.0], dtype=torch.float64), torch.tensor(0)
    hessian = torch.func.hessian(lambda z: entmax_loss(z, labels))(logits)
    np.testing.assert_allclose(hessian, entmax_loss.hessian(logits.numpy(), np.asarray(0)), rtol=1e-14)
    np.testing.assert_allclose(float(hessian[0, 0]), 0.3096, atol=5e-5)


@pytest.mark.parametrize("kind", [EntmaxLoss, EntmaxLossOfTargets])
@pytest.mark.parametrize("alpha", [1.0, 0.5, 2.5, np.nan])
def test_an_alpha_beyond_its_range_is_refused(kind, alpha):
    message = rf"^{kind.__name__}: `alpha` must be above 1 and at most 2; got {alpha}\.$"
    with pytest.raises(DomainError, match=message):
        kind(alpha=alpha)


@pytest.mark.parametrize("kind", [SparsemaxLoss, SparsemaxLossOfTargets])
def test_sparsemax_has_no_alpha(kind):
    with pytest.raises(TypeError, match="alpha"):
        kind(alpha=1.5)
