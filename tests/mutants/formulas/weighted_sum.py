from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, zero

__all__ = ["MUTANTS"]

TESTS = "tests/formulas/test_weighted_sum.py::"
SUM = TESTS + "test_every_quantity_is_the_weighted_sum_of_those_of_the_terms[numpy]"
ONE = TESTS + "test_one_term_is_its_formula_times_the_factor[numpy]"

MUTANTS = (
    Mutant(
        "forget the factors",
        "weighted_sum:WeightedSum._sum",
        "factor * getattr(formula, name)(*arguments, xp=xp)",
        drop_left,
        SUM,
    ),
    Mutant("the first term twice", "weighted_sum:WeightedSum._sum", "parts[1:]", "parts", SUM),
    Mutant("forget the first term", "weighted_sum:WeightedSum._sum", "parts[0]", zero, SUM),
    Mutant(
        "factors of the pair alone forgotten",
        "weighted_sum:WeightedSum.value_and_gradient",
        "factor * pair[k]",
        drop_left,
        ONE,
    ),
    Mutant(
        "the value for the gradient",
        "weighted_sum:WeightedSum.gradient",
        'self._sum("gradient", logits, *data, xp=xp)',
        'self._sum("value", logits, *data, xp=xp)[..., None] + 0 * logits',
        SUM,
    ),
    Mutant(
        "the last term of the gradient left out of the pair",
        "weighted_sum:WeightedSum.value_and_gradient",
        "sum(first[1:], first[0]), sum(second[1:], second[0])",
        "sum(first[1:], first[0]), sum(second[1:-1], second[0])",
        SUM,
    ),
)
