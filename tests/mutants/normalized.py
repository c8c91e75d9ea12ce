from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, drop_right, move_bound, swap

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_normalized.py::"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition[numpy-{}-float64]"
MASK = TESTS + "test_a_masked_class_takes_no_part[numpy]"
LIMIT = TESTS + "test_a_label_that_is_ruled_out_costs_the_limit_and_has_no_slope[numpy]"
DIGITS = TESTS + "test_for_two_classes_no_entry_of_the_gradient_loses_a_digit[numpy-{}]"

MUTANTS = (
    Mutant(
        "1 less the share by a difference",
        "normalized:Normalized._shares",
        "others / total",
        "1 - share",
        DIGITS.format("700.0"),
    ),
    Mutant(
        "masked classes take part",
        "normalized:Normalized._shares",
        "high > -xp.inf",
        move_bound,
        TESTS + "test_a_masked_class_takes_no_part[numpy]",
    ),
    Mutant(
        "a masked label takes no part",
        "normalized:Normalized._shares",
        "(high > -xp.inf) | (is_label == 1)",
        drop_right,
        LIMIT,
    ),
    Mutant(
        "infinity over infinity",
        "normalized:Normalized._shares",
        "xp.where(of_label == xp.inf, 1.0, of_label / xp.where(of_label == xp.inf, 1.0, total))",
        "xp.where(of_label == xp.inf, xp.nan, of_label / xp.where(of_label == xp.inf, 1.0, total))",
        LIMIT,
    ),
    Mutant(
        "the label's loss left out of the sum",
        "normalized:Normalized._shares",
        "of_label + others",
        drop_left,
        ORACLE.format("normalized_cross_entropy"),
    ),
    Mutant(
        "slopes of masked classes",
        "normalized:Normalized._slopes",
        "_where(shares.takes_part, self.phi.first_derivative(shares.classes, xp=xp), xp=xp)",
        "self.phi.first_derivative(shares.classes, xp=xp)",
        MASK,
    ),
    Mutant(
        "forget to divide the slopes",
        "normalized:Normalized.value_and_gradient",
        "self._slopes(shares, xp=xp) * shares.signs / shares.total[..., None]",
        drop_right,
        ORACLE.format("normalized_focal"),
    ),
    Mutant(
        "forget that the share moves",
        "normalized:Normalized.hessian_vector_product",
        "bends * shares.signs * moves - slopes * move_of_share",
        drop_right,
        ORACLE.format("normalized_cross_entropy"),
    ),
    Mutant(
        "forget that the sum moves",
        "normalized:Normalized.hessian_vector_product",
        "bends * shares.signs * moves - slopes * move_of_share - factors * move_of_total",
        drop_right,
        ORACLE.format("normalized_cross_entropy"),
    ),
    Mutant(
        "forget the bend",
        "normalized:Normalized.hessian_vector_product",
        "bends * shares.signs * moves",
        "0 * bends",
        ORACLE.format("normalized_focal"),
    ),
    Mutant(
        "forget the curvature of the surprisals",
        "normalized:Normalized.hessian_vector_product",
        "xp.sum(factors, axis=-1)[..., None]",
        "0",
        ORACLE.format("normalized_cross_entropy"),
    ),
    Mutant(
        "moves of the other sign",
        "normalized:_moves_of_surprisals",
        "xp.sum(model.probs * shifted, axis=-1)[..., None] - shifted",
        swap,
        ORACLE.format("normalized_cross_entropy"),
    ),
    Mutant(
        "1 - p for the complement of a factor",
        "normalized:_sum_of_slopes",
        "shares.classes.complement * factors",
        "(1 - shares.classes.prob) * factors",
        DIGITS.format("300.0"),
    ),
    Mutant(
        "the label's factor in the sum for its own entry",
        "normalized:_sum_of_slopes",
        "(xp.sum(plain, axis=-1)[..., None] - plain) + at_label * (1 - is_label)",
        "(xp.sum(plain, axis=-1)[..., None] - plain) + at_label",
        ORACLE.format("normalized"),
    ),
    Mutant(
        "the top's factor in the sum for its own entry",
        "normalized:_sum_of_slopes",
        "at_top * (1 - is_top_alone)",
        drop_right,
        ORACLE.format("normalized"),
    ),
    Mutant(
        "one class is enough",
        "abstract_softmax_loss:check_for_two_classes",
        "logits.shape[-1] < 2",
        "logits.shape[-1] < 1",
        TESTS + "test_one_class_alone_is_refused_by_shape_and_by_value",
    ),
    Mutant(
        "one unmasked class is enough",
        "abstract_softmax_loss:check_for_two_classes",
        "number(logits) == 1",
        "number(logits) == -1",
        TESTS + "test_one_class_alone_is_refused_by_shape_and_by_value",
    ),
    Mutant(
        "let options of a part pass",
        "loss_as_part:check_has_no_options",
        "not _is(getattr(part, name), default)",
        "name == default",
        TESTS + "test_what_cannot_be_normalised_is_refused",
    ),
)
