from tests.mutants.harness import Mutant
from tests.mutants.mutators import always, drop_left, drop_right, never, zero

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_knowledge_distillation.py::"
DEFINITION = TESTS + "test_the_definition_as_written_holds[numpy-2.5]"
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
        DEFINITION,
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
        DEFINITION,
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
        DEFINITION,
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
        'check_dtype(teacher, "real floating", where=where, argument="teacher_logits", xp=xp)',
        """
            check_dtype(
                teacher,
                ("real floating", "integral"),
                where=where,
                argument="teacher_logits",
                xp=xp,
            )
        """,
        TESTS + "test_what_has_no_meaning_is_refused",
    ),
)
