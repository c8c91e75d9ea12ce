"""Mutants of networks: probabilities of outputs, the average, the kept epoch, the choice of a model."""

from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

CLASSIFIER = "tests/networks/test_neural_classifier.py::"
JOBS = "tests/jobs/test_networks.py::"
LOSS = "tests/networks/test_training_loss.py::"
TEMPERATURE = "tests/networks/test_temperature_choice.py::"

MUTANTS = (
    Mutant(
        "cosines without their scale",
        "training_loss:TrainingLoss.log_probs",
        "scale * outputs",
        "outputs",
        LOSS + "test_outputs_mean_the_probabilities_of_their_loss[cosface]",
    ),
    Mutant(
        "conditional probabilities not multiplied",
        "training_loss:TrainingLoss.log_probs",
        "reached + functional.logsigmoid(-outputs)",
        "functional.logsigmoid(-outputs)",
        LOSS + "test_outputs_mean_the_probabilities_of_their_loss[corn]",
    ),
    Mutant(
        "evidence without the prior's 1",
        "training_loss:TrainingLoss.log_probs",
        "1 + (outputs.exp() if exponential else functional.softplus(outputs))",
        "(outputs.exp() if exponential else functional.softplus(outputs))",
        LOSS + "test_outputs_mean_the_probabilities_of_their_loss[evidential_cross_entropy]",
    ),
    Mutant(
        "classes of events exchanged",
        "training_loss:TrainingLoss.log_probs",
        "torch.cat([no, yes], dim=1)",
        "torch.cat([yes, no], dim=1)",
        LOSS + "test_two_events_have_one_output",
    ),
    Mutant(
        "the last epoch kept",
        "training:Training.epoch",
        "held_out is None or unseen < least or self.best is None",
        "True",
        CLASSIFIER + "test_the_best_epoch_is_kept",
    ),
    Mutant(
        "orders that do not depend on the epoch alone",
        "training:Training._steps",
        "np.random.default_rng([self.settings.seed, number])",
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
        "the network chosen in a tie",
        "model_choice:_choice",
        "difference.high < 0",
        "difference.value < 0.5",
        JOBS + "test_auto_takes_the_linear_model_where_it_is_better",
    ),
)
