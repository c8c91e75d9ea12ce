from tests.mutants.harness import Mutant
from tests.mutants.mutators import cancel, drop_left, drop_right, flip_sign, never

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_sigmoid_focal.py::"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition"
HARD = f"{ORACLE}[numpy-sigmoid_focal-float64]"
INFINITE = TESTS + "test_infinite_logits_cost_nothing_on_their_side_and_infinity_on_the_other[numpy-2.0]"

MUTANTS = (
    Mutant(
        "no factor",
        "sigmoid_focal:FocalOfEvent.value",
        "event.complement**self.gamma * event.surprisal",
        drop_left,
        HARD,
    ),
    Mutant(
        "the factor of cross-entropy's slope alone",
        "sigmoid_focal:FocalOfEvent.first_derivative",
        "event.complement + rest",
        drop_right,
        HARD,
    ),
    Mutant(
        "gamma once for twice",
        "sigmoid_focal:FocalOfEvent.second_derivative",
        "2 * self.gamma",
        drop_left,
        HARD,
    ),
    Mutant(
        "the complement's sign",
        "sigmoid_focal:FocalOfEvent.second_derivative",
        "self.gamma * u - c",
        flip_sign,
        HARD,
    ),
    Mutant(
        "0 times infinity of a probability",
        "sigmoid_focal:_prob_times_surprisal",
        "xp.where(event.prob == 0, 0.0, event.surprisal)",
        never,
        INFINITE,
    ),
    Mutant(
        "log(1 + x) for log1p(x)",
        "event:event_and_opposite",
        "xp.log1p(small_exponential(logits, xp=xp))",
        cancel,
        HARD,
    ),
    Mutant(
        "1 - p for the complement",
        "event:event_and_opposite",
        "Event(logits, above, below, xp.maximum(-high, zero) + rest)",
        "Event(logits, above, 1 - above, xp.maximum(-high, zero) + rest)",
        HARD,
    ),
    Mutant(
        "swap the surprisals",
        "event:event_and_opposite",
        "xp.maximum(-high, zero)",
        "xp.maximum(high, zero)",
        HARD,
    ),
    Mutant(
        "a sum of slopes",
        "two_sided:TwoSided._slope",
        "masses[0] * slopes[0] - masses[1] * slopes[1]",
        flip_sign,
        HARD,
    ),
    Mutant(
        "a difference of bends",
        "two_sided:TwoSided.hessian",
        "mass_for * bends[0] + mass_against * bends[1]",
        flip_sign,
        HARD,
    ),
    Mutant(
        "0 times infinity of a cost",
        "two_sided:_times",
        "xp.where((mass == 0) & xp.isinf(cost), 0.0, cost)",
        never,
        INFINITE,
    ),
    Mutant(
        "a product that is not one",
        "two_sided:TwoSided.hessian_vector_product",
        "self.hessian(logits, mass_for, mass_against, xp=xp) * vectors",
        "self.hessian(logits, mass_for, mass_against, xp=xp) + vectors",
        HARD,
    ),
    Mutant(
        "alpha for what is no event too",
        "sigmoid_focal:SigmoidFocal.problem",
        "1 - self.alpha",
        "self.alpha",
        TESTS + "test_alpha_is_the_factor_of_events_and_no_part_of_the_denominator",
    ),
)
