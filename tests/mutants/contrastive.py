from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

CONTRAST = "formulas/losses/contrast.py"
OF_EMBEDDINGS = "formulas/losses/contrast_of_embeddings.py"
UNIT = "formulas/unit_rows.py"
EMBEDDINGS = "losses/arguments/embeddings.py"
LOSS = "losses/families/abstract_contrastive_loss.py"
INFO_NCE = "losses/contrastive/info_nce.py"
NT_XENT = "losses/contrastive/nt_xent.py"
SUPERVISED = "losses/contrastive/supervised_contrastive.py"
TESTS = "tests/losses/test_contrastive.py::"
ALONE = TESTS + "test_a_row_that_is_alone_in_its_class_is_refused_or_costs_0_and_is_never_nan[numpy]"
LENGTH = TESTS + "test_the_length_of_a_row_is_nothing_if_it_is_normalised[info_nce, normalised]"
NO_PARTNER = TESTS + "test_partners_that_are_none_are_refused"
REFUSED = TESTS + "test_arguments_that_do_not_fit_are_refused"


def written(case):
    return f"{TESTS}test_the_definitions_as_written_hold[{case}]"


def derivatives(case):
    return f"{TESTS}test_gradient_product_and_hessian_agree_with_central_differences[{case}]"


def weight(case):
    return f"{TESTS}test_a_weight_is_a_factor_of_an_anchor_which_stays_a_candidate[{case}, normalised]"


MUTANTS = (
    Mutant(
        "no temperature",
        CONTRAST,
        "_products(*pair, xp=xp) / self.temperature",
        "_products(*pair, xp=xp)",
        written("info_nce, plain"),
    ),
    Mutant(
        "the row finds itself",
        CONTRAST,
        "xp.where(self.takes_part, logits, -xp.inf)",
        "logits",
        written("nt_xent, plain"),
    ),
    Mutant(
        "a gradient without the temperature",
        CONTRAST,
        "slopes = slopes / self.temperature",
        "slopes = 1 * slopes",
        derivatives("info_nce, plain"),
    ),
    Mutant(
        "candidates are not moved",
        CONTRAST,
        "xp.matmul(xp.matrix_transpose(slopes), anchors)",
        "xp.matmul(0 * xp.matrix_transpose(slopes), anchors)",
        derivatives("nt_xent, plain"),
    ),
    Mutant(
        "similarities turn with the anchors alone",
        CONTRAST,
        " + _products(anchors, of_candidates, xp=xp)",
        "",
        derivatives("info_nce, plain"),
    ),
    Mutant(
        "similarities turn with the candidates alone",
        CONTRAST,
        "_products(of_anchors, candidates, xp=xp) + ",
        "",
        derivatives("info_nce, plain"),
    ),
    Mutant(
        "only the slopes turn",
        CONTRAST,
        "(turned[0] + moved[0], turned[1] + moved[1])",
        "turned",
        derivatives("info_nce, plain"),
    ),
    Mutant(
        "the slopes do not turn",
        CONTRAST,
        "(turned[0] + moved[0], turned[1] + moved[1])",
        "moved",
        derivatives("info_nce, plain"),
    ),
    Mutant(
        "weights are left out", CONTRAST, "weight[..., None] * rows", "rows", derivatives("info_nce, plain")
    ),
    Mutant(
        "candidates in each other's place",
        OF_EMBEDDINGS,
        "            start = stop",
        "            start = 0 * stop",
        derivatives("info_nce with negatives, plain"),
    ),
    Mutant(
        "as candidates alone",
        OF_EMBEDDINGS,
        "part if before is None else before + part",
        "part",
        derivatives("nt_xent, plain"),
    ),
    Mutant(
        "the sphere is flat",
        OF_EMBEDDINGS,
        "product + row.jacobian_turned(gradient, move, xp=xp)",
        "product",
        derivatives("nt_xent, normalised"),
    ),
    Mutant(
        "a block doubled",
        OF_EMBEDDINGS,
        "(units if k == place",
        "(2 * units if k == place",
        derivatives("info_nce with negatives, plain"),
    ),
    Mutant(
        "lengths count",
        OF_EMBEDDINGS,
        "if self.normalize else",
        "if not self.normalize else",
        written("info_nce, normalised"),
    ),
    Mutant(
        "the gradient leaves the sphere",
        UNIT,
        "vectors - self.rows * _dot(self.rows, vectors, xp=xp)",
        "vectors",
        derivatives("nt_xent, normalised"),
    ),
    Mutant(
        "the length divides once",
        UNIT,
        "self.rows * across + of_product) / self.norms",
        "self.rows * across + of_product)",
        derivatives("nt_xent, normalised"),
    ),
    Mutant(
        "the length does not turn",
        UNIT,
        "self.rows * across + of_product)",
        "self.rows * across)",
        derivatives("nt_xent, normalised"),
    ),
    Mutant(
        "squares over- and underflow",
        UNIT,
        "largest = constant(xp.max(xp.abs(rows), axis=-1))",
        "largest = constant(xp.ones_like(xp.max(rows, axis=-1)))",
        LENGTH,
    ),
    Mutant("a weight is left out", EMBEDDINGS, "self.weight * values)", "values)", weight("info_nce")),
    Mutant(
        "rows of zeros have a direction",
        EMBEDDINGS,
        "if asked.validate and normalize:",
        "if asked.validate and not normalize:",
        TESTS + "test_rows_without_a_direction_are_refused_or_nan",
    ),
    Mutant("any temperature", LOSS, "if embeddings.validate:", "if not embeddings.validate:", REFUSED),
    Mutant(
        "other keys are negatives too",
        INFO_NCE,
        "(candidates == own[..., None]) | ",
        "(candidates >= 0) | ",
        written("info_nce with negatives, plain"),
    ),
    Mutant(
        "negatives are not",
        INFO_NCE,
        " | (candidates >= keys.shape[-2])",
        "",
        written("info_nce with negatives, plain"),
    ),
    Mutant(
        "the first key is everyone's",
        INFO_NCE,
        "softmax_cross_entropy, own, takes_part",
        "softmax_cross_entropy, 0 * own, takes_part",
        written("info_nce, plain"),
    ),
    Mutant("its own partner", NT_XENT, " | (partners == rows)", "", NO_PARTNER),
    Mutant("partners before the first", NT_XENT, "(partners < 0) | ", "", NO_PARTNER),
    Mutant(
        "its own class includes itself",
        SUPERVISED,
        "labels[..., None, :]) & others",
        "labels[..., None, :]) | ~others",
        written("supervised_contrastive, plain"),
    ),
    Mutant(
        "the sum over the class",
        SUPERVISED,
        "targets = is_found / xp.where(count == 0, one, count)[..., None]",
        "targets = is_found",
        written("supervised_contrastive, plain"),
    ),
    Mutant(
        "alone and counted",
        SUPERVISED,
        "weight = has_others if embeddings.weight is None else embeddings.weight * has_others",
        "weight = one if embeddings.weight is None else embeddings.weight",
        TESTS + "test_a_row_that_is_alone_has_no_weight_in_the_mean",
    ),
    Mutant("alone and undefined", SUPERVISED, "xp.where(count == 0, one, count)", "count", ALONE),
    Mutant(
        "alone and let pass",
        SUPERVISED,
        'if self.on_single == "raise":',
        'if self.on_single == "zero":',
        ALONE,
    ),
)
