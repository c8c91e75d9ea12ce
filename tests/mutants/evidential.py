from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_evidential.py::"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition[numpy-{}-float64]"
CE, LIKELIHOOD, ERROR = (
    ORACLE.format(name)
    for name in ("evidential_cross_entropy", "evidential_likelihood", "evidential_squared_error")
)
EVIDENCE = "formulas/evidence.py"
SURPRISAL = "formulas/losses/dirichlet_surprisal.py"
SQUARED = "formulas/losses/dirichlet_squared_error.py"
DIVERGENCE = "formulas/losses/dirichlet_divergence.py"
FUNCTION = "formulas/growing_function.py"
INTEGRAL = "formulas/trigamma_integral.py"
REGULARISER = TESTS + "test_the_regulariser_is_the_same_for_all_and_does_not_see_the_label_s_logit"
OVERFLOW = TESTS + "test_evidence_that_overflows_does_so_in_no_value[torch-EvidentialLikelihood-{}]"

MUTANTS = (
    Mutant("evidence is all", EVIDENCE, "concentrations=1 + amount", "concentrations=amount + 0", LIKELIHOOD),
    Mutant("a unit that overflows", EVIDENCE, "unit = xp.exp(-log_unit)", "unit = xp.exp(0 * log_unit)", CE),
    Mutant(
        "the exponential of a rounded gap",
        EVIDENCE,
        "xp.exp(high) * (1 + low)",
        "xp.exp(high) * (1 + 2 * low)",
        TESTS + "test_a_wide_gap_is_not_rounded[numpy]",
    ),
    Mutant(
        "a gap with an infinity",
        EVIDENCE,
        "exact_difference(xp.maximum(logits, lowest[..., None]), log_unit[..., None])",
        "exact_difference(logits, log_unit[..., None])",
        TESTS + "test_endless_exponential_evidence_knows_no_infinity",
    ),
    Mutant(
        "a bend that does not know the spread",
        EVIDENCE,
        "return shares * (shifted - xp.sum(shares * shifted, axis=-1)[..., None] + at_top * missing)",
        "return shares * (shifted + at_top * missing)",
        LIKELIHOOD,
    ),
    Mutant(
        "a spread without what is missing",
        EVIDENCE,
        " + at_top * missing)",
        ")",
        LIKELIHOOD,
    ),
    Mutant("psi without its recurrence", FUNCTION, "    LEAST - 1,\n", "    0,\n", CE),
    Mutant(
        "a Bernoulli number of another place",
        FUNCTION,
        "((k, b / k) for k, b in _NUMBERED)",
        "((k, b) for k, b in _NUMBERED)",
        CE,
    ),
    Mutant("a digamma without its half", FUNCTION, "((1, 0.5), *", "((1, 0.25), *", CE),
    Mutant("no correction", SURPRISAL, "(recurrence + correction)", "recurrence", CE),
    Mutant(
        "the logarithm of 1 and more",
        SURPRISAL,
        "xp.log1p(others / xp.where(is_far, 1.0, own))",
        "xp.log(1 + others / xp.where(is_far, 1.0, own))",
        LIKELIHOOD,
    ),
    Mutant(
        "nothing is far",
        SURPRISAL,
        "_FAR = 1e30",
        "_FAR = float('inf')",
        OVERFLOW.format("0.0"),
    ),
    Mutant(
        "the label's slope is that of all",
        SURPRISAL,
        "== 1, of_label, of_sum)",
        "== 1, of_sum, of_sum)",
        LIKELIHOOD,
    ),
    Mutant(
        "an excess without the kept",
        SURPRISAL,
        "last.kept * last.of_label - n * last.inverse",
        "last.of_label - n * last.inverse",
        CE,
    ),
    Mutant(
        "a bend of the trigamma",
        FUNCTION,
        "((k + 2, (k + 1) * b) for k, b in _NUMBERED)",
        "((k + 2, k * b) for k, b in _NUMBERED)",
        CE,
    ),
    Mutant("a mean without a variance", SQUARED, " + (mean.spread * mean.inverse)[..., 0]", "", ERROR),
    Mutant(
        "1 less a probability",
        SQUARED,
        "complements = xp.where(is_top == 1, rest, 1 - probs)",
        "complements = 1 - probs + 0 * rest",
        ERROR,
    ),
    Mutant(
        "a centre beside the mean",
        SQUARED,
        "return shifted - xp.sum(mean.probs * shifted, axis=-1)[..., None]",
        "return shifted - xp.sum(shifted, axis=-1)[..., None]",
        ERROR,
    ),
    Mutant(
        "the slope of the mean alone", SQUARED, " - mean.spread * mean.inverse * mean.kept\n", "\n", ERROR
    ),
    Mutant(
        "a change without its turn",
        SQUARED,
        "of_residuals = centred - residual_turn",
        "of_residuals = centred + 0 * residual_turn",
        ERROR,
    ),
    Mutant(
        "evidence for the label is regularised",
        DIVERGENCE,
        "xp.where(is_label, -xp.inf, logits)",
        "xp.where(is_label, logits, logits)",
        REGULARISER + "[evidential_likelihood]",
    ),
    Mutant(
        "always the form for much evidence",
        DIVERGENCE,
        "is_small = large + larges < small + smalls",
        "is_small = large + larges < -small",
        TESTS + "test_little_evidence_leaves_the_digits_of_the_divergence[numpy]",
    ),
    Mutant(
        "always the form for little evidence",
        DIVERGENCE,
        "is_small = large + larges < small + smalls",
        "is_small = large + larges > -small",
        CE,
    ),
    Mutant(
        "a step too few",
        INTEGRAL,
        "_h(x[..., None] / numbers(n, least, x, xp=xp), xp=xp)",
        "_h(x[..., None] / numbers(n + 1, least, x, xp=xp), xp=xp)",
        CE,
    ),
    Mutant(
        "no second difference",
        INTEGRAL,
        " * _second_difference(x, least)",
        " * 0 * _second_difference(x, least)",
        CE,
    ),
    Mutant("Stirling's rest at the start", INTEGRAL, "(rests - _stirling_rest(n))", "rests", CE),
    Mutant(
        "a slope of the wrong form",
        DIVERGENCE,
        "return own.large + shared.large < lacking",
        "return own.large + shared.large > lacking",
        CE,
    ),
    Mutant("a cap that counts", DIVERGENCE, "_CAP = 35.0", "_CAP = 3.0", CE),
    Mutant(
        "an excess of the order",
        INTEGRAL,
        "excess = excess - amount.order * inverse",
        "excess = excess + amount.order * inverse",
        CE,
    ),
    Mutant(
        "a label that is no class has a divergence",
        DIVERGENCE,
        "xp.where(is_class, xp.zeros_like(logits[..., 0]), xp.nan)",
        "xp.where(is_class, xp.zeros_like(logits[..., 0]), 0.0)",
        TESTS + "test_a_divergence_of_no_class_is_nan",
    ),
    Mutant(
        "no regulariser",
        "losses/families/abstract_evidential_loss.py",
        "if self.annealing > 0:",
        "if self.annealing > 9:",
        REGULARISER + "[evidential_squared_error]",
    ),
)
