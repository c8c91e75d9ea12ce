from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

SHIFTED, ODDS, NUMBERS = (
    f"{path}.py"
    for path in ("formulas/losses/shifted_focal", "formulas/exact_log_odds", "precision/exact_numbers")
)
LOSS = "losses/focusing/asymmetric.py"
TESTS = "tests/losses/test_asymmetric.py::"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition"
HARD = f"{ORACLE}[numpy-asymmetric-float64]"
EDGE = TESTS + "test_next_to_the_margin_the_loss_keeps_its_digits[numpy-0.05-float64]"
EDGE_32 = TESTS + "test_next_to_the_margin_the_loss_keeps_its_digits[numpy-0.05-float32]"
BELOW = TESTS + "test_up_to_the_margin_the_absence_of_an_event_costs_nothing[numpy]"

MUTANTS = (
    Mutant(
        "p - m for the shifted probability",
        SHIFTED,
        "q = event.complement * ((1 - self.margin) * beyond)",
        "q = xp.where(gap > 0, event.complement - self.margin, 0.0)",
        EDGE,
    ),
    Mutant(
        "log-odds of the margin in one word", SHIFTED, "(missing - edge.lo - low)", "(missing - low)", EDGE
    ),
    Mutant(
        "log(1 - q) for log1p(-q)",
        SHIFTED,
        "xp.where(q < 0.3, -xp.log1p(-q), -xp.log(r))",
        "-xp.log(r)",
        EDGE,
    ),
    Mutant("forget the margin in 1 - q", SHIFTED, "event.prob + self.margin, 1.0", "event.prob, 1.0", HARD),
    Mutant(
        "no slope of the power",
        SHIFTED,
        "(self.gamma * shifted.ratio + 1 / shifted.prob)",
        "(1 / shifted.prob)",
        HARD,
    ),
    Mutant(
        "gamma for gamma - 1",
        SHIFTED,
        "gamma * (gamma - 1) * shifted.ratio",
        "gamma * gamma * shifted.ratio",
        HARD,
    ),
    Mutant("a straight sigmoid", SHIFTED, "slope * (event.prob - event.complement)", "slope", HARD),
    Mutant(
        "a slope below the margin",
        SHIFTED,
        "return xp.where(shifted.counts, slope, 0.0)",
        "return slope",
        TESTS + "test_without_an_exponent_the_gradient_jumps_at_the_margin",
    ),
    Mutant("a series of one term", ODDS, "while power not in (0, -1):", "if power not in (0, -1):", HARD),
    Mutant("all powers of the series", ODDS, "n += 2", "n += 1", HARD),
    Mutant("forget what a float does not hold", ODDS, "lo[0] + hi[1]", "lo[0]", EDGE),
    Mutant("forget what 32 bits do not hold", NUMBERS, "value - high for value", "0.0 for value", EDGE_32),
    Mutant(
        "swap the exponents",
        LOSS,
        "FocalOfEvent(self.gamma_positive), of_opposite",
        "FocalOfEvent(self.gamma_negative), of_opposite",
        TESTS + "test_the_definition_as_written_holds_for_many_labels_of_a_row[numpy]",
    ),
    Mutant("no margin", LOSS, "if self.margin > 0:", "if self.margin > 1:", BELOW),
)
