"""The clauses of the docstring of knowledge distillation, and what is often got wrong about it."""

import numpy as np
import pytest
from mpmath import exp, fsum, inf, log, mp, mpf
from tests.central_differences import central_gradient
from tests.mutants.harness import Mutant
from tests.mutants.mutators import always, drop_left, drop_right, never, zero
from tests.oracles.loss_tables import Definition, softmax
from tests.relative_error import units_apart

from xent.errors import DomainError, DTypeError, ShapeError
from xent.losses import (
    KnowledgeDistillation,
    kl_divergence_of_targets,
    knowledge_distillation,
    softmax_cross_entropy,
)


def definition(z, teacher, temperature):
    """``T ** 2 * sum(q * log(q / p))``."""
    T = mpf(temperature)
    p, q = (softmax([x / T for x in logits]) for logits in (z, teacher))
    return T**2 * fsum(b * log(b / a) for a, b in zip(p, q, strict=True) if b > 0)


def truths(logits, rng):
    """A teacher of other opinions, and one that the student has almost reached."""
    masked = np.isneginf(logits)
    other = (2 * rng.standard_normal(len(logits)) + 100).astype(np.float32).astype(float)
    finite = np.where(masked, 0, logits).astype(float)
    step = 2.0**-18 * max(1, np.abs(finite).max())
    near = (finite + step * rng.permutation(len(logits))).astype(np.float32).astype(float)
    return [np.where(masked, -float(inf), found).tolist() for found in (other, near)]


DEFINITION = Definition(
    definition,
    source="Hinton, Vinyals and Dean 2015, section 2",
    inputs="logits",
    parameters=({"temperature": 1.0}, {"temperature": 3.0}),
    units={"value": 32, "gradient": 32, "gradient of rows": True, "product": 64},
    truths=truths,
)

TESTS = "tests/losses/divergences/test_knowledge_distillation.py::"
WRITTEN = TESTS + "test_the_definition_as_written_holds[numpy-2.5]"
ALMOST = TESTS + "test_a_student_that_is_almost_the_teacher_is_told_from_it_to_the_last_digits[numpy-{}]"
MASKED = TESTS + "test_masked_classes_cost_what_the_docstring_says[numpy]"
ORACLE = (
    "tests/losses/test_oracle.py::"
    "test_value_gradient_and_product_meet_the_definition[numpy-knowledge_distillation-float64]"
)

MUTANTS = (
    Mutant(
        "forget the squared temperature",
        "knowledge_distillation:KnowledgeDistillation._value",
        "self.temperature**2 * xp.sum(i_divergence.terms(probs, pair.apart, logs, xp=xp), axis=-1)",
        drop_left,
        WRITTEN,
    ),
    Mutant(
        "forget the temperature in the gradient",
        "knowledge_distillation:KnowledgeDistillation.gradient",
        "self.temperature * self._pair(logits, teacher, xp=xp).apart",
        drop_left,
        TESTS + "test_the_squared_temperature_keeps_gradients_of_one_size",
    ),
    Mutant(
        "forget the temperature of the gaps",
        "knowledge_distillation:KnowledgeDistillation._pair",
        "_gaps(logits, teacher, of_teacher, xp=xp) / self.temperature",
        drop_right,
        WRITTEN,
    ),
    Mutant(
        "the plain difference of two logarithms",
        "knowledge_distillation:_log_ratio",
        "xp.where(is_close, close, far)",
        never,
        ALMOST.format("1.0"),
    ),
    Mutant(
        "the exact difference even where the student gives the teacher's choice nothing",
        "knowledge_distillation:_log_ratio",
        "xp.where(is_close, close, far)",
        always,
        ORACLE,
    ),
    Mutant(
        "the plain difference of two probabilities",
        "knowledge_distillation:KnowledgeDistillation._pair",
        "xp.where(is_near, near, of_student.probs - probs)",
        never,
        ALMOST.format("1.0"),
    ),
    Mutant(
        "forget the mean of the growth",
        "knowledge_distillation:_log_ratio",
        "_log_mean(gaps, masses, teacher, xp=xp)",
        zero,
        WRITTEN,
    ),
    Mutant(
        "lose what rounding took from the differences",
        "knowledge_distillation:_gaps",
        "shifted + (rest + (lo - at_top[1]))",
        drop_right,
        TESTS + "test_a_student_of_another_level_is_told_from_the_teacher_as_well[numpy]",
    ),
    Mutant(
        "let a class that the student rules out go free",
        "knowledge_distillation:_log_ratio",
        "xp.where(out_of_student, -xp.inf, xp.where(out_of_teacher, xp.inf, logs))",
        never,
        MASKED,
    ),
    Mutant(
        "let a class that the teacher rules out seem to be near",
        "knowledge_distillation:_log_ratio",
        "xp.where(out_of_teacher, xp.inf, logs)",
        never,
        MASKED,
    ),
    Mutant(
        "quotients rounded to one float",
        "knowledge_distillation:KnowledgeDistillation._tempered",
        "exact_quotient(logits, divisor, xp=xp)",
        "ExactLogits(logits / divisor, xp.zeros_like(logits))",
        ORACLE,
    ),
    Mutant(
        "check the student's logits twice",
        "knowledge_distillation:KnowledgeDistillation.problem",
        'check_softmax_logits(examples.truth, examples, argument="teacher_logits")',
        'check_softmax_logits(examples.logits, examples, argument="teacher_logits")',
        TESTS + "test_what_has_no_meaning_is_refused",
    ),
    Mutant(
        "labels for a teacher",
        "targeted_examples:taught_examples",
        'check_dtype(teacher, "real floating", caller=caller, argument="teacher_logits", xp=xp)',
        """
            check_dtype(
                teacher,
                ("real floating", "integral"),
                caller=caller,
                argument="teacher_logits",
                xp=xp,
            )
        """,
        TESTS + "test_what_has_no_meaning_is_refused",
    ),
)


def rows(seed=20261203):
    rng = np.random.default_rng(seed)
    return 2 * rng.standard_normal((20, 5)), 2 * rng.standard_normal((20, 5)) + 7


def probabilities(logits):
    shares = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shares / shares.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize("temperature", [1, 2.5, 20.0])
def test_the_definition_as_written_holds(xp, temperature):
    student, teacher = rows()
    loss = KnowledgeDistillation(temperature=temperature)
    p, q = probabilities(student / temperature), probabilities(teacher / temperature)
    value, gradient = xp.call_public(loss.value_and_gradient, student, teacher)
    np.testing.assert_allclose(value, temperature**2 * (q * np.log(q / p)).sum(axis=-1), rtol=1e-11)
    np.testing.assert_allclose(gradient, temperature * (p - q), rtol=1e-12, atol=1e-15)


def test_at_temperature_1_it_is_the_divergence_from_the_teachers_probabilities(xp):
    student, teacher = rows()
    found = xp.call_public(KnowledgeDistillation(temperature=1), student, teacher)
    np.testing.assert_allclose(found, kl_divergence_of_targets(student, probabilities(teacher)), rtol=1e-12)


def test_the_squared_temperature_keeps_gradients_of_one_size():
    student, teacher = rows()
    hot = KnowledgeDistillation(temperature=1e5).gradient(student, teacher)
    centred = student - teacher - (student - teacher).mean(axis=-1, keepdims=True)
    np.testing.assert_allclose(hot, centred / 5, rtol=1e-3, atol=1e-5)


@pytest.mark.of_values
def test_a_shift_of_the_student_or_the_teacher_changes_nothing(xp):
    student, teacher = (np.round(logits * 64) / 64 for logits in rows())
    value, gradient = xp.call_public(knowledge_distillation.value_and_gradient, student, teacher)
    for moved in ((student + 4096, teacher), (student, teacher - 512)):
        other, other_gradient = xp.call_public(knowledge_distillation.value_and_gradient, *moved)
        np.testing.assert_allclose(other, value, rtol=1e-13)
        np.testing.assert_allclose(other_gradient, gradient, rtol=1e-12, atol=1e-15)


def exact(student, teacher, temperature):
    """Value and gradient by the definition, in 80 digits."""
    with mp.workdps(80):
        T = mpf(temperature)
        p, q = (
            [x / fsum(shares) for x in shares]
            for shares in ([exp(mpf(float(x)) / T) for x in logits] for logits in (student, teacher))
        )
        value = T**2 * fsum(b * log(b / a) for a, b in zip(p, q, strict=True))
        return [float(value), *(float(T * (a - b)) for a, b in zip(p, q, strict=True))]


@pytest.mark.parametrize("temperature", [1.0, 3.7])
def test_a_student_that_is_almost_the_teacher_is_told_from_it_to_the_last_digits(xp, temperature):
    rng = np.random.default_rng(20261204)
    teacher = rng.standard_normal((40, 6)) * 10.0 ** rng.uniform(-2, 1.5, size=(40, 1))
    student = teacher + 10.0 ** np.linspace(0, -13, 40)[:, None] * rng.standard_normal((40, 6))
    truth = np.asarray([exact(z, u, temperature) for z, u in zip(student, teacher, strict=True)])
    loss = KnowledgeDistillation(temperature=temperature)
    value, gradient = xp.call_public(loss.value_and_gradient, student, teacher)
    assert units_apart(value, truth[:, 0]).max() <= 32
    size = np.broadcast_to(np.abs(truth[:, 1:]).max(axis=-1, keepdims=True), gradient.shape)
    assert units_apart(gradient, truth[:, 1:], scale=size).max() <= 32
    assert 0 < truth[-1, 0] < 1e-23


def test_a_student_of_another_level_is_told_from_the_teacher_as_well(xp):
    rng = np.random.default_rng(20261211)
    teacher = rng.standard_normal((20, 4))
    student = teacher + 10.0 ** np.linspace(-1, -8, 20)[:, None] * rng.standard_normal((20, 4)) - 937.3
    truth = np.asarray([exact(z, u, 1) for z, u in zip(student, teacher, strict=True)])
    found = xp.call_public(KnowledgeDistillation(temperature=1), student, teacher)
    assert units_apart(found, truth[:, 0]).max() <= 32


def test_equal_logits_cost_exactly_nothing(xp):
    student, _ = rows()
    value, gradient = xp.call_public(knowledge_distillation.value_and_gradient, student, student)
    np.testing.assert_array_equal(value, 0)
    np.testing.assert_array_equal(gradient, 0)


def test_masked_classes_cost_what_the_docstring_says(xp):
    student = np.asarray([[0.5, 0.0, -np.inf], [0.5, 0.0, -np.inf], [0.5, 0.0, 1.0]])
    teacher = np.asarray([[-0.2, 0.0, -np.inf], [-0.2, 0.0, 0.3], [-0.2, 0.0, -np.inf]])
    loss = KnowledgeDistillation(temperature=2)
    value, gradient = xp.call_public(loss.value_and_gradient, student, teacher)
    np.testing.assert_allclose(value[0], loss(student[:1, :2], teacher[:1, :2])[0], rtol=1e-14)
    assert value[1] == np.inf
    p, q = probabilities(student / 2), probabilities(teacher / 2)
    np.testing.assert_allclose(value[2], 4 * (q[2, :2] * np.log(q[2, :2] / p[2, :2])).sum(), rtol=1e-13)
    np.testing.assert_allclose(gradient, 2 * (p - q), rtol=1e-13, atol=1e-16)


def test_classes_that_underflow_in_one_of_the_two_keep_their_cost(xp):
    student, teacher = np.asarray([[0.0, 2000.0, -10.0]]), np.asarray([[0.0, -2000.0, 5.0]])
    found = xp.call_public(KnowledgeDistillation(temperature=1), student, teacher)
    np.testing.assert_allclose(found, [exact(student[0], teacher[0], 1)[0]], rtol=1e-14)


def test_labels_are_mixed_in_by_a_sum():
    student, teacher = rows()
    labels = np.arange(20) % 5
    mixed = 0.25 * softmax_cross_entropy(student, labels) + 0.75 * knowledge_distillation(student, teacher)
    p, q = probabilities(student / 4), probabilities(teacher / 4)
    soft = 16 * (q * np.log(q / p)).sum(axis=-1)
    hard = -np.log(probabilities(student)[np.arange(20), labels])
    np.testing.assert_allclose(mixed, 0.25 * hard + 0.75 * soft, rtol=1e-11)


def test_derivatives_in_the_teacher_are_those_of_the_value():
    torch = pytest.importorskip("torch")
    student, teacher = rows()
    teacher[:5] = student[:5] + 1e-3 * teacher[:5] ** 2
    leaf = torch.tensor(teacher, requires_grad=True)
    knowledge_distillation(torch.tensor(student), leaf).sum().backward()
    slopes = central_gradient(lambda u: knowledge_distillation(student, u), teacher)
    np.testing.assert_allclose(leaf.grad, slopes, rtol=1e-6, atol=1e-9)


def test_what_has_no_meaning_is_refused():
    logits = np.zeros((2, 3))
    with pytest.raises(DomainError, match=r"`temperature` must be positive and finite; got 0\.$"):
        KnowledgeDistillation(temperature=0)
    with pytest.raises(ShapeError, match=r"`teacher_logits` must have shape \(2, 3\), that of `logits`"):
        knowledge_distillation(logits, np.zeros((2, 2)))
    with pytest.raises(DTypeError, match="`teacher_logits` must be real floating; got int64"):
        knowledge_distillation(logits, np.zeros((2, 3), dtype=np.int64))
    bad = logits.copy()
    bad[1] = -np.inf
    with pytest.raises(
        DomainError, match="`teacher_logits` must leave at least one class of each row unmasked"
    ):
        knowledge_distillation(logits, bad)
    with pytest.raises(DomainError, match="`logits` must leave at least one class of each row unmasked"):
        knowledge_distillation(bad, logits)
    bad[1, 0] = np.inf
    with pytest.raises(DomainError, match="`teacher_logits` must be below"):
        knowledge_distillation(logits, bad)
