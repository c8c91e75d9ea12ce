from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/losses/entmax.py"
TERMS = "formulas/losses/beta_divergence.py"
LABELS = "formulas/losses/entmax_loss.py"
TARGETS = "formulas/losses/entmax_loss_of_targets.py"
MAPPING = "tests/formulas/losses/test_entmax.py::"
TESTS = "tests/losses/test_entmax_loss.py::"
DIGITS = MAPPING + "test_small_probabilities_beside_a_large_one_keep_their_digits[{}]"
SHRINKING = MAPPING + "test_margins_that_shrink_in_every_way_are_solved_within_the_steps[{}]"
MANY = MAPPING + "test_many_classes_in_32_bits_are_those_of_64[{}-100000]"
JACOBIAN = MAPPING + "test_the_jacobian_is_that_of_the_probabilities_and_of_the_products[{}]"
CURVATURE = MAPPING + "test_the_curvature_of_a_sure_model_keeps_its_digits"
ROUNDING = MAPPING + "test_what_rounding_took_from_the_logits_counts"
DEFINITION = MAPPING + "test_terms_of_the_beta_divergence_meet_the_definition_near_and_far[{}]"
WRITTEN = TESTS + "test_the_definitions_as_written_hold[numpy-{}]"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition[numpy-{}-float64]"
OUTSIDE = TESTS + "test_a_label_outside_the_support_costs_what_it_misses_too[numpy]"
MASKED = TESTS + "test_what_a_masked_class_costs[numpy-1.5]"

MUTANTS = (
    Mutant(
        "add the last step to the unknown",
        FILE,
        "excess = hi + (lo - step[..., None])",
        "excess = margins - (start + step)[..., None]",
        ROUNDING,
    ),
    Mutant(
        "take no last step",
        FILE,
        "excess = hi + (lo - step[..., None])",
        "excess = hi + lo",
        ROUNDING,
    ),
    Mutant(
        "one step where many are needed",
        FILE,
        "range(math.ceil(digits / 2 + math.log2(margins.shape[-1])))",
        "range(1)",
        SHRINKING.format("1.25"),
    ),
    Mutant(
        "a root from sums of squares near 1",
        FILE,
        "variances = running_sum(lacks * lacks, xp=xp) / counts - means * means",
        "variances = running_sum((1 - lacks) ** 2, xp=xp) / counts - (1 - means) ** 2",
        MANY.format("1.5"),
    ),
    Mutant(
        "the least of the roots of sparsemax",
        FILE,
        "return xp.max(sums / ",
        "return xp.min(sums / ",
        MANY.format("2.0"),
    ),
    Mutant(
        "1 less the other probability for the sum of the others",
        FILE,
        "rest = xp.sum(probs * (1 - is_top), axis=-1)",
        "rest = 1 - xp.max(probs, axis=-1)",
        DIGITS.format("1.5"),
    ),
    Mutant(
        "1 - (1 - u) ** e for its expm1",
        FILE,
        "left = others + xp.expm1(power * xp.log1p(-u))",
        "left = others + ((1 - u) ** power - 1)",
        DIGITS.format("2.0"),
    ),
    Mutant(
        "forget the slope of the top",
        FILE,
        "(power * (xp.sum(steep, axis=-1) + at_top))",
        "(power * xp.sum(steep, axis=-1) + 1e-3)",
        SHRINKING.format("1.7"),
    ),
    Mutant(
        "lose what rounding took from the logits",
        FILE,
        "lo = lo + margin_rests",
        "lo = lo + 0 * margin_rests",
        ROUNDING,
    ),
    Mutant(
        "shortfalls without the bar",
        FILE,
        "_raw_gaps(logits, is_top, xp=xp) - bar",
        "_raw_gaps(logits, is_top, xp=xp)",
        OUTSIDE,
    ),
    Mutant(
        "the Jacobian of alpha = 2 for all",
        FILE,
        "** ((2 - alpha) * power)",
        "** 0.0",
        JACOBIAN.format("1.5"),
    ),
    Mutant(
        "no Jacobian at all",
        FILE,
        "return units * xp.sum(off_diagonal, axis=-1)[..., None] - off_diagonal",
        "return 0 * units - 0 * off_diagonal",
        TESTS + "test_no_derivative_of_second_order_is_silently_0",
    ),
    Mutant(
        "a diagonal that cancels",
        FILE,
        "return units * xp.sum(off_diagonal, axis=-1)[..., None] - off_diagonal",
        "return units * (slopes - slopes**2 / total[..., 0])[..., None] - off_diagonal",
        CURVATURE,
    ),
    Mutant(
        "products that see a constant",
        FILE,
        "shifted = (vectors - at_top) * (1 - self.is_top)",
        "shifted = vectors + 0 * at_top",
        TESTS + "test_the_product_with_the_hessian_does_not_see_a_constant[numpy-1.5]",
    ),
    Mutant(
        "a finite curvature of a row without a softmax",
        FILE,
        "safe ** ((2 - alpha) * power), 0 * powers)",
        "safe ** ((2 - alpha) * power), 0.0)",
        MAPPING + "test_a_row_without_a_largest_number_is_nan[row1]",
    ),
    Mutant(
        "the plain form where the two are near",
        TERMS,
        "return xp.where(is_near, near, far)",
        "return far",
        DEFINITION.format("1.5"),
    ),
    Mutant(
        "the near form where the two are far",
        TERMS,
        "return xp.where(is_near, near, far)",
        "return near",
        DEFINITION.format("1.5"),
    ),
    Mutant(
        "half of the exponent",
        TERMS,
        "+ _phi((beta - 1) * lack, xp=xp)",
        "",
        DEFINITION.format("1.5"),
    ),
    Mutant(
        "forget the power of the target",
        TERMS,
        "near = targets * target_powers * -xp.expm1",
        "near = targets * -xp.expm1",
        DEFINITION.format("1.1"),
    ),
    Mutant(
        "forget beta in the far form",
        TERMS,
        "/ (beta - 1)) / beta",
        "/ (beta - 1))",
        DEFINITION.format("2.0"),
    ),
    Mutant(
        "p - 1 at the label",
        LABELS,
        "for array in (model.complements(xp=xp), model.powers, model.shortfalls)",
        "for array in (1 - model.probs, model.powers, model.shortfalls)",
        ORACLE.format("entmax_loss"),
    ),
    Mutant(
        "forget what the label misses the support by",
        LABELS,
        "return of_label + of_others + shortfall",
        "return of_label + of_others",
        OUTSIDE,
    ),
    Mutant(
        "forget the other classes",
        LABELS,
        "return of_label + of_others + shortfall",
        "return of_label + shortfall",
        WRITTEN.format("1.5"),
    ),
    Mutant(
        "flip the gradient at the label",
        LABELS,
        "- complement[..., None] * is_label",
        "+ complement[..., None] * is_label",
        WRITTEN.format("1.5"),
    ),
    Mutant(
        "a finite value for a label that is no class",
        LABELS,
        "return of_label + of_others + shortfall",
        "return xp.where(xp.isnan(of_label), 0.0, of_label + of_others + shortfall)",
        TESTS + "test_a_label_that_is_no_class_gives_nan_in_its_row_alone",
    ),
    Mutant(
        "0 * inf at a masked class",
        TARGETS,
        "missed = xp.where(targets == 0, 0.0, targets * xp.where(targets == 0, 0.0, model.shortfalls))",
        "missed = targets * model.shortfalls",
        MASKED,
    ),
    Mutant(
        "forget what targets miss the support by",
        TARGETS,
        "return xp.sum(found + missed, axis=-1), difference",
        "return xp.sum(found + 0 * targets, axis=-1), difference",
        WRITTEN.format("2.0"),
    ),
    Mutant(
        "drop the entropy of the targets",
        TARGETS,
        "found + missed, axis=-1), difference",
        "found + missed - targets**self.alpha, axis=-1), difference",
        TESTS + "test_a_distribution_with_zeros_is_reached",
    ),
    Mutant(
        "p - t as it stands",
        TARGETS,
        "return (1 - targets) * model.probs - targets * model.complements(xp=xp)",
        "return model.probs - targets",
        ORACLE.format("entmax_loss_of_targets"),
    ),
)
