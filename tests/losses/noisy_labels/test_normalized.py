"""The clauses of the docstrings of the normalised losses."""

import numpy as np
import pytest
from mpmath import fsum, log
from tests.losses.focusing.test_focal import hard_rows
from tests.mutants.harness import Mutant, meets_definition
from tests.mutants.mutators import drop_left, drop_right, move_bound, swap
from tests.oracles.loss_tables import Definition, softmax

from xent.errors import DomainError, ShapeError
from xent.losses import (
    Focal,
    GeneralizedCrossEntropy,
    Normalized,
    NormalizedFocal,
    Poly,
    SymmetricCrossEntropy,
    TaylorCrossEntropy,
    TruncatedCrossEntropy,
    mean_absolute_error,
    normalized_cross_entropy,
    normalized_focal,
    poly,
    softmax_cross_entropy,
)


def truths(logits, rng):
    """The largest and the smallest finite logit; no label where there is one class, as that were 0 over 0."""
    del rng
    finite = np.flatnonzero(np.isfinite(logits))
    order = finite[np.argsort(logits[finite], kind="stable")]
    return sorted({int(order[0]), int(order[-1])}) if len(order) > 1 else []


def definition(z, label):
    """``L(y) / sum(L(k))`` with ``L(k) = -log(p_k) + (1 - p_k)``."""
    p = softmax(z)
    losses = [_poly(p, k) for k in range(len(p)) if p[k] > 0]
    return _poly(p, label) / fsum(losses)


def _poly(p, label):
    return -log(p[label]) + fsum(p[k] for k in range(len(p)) if k != label)


DEFINITION = Definition(
    definition,
    source="Ma et al. 2020, the normalised losses, here of poly-1; a class of logit ``-inf`` takes no part",
    inputs="logits",
    parameters=({},),
    units={"value": 6, "gradient": 8, "gradient of rows": True, "product": 8, "inflection": True},
    truths=truths,
)

TESTS = "tests/losses/noisy_labels/test_normalized.py::"
MASK = TESTS + "test_a_masked_class_takes_no_part[numpy]"
LIMIT = TESTS + "test_a_label_that_is_ruled_out_costs_the_limit_and_has_no_slope[numpy]"

MUTANTS = (
    Mutant(
        "1 less the share by a difference",
        "normalized:Normalized._shares",
        "others / total",
        "1 - share",
        "tests/losses/noisy_labels/test_normalized_cross_entropy.py::"
        "test_for_two_classes_no_entry_of_the_gradient_loses_a_digit[numpy-700.0]",
    ),
    Mutant(
        "masked classes take part",
        "normalized:Normalized._shares",
        "high > -xp.inf",
        move_bound,
        TESTS + "test_a_masked_class_takes_no_part[numpy]",
    ),
    Mutant(
        "a masked label takes no part",
        "normalized:Normalized._shares",
        "(high > -xp.inf) | (is_label == 1)",
        drop_right,
        LIMIT,
    ),
    Mutant(
        "infinity over infinity",
        "normalized:Normalized._shares",
        "xp.where(of_label == xp.inf, 1.0, of_label / xp.where(of_label == xp.inf, 1.0, total))",
        "xp.where(of_label == xp.inf, xp.nan, of_label / xp.where(of_label == xp.inf, 1.0, total))",
        LIMIT,
    ),
    Mutant(
        "the label's loss left out of the sum",
        "normalized:Normalized._shares",
        "of_label + others",
        drop_left,
        meets_definition("normalized_cross_entropy"),
    ),
    Mutant(
        "slopes of masked classes",
        "normalized:Normalized._derivatives",
        "_where(shares.takes_part, self.phi.first_derivative(shares.classes, xp=xp), xp=xp)",
        "self.phi.first_derivative(shares.classes, xp=xp)",
        MASK,
    ),
    Mutant(
        "forget to divide the slopes",
        "normalized_gradient:normalized_gradient",
        "slopes * shares.signs / total",
        drop_right,
        meets_definition("normalized_focal"),
    ),
    Mutant(
        "forget that the share moves",
        "normalized:Normalized.hessian_vector_product",
        "bends * shares.signs * moves - slopes * move_of_share",
        drop_right,
        meets_definition("normalized_cross_entropy"),
    ),
    Mutant(
        "forget that the sum moves",
        "normalized:Normalized.hessian_vector_product",
        "bends * shares.signs * moves - slopes * move_of_share - factors * move_of_total",
        drop_right,
        meets_definition("normalized_cross_entropy"),
    ),
    Mutant(
        "forget the bend",
        "normalized:Normalized.hessian_vector_product",
        "bends * shares.signs * moves",
        "0 * bends",
        meets_definition("normalized_focal"),
    ),
    Mutant(
        "forget the curvature of the surprisals",
        "normalized:Normalized.hessian_vector_product",
        "xp.sum(factors, axis=-1)[..., None]",
        "0",
        meets_definition("normalized_cross_entropy"),
    ),
    Mutant(
        "moves of the other sign",
        "normalized:_moves_of_surprisals",
        "xp.sum(model.probs * shifted, axis=-1)[..., None] - shifted",
        swap,
        meets_definition("normalized_cross_entropy"),
    ),
    Mutant(
        "1 - p for the complement of a factor",
        "normalized_gradient:sum_of_slopes",
        "shares.classes.complement * factors",
        "(1 - shares.classes.prob) * factors",
        "tests/losses/noisy_labels/test_normalized_cross_entropy.py::"
        "test_for_two_classes_no_entry_of_the_gradient_loses_a_digit[numpy-300.0]",
    ),
    Mutant(
        "the label's factor in the sum for its own entry",
        "normalized_gradient:sum_of_slopes",
        "(xp.sum(plain, axis=-1)[..., None] - plain) + at_label * (1 - is_label)",
        "(xp.sum(plain, axis=-1)[..., None] - plain) + at_label",
        meets_definition("normalized"),
    ),
    Mutant(
        "the top's factor in the sum for its own entry",
        "normalized_gradient:sum_of_slopes",
        "at_top * (1 - is_top_alone)",
        drop_right,
        meets_definition("normalized"),
    ),
    Mutant(
        "one class is enough",
        "losses_of_logits:of_two_classes",
        "logits.shape[-1] < 2",
        "logits.shape[-1] < 1",
        TESTS + "test_one_class_alone_is_refused_by_shape_and_by_value",
    ),
    Mutant(
        "one unmasked class is enough",
        "losses_of_logits:of_two_classes",
        "number(logits) == 1",
        "number(logits) == -1",
        TESTS + "test_one_class_alone_is_refused_by_shape_and_by_value",
    ),
    Mutant(
        "let options of a part pass",
        "loss_as_part:check_has_no_options",
        "not _is(getattr(part, name), default)",
        "name == default",
        TESTS + "test_what_cannot_be_normalised_is_refused",
    ),
)

PARTS = (
    Focal(gamma=0.25),
    Focal(gamma=2.0),
    poly,
    Poly(epsilon=-1.0),
    TaylorCrossEntropy(order=3),
    GeneralizedCrossEntropy(q=0.7),
    TruncatedCrossEntropy(q=0.7, k=0.2),
    SymmetricCrossEntropy(),
    mean_absolute_error,
)
every_part = pytest.mark.parametrize("part", PARTS, ids=repr)


@every_part
def test_it_is_the_loss_over_its_sum_over_all_labels(xp, part):
    logits, labels = (array[:16] for array in hard_rows())
    of_each = np.stack([part(logits, np.full(16, label)) for label in range(4)], axis=-1)
    wanted = of_each[np.arange(16), labels] / of_each.sum(axis=-1)
    found = xp.call_public(Normalized(part), logits, labels)
    np.testing.assert_allclose(found, wanted, rtol=1e-13)
    of_labels = sum(xp.call_public(Normalized(part), logits, np.full(16, label)) for label in range(4))
    np.testing.assert_allclose(of_labels, 1, rtol=1e-14)


@every_part
def test_gradient_and_product_are_the_quotient_rule_on_those_of_the_loss(part):
    logits, labels = (array[:16] for array in hard_rows())
    vectors = np.random.default_rng(2).standard_normal(logits.shape)
    every = [np.full(16, label) for label in range(4)]
    top, bottom = part(logits, labels), sum(part(logits, label) for label in every)
    up, down = part.gradient(logits, labels), sum(part.gradient(logits, label) for label in every)
    n = (top / bottom)[:, None]
    gradient = (up - n * down) / bottom[:, None]
    found = Normalized(part).gradient(logits, labels)
    np.testing.assert_allclose(found, gradient, rtol=1e-9, atol=1e-15)
    along, along_down, along_n = ((a * vectors).sum(axis=-1)[:, None] for a in (up, down, gradient))
    bend = part.hessian_vector_product(logits, labels, vectors)
    bend_down = sum(part.hessian_vector_product(logits, label, vectors) for label in every)
    product = (bend - n * bend_down - along_n * down - along_down * gradient) / bottom[:, None]
    found = Normalized(part).hessian_vector_product(logits, labels, vectors)
    np.testing.assert_allclose(found, product, rtol=1e-9, atol=1e-14)
    hessian = Normalized(part).hessian(logits, labels)
    np.testing.assert_allclose((hessian @ vectors[..., None])[..., 0], found, rtol=1e-9, atol=1e-14)
    assert (np.abs(along) > 1e-9).any()


@pytest.mark.of_values
def test_the_named_ones_are_those_of_cross_entropy_and_focal(xp):
    logits, labels = hard_rows()
    for found, wanted in (
        (normalized_cross_entropy, Normalized(Poly(epsilon=0.0))),
        (NormalizedFocal(gamma=0.0), normalized_cross_entropy),
        (normalized_focal, Normalized(Focal(gamma=0.5))),
    ):
        for mine, its in zip(
            xp.call_public(found.value_and_gradient, logits, labels),
            xp.call_public(wanted.value_and_gradient, logits, labels),
            strict=True,
        ):
            np.testing.assert_allclose(mine, its, rtol=1e-13, atol=1e-300)


@pytest.mark.parametrize("part", [mean_absolute_error, SymmetricCrossEntropy(alpha=0.0)])
def test_of_an_absolute_error_it_is_the_complement_over_the_number_of_other_classes(xp, part):
    """Divided, not multiplied, by that number: as the reverse cross-entropy of others once was."""
    logits, labels = hard_rows()
    found = xp.call_public(Normalized(part), logits, labels)
    np.testing.assert_allclose(found, mean_absolute_error(logits, labels) / 6, rtol=1e-13, atol=1e-300)


@pytest.mark.of_values
def test_equal_logits_give_each_class_its_share(xp):
    for part in PARTS:
        found = xp.call_public(Normalized(part), np.full((2, 5), -3.0), np.asarray([4, 0]))
        np.testing.assert_allclose(found, 0.2, rtol=1e-15)


@pytest.mark.of_values
def test_a_masked_class_takes_no_part(xp):
    logits = np.asarray([[0.3, -np.inf, 1.2, -0.4]])
    for part in PARTS:
        loss = Normalized(part)
        quantities = value_gradient_and_product(loss)
        value, gradient, product = xp.call_public(quantities, logits, np.asarray([3]), np.ones((1, 4)))
        alone, its = xp.call_public(loss.value_and_gradient, logits[:, [0, 2, 3]], np.asarray([2]))
        np.testing.assert_allclose(value, alone, rtol=1e-15)
        np.testing.assert_allclose(gradient[:, [0, 2, 3]], its, rtol=1e-14, atol=1e-17)
        np.testing.assert_array_equal(gradient[:, 1], 0)
        np.testing.assert_array_equal(product[:, 1], 0)


def value_gradient_and_product(loss):
    """Three methods of a loss in one function, so that JAX compiles once."""

    def of(logits, labels, vectors):
        product = loss.hessian_vector_product(logits, labels, vectors)
        return *loss.value_and_gradient(logits, labels), product

    return of


@pytest.mark.of_values
def test_a_label_that_is_ruled_out_costs_the_limit_and_has_no_slope(xp):
    logits, labels = np.asarray([[-np.inf, 0.4, 0.0]]), np.asarray([0])
    for loss in (normalized_cross_entropy, normalized_focal, Normalized(poly)):
        value, gradient = xp.call_public(loss.value_and_gradient, logits, labels)
        np.testing.assert_array_equal(value, [1])
        np.testing.assert_array_equal(gradient, 0)
        np.testing.assert_array_equal(xp.call_public(loss.hessian, logits, labels), 0)
    value = xp.call_public(Normalized(mean_absolute_error), logits, labels)
    np.testing.assert_allclose(value, [0.5], rtol=1e-15)


def test_one_class_alone_is_refused_by_shape_and_by_value():
    with pytest.raises(ShapeError, match="at least two classes"):
        normalized_cross_entropy(np.zeros((2, 1)), np.asarray([0, 0]), validate=False)
    with pytest.raises(ShapeError) as caught:
        normalized_cross_entropy(np.zeros((2, 1)), np.asarray([0, 0]))
    assert str(caught.value) == (
        "normalized_cross_entropy: `logits` must have at least two classes on its last axis; got shape "
        "(2, 1). With one class there is nothing to normalise by."
    )
    logits = np.asarray([[0.0, 1.0, -np.inf], [2.0, -np.inf, -np.inf]])
    with pytest.raises(DomainError) as caught:
        normalized_focal.gradient(logits, np.asarray([0, 0]))
    assert str(caught.value) == (
        "normalized_focal.gradient: `logits` must leave at least two classes of each row unmasked; got 1, "
        "first at index (1,). With one class there is nothing to normalise by."
    )
    with np.errstate(invalid="ignore"):
        found = normalized_focal(logits, np.asarray([0, 0]), validate=False)
    np.testing.assert_array_equal(np.isnan(found), [False, True])
    found = normalized_focal(logits, np.asarray([0, 0]), sample_weight=np.asarray([1.0, 0.0]))
    assert found[1] == 0


def test_a_row_with_nan_or_a_label_that_is_no_class_is_nan(xp):
    logits = np.asarray([[np.nan, 0.0, 1.0], [0.5, 0.0, 1.0]])
    for loss in (normalized_cross_entropy, normalized_focal, Normalized(GeneralizedCrossEntropy())):
        value, gradient = xp.call_public(loss.value_and_gradient, logits, np.asarray([0, 0]))
        np.testing.assert_array_equal(np.isnan(value), [True, False])
        np.testing.assert_array_equal(np.isnan(gradient).all(axis=-1), [True, False])
        value, gradient = xp.call(loss.formula.value_and_gradient, logits[[1, 1]], np.asarray([3, 0]))
        np.testing.assert_array_equal(np.isnan(value), [True, False])
        np.testing.assert_array_equal(np.isnan(gradient).all(axis=-1), [True, False])


def test_what_cannot_be_normalised_is_refused():
    with pytest.raises(DomainError) as caught:
        Normalized(softmax_cross_entropy)
    assert str(caught.value) == (
        "Normalized: `loss` must be a loss of the true class's probability alone; got SoftmaxCrossEntropy(). "
        "For cross-entropy itself take `normalized_cross_entropy`."
    )
    with pytest.raises(DomainError, match=r"must be a loss of .* alone; got 'focal'"):
        Normalized("focal")
    with pytest.raises(DomainError) as caught:
        Normalized(Focal(gamma=2.0, temperature=3.0))
    assert str(caught.value) == (
        "Normalized: `loss` must have no `temperature` of its own; got Focal(temperature=3.0). Give it to "
        "`Normalized`, where it counts for the whole."
    )
    with pytest.raises(DomainError, match=r"`loss` must have no `class_weights` of its own"):
        Normalized(Focal(class_weights=np.ones(3)))
    with pytest.raises(DomainError, match=r"NormalizedFocal: `gamma` must be >= 0; got -1"):
        NormalizedFocal(gamma=-1)
