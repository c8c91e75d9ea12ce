from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FITS = "tests/streams/test_fit_batches.py::"
UNFINISHED = "tests/streams/test_unfinished.py::"
CHECKPOINTS = "tests/streams/test_checkpoints.py::"
PIECES = "tests/data/test_streamed_encoder.py::"
JOBS = "tests/jobs/test_streamed_jobs.py::"
TEXT = "tests/data/test_table_source.py::"
TREE = "tests/streams/test_summation_tree.py::"
SURVEY = "tests/streams/test_survey.py::"
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
        "forget the weights in slopes of passes",
        "pass_sums:_value",
        "slopes * block.weights",
        "slopes",
        "tests/streams/test_pass_sums.py::test_a_pass_has_the_weighted_sums_of_the_definition[2]",
    ),
    Mutant(
        "a rough preconditioner for many coefficients",
        "minimum:streamed_minimum",
        "inverse_hessian_at(sample, near)",
        "rough.inverse_hessian_times",
        FITS + "test_the_hessian_of_a_sample_preconditions_passes_however_many_coefficients",
    ),
    Mutant(
        "a rough optimum of a sample of all rows",
        "minimum:_on_sample",
        "1 - len(sample.codes) / objective.rows",
        "1",
        FITS + "test_a_sample_of_all_rows_has_their_optimum",
    ),
    Mutant(
        "sample rare classes by the stride alone",
        "survey:_joined",
        "regular < ROWS_OF_CLASS",
        "regular < 0",
        FITS + "test_a_class_without_rows_in_the_stride_of_the_sample_is_fitted",
    ),
    Mutant(
        "give each fragment a sample of its own",
        "survey:_regular",
        "before += rows",
        "before += 0",
        SURVEY + "test_the_sample_has_one_row_of_every_stride_whatever_the_fragments",
    ),
    Mutant(
        "take the first row of every fragment",
        "thinned_rows:one_of_every",
        "places + behind < rows",
        "places < rows",
        SURVEY + "test_the_sample_has_one_row_of_every_stride_whatever_the_fragments",
    ),
    Mutant(
        "keep the rows of all fragments until the last",
        "survey:survey",
        "each.kept.thin(stride)",
        "each.kept.thin(1)",
        SURVEY + "test_rows_that_the_sample_can_not_need_are_dropped_between_fragments",
    ),
    Mutant(
        "keep the first rows of each class of every fragment",
        "thinned_rows:ThinnedRows.count_from",
        "ROWS_OF_CLASS - before.get(label, 0)",
        "ROWS_OF_CLASS",
        SURVEY + "test_rows_that_the_sample_can_not_need_are_dropped_between_fragments",
    ),
    Mutant(
        "take a missing label for one of another kind",
        "class_table:_is_missing",
        "label is None or type(label).__name__ == 'NAType'",
        "False",
        FITS + "test_a_missing_label_is_named_by_its_row[None]",
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
        "held.is_held and each.is_file()",
        "True",
        UNFINISHED + "test_the_next_write_removes_what_a_kill_left_and_nothing_of_others",
    ),
    Mutant(
        "leave what is unfinished to the next run",
        "unfinished:Unfinished.__post_init__",
        "weakref.finalize(self, _remove_by_maker, self.path, os.getpid())",
        "None",
        UNFINISHED + "test_what_is_unfinished_goes_with_its_object[False]",
    ),
    Mutant(
        "hold a lock until the process ends",
        "unfinished:Lock.__del__",
        "self.release()",
        "None",
        UNFINISHED + "test_a_lock_goes_with_its_object",
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
        JOBS + "test_groups_are_held_out_whole_in_batches_and_intervals_draw_whole_groups[kind0]",
    ),
    Mutant(
        "count groups again in each piece",
        "group_counts:GroupCounts._merge",
        "np.unique(np.concatenate(self._trained))",
        "np.concatenate(self._trained)",
        JOBS + "test_groups_are_held_out_whole_in_batches_and_intervals_draw_whole_groups[kind0]",
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
    Mutant(
        "add a fragment from the right",
        "summation_tree:SummationTree.add",
        "self._join(self._waiting.pop()[1], node)",
        "self._join(node, self._waiting.pop()[1])",
        TREE + "test_a_node_is_the_sum_of_its_left_and_its_right_part",
    ),
    Mutant(
        "leave the level of a sum as it is",
        "summation_tree:SummationTree.add",
        "level += 1",
        "level += 0",
        TREE + "test_any_level_of_branches_gives_the_sum_by_definition",
    ),
    Mutant(
        "add the last nodes from the left",
        "summation_tree:SummationTree.total",
        "reversed(self._waiting[:-1])",
        "self._waiting[:-1]",
        TREE + "test_a_node_is_the_sum_of_its_left_and_its_right_part",
    ),
    Mutant(
        "give each fragment a task of its own",
        "summation_tree:branch_level",
        "-(-fragments // most) - 1",
        "0",
        TREE + "test_a_pass_has_so_few_tasks_that_neither_scheduler_nor_network_limits_it",
    ),
    Mutant(
        "make folds of rows in the search for C",
        "batch_fit:_searched",
        "found.groups",
        "None",
        JOBS + "test_a_search_for_the_penalty_in_batches_makes_folds_of_groups",
    ),
    Mutant(
        "make text of a column at its first odd cell",
        "text_layout:_wider",
        "_ORDER.index(kind) + 1",
        "len(_ORDER)",
        TEXT + "test_a_cell_in_a_late_block_decides_the_type_as_in_a_whole_file",
    ),
    Mutant(
        "leave spaces around cells",
        "text_layout:_Padding.add",
        "self._is_padded.add(name)",
        "self._is_filled.add(name)",
        TEXT + "test_padded_cells_of_all_blocks_decide_the_type",
    ),
    Mutant(
        "forget the rows without text in the weights of words",
        "plans:streamed_words",
        "column.rows - counts.sum()",
        "0",
        PIECES + "test_words_of_free_text_in_pieces_are_those_of_the_whole_table",
    ),
    Mutant(
        "match sparse rows with the classes of others",
        "blocks:RowStream._sparse_blocks",
        "X[:_MOST_ROWS].T",
        "X[:_MOST_ROWS][::-1].T",
        JOBS + "test_free_text_in_batches_ends_at_the_minimum_of_a_fit_in_memory",
    ),
)
