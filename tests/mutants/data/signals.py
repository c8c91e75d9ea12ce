"""Mutants of the windows of heartbeats, of the patients of records, and of what a report draws of signals."""

from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FOLDER = "tests/data/records/test_record_folder.py::"
FINDINGS = "tests/jobs/test_sample_findings.py::"
COLUMNS = "tests/data/signals/test_sample_columns.py::"

MUTANTS = (
    Mutant(
        "no filter before the lower rate",
        "beat_windows:beat_windows",
        "low_passed(np.where(gaps, 0.0, signal), rate)",
        "np.where(gaps, 0.0, signal)",
        FOLDER + "test_noise_above_the_new_rate_does_not_fold_back",
    ),
    Mutant(
        "the offset of the recorder stays",
        "beat_windows:beat_windows",
        "windows - np.median(windows, axis=1, keepdims=True)",
        "windows",
        FOLDER + "test_a_row_holds_the_samples_around_r_and_the_intervals_to_its_neighbours",
    ),
    Mutant(
        "a gap counts as 0",
        "beat_windows:beat_windows",
        "inside & (held == 0)",
        "inside",
        FOLDER + "test_a_beat_over_a_gap_of_the_signal_is_ignored",
    ),
    Mutant(
        "time of the first beat for all",
        "beat_windows:beat_windows",
        "times[whole, None] + offsets",
        "times[whole][:1, None] + offsets",
        FOLDER + "test_a_row_holds_the_samples_around_r_and_the_intervals_to_its_neighbours",
    ),
    Mutant(
        "a beat without a neighbour is kept",
        "record_beats:record_beats",
        "whole & (intervals > 0).all(axis=1)",
        "whole",
        FOLDER + "test_incomplete_beats_are_counted",
    ),
    Mutant(
        "the same names in any database",
        "patients:_patient",
        "(header.rate, header.samples) == _MIT_BIH",
        "header.rate > 0",
        FOLDER + "test_records_201_and_202_of_mit_bih_are_of_one_patient",
    ),
    Mutant(
        "both classes have the weights of the second",
        "sample_findings:class_attribution",
        "-weights",
        "weights",
        FINDINGS + "test_two_classes_have_opposite_weights",
    ),
    Mutant(
        "the mean of shares in place of their sum",
        "sample_findings:_of_source",
        "merge.sums(share)",
        "merge.means(share)",
        FINDINGS + "test_a_long_signal_is_merged_and_keeps_its_sums",
    ),
    Mutant(
        "all rows in place of those of the class",
        "sample_findings:_class_means",
        "X[members].mean(axis=0)",
        "X.mean(axis=0)",
        FINDINGS + "test_the_mean_of_a_class_is_that_of_its_training_rows",
    ),
    Mutant(
        "a constant column takes the first feature",
        "sample_columns:SampleSource.of_features",
        "np.where(self.features >= 0, taken, 0.0)",
        "taken",
        COLUMNS + "test_values_are_those_of_the_table_and_constant_columns_keep_their_value",
    ),
    Mutant(
        "numbered columns are always a signal",
        "sample_columns:SampleSource.holds",
        "np.median(np.mean(Z[:, 1:] * Z[:, :-1], axis=0)) > _RESEMBLANCE",
        "np.median(np.mean(Z[:, 1:] * Z[:, :-1], axis=0)) > -1",
        COLUMNS + "test_numbered_columns_are_a_signal_if_neighbours_are_alike",
    ),
)
