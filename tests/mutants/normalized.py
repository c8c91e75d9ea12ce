from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/losses/normalized.py"
TESTS = "tests/losses/test_normalized.py::"
ORACLE = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition[numpy-{}-float64]"
MASK = TESTS + "test_a_masked_class_takes_no_part[numpy]"
LIMIT = TESTS + "test_a_label_that_is_ruled_out_costs_the_limit_and_has_no_slope[numpy]"
DIGITS = TESTS + "test_for_two_classes_no_entry_of_the_gradient_loses_a_digit[numpy-{}]"

MUTANTS = (
    Mutant(
        "1 less the share by a difference",
        FILE,
        "(others / total)[..., None], -share",
        "(1 - share)[..., None], -share",
        DIGITS.format("700.0"),
    ),
    Mutant(
        "masked classes take part",
        FILE,
        "takes_part = (high > -xp.inf) | (is_label == 1)",
        "takes_part = (high >= -xp.inf) | (is_label == 1)",
        TESTS + "test_a_masked_class_takes_no_part[numpy]",
    ),
    Mutant(
        "a masked label takes no part",
        FILE,
        "takes_part = (high > -xp.inf) | (is_label == 1)",
        "takes_part = high > -xp.inf",
        LIMIT,
    ),
    Mutant(
        "infinity over infinity",
        FILE,
        "share = xp.where(of_label == xp.inf, 1.0, of_label",
        "share = xp.where(of_label == xp.inf, xp.nan, of_label",
        LIMIT,
    ),
    Mutant(
        "the label's loss left out of the sum",
        FILE,
        "total = of_label + others",
        "total = others",
        ORACLE.format("normalized_cross_entropy"),
    ),
    Mutant(
        "slopes of masked classes",
        FILE,
        "return _where(shares.takes_part, self.phi.slope(shares.classes, xp=xp), xp=xp)",
        "return self.phi.slope(shares.classes, xp=xp)",
        MASK,
    ),
    Mutant(
        "forget to divide the slopes",
        FILE,
        "self._slopes(shares, xp=xp) * shares.signs / shares.total[..., None]",
        "self._slopes(shares, xp=xp) * shares.signs",
        ORACLE.format("normalized_focal"),
    ),
    Mutant(
        "forget that the share moves",
        FILE,
        "bends * shares.signs * moves - slopes * move_of_share - factors * move_of_total",
        "bends * shares.signs * moves - factors * move_of_total",
        ORACLE.format("normalized_cross_entropy"),
    ),
    Mutant(
        "forget that the sum moves",
        FILE,
        "bends * shares.signs * moves - slopes * move_of_share - factors * move_of_total",
        "bends * shares.signs * moves - slopes * move_of_share",
        ORACLE.format("normalized_cross_entropy"),
    ),
    Mutant(
        "forget the bend",
        FILE,
        "bends * shares.signs * moves - slopes * move_of_share - factors * move_of_total",
        "0 * bends - slopes * move_of_share - factors * move_of_total",
        ORACLE.format("normalized_focal"),
    ),
    Mutant(
        "forget the curvature of the surprisals",
        FILE,
        "xp.sum(factors, axis=-1)[..., None] * along",
        "0 * along",
        ORACLE.format("normalized_cross_entropy"),
    ),
    Mutant(
        "moves of the other sign",
        FILE,
        "xp.sum(model.probs * shifted, axis=-1)[..., None] - shifted",
        "shifted - xp.sum(model.probs * shifted, axis=-1)[..., None]",
        ORACLE.format("normalized_cross_entropy"),
    ),
    Mutant(
        "1 - p for the complement of a factor",
        FILE,
        "- shares.classes.complement * factors",
        "- (1 - shares.classes.prob) * factors",
        DIGITS.format("300.0"),
    ),
    Mutant(
        "the label's factor in the sum for its own entry",
        FILE,
        "at_label * (1 - is_label)",
        "at_label",
        ORACLE.format("normalized"),
    ),
    Mutant(
        "the top's factor in the sum for its own entry",
        FILE,
        "at_top * (1 - is_top_alone)",
        "at_top",
        ORACLE.format("normalized"),
    ),
    Mutant(
        "one class is enough",
        "losses/families/abstract_normalized_loss.py",
        "if logits.shape[-1] < 2:",
        "if logits.shape[-1] < 1:",
        TESTS + "test_one_class_alone_is_refused_by_shape_and_by_value",
    ),
    Mutant(
        "one unmasked class is enough",
        "losses/families/abstract_normalized_loss.py",
        "(number(logits) == 1)",
        "(number(logits) == -1)",
        TESTS + "test_one_class_alone_is_refused_by_shape_and_by_value",
    ),
    Mutant(
        "let options of a part pass",
        "losses/families/loss_as_part.py",
        "if not _is(getattr(part, name), default):",
        "if name == default:",
        TESTS + "test_what_cannot_be_normalised_is_refused",
    ),
)
