from tests.mutants.harness import Mutant
from tests.mutants.mutators import always, drop_right, never, other_extreme

__all__ = ["MUTANTS"]

MAPPING = "tests/formulas/losses/test_entmax.py::"
TESTS = "tests/losses/sparse/test_entmax_loss.py::"
DIGITS = MAPPING + "test_small_probabilities_beside_a_large_one_keep_their_digits[{}]"
SHRINKING = MAPPING + "test_margins_that_shrink_in_every_way_are_solved_within_the_steps[{}]"
MANY = MAPPING + "test_many_classes_in_32_bits_are_those_of_64[{}-100000]"
JACOBIAN = MAPPING + "test_the_jacobian_is_that_of_the_probabilities_and_of_the_products[{}]"
CURVATURE = MAPPING + "test_the_curvature_of_a_sure_model_keeps_its_digits"
ROUNDING = MAPPING + "test_what_rounding_took_from_the_logits_counts"
DEFINITION = MAPPING + "test_terms_of_the_beta_divergence_meet_the_definition_near_and_far[{}]"
WRITTEN = TESTS + "test_the_definitions_as_written_hold[numpy-{}]"

MUTANTS = (
    Mutant(
        "add the last step to the unknown",
        "entmax:entmax",
        "hi + (lo - step[..., None])",
        "margins - (start + step)[..., None]",
        ROUNDING,
    ),
    Mutant(
        "take no last step",
        "entmax:entmax",
        "lo - step[..., None]",
        drop_right,
        ROUNDING,
    ),
    Mutant(
        "one step where many are needed",
        "entmax:_root",
        "math.ceil(digits / 2 + math.log2(margins.shape[-1]))",
        "1",
        SHRINKING.format("1.25"),
    ),
    Mutant(
        "a root from sums of squares near 1",
        "entmax:_entmax15_root",
        "running_sum(lacks * lacks, xp=xp) / counts - means * means",
        "running_sum((1 - lacks) ** 2, xp=xp) / counts - (1 - means) ** 2",
        MANY.format("1.5"),
    ),
    Mutant(
        "the least of the roots of sparsemax",
        "entmax:_sparsemax_root",
        "xp.max(sums / xp.astype(1 + place, margins.dtype), axis=-1)",
        other_extreme,
        MANY.format("2.0"),
    ),
    Mutant(
        "1 less the other probability for the sum of the others",
        "entmax:entmax",
        "xp.sum(probs * (1 - is_top), axis=-1)",
        "1 - xp.max(probs, axis=-1)",
        DIGITS.format("1.5"),
    ),
    Mutant(
        "1 - (1 - u) ** e for its expm1",
        "entmax:_newton_step",
        "xp.expm1(power * xp.log1p(-u))",
        "(1 - u) ** power - 1",
        DIGITS.format("2.0"),
    ),
    Mutant(
        "forget the derivative of the top",
        "entmax:_newton_step",
        "power * (xp.sum(steep, axis=-1) + at_top)",
        "power * xp.sum(steep, axis=-1) + 1e-3",
        SHRINKING.format("1.7"),
    ),
    Mutant(
        "lose what rounding took from the logits",
        "entmax:entmax",
        "lo + margin_rests",
        "lo + 0 * margin_rests",
        ROUNDING,
    ),
    Mutant(
        "shortfalls without the bar",
        "entmax:entmax",
        "_raw_gaps(logits, is_top, xp=xp) - bar",
        drop_right,
        "tests/losses/sparse/test_sparsemax_loss.py::"
        "test_a_label_outside_the_support_costs_what_it_misses_too[numpy]",
    ),
    Mutant(
        "the Jacobian of alpha = 2 for all",
        "entmax:entmax",
        "(2 - alpha) * power",
        "0.0",
        JACOBIAN.format("1.5"),
    ),
    Mutant(
        "no Jacobian at all",
        "entmax:Entmax.jacobian",
        "units * xp.sum(off_diagonal, axis=-1)[..., None] - off_diagonal",
        "0 * units - 0 * off_diagonal",
        TESTS + "test_no_derivative_of_second_order_is_silently_0",
    ),
    Mutant(
        "a diagonal that cancels",
        "entmax:Entmax.jacobian",
        "xp.sum(off_diagonal, axis=-1)",
        "derivatives - derivatives**2 / total[..., 0]",
        CURVATURE,
    ),
    Mutant(
        "products that see a constant",
        "entmax:Entmax.jacobian_product",
        "(vectors - at_top) * (1 - self.is_top)",
        "vectors + 0 * at_top",
        TESTS + "test_the_product_with_the_hessian_does_not_see_a_constant[numpy-1.5]",
    ),
    Mutant(
        "a finite curvature of a row without a softmax",
        "entmax:entmax",
        "0 * powers",
        "0.0",
        MAPPING + "test_a_row_without_a_largest_number_is_nan[row1]",
    ),
    Mutant(
        "the plain form where the two are near",
        "beta_divergence:terms",
        "xp.where(is_near, near, far)",
        never,
        DEFINITION.format("1.5"),
    ),
    Mutant(
        "the near form where the two are far",
        "beta_divergence:terms",
        "xp.where(is_near, near, far)",
        always,
        DEFINITION.format("1.5"),
    ),
    Mutant(
        "half of the exponent",
        "beta_divergence:terms",
        "(beta - 1) * _phi(-lack, xp=xp) + _phi((beta - 1) * lack, xp=xp)",
        drop_right,
        DEFINITION.format("1.5"),
    ),
    Mutant(
        "forget the power of the target",
        "beta_divergence:terms",
        "targets * target_powers",
        drop_right,
        DEFINITION.format("1.1"),
    ),
    Mutant(
        "forget beta in the far form",
        "beta_divergence:terms",
        "(powers * difference - targets * (powers - target_powers) / (beta - 1)) / beta",
        drop_right,
        DEFINITION.format("2.0"),
    ),
)
