from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_right

__all__ = ["MUTANTS"]

TESTS = "tests/precision/test_exact_logits.py::"
QUOTIENT = TESTS + "test_a_quotient_has_twice_the_digits[numpy-float64]"
SUM = TESTS + "test_a_sum_is_exact_and_carries_an_earlier_rest_along[numpy-float64]"
ON_EXACT = (
    TESTS + "test_a_formula_takes_the_rest_as_its_first_data_and_counts_it[numpy-SoftmaxCrossEntropy-ndarray]"
)

MUTANTS = (
    Mutant(
        "drop the error of the product",
        "exact_logits:exact_quotient",
        "(_finite(rounded, xp=xp) - product) - error",
        drop_right,
        QUOTIENT,
    ),
    Mutant(
        "a rest that is not divided",
        "exact_logits:exact_quotient",
        "(missing - finite * divisor_rest) / constant(divisor)",
        drop_right,
        QUOTIENT,
    ),
    Mutant(
        "a divisor of one part",
        "exact_logits:exact_quotient",
        "finite * divisor_rest",
        "0 * divisor_rest",
        TESTS + "test_a_quotient_by_two_parts_has_the_digits_of_both[float64]",
    ),
    Mutant(
        "drop what rounding took from a sum",
        "exact_logits:exact_sum",
        "missing + constant(rest)",
        "0 * missing + constant(rest)",
        SUM,
    ),
    Mutant("drop an earlier rest", "exact_logits:exact_sum", "missing + constant(rest)", drop_right, SUM),
    *(
        Mutant(
            f"the {name} of the rounded logits",
            f"exact_logits:OnExactLogits.{name}",
            "ExactLogits(rounded, rest)",
            "rounded",
            ON_EXACT,
        )
        for name in ("value", "gradient", "value_and_gradient", "hessian", "hessian_vector_product")
    ),
)
