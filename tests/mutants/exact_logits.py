from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "precision/exact_logits.py"
TESTS = "tests/precision/test_exact_logits.py::"
QUOTIENT = TESTS + "test_a_quotient_has_twice_the_digits[numpy-float64]"
SUM = TESTS + "test_a_sum_is_exact_and_carries_an_earlier_rest_along[numpy-float64]"
ON_EXACT = (
    TESTS + "test_a_formula_takes_the_rest_as_its_first_data_and_counts_it[numpy-SoftmaxCrossEntropy-ndarray]"
)

MUTANTS = (
    Mutant(
        "drop the error of the product",
        FILE,
        "- product) - error + constant",
        "- product) + constant",
        QUOTIENT,
    ),
    Mutant(
        "a rest that is not divided", FILE, "divisor_rest) / constant(divisor)", "divisor_rest)", QUOTIENT
    ),
    Mutant(
        "a divisor of one part",
        FILE,
        "missing - finite * divisor_rest",
        "missing - 0 * divisor_rest",
        TESTS + "test_a_quotient_by_two_parts_has_the_digits_of_both[float64]",
    ),
    Mutant(
        "drop what rounding took from a sum",
        FILE,
        "missing + constant(rest))",
        "0 * missing + constant(rest))",
        SUM,
    ),
    Mutant("drop an earlier rest", FILE, "missing + constant(rest))", "missing)", SUM),
    *(
        Mutant(
            f"the {name} of the rounded logits",
            FILE,
            f"self.formula.{name}(ExactLogits(rounded, rest), {data}",
            f"self.formula.{name}(rounded, {data}",
            ON_EXACT,
        )
        for name, data in (
            ("value", "*data"),
            ("gradient", "*data"),
            ("value_and_gradient", "*data"),
            ("hessian", "*data"),
            ("hessian_vector_product", "*data_and_vectors"),
        )
    ),
)
