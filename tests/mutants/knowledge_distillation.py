from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/losses/knowledge_distillation.py"
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
        FILE,
        "return self.temperature**2 * xp.sum",
        "return xp.sum",
        DEFINITION,
    ),
    Mutant(
        "forget the temperature in the gradient",
        FILE,
        "return self.temperature * self._pair(logits, teacher, xp=xp).apart",
        "return self._pair(logits, teacher, xp=xp).apart",
        TESTS + "test_the_squared_temperature_keeps_gradients_of_one_size",
    ),
    Mutant(
        "forget the temperature of the gaps",
        FILE,
        "gaps = _gaps(logits, teacher, of_teacher, xp=xp) / self.temperature",
        "gaps = _gaps(logits, teacher, of_teacher, xp=xp)",
        DEFINITION,
    ),
    Mutant(
        "the plain difference of two logarithms",
        FILE,
        "logs = xp.where(is_close, close, far)",
        "logs = far",
        ALMOST.format("1.0"),
    ),
    Mutant(
        "the exact difference even where the student gives the teacher's choice nothing",
        FILE,
        "logs = xp.where(is_close, close, far)",
        "logs = close",
        ORACLE,
    ),
    Mutant(
        "the plain difference of two probabilities",
        FILE,
        "apart = xp.where(is_near, near, of_student.probs - probs)",
        "apart = of_student.probs - probs",
        ALMOST.format("1.0"),
    ),
    Mutant(
        "forget the mean of the growth",
        FILE,
        "- _log_mean(gaps, masses, teacher, xp=xp)",
        "- 0 * _log_mean(gaps, masses, teacher, xp=xp)",
        DEFINITION,
    ),
    Mutant(
        "lose what rounding took from the differences",
        FILE,
        "shifted + (rest + (lo - at_top[1]))",
        "shifted",
        TESTS + "test_a_student_of_another_level_is_told_from_the_teacher_as_well[numpy]",
    ),
    Mutant(
        "let a class that the student rules out go free",
        FILE,
        "xp.where(out_of_student, -xp.inf, xp.where(out_of_teacher, xp.inf, logs))",
        "xp.where(out_of_teacher, xp.inf, logs)",
        MASKED,
    ),
    Mutant(
        "let a class that the teacher rules out seem to be near",
        FILE,
        "xp.where(out_of_student, -xp.inf, xp.where(out_of_teacher, xp.inf, logs))",
        "xp.where(out_of_student, -xp.inf, logs)",
        MASKED,
    ),
    Mutant(
        "quotients rounded to one float",
        FILE,
        "return exact_quotient(logits, divisor, xp=xp)",
        "return ExactLogits(logits / divisor, xp.zeros_like(logits))",
        ORACLE,
    ),
    Mutant(
        "check the student's logits twice",
        "losses/divergences/knowledge_distillation.py",
        'check_softmax_logits(examples.truth, examples, argument="teacher_logits")',
        'check_softmax_logits(examples.logits, examples, argument="teacher_logits")',
        TESTS + "test_what_has_no_meaning_is_refused",
    ),
    Mutant(
        "labels for a teacher",
        "losses/arguments/targeted_examples.py",
        'check_dtype(teacher, "real floating", where=where, argument="teacher_logits", xp=xp)',
        'check_dtype(teacher, ("real floating", "integral"), where=where, argument="teacher_logits", xp=xp)',
        TESTS + "test_what_has_no_meaning_is_refused",
    ),
)
