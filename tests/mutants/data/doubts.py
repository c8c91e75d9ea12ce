"""Mutants of the search for reasons to doubt a fit."""

from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

COLUMNS = "tests/data/test_single_columns.py::"
ROWS = "tests/data/test_repeated_rows.py::"
GROUPS = "tests/data/test_row_groups.py::"
FOLDS = "tests/models/test_penalty_search.py::"

MUTANTS = (
    Mutant(
        "a row guesses itself",
        "single_columns:_by_majority",
        "top - 1 > second",
        "top > second",
        COLUMNS + "test_names_of_the_rows_determine_nothing",
    ),
    Mutant(
        "a tie before the last class is none",
        "single_columns:_by_majority",
        "np.maximum(second, np.minimum(top, counts[k]))",
        "np.minimum(top, counts[k])",
        COLUMNS + "test_a_tie_of_the_others_is_an_error_whatever_class_comes_last",
    ),
    Mutant(
        "missing cells forgotten",
        "single_columns:_errors_of_numbers",
        "missing[:, 1:] & missing[:, :-1]",
        "missing[:, 1:] & ~missing[:, :-1]",
        COLUMNS + "test_missing_cells_are_a_level_of_their_own",
    ),
    Mutant(
        "the lower neighbour",
        "single_columns:_nearest",
        "below <= above",
        "below < np.inf",
        COLUMNS + "test_the_nearest_number_may_be_above_or_below",
    ),
    Mutant(
        "others that come near do not count",
        "single_columns:determining_columns",
        "near == [name]",
        "name in near",
        COLUMNS + "test_a_column_with_few_errors_beside_others_that_come_near_is_no_copy",
    ),
    Mutant(
        "the class of a copy does not count",
        "repeated_rows:_hashes",
        "codes.astype(np.uint64) * factors[-1]",
        "np.uint64(0)",
        ROWS + "test_the_copies_are_those_of_the_definition",
    ),
    Mutant(
        "low bits of round numbers alone",
        "repeated_rows:_mixed",
        "bits ^ (bits >> np.uint64(32))",
        "bits << np.uint64(32)",
        ROWS + "test_round_numbers_in_other_places_are_other_rows[1.0]",
    ),
    Mutant(
        "minus zero is another number",
        "repeated_rows:_mixed",
        "numbers + 0.0",
        "numbers",
        ROWS + "test_a_zero_of_either_sign_is_the_same",
    ),
    Mutant(
        "pairs of a row with itself",
        "repeated_rows:chance_of_equal_rows",
        "counts @ (counts - 1)",
        "counts @ counts",
        ROWS + "test_equal_rows_by_chance_are_estimated_from_the_levels",
    ),
    Mutant(
        "rows without a group are one group",
        "row_groups:row_groups",
        "codes.max(initial=-1) + 1 + np.arange(np.count_nonzero(missing))",
        "codes.max(initial=-1) + 1",
        GROUPS + "test_groups_are_numbered_and_a_row_without_one_stands_alone",
    ),
    Mutant(
        "a class in one fold is left out",
        "penalty_search:without_lone_classes",
        "len(np.unique(fold_of[own])) == 1",
        "len(np.unique(fold_of[own])) == 0",
        FOLDS + "test_rows_of_a_class_in_one_fold_are_never_left_out",
    ),
)
