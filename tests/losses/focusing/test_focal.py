"""The clauses of the docstring of the focal loss, and what others make of it."""

import numpy as np
import pytest
from mpmath import log
from tests.array_libraries import array_library
from tests.mutants.harness import Mutant
from tests.oracles.loss_tables import Definition, softmax
from tests.relative_error import assert_within

from xent.errors import DomainError
from xent.formulas.losses.focal import Focal as Phi
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy as cross_entropy
from xent.formulas.true_class import FunctionOfTrueClass
from xent.losses import Focal, focal, softmax_cross_entropy


def definition(z, label, gamma):
    """``-(1 - p_y) ** gamma * log(p_y)``."""
    p = softmax(z)
    others = sum(p[k] for k in range(len(z)) if k != label)
    return -(others**gamma) * log(p[label])


DEFINITION = Definition(
    definition,
    source="Lin et al. 2017, equation 4",
    inputs="logits",
    parameters=({"gamma": 2.0}, {"gamma": 0.5}, {"gamma": 5.0}),
    units={"value": 16, "gradient": 16, "product": 64},
)

TESTS = "tests/losses/focusing/test_focal.py::"
ORACLE = (
    "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition[numpy-focal-float64]"
)
NAN = TESTS + "test_no_exponent_makes_a_derivative_nan[numpy-{}]"
SURE = TESTS + "test_a_model_that_is_certain_and_right_has_neither_loss_nor_slope_nor_curvature[numpy]"

MUTANTS = (
    Mutant(
        "the probability for its complement",
        "focal:Focal.value",
        "of_label.complement**self.gamma",
        "of_label.prob**self.gamma",
        TESTS + "test_the_definition_as_written_holds[numpy]",
    ),
    Mutant(
        "1 - p in the value",
        "focal:Focal.value",
        "of_label.complement**self.gamma",
        "(1 - of_label.prob) ** self.gamma",
        ORACLE,
    ),
    Mutant(
        "forget that the factor has a slope",
        "focal:Focal.first_derivative",
        "self.gamma * _prob_times_ratio(of_label, xp=xp)",
        "0 * _prob_times_ratio(of_label, xp=xp)",
        ORACLE,
    ),
    Mutant(
        "2 u for 3 u in the bend",
        "focal:Focal.second_derivative",
        "2 * of_label.prob",
        "3 * of_label.prob",
        ORACLE,
    ),
    Mutant(
        "gamma for gamma - 1",
        "focal:Focal.second_derivative",
        "(self.gamma - 1) * of_label.prob",
        "self.gamma * of_label.prob",
        ORACLE,
    ),
    Mutant(
        "one power too many",
        "focal:Focal.second_derivative",
        "xp.where(of_label.complement == 0, 1.0, of_label.complement) ** (self.gamma - 1)",
        "xp.where(of_label.complement == 0, 1.0, of_label.complement) ** self.gamma",
        ORACLE,
    ),
    Mutant(
        "a curvature where there is no complement",
        "focal:Focal.second_derivative",
        "xp.where(of_label.complement == 0, 0.0, self.gamma * one_less * inner)",
        "self.gamma * one_less * inner + xp.where(of_label.complement == 0, xp.nan, 0.0)",
        SURE,
    ),
    Mutant(
        "an infinite surprisal times 0",
        "focal:_prob_times_surprisal",
        "xp.where(of_label.prob == 0, 0.0, of_label.surprisal)",
        "xp.where(of_label.prob == 0, xp.nan, of_label.surprisal)",
        NAN.format("2.0"),
    ),
    Mutant(
        "0 over 0 for a sure model",
        "focal:_prob_times_ratio",
        "xp.where(is_sure, 1.0, ratio)",
        "xp.where(is_sure, xp.nan, ratio)",
        SURE,
    ),
    Mutant(
        "gamma of the default for every gamma",
        "focal:Focal.formula",
        "formula.Focal(self.gamma)",
        "formula.Focal(2.0)",
        ORACLE,
    ),
)


def hard_rows():
    """Logits of four classes, unsure, sure and beyond the smallest float, and a label of each kind."""
    rng = np.random.default_rng(20261129)
    logits = np.concatenate([scale * rng.standard_normal((8, 4)) for scale in (0.1, 3.0, 60.0, 2000.0)])
    return logits, np.arange(len(logits)) % 4


def test_the_definition_as_written_holds(xp):
    logits = np.random.default_rng(1).standard_normal((5, 4))
    labels, weight = np.asarray([0, 1, 2, 3, 3]), np.asarray([1.0, 2.0, 0.5, 3.0, 1.5])
    u = (np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True))[np.arange(5), labels]
    found = xp.call_public(focal, logits, labels, sample_weight=weight)
    np.testing.assert_allclose(found, -weight * (1 - u) ** 2 * np.log(u), rtol=1e-13)


def test_without_an_exponent_it_is_cross_entropy_to_the_last_bit(xp):
    logits, labels = hard_rows()
    found = xp.call(FunctionOfTrueClass(Phi(gamma=0.0)).value_and_gradient, logits, labels)
    wanted = xp.call(cross_entropy.value_and_gradient, logits, labels)
    for mine, whole in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(mine, whole)
    public = xp.call_public(softmax_cross_entropy.value_and_gradient, logits, labels)
    for mine, whole in zip(xp.call_public(Focal(0).value_and_gradient, logits, labels), public, strict=True):
        assert_within(4, mine, whole)


@pytest.mark.parametrize("gamma", [0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 5.0])
def test_no_exponent_makes_a_derivative_nan(xp, gamma):
    logits, labels = hard_rows()
    logits[0, :] = [0.0, -np.inf, 3.0, -np.inf]
    logits[1, :] = [-np.inf, 0.0, -np.inf, -np.inf]
    gradient = xp.call_public(Focal(gamma).gradient, logits, labels)
    product = xp.call_public(Focal(gamma).hessian_vector_product, logits, labels, np.ones_like(logits))
    assert np.isfinite(gradient).all()
    assert np.isfinite(product).all()


def test_a_model_that_is_certain_and_right_has_neither_loss_nor_slope_nor_curvature(xp):
    logits, labels = np.asarray([[5.0, -np.inf, -np.inf], [3000.0, 0.0, 0.0]]), np.asarray([0, 0])
    for gamma in (0.5, 1.0, 2.0):
        loss = Focal(gamma)
        value, gradient = xp.call_public(loss.value_and_gradient, logits, labels)
        np.testing.assert_array_equal(value, 0)
        np.testing.assert_array_equal(gradient, 0)
        np.testing.assert_array_equal(xp.call_public(loss.hessian, logits, labels), 0)


def test_a_label_that_is_ruled_out_costs_infinity_with_the_gradient_of_the_limit(xp):
    logits, labels = np.asarray([[-np.inf, 0.0, 0.0]]), np.asarray([0])
    value, gradient = xp.call_public(focal.value_and_gradient, logits, labels)
    np.testing.assert_array_equal(value, [np.inf])
    np.testing.assert_array_equal(gradient, [[-1, 0.5, 0.5]])
    near = xp.call_public(focal.gradient, np.asarray([[-700.0, 0.0, 0.0]]), labels)
    np.testing.assert_allclose(near, gradient, rtol=1e-14)


def test_a_masked_class_is_free_and_gets_no_slope(xp):
    logits = np.asarray([[0.3, -np.inf, 1.2], [0.3, -np.inf, 1.2]])
    labels = np.asarray([0, 2])
    value, gradient = xp.call_public(focal.value_and_gradient, logits, labels)
    alone, its_gradient = xp.call_public(focal.value_and_gradient, logits[:, [0, 2]], np.asarray([0, 1]))
    np.testing.assert_array_equal(value, alone)
    np.testing.assert_array_equal(gradient[:, [0, 2]], its_gradient)
    np.testing.assert_array_equal(gradient[:, 1], 0)


def test_one_class_costs_nothing_and_nan_stays_nan(xp):
    assert xp.call_public(focal, np.asarray([[3.5]]), np.asarray([0])) == 0
    found = xp.call_public(focal, np.asarray([[np.nan, 0.0], [0.5, 0.0]]), np.asarray([0, 0]))
    np.testing.assert_array_equal(np.isnan(found), [True, False])


def test_an_exponent_below_0_is_refused():
    with pytest.raises(DomainError, match=r"^Focal: `gamma` must be >= 0; got -0\.5\.$"):
        Focal(gamma=-0.5)
    with pytest.raises(DomainError, match=r"`gamma` must be >= 0; got nan"):
        focal(np.zeros((1, 2)), np.asarray([0]), gamma=float("nan"))


def test_class_weights_are_the_alpha_of_the_paper():
    logits, labels = np.asarray([[1.0, 2.0, 3.0]]), np.asarray([0])
    alpha = np.asarray([5.0, 1.0, 2.0])
    np.testing.assert_allclose(
        focal(logits, labels, class_weights=alpha), 5 * focal(logits, labels), rtol=1e-15
    )
    # Of a weighted cross-entropy the probability cannot be read: that would give 12.04.
    surprisal = np.log(np.exp(logits).sum()) - 1
    expected = 5 * (1 - np.exp(-surprisal)) ** 2 * surprisal
    np.testing.assert_allclose(focal(logits, labels, class_weights=alpha), expected, rtol=1e-14)
    assert f"{expected:.2f}" == "9.97"


def test_it_agrees_with_the_sigmoid_focal_loss_of_optax_for_two_classes():
    optax = pytest.importorskip("optax")
    array_library("jax")
    gaps = np.linspace(-20, 20, 41)
    theirs = np.asarray(optax.sigmoid_focal_loss(gaps, np.ones(41), gamma=2.0))
    ours = focal(np.stack([gaps, np.zeros(41)], axis=-1), np.zeros(41, dtype=int))
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_torch_arrives_at_it_by_its_own_steps():
    torch = pytest.importorskip("torch")
    logits, labels = torch.tensor(hard_rows()[0][:16]), torch.tensor(hard_rows()[1][:16])
    logits.requires_grad_()
    plain = torch.nn.functional.cross_entropy(logits, labels, reduction="none")
    ((1 - torch.exp(-plain)) ** 2 * plain).sum().backward()
    np.testing.assert_allclose(focal.gradient(logits.detach(), labels), logits.grad, rtol=1e-9, atol=1e-12)


def test_the_minimum_over_a_distribution_of_labels_is_less_sure_than_it():
    targets = np.asarray([0.7, 0.2, 0.1])
    gradient = focal.gradient(np.log(np.tile(targets, (3, 1))), np.arange(3))
    uphill = targets @ gradient
    assert uphill[0] > 1e-3
    assert uphill[2] < -1e-3
