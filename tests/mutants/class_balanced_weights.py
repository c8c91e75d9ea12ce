from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_class_balanced_weights.py::"
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
