from tests.mutants.harness import Mutant
from tests.mutants.mutators import always, drop_left, drop_right, never

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_asymmetric.py::"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition"
HARD = f"{ORACLE}[numpy-asymmetric-float64]"
EDGE = TESTS + "test_next_to_the_margin_the_loss_keeps_its_digits[numpy-0.05-float64]"
EDGE_32 = TESTS + "test_next_to_the_margin_the_loss_keeps_its_digits[numpy-0.05-float32]"
BELOW = TESTS + "test_up_to_the_margin_the_absence_of_an_event_costs_nothing[numpy]"

MUTANTS = (
    Mutant(
        "p - m for the shifted probability",
        "shifted_focal:ShiftedFocal._shifted",
        "event.complement * ((1 - self.margin) * beyond)",
        "xp.where(gap > 0, event.complement - self.margin, 0.0)",
        EDGE,
    ),
    Mutant(
        "log-odds of the margin in one word",
        "shifted_focal:ShiftedFocal._gap",
        "missing - edge.lo",
        drop_right,
        EDGE,
    ),
    Mutant(
        "log(1 - q) for log1p(-q)",
        "shifted_focal:ShiftedFocal._shifted",
        "xp.where(q < 0.3, -xp.log1p(-q), -xp.log(r))",
        never,
        EDGE,
    ),
    Mutant(
        "forget the margin in 1 - q",
        "shifted_focal:ShiftedFocal._shifted",
        "event.prob + self.margin",
        drop_right,
        HARD,
    ),
    Mutant(
        "no slope of the power",
        "shifted_focal:ShiftedFocal._slope_in_complement",
        "self.gamma * shifted.ratio + 1 / shifted.prob",
        drop_left,
        HARD,
    ),
    Mutant(
        "gamma for gamma - 1",
        "shifted_focal:ShiftedFocal.second_derivative",
        "gamma * (gamma - 1)",
        "gamma * gamma",
        HARD,
    ),
    Mutant(
        "a straight sigmoid",
        "shifted_focal:ShiftedFocal.second_derivative",
        "first_derivative * (event.prob - event.complement)",
        drop_right,
        HARD,
    ),
    Mutant(
        "a slope below the margin",
        "shifted_focal:ShiftedFocal._slope_in_complement",
        "xp.where(shifted.counts, first_derivative, 0.0)",
        always,
        TESTS + "test_without_an_exponent_the_gradient_jumps_at_the_margin",
    ),
    Mutant(
        "a series of one term",
        "exact_log_odds:_artanh",
        """
            while power not in (0, -1):
                ...
        """,
        """
            if power not in (0, -1):
                ...
        """,
        HARD,
    ),
    Mutant("all powers of the series", "exact_log_odds:_artanh", "n += 2", "n += 1", HARD),
    Mutant(
        "forget what a float does not hold",
        "exact_log_odds:exact_log_odds",
        "lo[0] + hi[1]",
        drop_right,
        EDGE,
    ),
    Mutant("forget what 32 bits do not hold", "exact_numbers:exact_numbers", "value - high", "0.0", EDGE_32),
    Mutant(
        "swap the exponents",
        "asymmetric:Asymmetric.problem",
        "FocalOfEvent(self.gamma_positive)",
        "FocalOfEvent(self.gamma_negative)",
        TESTS + "test_the_definition_as_written_holds_for_many_labels_of_a_row[numpy]",
    ),
    Mutant("no margin", "asymmetric:Asymmetric.problem", "self.margin > 0", "self.margin > 1", BELOW),
)
