"""The clauses of the docstring of the active passive loss."""

import numpy as np
import pytest
from mpmath import fsum, log, mpf
from tests.losses.focusing.test_focal import hard_rows
from tests.mutants.harness import Mutant
from tests.oracles.loss_tables import Definition, softmax

from xent.errors import DomainError, ShapeError
from xent.losses import (
    ActivePassive,
    Focal,
    Normalized,
    NormalizedFocal,
    SoftmaxCrossEntropy,
    SymmetricCrossEntropy,
    active_passive,
    focal,
    mean_absolute_error,
    normalized_cross_entropy,
    softmax_cross_entropy,
    softmax_squared_error,
)


def truths(logits, rng):
    """The largest and the smallest finite logit; no label where there is one class, as that were 0 over 0."""
    del rng
    finite = np.flatnonzero(np.isfinite(logits))
    order = finite[np.argsort(logits[finite], kind="stable")]
    return sorted({int(order[0]), int(order[-1])}) if len(order) > 1 else []


def definition(z, label, alpha=1.0, beta=1.0):
    """``alpha * log(p_y) / sum(log(p_k)) + beta * sum(|p_k - [k = y]|)``."""
    p = softmax(z)
    active = log(p[label]) / fsum(log(x) for x in p if x > 0)
    others = fsum(p[k] for k in range(len(p)) if k != label)
    return mpf(alpha) * active + mpf(beta) * (others + others)


DEFINITION = Definition(
    definition,
    source="Ma et al. 2020: normalised cross-entropy plus mean absolute error",
    inputs="logits",
    parameters=({},),
    units={"value": 6, "gradient": 8, "gradient of rows": True, "product": 8, "inflection": True},
    truths=truths,
)

TESTS = "tests/losses/noisy_labels/test_active_passive.py::"

MUTANTS = (
    Mutant(
        "factors exchanged",
        "active_passive:ActivePassive.formula",
        "((self.alpha, self.active), (self.beta, self.passive))",
        "((self.beta, self.active), (self.alpha, self.passive))",
        TESTS + "test_it_is_the_weighted_sum_of_its_two_losses[numpy]",
    ),
    Mutant(
        "0 times infinity",
        "active_passive:ActivePassive.formula",
        "not is_number(factor, 0)",
        "True",
        TESTS + "test_a_factor_of_0_leaves_its_loss_out_even_where_it_is_infinite[numpy]",
    ),
    Mutant(
        "no look at the passive loss",
        "active_passive:ActivePassive.problem",
        "is_normalized(self.active) or is_normalized(self.passive)",
        "is_normalized(self.active)",
        TESTS + "test_one_class_alone_is_refused_where_one_of_the_two_is_normalised",
    ),
    Mutant(
        "any passive loss",
        "active_passive:ActivePassive.__post_init__",
        'check_part(self, "passive")',
        'check_part(self, "active")',
        TESTS + "test_what_is_no_loss_of_labels_alone_is_refused",
    ),
    Mutant(
        "any cross-entropy",
        "loss_as_part:check_part",
        "part == SoftmaxCrossEntropy()",
        "isinstance(part, SoftmaxCrossEntropy)",
        TESTS + "test_what_is_no_loss_of_labels_alone_is_refused",
    ),
)


@pytest.mark.of_values
def test_it_is_the_weighted_sum_of_its_two_losses(xp):
    logits, labels = hard_rows()
    vectors = np.random.default_rng(2).standard_normal(logits.shape)
    active, passive = NormalizedFocal(gamma=1.5), mean_absolute_error
    loss = ActivePassive(active, passive, alpha=0.75, beta=3.0)
    found, of_active, of_passive = (
        xp.call_public(every_method(one), logits, labels, vectors) for one in (loss, active, passive)
    )
    assert len(found) == 4
    for mine, *both in zip(found, of_active, of_passive, strict=True):
        np.testing.assert_allclose(mine, 0.75 * both[0] + 3.0 * both[1], rtol=1e-13, atol=1e-15)


def every_method(loss):
    """Value, gradient, Hessian and product of a loss in one function, so that JAX compiles once."""

    def of(logits, labels, vectors):
        return (
            loss(logits, labels),
            loss.gradient(logits, labels),
            loss.hessian(logits, labels),
            loss.hessian_vector_product(logits, labels, vectors),
        )

    return of


def test_the_two_of_the_default_are_those_of_the_paper():
    logits, labels = hard_rows()
    wanted = normalized_cross_entropy(logits, labels) + mean_absolute_error(logits, labels)
    np.testing.assert_allclose(active_passive(logits, labels), wanted, rtol=1e-15)


def test_with_cross_entropy_and_an_absolute_error_it_is_symmetric_cross_entropy():
    logits, labels = hard_rows()
    found = ActivePassive(softmax_cross_entropy, mean_absolute_error, alpha=0.1, beta=2.0)
    wanted = SymmetricCrossEntropy(alpha=0.1, beta=1.0)
    for mine, its in zip(
        found.value_and_gradient(logits, labels), wanted.value_and_gradient(logits, labels), strict=True
    ):
        np.testing.assert_allclose(mine, its, rtol=1e-14, atol=1e-300)


def test_a_factor_of_0_leaves_its_loss_out_even_where_it_is_infinite(xp):
    logits, labels = np.asarray([[-np.inf, 0.0, 0.0]]), np.asarray([0])
    loss = ActivePassive(focal, mean_absolute_error, alpha=0.0)
    np.testing.assert_array_equal(xp.call_public(loss, logits, labels), [2])
    np.testing.assert_array_equal(xp.call_public(loss.gradient, logits, labels), 0)
    whole = ActivePassive(focal, mean_absolute_error)
    np.testing.assert_array_equal(xp.call_public(whole, logits, labels), [np.inf])


def test_one_class_alone_is_refused_where_one_of_the_two_is_normalised():
    logits, labels = np.zeros((1, 1)), np.asarray([0])
    with pytest.raises(ShapeError, match=r"^active_passive: `logits` must have at least two classes"):
        active_passive(logits, labels)
    assert ActivePassive(focal, mean_absolute_error)(logits, labels) == 0
    with pytest.raises(ShapeError, match="at least two classes"):
        ActivePassive(focal, Normalized(focal))(logits, labels)


def test_a_label_that_is_left_out_is_not_read():
    logits = np.asarray([[1.0, 0.0], [np.nan, 0.0]])
    found = active_passive(logits, np.asarray([1, -100]), ignored_label=-100)
    assert found[0] > 2
    assert found[1] == 0


def test_what_is_no_loss_of_labels_alone_is_refused():
    for argument, loss, rule in (
        (
            "active",
            softmax_squared_error,
            "be plain cross-entropy, a loss of the true class's probability, or a",
        ),
        ("passive", SoftmaxCrossEntropy(z_loss=0.1), "be plain cross-entropy, a loss of the true class's"),
        ("passive", Focal(softcap=5.0), "have no `softcap` of its own"),
        ("active", SoftmaxCrossEntropy(ignored_label=0), "have no `ignored_label` of its own"),
    ):
        with pytest.raises(DomainError) as caught:
            ActivePassive(**{argument: loss})
        assert str(caught.value).startswith(f"ActivePassive: `{argument}` must {rule}")


@pytest.mark.parametrize("factors", [{"alpha": -1.0}, {"beta": np.inf}, {"alpha": 0.0, "beta": 0.0}])
def test_factors_without_a_meaning_are_refused(factors):
    with pytest.raises(DomainError, match=r"^ActivePassive: `(alpha|beta)` must be "):
        ActivePassive(**factors)
