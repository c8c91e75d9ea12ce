from tests.mutants.harness import Mutant
from tests.mutants.mutators import cancel, drop_call, drop_left, drop_right, flip_sign

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_evidential.py::"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition[numpy-{}-float64]"
CE, LIKELIHOOD, ERROR = (
    ORACLE.format(name)
    for name in ("evidential_cross_entropy", "evidential_likelihood", "evidential_squared_error")
)
REGULARISER = TESTS + "test_the_regulariser_is_the_same_for_all_and_does_not_see_the_label_s_logit"
OVERFLOW = TESTS + "test_evidence_that_overflows_does_so_in_no_value[torch-EvidentialLikelihood-{}]"

MUTANTS = (
    Mutant(
        "evidence is all",
        "evidence:_softplus",
        """
            Evidence(
                kind="softplus",
                unit=unit,
                log_unit=xp.zeros_like(unit),
                scaled=amount,
                concentrations=1 + amount,
                growth=above,
                second_derivative=second_derivative,
                inverse=inverse,
                log=xp.log1p(amount),
                share=amount * inverse,
                relative_growth=above * inverse,
                relative_bend=second_derivative * inverse,
                bend_of_log=inverse * (second_derivative - above * above * inverse),
                total=xp.sum(1 + amount, axis=-1),
            )
        """,
        """
            Evidence(
                kind="softplus",
                unit=unit,
                log_unit=xp.zeros_like(unit),
                scaled=amount,
                concentrations=amount + 0,
                growth=above,
                second_derivative=second_derivative,
                inverse=inverse,
                log=xp.log1p(amount),
                share=amount * inverse,
                relative_growth=above * inverse,
                relative_bend=second_derivative * inverse,
                bend_of_log=inverse * (second_derivative - above * above * inverse),
                total=xp.sum(1 + amount, axis=-1),
            )
        """,
        LIKELIHOOD,
    ),
    Mutant("a unit that overflows", "evidence:_exponential", "-log_unit", "0 * log_unit", CE),
    Mutant(
        "the exponential of a rounded gap",
        "evidence:_exponential",
        "1 + low",
        "1 + 2 * low",
        TESTS + "test_a_wide_gap_is_not_rounded[numpy]",
    ),
    Mutant(
        "a gap with an infinity",
        "evidence:_exponential",
        "xp.maximum(logits, lowest[..., None])",
        drop_call,
        TESTS + "test_endless_exponential_evidence_knows_no_infinity",
    ),
    Mutant(
        "a bend that does not know the spread",
        "evidence:bend_less_spread",
        "shifted - xp.sum(shares * shifted, axis=-1)[..., None]",
        drop_right,
        LIKELIHOOD,
    ),
    Mutant(
        "a spread without what is missing",
        "evidence:bend_less_spread",
        "shifted - xp.sum(shares * shifted, axis=-1)[..., None] + at_top * missing",
        drop_right,
        LIKELIHOOD,
    ),
    Mutant("psi without its recurrence", "growing_function", "LEAST - 1", "0", CE),
    Mutant("a Bernoulli number of another place", "growing_function", "b / k", drop_right, CE),
    Mutant("a digamma without its half", "growing_function", "(1, 0.5)", "(1, 0.25)", CE),
    Mutant(
        "no correction",
        "dirichlet_surprisal:DirichletSurprisal._value",
        "recurrence + correction",
        drop_right,
        CE,
    ),
    Mutant(
        "the logarithm of 1 and more",
        "dirichlet_surprisal:DirichletSurprisal._log_ratio",
        "xp.log1p(others / xp.where(is_far, 1.0, own))",
        cancel,
        LIKELIHOOD,
    ),
    Mutant(
        "nothing is far", "dirichlet_surprisal", "_FAR = 1e30", "_FAR = float('inf')", OVERFLOW.format("0.0")
    ),
    Mutant(
        "the label's slope is that of all",
        "dirichlet_surprisal:DirichletSurprisal._gradient",
        "xp.where(one_hot(labels, evidence.growth, xp=xp) == 1, of_label, of_sum)",
        "xp.where(one_hot(labels, evidence.growth, xp=xp) == 1, of_sum, of_sum)",
        LIKELIHOOD,
    ),
    Mutant(
        "an excess without the kept",
        "dirichlet_surprisal:DirichletSurprisal._excess_gap",
        "last.kept * last.of_label",
        drop_left,
        CE,
    ),
    Mutant("a bend of the trigamma", "growing_function", "(k + 1) * b", "k * b", CE),
    Mutant(
        "a mean without a variance",
        "dirichlet_squared_error:_value",
        "xp.sum(mean.residuals**2, axis=-1) + (mean.spread * mean.inverse)[..., 0]",
        drop_right,
        ERROR,
    ),
    Mutant(
        "1 less a probability",
        "dirichlet_squared_error:_mean",
        "xp.where(is_top == 1, rest, 1 - probs)",
        "1 - probs + 0 * rest",
        ERROR,
    ),
    Mutant(
        "a centre beside the mean",
        "dirichlet_squared_error:_centred",
        "mean.probs * shifted",
        drop_left,
        ERROR,
    ),
    Mutant(
        "the slope of the mean alone",
        "dirichlet_squared_error:_slopes",
        "2 * _centred(tilted, mean, xp=xp) - mean.spread * mean.inverse * mean.kept",
        drop_right,
        ERROR,
    ),
    Mutant(
        "a change without its turn",
        "dirichlet_squared_error:_change_of_slopes",
        "of_residuals = centred - residual_turn",
        "of_residuals = centred + 0 * residual_turn",
        ERROR,
    ),
    Mutant(
        "evidence for the label is regularised",
        "dirichlet_divergence:DirichletDivergence._against",
        "-xp.inf",
        "logits",
        REGULARISER + "[evidential_likelihood]",
    ),
    Mutant(
        "always the form for much evidence",
        "dirichlet_divergence:DirichletDivergence.value",
        "small + smalls",
        "-small",
        TESTS + "test_little_evidence_leaves_the_digits_of_the_divergence[numpy]",
    ),
    Mutant(
        "always the form for little evidence",
        "dirichlet_divergence:DirichletDivergence.value",
        "large + larges < small + smalls",
        "large + larges > -small",
        CE,
    ),
    Mutant(
        "a step too few",
        "trigamma_integral:integrals",
        "numbers(n, least, x, xp=xp)",
        "numbers(n + 1, least, x, xp=xp)",
        CE,
    ),
    Mutant(
        "no second difference",
        "trigamma_integral:integrals",
        "ratio * (ratio / (1 + ratio))",
        "ratio * (ratio / (1 + ratio)) * 0",
        CE,
    ),
    Mutant(
        "Stirling's rest at the start",
        "trigamma_integral:integrals",
        "rests - _stirling_rest(n)",
        drop_right,
        CE,
    ),
    Mutant(
        "a slope of the wrong form",
        "dirichlet_divergence:_is_small",
        "own.large + shared.large < lacking",
        "own.large + shared.large > lacking",
        CE,
    ),
    Mutant("a cap that counts", "dirichlet_divergence", "_CAP = 35.0", "_CAP = 3.0", CE),
    Mutant(
        "an excess of the order",
        "trigamma_integral:slope_of_integrals",
        "excess - amount.order * inverse * (0.5 + _bernoulli_sum(inverse, _one, -1))",
        flip_sign,
        CE,
    ),
    Mutant(
        "a label that is no class has a divergence",
        "dirichlet_divergence:_undefined",
        "xp.where(is_class, xp.zeros_like(logits[..., 0]), xp.nan)",
        "xp.where(is_class, xp.zeros_like(logits[..., 0]), 0.0)",
        TESTS + "test_a_divergence_of_no_class_is_nan",
    ),
    Mutant(
        "no regulariser",
        "abstract_evidential_loss:AbstractEvidentialLoss._of_evidence",
        "self.annealing > 0",
        "self.annealing > 9",
        REGULARISER + "[evidential_squared_error]",
    ),
)
