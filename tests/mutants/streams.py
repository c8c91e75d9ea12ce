from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FITS = "tests/streams/test_fit_batches.py::"
UNFINISHED = "tests/streams/test_unfinished.py::"
CHECKPOINTS = "tests/streams/test_checkpoints.py::"
PIECES = "tests/data/test_streamed_encoder.py::"
JOBS = "tests/jobs/test_streamed_jobs.py::"
JUDGING = "tests/jobs/test_streamed_judging.py::"

MUTANTS = (
    Mutant(
        "return results as they come",
        "ordered_map:ordered_map",
        "waiting.append",
        "waiting.appendleft",
        FITS + "test_results_that_come_out_of_order_are_added_in_the_order_of_the_data",
    ),
    Mutant(
        "forget the weights of classes",
        "blocks:RowStream._block",
        "weights * self.factors[codes]",
        "weights",
        FITS + "test_weights_of_rows_and_classes_are_those_of_fit",
    ),
    Mutant(
        "sample rare classes by the stride alone",
        "survey:_joined",
        "lacking > 0",
        "lacking > 1000",
        FITS + "test_a_class_without_rows_in_the_stride_of_the_sample_is_fitted",
    ),
    Mutant(
        "go on though classes moved between rows",
        "objective:StreamedObjective._check_rows",
        "np.array_equal(before, now)",
        "before.sum() == now.sum()",
        CHECKPOINTS + "test_rows_that_come_or_go_between_passes_are_named",
    ),
    Mutant(
        "leave what a killed process left",
        "unfinished:write_whole",
        "_remove_leftovers_of(path)",
        "None",
        UNFINISHED + "test_the_next_write_removes_what_a_kill_left_and_nothing_of_others",
    ),
    Mutant(
        "remove what a live process writes",
        "unfinished:_remove_leftovers_of",
        "descriptor is not None and free and each.is_file()",
        "True",
        UNFINISHED + "test_the_next_write_removes_what_a_kill_left_and_nothing_of_others",
    ),
    Mutant(
        "take the checkpoint of any data",
        "journal:open_journal",
        "facts['data'] != data",
        "False",
        CHECKPOINTS + "test_a_checkpoint_of_other_data_is_refused",
    ),
    Mutant(
        "repeat the passes of another machine",
        "journal:Journal.is_of_this_machine",
        "self.machine == machine_name()",
        "True",
        CHECKPOINTS + "test_a_checkpoint_of_another_machine_ends_at_the_same_optimum_and_says_so",
    ),
    Mutant(
        "take the next value for the median",
        "medians:MedianBracket.median",
        "(self.known - 1) // 2",
        "self.known // 2",
        PIECES + "test_medians_of_many_rows_are_exact_though_a_sample_brackets_them",
    ),
    Mutant(
        "forget the values at the lower end",
        "medians:MedianBracket._of_rank",
        "rank -= self.at_low",
        "rank -= 0",
        PIECES + "test_a_bracket_holds_the_median_of_few_values_and_of_ties",
    ),
    Mutant(
        "give every row without a group the same group",
        "held_out_rule:HeldOutRule.hashes",
        "np.where(cells.is_null().to_numpy(zero_copy_only=False), alone, self._of_values(cells))",
        "self._of_values(cells)",
        JOBS + "test_groups_are_held_out_whole_in_batches_and_intervals_draw_whole_groups",
    ),
    Mutant(
        "count groups again in each piece",
        "group_counts:GroupCounts._merge",
        "np.unique(np.concatenate(self._trained))",
        "np.concatenate(self._trained)",
        JOBS + "test_groups_are_held_out_whole_in_batches_and_intervals_draw_whole_groups",
    ),
    Mutant(
        "judge rows of a class that the model does not know",
        "known_target:StreamedKnownTarget.codes",
        "np.append(self.level_codes, -1)",
        "np.append(self.level_codes, 0)",
        JUDGING + "test_findings_and_predictions_in_batches_are_those_in_memory",
    ),
    Mutant(
        "number the judged rows by fragment",
        "streamed_judging:_Predicted.add",
        "places + self._start",
        "places + first",
        JUDGING + "test_findings_and_predictions_in_batches_are_those_in_memory",
    ),
)
