"""Mutants of networks: probabilities of outputs, the average, the kept epoch, the choice of a model."""

from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

CLASSIFIER = "tests/networks/test_neural_classifier.py::"
JOBS = "tests/jobs/test_networks.py::"
PERCEPTRON = "tests/networks/test_multilayer_perceptron.py::"
STREAM = "tests/networks/test_streamed_training.py::"
LOSS = "tests/networks/test_training_loss.py::"
TEMPERATURE = "tests/networks/test_temperature_choice.py::"

MUTANTS = (
    Mutant(
        "cosines without their scale",
        "training_loss:TrainingLoss._log_probs_of_rows",
        "scale * outputs",
        "outputs",
        LOSS + "test_outputs_mean_the_probabilities_of_their_loss[cosface]",
    ),
    Mutant(
        "conditional probabilities not multiplied",
        "training_loss:TrainingLoss._log_probs_of_rows",
        "reached + functional.logsigmoid(-outputs)",
        "functional.logsigmoid(-outputs)",
        LOSS + "test_outputs_mean_the_probabilities_of_their_loss[corn]",
    ),
    Mutant(
        "evidence without the prior's 1",
        "training_loss:TrainingLoss._log_probs_of_rows",
        "1 + (outputs.exp() if exponential else functional.softplus(outputs))",
        "(outputs.exp() if exponential else functional.softplus(outputs))",
        LOSS + "test_outputs_mean_the_probabilities_of_their_loss[evidential_cross_entropy]",
    ),
    Mutant(
        "classes of events exchanged",
        "training_loss:TrainingLoss._log_probs_of_rows",
        "torch.cat([no, yes], dim=1)",
        "torch.cat([yes, no], dim=1)",
        LOSS + "test_two_events_have_one_output",
    ),
    Mutant(
        "the last epoch kept",
        "training:Training.epoch",
        "held_out is None or is_least or self.best is None",
        "True",
        CLASSIFIER + "test_the_best_of_few_epochs_is_kept",
    ),
    Mutant(
        "orders that do not depend on the epoch alone",
        "training_rows:Rows.shuffled",
        "np.random.default_rng(seeds)",
        "np.random.default_rng()",
        CLASSIFIER + "test_equal_seeds_give_equal_bits_and_leave_the_global_generator_alone",
    ),
    Mutant(
        "a resumed training that forgets the average",
        "checkpoint:Checkpoint._put",
        'state.average.load_state_dict(parts["average"])',
        "None",
        CLASSIFIER + "test_a_training_continues_from_its_checkpoint_to_the_same_bits",
    ),
    Mutant(
        "a temperature fitted to few rows",
        "temperature_choice:temperature_choice",
        "n < LEAST_ROWS",
        "n < 0",
        TEMPERATURE + "test_few_rows_or_one_group_fit_no_temperature",
    ),
    Mutant(
        "attributions that are gradients alone",
        "attribution:integrated_gradients",
        "gradient.mean(dim=0).cpu() * row",
        "gradient.mean(dim=0).cpu()",
        CLASSIFIER + "test_attributions_sum_to_the_difference_of_the_outputs[softmax_cross_entropy]",
    ),
    Mutant(
        "attributions that count what raises all classes",
        "attribution:integrated_gradients",
        "(outputs[:, k] - outputs.mean(dim=1)).sum()",
        "outputs[:, k].sum()",
        CLASSIFIER + "test_attributions_ignore_what_raises_the_outputs_of_all_classes",
    ),
    Mutant(
        "the sum of the members' probabilities",
        "training_loss:TrainingLoss.log_probs",
        "torch.logsumexp(each, dim=1) - math.log(members)",
        "torch.logsumexp(each, dim=1)",
        PERCEPTRON + "test_the_prediction_is_the_mean_of_the_probabilities",
    ),
    Mutant(
        "biases of members shrunk",
        "training:Training.__post_init__",
        "one.ndim > 1 and not name.endswith('bias')",
        "one.ndim > 1",
        PERCEPTRON + "test_biases_of_members_are_not_shrunk",
    ),
    Mutant(
        "waves without their phases",
        "member_layers:NumberEmbedding.forward",
        "2 * math.pi * features[:, :, None] * self.frequency + self.phase_bias",
        "2 * math.pi * features[:, :, None] * self.frequency",
        PERCEPTRON + "test_an_embedding_holds_the_number_and_maps_of_its_waves",
    ),
    Mutant(
        "held-out rows trained on",
        "streamed_rows:StreamedRows.in_order",
        "rows.subset(~rows.held_out)",
        "rows",
        STREAM + "test_an_epoch_has_every_training_row_once_and_the_next_one_in_another_order",
    ),
    Mutant(
        "the rows of a buffer in their order",
        "streamed_rows:StreamedRows.shuffled",
        "rows.subset(rng.permutation(len(rows.codes)))",
        "rows",
        STREAM + "test_a_small_buffer_mixes_files_of_single_classes",
    ),
    Mutant(
        "means of blocks not joined",
        "stream_scan:WeightedMoments.add",
        "np.hypot(np.hypot(self.norm, norm), between)",
        "np.hypot(self.norm, norm)",
        STREAM + "test_moments_of_blocks_are_those_of_all_rows",
    ),
    Mutant(
        "groups held out row by row",
        "coded_stream:CodedStream._coded",
        "found.groups is None",
        "True",
        STREAM + "test_groups_are_held_out_whole",
    ),
    Mutant(
        "folds repeated after a resume",
        "model_choice:_compared",
        "known is None",
        "True",
        "tests/jobs/test_fold_journal.py::test_folds_that_ended_are_not_repeated_after_a_resume",
    ),
    Mutant(
        "the network chosen in a tie",
        "model_choice:_choice",
        "difference.high < 0",
        "difference.value < 0.5",
        JOBS + "test_auto_takes_the_linear_model_where_it_is_better",
    ),
)
