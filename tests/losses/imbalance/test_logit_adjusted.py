"""The clauses of the docstring of logit adjustment."""

import numpy as np
import pytest
from mpmath import exp, fsum, log, mpf
from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, drop_right, swap
from tests.oracles.loss_tables import Definition
from tests.relative_error import assert_within

from xent.errors import DomainError, DTypeError, ShapeError
from xent.losses import LogitAdjusted, softmax_cross_entropy

_COUNTS = (1000.0, 1.0, 37.0, 250000.0, 5.0, 900.0, 3.0, 81.0, 20000.0, 11.0)


def definition(z, label, class_counts, tau):
    """``-log(n_y ** tau * exp(z_y) / sum(n ** tau * exp(z)))``."""
    masses = [mpf(n) ** mpf(tau) * exp(x) for n, x in zip(class_counts, z, strict=True)]
    return log(1 + fsum(masses[:label] + masses[label + 1 :]) / masses[label])


def parameters(n_classes):
    """Counts of so many classes, from 1 to 250000."""
    return [{"class_counts": list(_COUNTS[:n_classes]), "tau": tau} for tau in (1.0, 0.3)]


DEFINITION = Definition(
    definition,
    source="Menon et al. 2021, equation 10",
    inputs="logits",
    parameters=parameters,
    units={"value": 8, "gradient": 8, "product": 64},
)

TESTS = "tests/losses/imbalance/test_logit_adjusted.py::"
WRITTEN = TESTS + "test_the_definition_as_written_holds[numpy-0.3]"

MUTANTS = (
    Mutant(
        "forget what rounding took from the counts",
        "moved_logits:moved_logits",
        "total.rest + constant(summand.rest)",
        drop_right,
        TESTS + "test_counts_have_more_digits_than_logits_of_32_bits[numpy]",
    ),
    Mutant(
        "forget what rounding took from the sum",
        "moved_logits:moved_logits",
        "total.rest + constant(summand.rest)",
        "0 * total.rest + constant(summand.rest)",
        TESTS + "test_large_common_shifts_cost_no_digits[numpy]",
    ),
    Mutant(
        "no tau",
        "logit_adjusted:LogitAdjusted._log_counts",
        "self.tau * math.log(n / most)",
        drop_left,
        WRITTEN,
    ),
    Mutant(
        "add what has to be taken off", "logit_adjusted:LogitAdjusted._log_counts", "n / most", swap, WRITTEN
    ),
    Mutant(
        "hide a count of 0",
        "logit_adjusted:LogitAdjusted._log_counts",
        "-math.inf",
        "-20.0",
        TESTS + "test_a_class_without_examples_has_no_probability_and_costs_infinity[numpy]",
    ),
    Mutant(
        "no case for tau = 0",
        "logit_adjusted:LogitAdjusted._log_counts",
        "is_number(self.tau, 0)",
        "is_number(self.tau, -1)",
        TESTS + "test_equal_counts_or_none_of_the_adjustment_give_cross_entropy[loss2]",
    ),
    Mutant(
        "counts instead of the other adjustments",
        "logit_adjusted:LogitAdjusted.problem",
        "problem.adjusted or unadjusted(examples.logits, xp=examples.xp)",
        drop_left,
        TESTS + "test_masked_classes_and_other_adjustments_come_before_the_counts[numpy]",
    ),
    Mutant(
        "let a count be nan",
        "class_counts:as_class_counts",
        "not 0 <= count < math.inf",
        "count < 0",
        TESTS
        + "test_counts_without_a_meaning_are_refused[counts1-DomainError-LogitAdjusted: `class_counts` must "
        "be finite and >= 0; got nan, first at index (1,).]",
    ),
)

COUNTS = (900.0, 90.0, 10.0)
RNG = np.random.default_rng(67)
LOGITS, LABELS = 2 * RNG.standard_normal((20, 3)), RNG.integers(0, 3, size=20)


@pytest.mark.parametrize("tau", [1.0, 0.3])
def test_the_definition_as_written_holds(xp, tau):
    masses = np.asarray(COUNTS) ** tau * np.exp(LOGITS)
    written = -np.log(masses[np.arange(20), LABELS] / masses.sum(axis=-1))
    found = xp.call_public(LogitAdjusted(COUNTS, tau=tau), LOGITS, LABELS)
    np.testing.assert_allclose(found, written, rtol=1e-12)


def test_an_offset_of_the_log_shares_gives_the_same(xp):
    offset = 0.5 * np.log(np.asarray(COUNTS) / 1000)
    found = xp.call_public(LogitAdjusted(COUNTS, tau=0.5).value_and_gradient, LOGITS, LABELS)
    other = xp.call_public(softmax_cross_entropy.value_and_gradient, LOGITS, LABELS, offset=offset)
    for one, two in zip(found, other, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-12)


@pytest.mark.parametrize(
    "loss", [LogitAdjusted(COUNTS, tau=0), LogitAdjusted((7, 7, 7)), LogitAdjusted((0, 1, 0), tau=0)]
)
def test_equal_counts_or_none_of_the_adjustment_give_cross_entropy(loss):
    for found, expected in zip(
        loss.value_and_gradient(LOGITS, LABELS),
        softmax_cross_entropy.value_and_gradient(LOGITS, LABELS),
        strict=True,
    ):
        assert_within(2, found, expected)


def test_a_multiple_of_the_counts_changes_nothing():
    shares = LogitAdjusted(tuple(n / 1000 for n in COUNTS))
    assert_within(8, shares(LOGITS, LABELS), LogitAdjusted(COUNTS)(LOGITS, LABELS))


def test_a_class_without_examples_has_no_probability_and_costs_infinity(xp):
    loss = LogitAdjusted((3, 0, 5))
    logits, labels = np.asarray([[0.2, 9.0, -0.4]] * 2), np.asarray([2, 1])
    value, gradient = xp.call_public(loss.value_and_gradient, logits, labels)
    two_classes = LogitAdjusted((3, 5))(logits[:1, ::2], np.asarray([1]))
    assert_within(1, value, [two_classes[0], np.inf])
    np.testing.assert_array_equal(gradient[:, 1], [0, -1])
    assert np.isfinite(xp.call_public(loss.hessian_vector_product, logits, labels, np.ones((2, 3)))).all()


def test_masked_classes_and_other_adjustments_come_before_the_counts(xp):
    logits = LOGITS.copy()
    logits[:, 1] = -np.inf
    labels = np.where(LABELS == 1, 0, LABELS)
    expected = LogitAdjusted((900, 10))(LOGITS[:, ::2] / 3, labels // 2)
    found = xp.call_public(LogitAdjusted(COUNTS, temperature=3.0), logits, labels)
    assert_within(16, found, expected)


def test_large_common_shifts_cost_no_digits(xp):
    logits = np.asarray([[-1e6, -1e6, -1e6]], dtype=np.float32)
    value, gradient = xp.call_public(LogitAdjusted(COUNTS).value_and_gradient, logits, np.asarray([1]))
    assert_within(4, value, [-np.log(0.09)])
    assert_within(4, gradient, [[0.9, -0.91, 0.01]])


def test_counts_have_more_digits_than_logits_of_32_bits(xp):
    counts = np.asarray([3e5, 7e5, 11e5, 13e5, 17e5])
    for count in counts:
        loss = LogitAdjusted((count, 1.0))
        found = xp.call_public(loss, np.zeros((1, 2), dtype=np.float32), np.asarray([0]))
        assert_within(2, found, [np.log1p(1 / count)])


def test_arrays_of_any_library_are_read_as_counts(xp):
    counts = xp.from_numpy(np.asarray([900, 90, 10]))
    assert LogitAdjusted(counts).class_counts == COUNTS
    assert repr(LogitAdjusted(counts)) == "LogitAdjusted(class_counts=(900.0, 90.0, 10.0))"


@pytest.mark.parametrize(
    ("counts", "error", "message"),
    [
        (
            (1, -2),
            DomainError,
            "LogitAdjusted: `class_counts` must be finite and >= 0; got -2, first at index (1,).",
        ),
        (
            (1, np.nan),
            DomainError,
            "LogitAdjusted: `class_counts` must be finite and >= 0; got nan, first at index (1,).",
        ),
        (
            (0, 0),
            DomainError,
            "LogitAdjusted: `class_counts` must have a positive entry; got 2 entries of 0.",
        ),
        (np.ones((2, 2)), ShapeError, "LogitAdjusted: `class_counts` must have one axis; got shape (2, 2)."),
        (
            (10**400, 1),
            DomainError,
            "LogitAdjusted: `class_counts` must be below 1.8e308; got int too large to convert to float.",
        ),
        *(
            (counts, DTypeError, f"LogitAdjusted: `class_counts` must be a sequence of numbers; got {kind}.")
            for counts, kind in (("12", "str"), (b"12", "bytes"), ({9: 1, 4: 2}, "dict"), ({9, 4}, "set"))
        ),
        (
            [1, "2"],
            DTypeError,
            "LogitAdjusted: `class_counts` must be a sequence of numbers; got str, first at index (1,).",
        ),
        (
            np.asarray([1 + 1j, 1]),
            DTypeError,
            "LogitAdjusted: `class_counts` must be real numbers; got complex128.",
        ),
    ],
)
def test_counts_without_a_meaning_are_refused(counts, error, message):
    with pytest.raises(error) as raised:
        LogitAdjusted(counts)
    assert str(raised.value) == message


def test_counts_of_another_number_of_classes_are_refused():
    message = r"^logit_adjusted: `class_counts` must have 3 entries, one for each class of `logits`; got 2\.$"
    with pytest.raises(ShapeError, match=message):
        LogitAdjusted((1, 2))(LOGITS, LABELS)


def test_a_negative_tau_is_refused():
    with pytest.raises(DomainError, match=r"^LogitAdjusted: `tau` must be finite and >= 0; got -1\.$"):
        LogitAdjusted(COUNTS, tau=-1)
