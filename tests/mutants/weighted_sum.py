from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/weighted_sum.py"
TESTS = "tests/formulas/test_weighted_sum.py::"
SUM = TESTS + "test_every_quantity_is_the_weighted_sum_of_those_of_the_terms[numpy]"
ONE = TESTS + "test_one_term_is_its_formula_times_the_factor[numpy]"

MUTANTS = (
    Mutant(
        "forget the factors",
        FILE,
        "parts = [factor * getattr(formula, name)(*arguments, xp=xp) for factor, formula in self.terms]",
        "parts = [getattr(formula, name)(*arguments, xp=xp) for factor, formula in self.terms]",
        SUM,
    ),
    Mutant(
        "the first term twice", FILE, "return sum(parts[1:], parts[0])", "return sum(parts, parts[0])", SUM
    ),
    Mutant(
        "forget the first term",
        FILE,
        "return sum(parts[1:], parts[0])",
        "return sum(parts[1:], 0 * parts[0])",
        SUM,
    ),
    Mutant(
        "factors of the pair alone forgotten",
        FILE,
        "([factor * pair[k] for factor, pair in pairs] for k in range(2))",
        "([pair[k] for factor, pair in pairs] for k in range(2))",
        ONE,
    ),
    Mutant(
        "the value for the gradient",
        FILE,
        'return self._sum("gradient", logits, *data, xp=xp)',
        'return self._sum("value", logits, *data, xp=xp)[..., None] + 0 * logits',
        SUM,
    ),
    Mutant(
        "the last term of the gradient left out of the pair",
        FILE,
        "sum(second[1:], second[0])",
        "sum(second[1:-1], second[0])",
        SUM,
    ),
)
