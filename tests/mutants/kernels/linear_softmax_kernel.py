from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_right, never

__all__ = ["MUTANTS"]

TESTS = "tests/kernels/linear_softmax/test_linear_softmax.py::"
SUMS = TESTS + "test_sums_are_those_of_the_definition[incomplete tile and vectors]"
PACKED = TESTS + "test_sums_in_single_precision_are_those_of_the_definition[all-incomplete tile and vectors]"
SURE = TESTS + "test_confident_rows_keep_their_digits[False]"
TIES = TESTS + "test_equal_largest_probabilities_share_what_is_left"
KERNEL = "linear_softmax_kernel:_Chunk."

MUTANTS = (
    Mutant(
        "count the repeated last row",
        KERNEL + "_each_row",
        "select(is_row, weight, 0.0)",
        "weight",
        SUMS,
    ),
    Mutant(
        "use the first row's weight",
        KERNEL + "_each_row",
        'at * given["weight_step"]',
        'given["weight_step"]',
        SUMS,
    ),
    Mutant(
        "do not subtract the centre",
        "features:Features._changed",
        "(numbers - centre) * factors",
        "numbers * factors",
        TESTS + "test_sums_are_those_of_the_definition[centred and scaled]",
    ),
    Mutant(
        "do not scale",
        "features:Features._changed",
        "(numbers - centre) * factors",
        drop_right,
        TESTS + "test_sums_are_those_of_the_definition[centred and scaled]",
    ),
    Mutant(
        "read columns beyond the rows",
        "features:Features._columns",
        "rows[-1] - rows[0]",
        "rows[-1] - rows[0] + 1",
        TESTS + "test_sums_are_those_of_the_definition[some of the rows]",
    ),
    Mutant(
        "an infinite loss without weight",
        KERNEL + "_to_slopes",
        "select(weight == 0.0, 0.0, weight * (first + log1p(rest)))",
        never,
        TESTS + "test_no_rows_and_infinite_losses_are_summed_as_documented",
    ),
    Mutant(
        "read packed rows beyond the last",
        KERNEL + "_find_probs",
        "self._packed.after(at * K)",
        "self._packed.after((row + r) * K)",
        PACKED,
    ),
    Mutant(
        "pack rows beyond the last",
        KERNEL + "_pack",
        'row + r < given["kept"]',
        'row + r <= given["kept"]',
        PACKED,
    ),
    Mutant(
        "forget the second chain",
        "tiles:Tile.add_products",
        "chains[0] + chains[1]",
        drop_right,
        SUMS,
    ),
    Mutant(
        "forget the second half of a tile's rows",
        "tiles:Tile.multiply",
        "range(0, ROWS, ROWS // self.vectors)",
        "range(0, ROWS // self.vectors, ROWS // self.vectors)",
        TESTS + "test_sums_are_those_of_the_definition[panels of two vectors]",
    ),
    Mutant(
        "the slope of the true class by cancellation",
        "row_terms:RowTerms.slopes",
        "splat(-_total(others.value), lanes)",
        "splat((_total(others.value) - (count + rest)), lanes)",
        SURE,
    ),
    Mutant(
        "a loss without the distance to the peak",
        "row_terms:RowTerms.slopes",
        "peak - target",
        drop_right,
        SUMS,
    ),
    Mutant(
        "one largest logit of several",
        "row_terms:RowTerms.slopes",
        "(count - 1.0) + rest",
        "rest",
        TESTS + "test_contiguous_rows_or_columns_are_readable[rows]",
    ),
    Mutant(
        "directions that are not differences from that of the largest",
        "row_terms:RowTerms.curve",
        "reference = splat(_largest(top.value), lanes)",
        "reference = splat(_largest(top.value) * 0.0, lanes)",
        SURE,
    ),
    Mutant(
        "a shift that is rounded away",
        "row_terms:RowTerms.curve",
        "directions.load(k, lanes) - reference - shift",
        "directions.load(k, lanes) - (reference + shift)",
        SURE,
    ),
    Mutant(
        "a product without the mean",
        "row_terms:RowTerms.curve",
        "directions.load(k, lanes) - reference - shift",
        drop_right,
        SUMS,
    ),
    Mutant(
        "all that is left to each of the largest",
        "row_terms:RowTerms.unpack",
        "left / _total(count.value)",
        "left",
        TIES,
    ),
    Mutant(
        "marks that count as signs",
        "row_terms:RowTerms.unmark",
        "absolute(probs.load(k, self.format.lanes))",
        "probs.load(k, self.format.lanes)",
        SUMS,
    ),
    Mutant(
        "a covariance whose diagonal cancels",
        "linear_softmax/fused:covariance",
        "np.fill_diagonal(products, 0)",
        "pass",
        SURE,
    ),
    Mutant(
        "subtract the others twice from the largest",
        "packed_probs:unpacked",
        "1 - np.einsum('ij->i', probs)",
        "1 - 2 * np.einsum('ij->i', probs)",
        TESTS + "test_packed_probabilities_are_distributions_of_8_significant_bits",
    ),
    Mutant(
        "leave out tiles of one weight for all",
        "row_chunks:tile_weights",
        "select(step == 0, one, each)",
        "each",
        TESTS + "test_sums_are_those_of_the_definition[one number for all weights]",
    ),
)
