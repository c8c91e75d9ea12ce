from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_right

__all__ = ["MUTANTS"]

TESTS = "tests/torch/test_linear_statistics.py::"
PLAIN = TESTS + "test_statistics_and_gradients_are_those_of_all_logits[plain-eager-dtype0]"
WEIGHTS = TESTS + "test_statistics_and_gradients_are_those_of_all_logits[weights-eager-dtype0]"
SPREAD = TESTS + "test_statistics_and_gradients_are_those_of_all_logits[{}-eager-dtype0]"
SURE = TESTS + "test_a_sure_row_keeps_the_digits_of_its_gradient"
IGNORED = TESTS + "test_an_ignored_row_of_nan_has_no_gradient[z_loss-None]"

MUTANTS = (
    Mutant(
        "subtract the probability of a sure class from 1",
        "cross_entropy/row_numbers:entries_of_columns",
        "torch.where(is_top, rests[:, None] / total, 1 - probs)",
        "1 - probs",
        SURE,
    ),
    Mutant(
        "forget that label and largest class may be one",
        "cross_entropy/row_numbers:entries_of_columns",
        "columns[:, :, None] == columns[:, None, :]",
        "(columns[:, :, None] == columns[:, None, :]) & torch.eye(columns.shape[1], dtype=torch.bool)",
        PLAIN,
    ),
    Mutant(
        "leave the entries of single classes out",
        "cross_entropy/row_numbers:write_gradient",
        "entries is not None",
        "entries is None",
        PLAIN,
    ),
    Mutant(
        "gradient of the log-normaliser alone",
        "cross_entropy/row_numbers:write_gradient",
        "pulls.normaliser - pulls.columns.sum(1)",
        drop_right,
        PLAIN,
    ),
    Mutant(
        "read chunks that are kept as if they were others",
        "linear_cross_entropy/statistics_pass:StatisticsPass.numbers",
        "number - self.places",
        "number - 10 * self.places",
        TESTS + "test_chunks_that_are_kept_are_read_once[1]",
    ),
    Mutant(
        "multiply the hidden states of ignored rows",
        "linear_cross_entropy/statistics_pass:StatisticsPass._add",
        "torch.where(idle[:, None], 0.0, self.request.input[rows])",
        "self.request.input[rows]",
        IGNORED,
    ),
    Mutant(
        "square the log-normaliser of ignored rows",
        "cross_entropy/statistics:loss_of_statistics",
        "torch.where(ignored, 0.0, statistics.log_normaliser)",
        "statistics.log_normaliser",
        IGNORED,
    ),
    Mutant(
        "do not weight the loss",
        "cross_entropy/statistics:loss_of_statistics",
        "weighted(values, weights)",
        "values",
        WEIGHTS,
    ),
    Mutant(
        "divide the z-loss by the number of rows",
        "cross_entropy/statistics:total_weight",
        "weights_of_labels(target, weight, options).sum()",
        "float(target.numel())",
        TESTS + "test_z_loss_with_weights_is_divided_by_their_sum",
    ),
    Mutant(
        "one group too few",
        "cross_entropy/row_numbers:largest_logits",
        "maxima.topk(count, 1)",
        "maxima.topk(count - 1, 1)",
        TESTS + "test_the_largest_of_many_classes_are_those_of_topk",
    ),
    Mutant(
        "shift the other way",
        "linear_cross_entropy/leading_axes:shifted_labels",
        "torch.cat([labels[..., shift:], last], -1)",
        "torch.cat([last, labels[..., :-shift]], -1)",
        TESTS + "test_batches_of_sequences_predict_the_next_label[mean]",
    ),
    Mutant(
        "detached statistics whose loss forgets its z-loss",
        "linear_cross_entropy/detached_statistics:pulls_of_loss",
        "2 * softmax.z_loss * of_row",
        "2 * of_row",
        TESTS + "test_detached_statistics_come_with_the_same_loss_and_gradients[weights-torch.float64]",
    ),
    Mutant(
        "detached statistics whose loss forgets the class weights",
        "linear_cross_entropy/detached_statistics:pulls_of_loss",
        "-(of_row * weight)",
        "-of_row",
        TESTS + "test_detached_statistics_come_with_the_same_loss_and_gradients[weights-torch.float64]",
    ),
    Mutant(
        "targets that sum to 1",
        "linear_cross_entropy/spread_targets:SpreadTargets.numbers",
        "masses[piece, k] * torch.log1p(numbers.rests[piece])",
        "torch.log1p(numbers.rests[piece])",
        SPREAD.format("sparse"),
    ),
    Mutant(
        "subtract the head of a target twice",
        "linear_cross_entropy/spread_targets:SpreadTargets.subtract",
        "gradient[piece].scatter_(1, head, entries)",
        "entries",
        SPREAD.format("probabilities"),
    ),
    Mutant(
        "smooth the target of the log-probability alone",
        "linear_cross_entropy/spread_targets:SpreadTargets._of",
        "own if self._shares is None else own + self._shares",
        "own",
        SPREAD.format("smoothed probabilities"),
    ),
    Mutant(
        "smooth labels without weights",
        "linear_cross_entropy/spread_targets:SpreadTargets._smoothed_labels",
        "self._kept * self._weights(torch.ones_like(shares))[places[:, 0]]",
        "self._kept * torch.ones_like(shares)[places[:, 0]]",
        SPREAD.format("smoothed"),
    ),
    Mutant(
        "count the head in the log-normaliser too",
        "linear_cross_entropy/statistics_results:pulls_of",
        "spread.masses - spread.heads",
        "spread.masses",
        SPREAD.format("smoothed"),
    ),
    Mutant(
        "smooth over masked classes",
        "linear_cross_entropy/differentiable:_of_logits",
        "options.class_mask.expand(logits.shape)",
        "torch.ones_like(logits) > 0",
        TESTS + "test_smoothing_over_a_mask_is_that_of_all_logits",
    ),
    Mutant(
        "round the digits of a sure row away",
        "cross_entropy/statistics:softmax_statistics",
        "(largest - peaks) - below[..., None]",
        "largest - log_normaliser[..., None]",
        TESTS + "test_statistics_and_gradients_are_those_of_all_logits[smoothed-composed-dtype4]",
    ),
)
