from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_right

__all__ = ["MUTANTS"]

JUDGE = "tests/scoring/test_judge.py::"
INTERVALS = "tests/scoring/test_intervals.py::"
RELIABILITY = "tests/scoring/test_reliability.py::"

MUTANTS = (
    Mutant(
        "clip the surprisals",
        "predictions:Predictions.losses",
        "0 - self.log_probs[np.arange(len(self.codes)), self.codes]",
        "np.minimum(0 - self.log_probs[np.arange(len(self.codes)), self.codes], 36.04)",
        JUDGE + "test_losses_beyond_every_clip_are_reported_whole",
    ),
    Mutant(
        "transpose the confusion matrix",
        "judge:judgement_of",
        "codes * K + predicted",
        "predicted * K + codes",
        JUDGE + "test_loss_skill_and_confusion_are_those_of_scikit_learn[3]",
    ),
    Mutant(
        "surprisal in nats",
        "judge:_surprising_row",
        "(0 - log_probs[code]) / math.log(2)",
        drop_right,
        JUDGE + "test_the_most_surprising_rows_come_first_in_bits_under_their_own_numbers",
    ),
    Mutant(
        "skill against the uniform prior",
        "judge:judgement_of",
        "entropy.value(mass / mass.sum(), xp=np)",
        "np.log(K)",
        JUDGE + "test_loss_skill_and_confusion_are_those_of_scikit_learn[3]",
    ),
    Mutant(
        "Wald's interval",
        "wilson:wilson_interval",
        "1 + z * z / count",
        "1.0",
        INTERVALS + "test_wilson_agrees_with_scipy[3-17]",
    ),
    Mutant(
        "the sample's standard error for every resample",
        "bootstrap:studentised_quantiles",
        "np.maximum(spread, _FLOOR * error)",
        "error",
        INTERVALS + "test_the_interval_is_the_studentised_bootstrap_of_efron_and_tibshirani",
    ),
    Mutant(
        "no floor below a resample's standard error",
        "bootstrap",
        "1 / 6",
        "1e-9",
        INTERVALS + "test_a_few_rows_that_carry_the_loss_have_a_finite_interval",
    ),
    Mutant(
        "a mean over units instead of weights",
        "bootstrap:_studentised",
        "value * mass",
        "value",
        INTERVALS + "test_weights_scale_like_repetitions",
    ),
    Mutant(
        "an interval of ninety per cent",
        "bootstrap:studentised_quantiles",
        "(1 + level) / 2",
        "(1 + level) / 2 - 0.025",
        INTERVALS + "test_the_interval_is_the_studentised_bootstrap_of_efron_and_tibshirani",
    ),
    Mutant(
        "bins closed on the left",
        "reliability:reliability",
        'np.searchsorted(upper, probs, side="left")',
        'np.searchsorted(edges, probs, side="right")',
        RELIABILITY + "test_every_probability_has_a_bin_also_the_edges",
    ),
    Mutant(
        "an error that ignores the counts",
        "reliability:calibration_error",
        "sum(b.share * abs(b.predicted - b.observed.value) for b in bins)",
        "sum(abs(b.predicted - b.observed.value) for b in bins) / len(bins)",
        RELIABILITY + "test_two_classes_agree_with_scikit_learn",
    ),
    Mutant(
        "codes in the bits they came in",
        "checked_codes:checked_codes",
        "np.asarray(codes, dtype=np.int64)",
        "codes",
        "tests/arrays/test_numpy_memory.py::test_whole_numbers_of_every_width_are_read[judge-uint8]",
    ),
    Mutant(
        "hold the only row of a class out",
        "held_out:split_rows",
        "len(members) - 1",
        "len(members)",
        "tests/scoring/test_held_out.py::test_the_only_row_of_a_class_is_trained_on",
    ),
    Mutant(
        "take any share",
        "held_out:check_split",
        "0 < float(held_out) < 1",
        "0 < float(held_out)",
        "tests/scoring/test_held_out.py::test_options_out_of_range_are_named_in_a_line",
    ),
)
