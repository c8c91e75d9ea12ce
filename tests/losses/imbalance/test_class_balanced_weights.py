"""Class-balanced weights: their definition, their limits and their digits."""

import mpmath
import numpy as np
import pytest
from tests.mutants.harness import Mutant
from tests.relative_error import assert_within

from xent.errors import DomainError, DTypeError, ShapeError
from xent.losses import class_balanced_weights, softmax_cross_entropy

TESTS = "tests/losses/imbalance/test_class_balanced_weights.py::"
LIMITS = TESTS + "test_the_limits_of_beta_are_equal_weights_and_inverse_counts"
ABSENT = TESTS + "test_a_class_without_examples_weighs_nothing_and_is_not_counted[0.99]"

MUTANTS = (
    Mutant(
        "1 - beta ** n",
        "class_balanced_weights:_effective_number",
        "-math.expm1(count * math.log(beta))",
        "1 - beta**count",
        TESTS + "test_the_definition_holds_to_the_last_digits[0.9999999999990905]",
    ),
    Mutant(
        "equal weights at beta = 1",
        "class_balanced_weights:_effective_number",
        "return count",
        "return 1.0",
        LIMITS,
    ),
    Mutant(
        "no limit at beta = 0",
        "class_balanced_weights:_effective_number",
        "-math.expm1(count * math.log(beta)) if beta > 0 else 1.0",
        "-math.expm1(count * math.log(beta)) if beta > 0 else count",
        LIMITS,
    ),
    Mutant(
        "count the absent",
        "class_balanced_weights:class_balanced_weights",
        "sum(number > 0 for number in numbers)",
        "len(numbers)",
        ABSENT,
    ),
    Mutant(
        "weights that sum to 1",
        "class_balanced_weights:class_balanced_weights",
        "sum(number > 0 for number in numbers)",
        "1",
        LIMITS,
    ),
    Mutant(
        "inverses that overflow",
        "class_balanced_weights:class_balanced_weights",
        "least / number",
        "1 / number",
        TESTS + "test_huge_and_tiny_counts_overflow_nothing",
    ),
)

COUNTS = (5000, 331, 42, 1)


def exact(counts, beta):
    with mpmath.workdps(60):
        beta = mpmath.mpf(beta)
        inverses = [(1 - beta) / (1 - beta**n) for n in counts]
        return [float(len(counts) * x / sum(inverses)) for x in inverses]


@pytest.mark.parametrize("beta", [0.5, 0.9, 0.999, 1 - 2.0**-40, 1 - 2.0**-53])
def test_the_definition_holds_to_the_last_digits(beta):
    assert_within(8, class_balanced_weights(COUNTS, beta=beta), exact(COUNTS, beta))


def test_the_limits_of_beta_are_equal_weights_and_inverse_counts():
    assert class_balanced_weights(COUNTS, beta=0) == (1.0, 1.0, 1.0, 1.0)
    inverses = 1 / np.asarray(COUNTS)
    assert_within(2, class_balanced_weights(COUNTS, beta=1), 4 * inverses / inverses.sum())
    nearly = class_balanced_weights(COUNTS, beta=1 - 2.0**-53)
    np.testing.assert_allclose(nearly, class_balanced_weights(COUNTS, beta=1), rtol=1e-12)
    assert_within(2, class_balanced_weights(COUNTS, beta=1e-300), [1.0, 1.0, 1.0, 1.0])


@pytest.mark.parametrize("beta", [0, 0.99, 1])
def test_a_class_without_examples_weighs_nothing_and_is_not_counted(beta):
    found = class_balanced_weights((10, 0, 1000), beta=beta)
    assert found[1] == 0
    assert found[::2] == class_balanced_weights((10, 1000), beta=beta)


def test_huge_and_tiny_counts_overflow_nothing():
    np.testing.assert_allclose(class_balanced_weights((1e300, 1e-320), beta=1), [0, 2], atol=1e-300)
    np.testing.assert_allclose(class_balanced_weights((1e300, 10), beta=0.5), exact((10**4, 10), 0.5))


@pytest.mark.of_values
def test_they_are_class_weights_of_a_loss(xp):
    logits, labels = np.zeros((3, 3)), np.asarray([0, 1, 2])
    weights = class_balanced_weights(xp.from_numpy(np.asarray([100, 10, 1])), beta=0.9)
    found = softmax_cross_entropy(xp.from_numpy(logits), xp.from_numpy(labels), class_weights=weights)
    assert_within(4, xp.to_numpy(found), np.asarray(weights) * np.log(3))


def test_arguments_without_a_meaning_are_refused():
    with pytest.raises(
        DomainError, match=r"^class_balanced_weights: `beta` must lie in \[0, 1\]; got 1.5\.$"
    ):
        class_balanced_weights(COUNTS, beta=1.5)
    with pytest.raises(
        DomainError, match=r"^class_balanced_weights: `class_counts` must be finite and >= 0; got -1"
    ):
        class_balanced_weights((1, -1), beta=0.9)
    with pytest.raises(DomainError, match="must have a positive entry; got 2 entries of 0"):
        class_balanced_weights((0, 0), beta=0.9)
    with pytest.raises(ShapeError, match=r"must have one axis; got shape \(1, 2\)"):
        class_balanced_weights(np.ones((1, 2)), beta=0.9)


@pytest.mark.parametrize("beta", ["0.9", None, [0.9], np.asarray([0.9, 0.99])])
def test_a_beta_that_is_no_number_is_refused_by_name(beta):
    with pytest.raises(DTypeError, match=r"^class_balanced_weights: `beta` must be a number; got "):
        class_balanced_weights(COUNTS, beta=beta)
