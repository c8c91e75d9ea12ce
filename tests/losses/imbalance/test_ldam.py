"""The clauses of the docstring of the label-distribution-aware margin loss."""

import mpmath
import numpy as np
import pytest
from mpmath import exp, fsum, log, mpf, root
from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, drop_right, flip_sign
from tests.oracles.loss_tables import Definition
from tests.relative_error import assert_within

from xent.errors import DomainError, ShapeError
from xent.formulas.label_margins import label_margins
from xent.losses import LDAM, class_balanced_weights, focal, softmax_cross_entropy

_COUNTS = (1000.0, 7.0, 250000.0, 37.0)


def definition(z, label, class_counts, max_margin, scale):
    """Cross-entropy of scaled cosines, less a margin at the label."""
    margin = mpf(max_margin) * root(mpf(min(class_counts)) / mpf(class_counts[label]), 4)
    moved = [scale * (x - margin * (k == label)) for k, x in enumerate(z)]
    return log(1 + fsum(exp(x - moved[label]) for k, x in enumerate(moved) if k != label))


def parameters(n_classes):
    """The paper's scale and margin, and a margin and a scale that are no floats of 32 bits."""
    counts = list(_COUNTS[:n_classes])
    return [
        {"class_counts": counts, "max_margin": 0.5, "scale": 30.0},
        {"class_counts": counts, "max_margin": 0.3, "scale": 90.1},
    ]


DEFINITION = Definition(
    definition,
    source="Cao et al. 2019, section 3.2",
    inputs="cosines",
    parameters=parameters,
    units={"value": 4, "gradient": 8, "gradient of factors": True, "product": 64},
)

TESTS = "tests/losses/imbalance/test_ldam.py::"
HARD = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition[numpy-ldam-float32]"
HARD_64 = HARD.replace("32", "64")
WRITTEN = TESTS + "test_the_definition_as_written_holds[numpy]"

MUTANTS = (
    Mutant(
        "a square root",
        "label_margins:label_margins",
        "math.isqrt(math.isqrt(share))",
        "math.isqrt(share) >> _BITS",
        WRITTEN,
    ),
    Mutant(
        "margins that grow with the count",
        "label_margins:label_margins",
        "(least * n_below << 4 * _BITS) // (below * n)",
        "(below * n << 4 * _BITS) // (least * n_below)",
        WRITTEN,
    ),
    Mutant(
        "margins in one word", "label_margins:label_margins", "near.rest + far.rounded", drop_right, HARD_64
    ),
    Mutant(
        "margins rounded to 32 bits",
        "label_margins:label_margins",
        "near.rest + far.rounded",
        drop_left,
        HARD,
    ),
    Mutant(
        "forget what rounding took from the product",
        "moved_logits:scaled_logits",
        "xp.where(is_finite, missing, 0.0)",
        "0 * missing",
        HARD,
    ),
    Mutant(
        "a scale of 32 bits",
        "moved_logits:scaled_logits",
        "finite * factor.rest + factor.rounded * constant(low)",
        drop_left,
        HARD,
    ),
    Mutant(
        "no scale in the slope",
        "moved_logits:scaled_logits",
        "scale * adjusted.first_derivative",
        drop_left,
        HARD,
    ),
    Mutant(
        "the margin for all classes",
        "ldam:LDAM._less_margins",
        "at_label * margins.rounded",
        "0 * at_label + margins.rounded",
        WRITTEN,
    ),
    Mutant(
        "the margin added", "ldam:LDAM._less_margins", "-(at_label * margins.rounded)", flip_sign, WRITTEN
    ),
    Mutant(
        "let a count be 0",
        "class_counts:as_class_counts",
        "count == 0",
        "count < 0",
        TESTS + "test_a_class_without_examples_is_refused",
    ),
)

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


def test_an_array_of_jax_as_the_margin_keeps_the_dtype_of_the_logits():
    jax = pytest.importorskip("jax")
    jnp = jax.numpy
    with jax.enable_x64(True):
        like = jnp.zeros(1, dtype=jnp.float32)
        margins = label_margins(COUNTS, jnp.asarray(0.3, dtype=jnp.float64), like, xp=jnp)
    assert [part.dtype for part in margins] == [jnp.float32, jnp.float32]
    np.testing.assert_allclose(margins.rounded, 0.3 * np.asarray([1 / 1600, 1 / 100, 1]) ** 0.25, rtol=3e-7)


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
