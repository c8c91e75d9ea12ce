"""The clauses of the docstring of the label-distribution-aware margin loss."""

import mpmath
import numpy as np
import pytest
from tests.relative_error import assert_within

from xent.errors import DomainError, ShapeError
from xent.losses import LDAM, class_balanced_weights, focal, softmax_cross_entropy

COUNTS = (1600, 100, 1)
RNG = np.random.default_rng(71)
LOGITS, LABELS = RNG.uniform(-0.9, 0.9, size=(20, 3)), RNG.integers(0, 3, size=20)


def test_the_definition_as_written_holds(xp):
    margins = 0.5 * np.asarray([1 / 1600, 1 / 100, 1]) ** 0.25
    moved = 30 * (LOGITS - margins[LABELS][:, None] * np.eye(3)[LABELS])
    written = np.log(np.exp(moved).sum(axis=-1)) - moved[np.arange(20), LABELS]
    np.testing.assert_allclose(xp.call_public(LDAM(COUNTS), LOGITS, LABELS), written, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_wide_lead_over_a_margin_keeps_its_digits(xp, dtype):
    counts, logits = (1000.0, 7.0), np.asarray([[0.875, -0.75], [0.875, -0.75]], dtype=dtype)
    found = xp.call_public(LDAM(counts, max_margin=0.3), logits, np.asarray([0, 1]))
    with mpmath.workdps(60):
        margins = [mpmath.mpf(0.3) * mpmath.root(7 / mpmath.mpf(n), 4) for n in counts]
        gaps = [
            30 * (mpmath.mpf(1.625) * sign - margin) for sign, margin in zip((1, -1), margins, strict=True)
        ]
        truth = [float(mpmath.log1p(mpmath.exp(-gap))) for gap in gaps]
    assert_within(4, found, truth)
    assert truth[0] < 1e-19


def test_without_a_margin_it_is_cross_entropy_of_scaled_logits():
    expected = softmax_cross_entropy(LOGITS, LABELS, temperature=1 / 16)
    assert_within(2, LDAM(COUNTS, max_margin=0, scale=16)(LOGITS, LABELS), expected)


def test_equal_counts_give_every_class_the_largest_margin():
    expected = LDAM((1, 1, 1))(LOGITS, LABELS)
    moved = LOGITS - 0.5 * np.eye(3)[LABELS]
    np.testing.assert_allclose(expected, softmax_cross_entropy(30 * moved, LABELS), rtol=1e-10)


def test_one_class_costs_nothing_and_a_masked_label_infinity(xp):
    assert xp.call_public(LDAM((5,)), np.asarray([[0.3]]), np.asarray([0])) == 0
    value, gradient = xp.call_public(
        LDAM((5, 3)).value_and_gradient, np.asarray([[-np.inf, 0.1]]), np.asarray([0])
    )
    assert value == np.inf
    np.testing.assert_array_equal(gradient, [[-30, 30]])


def test_a_class_without_examples_is_refused():
    # Elsewhere its margin is nan, and that of every other class 0.
    with pytest.raises(DomainError) as raised:
        LDAM((5, 0))
    assert str(raised.value) == (
        "LDAM: `class_counts` must be finite and positive; got 0, first at index (1,). "
        "A class without examples has no margin: leave it out, or count it as if it had one."
    )


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"max_margin": -0.1}, "LDAM: `max_margin` must be finite and >= 0; got -0.1."),
        ({"scale": 0}, "LDAM: `scale` must be finite and positive; got 0."),
    ],
)
def test_parameters_without_a_meaning_are_refused(parameters, message):
    with pytest.raises(DomainError) as raised:
        LDAM(COUNTS, **parameters)
    assert str(raised.value) == message


def test_counts_of_another_number_of_classes_are_refused():
    with pytest.raises(ShapeError, match="must have 3 entries"):
        LDAM((1, 2))(LOGITS, LABELS)


def test_deferred_weights_are_factors_of_whole_rows():
    weights = class_balanced_weights(COUNTS, beta=0.99)
    found = LDAM(COUNTS, class_weights=weights)(LOGITS, LABELS)
    assert_within(2, found, np.asarray(weights)[LABELS] * LDAM(COUNTS)(LOGITS, LABELS))


def test_focal_loss_with_class_weights_takes_its_probability_from_the_unweighted_model():
    # The repository of this loss takes it from the weighted cross-entropy, which gives 12.04.
    found = focal(np.asarray([[1.0, 2.0, 3.0]]), np.asarray([0]), class_weights=np.asarray([5.0, 1.0, 1.0]))
    np.testing.assert_allclose(found, 9.97, atol=5e-3)
