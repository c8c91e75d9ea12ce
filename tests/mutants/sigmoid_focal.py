from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FOCAL, EVENT, SIDES = "formulas/losses/sigmoid_focal.py", "formulas/event.py", "formulas/losses/two_sided.py"
LOSS = "losses/focusing/sigmoid_focal.py"
TESTS = "tests/losses/test_sigmoid_focal.py::"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition"
HARD = f"{ORACLE}[numpy-sigmoid_focal-float64]"
INFINITE = TESTS + "test_infinite_logits_cost_nothing_on_their_side_and_infinity_on_the_other[numpy-2.0]"

MUTANTS = (
    Mutant(
        "no factor",
        FOCAL,
        "return event.complement**self.gamma * event.surprisal",
        "return event.surprisal",
        HARD,
    ),
    Mutant(
        "the factor of cross-entropy's slope alone",
        FOCAL,
        "(event.complement + rest)",
        "event.complement",
        HARD,
    ),
    Mutant("gamma once for twice", FOCAL, "(2 * self.gamma + 1)", "(self.gamma + 1)", HARD),
    Mutant("the complement's sign", FOCAL, "(self.gamma * u - c)", "(self.gamma * u + c)", HARD),
    Mutant(
        "0 times infinity of a probability",
        FOCAL,
        "xp.where(event.prob == 0, 0.0, event.surprisal)",
        "event.surprisal",
        INFINITE,
    ),
    Mutant(
        "log(1 + x) for log1p(x)",
        EVENT,
        "xp.log1p(small_exponential(logits, xp=xp))",
        "xp.log(1 + small_exponential(logits, xp=xp))",
        HARD,
    ),
    Mutant(
        "1 - p for the complement",
        EVENT,
        "Event(logits, above, below,",
        "Event(logits, above, 1 - above,",
        HARD,
    ),
    Mutant(
        "swap the surprisals", EVENT, "xp.maximum(-high, zero) + rest", "xp.maximum(high, zero) + rest", HARD
    ),
    Mutant(
        "a sum of slopes",
        SIDES,
        "masses[0] * slopes[0] - masses[1] * slopes[1]",
        "masses[0] * slopes[0] + masses[1] * slopes[1]",
        HARD,
    ),
    Mutant(
        "a difference of bends",
        SIDES,
        "mass_for * bends[0] + mass_against * bends[1]",
        "mass_for * bends[0] - mass_against * bends[1]",
        HARD,
    ),
    Mutant(
        "0 times infinity of a cost",
        SIDES,
        "return mass * xp.where((mass == 0) & xp.isinf(cost), 0.0, cost)",
        "return mass * cost",
        INFINITE,
    ),
    Mutant(
        "a product that is not one",
        SIDES,
        "mass_against, xp=xp) * vectors",
        "mass_against, xp=xp) + vectors",
        HARD,
    ),
    Mutant(
        "alpha for what is no event too",
        LOSS,
        "(1 - self.alpha) * mass_against",
        "self.alpha * mass_against",
        TESTS + "test_alpha_is_the_factor_of_events_and_no_part_of_the_denominator",
    ),
)
