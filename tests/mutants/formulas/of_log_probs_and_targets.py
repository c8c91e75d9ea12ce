from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, drop_right, flip_sign

__all__ = ["MUTANTS"]

TESTS = "tests/formulas/losses/test_of_log_probs_and_targets.py::"
VALUES = TESTS + "test_values_are_those_of_the_definition[{}]"
SLOPES = TESTS + "test_derivatives_are_those_of_differences[{}]"

MUTANTS = (
    Mutant(
        "no entropy of the targets",
        "divergence_of_log_probs:_terms",
        "t * (xp.log(t) - xp.where(is_none, 0.0, log_q))",
        "t * (0 - xp.where(is_none, 0.0, log_q))",
        VALUES.format("kl"),
    ),
    Mutant(
        "logarithms for targets",
        "divergence_of_log_probs:_terms",
        "xp.exp(log_t) * (log_t - xp.where(is_none, 0.0, log_q))",
        drop_left,
        VALUES.format("kl of log-targets"),
    ),
    Mutant(
        "a gradient that cancels",
        "divergence_of_log_probs:IDivergenceOfLogProbs.gradient",
        "xp.where(is_near, near, xp.exp(log_q) - targets)",
        "xp.exp(log_q) - targets",
        TESTS + "test_the_i_divergence_of_close_masses_keeps_the_digits_of_its_gradient",
    ),
    Mutant(
        "a gradient of the other sign",
        "divergence_of_log_probs:KLDivergenceOfLogProbs.gradient",
        "-_targets(targets, log_targets=self.log_targets, xp=xp)",
        flip_sign,
        SLOPES.format("kl"),
    ),
    Mutant(
        "no slope of the classes",
        "expected_over_targets:ExpectedOverTargets._slopes",
        "targets * self.phi.first_derivative(classes, xp=xp)",
        drop_right,
        SLOPES.format("poly"),
    ),
    Mutant(
        "no bend",
        "expected_over_targets:ExpectedOverTargets.hessian_vector_product",
        "turned + slopes * classes.model.jacobian_product(vectors, xp=xp)",
        drop_left,
        SLOPES.format("focal"),
    ),
    Mutant(
        "no Jacobian",
        "expected_over_targets:ExpectedOverTargets.hessian_vector_product",
        "turned + slopes * classes.model.jacobian_product(vectors, xp=xp)",
        drop_right,
        SLOPES.format("focal"),
    ),
    Mutant(
        "forget the peak of a log-normaliser",
        "log_normaliser:LogNormaliser.value_and_gradient",
        "model.peak + xp.log1p(model.rest)",
        drop_left,
        VALUES.format("log-normaliser"),
    ),
)
