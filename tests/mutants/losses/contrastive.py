from tests.mutants.harness import Mutant
from tests.mutants.mutators import always, drop_left, drop_right, negate, zero

__all__ = ["MUTANTS"]

TESTS = "tests/losses/contrastive/test_contrastive.py::"
LENGTH = TESTS + "test_the_length_of_a_row_is_nothing_if_it_is_normalised[info_nce, normalised]"
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
        "contrast:Contrast._logits",
        "_products(*pair, xp=xp) / self.temperature",
        drop_right,
        written("info_nce, plain"),
    ),
    Mutant(
        "the row finds itself",
        "contrast:Contrast._logits",
        "xp.where(self.takes_part, logits, -xp.inf)",
        always,
        written("nt_xent, plain"),
    ),
    Mutant(
        "a gradient without the temperature",
        "contrast:Contrast._pulled_back",
        "derivatives / self.temperature",
        "1 * derivatives",
        derivatives("info_nce, plain"),
    ),
    Mutant(
        "candidates are not moved",
        "contrast:Contrast._pulled_back",
        "xp.matrix_transpose(derivatives)",
        zero,
        derivatives("nt_xent, plain"),
    ),
    Mutant(
        "similarities turn with the anchors alone",
        "contrast:Contrast.hessian_vector_products",
        "_products(of_anchors, candidates, xp=xp) + _products(anchors, of_candidates, xp=xp)",
        drop_right,
        derivatives("info_nce, plain"),
    ),
    Mutant(
        "similarities turn with the candidates alone",
        "contrast:Contrast.hessian_vector_products",
        "_products(of_anchors, candidates, xp=xp) + _products(anchors, of_candidates, xp=xp)",
        drop_left,
        derivatives("info_nce, plain"),
    ),
    Mutant(
        "only the derivatives turn",
        "contrast:Contrast.hessian_vector_products",
        "(turned[0] + moved[0], turned[1] + moved[1])",
        "turned",
        derivatives("info_nce, plain"),
    ),
    Mutant(
        "the derivatives do not turn",
        "contrast:Contrast.hessian_vector_products",
        "(turned[0] + moved[0], turned[1] + moved[1])",
        "moved",
        derivatives("info_nce, plain"),
    ),
    Mutant(
        "weights are left out",
        "contrast:_weighted",
        "weight[..., None] * rows",
        drop_left,
        derivatives("info_nce, plain"),
    ),
    Mutant(
        "candidates in each other's place",
        "contrast_of_embeddings:ContrastOfEmbeddings._apart",
        "start = stop",
        "start = 0 * stop",
        derivatives("info_nce with negatives, plain"),
    ),
    Mutant(
        "as candidates alone",
        "contrast_of_embeddings:ContrastOfEmbeddings._apart",
        "part if before is None else before + part",
        always,
        derivatives("nt_xent, plain"),
    ),
    Mutant(
        "the sphere is flat",
        "contrast_of_embeddings:ContrastOfEmbeddings.hessian_vector_products",
        "product + row.jacobian_turned(gradient, move, xp=xp)",
        drop_right,
        derivatives("nt_xent, normalised"),
    ),
    Mutant(
        "a block doubled",
        "contrast_of_embeddings:ContrastOfEmbeddings._columns",
        "units if k == place else xp.zeros_like(units)[..., :1, :1]",
        "2 * units if k == place else xp.zeros_like(units)[..., :1, :1]",
        derivatives("info_nce with negatives, plain"),
    ),
    Mutant(
        "lengths count",
        "contrast_of_embeddings:ContrastOfEmbeddings._rows",
        "unit_rows(array, xp=xp) if self.normalize else PlainRows(array)",
        "unit_rows(array, xp=xp) if not self.normalize else PlainRows(array)",
        written("info_nce, normalised"),
    ),
    Mutant(
        "the gradient leaves the sphere",
        "unit_rows:UnitRows.jacobian_product",
        "vectors - self.rows * _dot(self.rows, vectors, xp=xp)",
        drop_right,
        derivatives("nt_xent, normalised"),
    ),
    Mutant(
        "the length divides once",
        "unit_rows:UnitRows.jacobian_turned",
        "-(move * along + self.rows * across + of_product) / self.norms",
        drop_right,
        derivatives("nt_xent, normalised"),
    ),
    Mutant(
        "the length does not turn",
        "unit_rows:UnitRows.jacobian_turned",
        "move * along + self.rows * across + of_product",
        drop_right,
        derivatives("nt_xent, normalised"),
    ),
    Mutant(
        "squares over- and underflow",
        "unit_rows:unit_rows",
        "xp.max(xp.abs(rows), axis=-1)",
        "xp.ones_like(xp.max(rows, axis=-1))",
        LENGTH,
    ),
    Mutant(
        "a weight is left out",
        "embeddings:Embeddings.of_anchors",
        "self.weight * values",
        drop_left,
        weight("info_nce"),
    ),
    Mutant(
        "rows of zeros have a direction",
        "embeddings:embeddings_of",
        "asked.validate and normalize",
        "asked.validate and not normalize",
        "tests/losses/contrastive/test_info_nce.py::test_rows_without_a_direction_are_refused_or_nan",
    ),
    Mutant(
        "any temperature",
        "abstract_contrastive_loss:AbstractContrastiveLoss._temperature",
        "embeddings.validate",
        negate,
        REFUSED,
    ),
)
