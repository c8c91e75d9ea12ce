from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

JUDGE = "tests/scoring/test_judge.py::"
INTERVALS = "tests/scoring/test_intervals.py::"
RELIABILITY = "tests/scoring/test_reliability.py::"

MUTANTS = (
    Mutant(
        "clip the surprisals",
        "scoring/judge.py",
        "surprisals = 0 - log_probs[np.arange(n), codes]",
        "surprisals = np.minimum(0 - log_probs[np.arange(n), codes], 36.04)",
        JUDGE + "test_losses_beyond_every_clip_are_reported_whole",
    ),
    Mutant(
        "transpose the confusion matrix",
        "scoring/judge.py",
        "codes * K + predicted",
        "predicted * K + codes",
        JUDGE + "test_loss_skill_and_confusion_are_those_of_scikit_learn[3]",
    ),
    Mutant(
        "surprisal in nats",
        "scoring/judge.py",
        "(0 - log_probs[code]) / math.log(2)",
        "(0 - log_probs[code])",
        JUDGE + "test_the_most_surprising_rows_come_first_in_bits_under_their_own_numbers",
    ),
    Mutant(
        "skill against the uniform prior",
        "scoring/judge.py",
        "entropy.value(counts / n, xp=np)",
        "np.log(K)",
        JUDGE + "test_loss_skill_and_confusion_are_those_of_scikit_learn[3]",
    ),
    Mutant(
        "Wald's interval",
        "scoring/wilson.py",
        "scale = 1 + z * z / count",
        "scale = 1.0",
        INTERVALS + "test_wilson_agrees_with_scipy[3-17]",
    ),
    Mutant(
        "resample groups as if they were rows",
        "scoring/bootstrap.py",
        "sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)",
        "sums[drawn].sum(axis=1) / len(sums)",
        INTERVALS + "test_dealing_many_rows_into_groups_keeps_the_interval",
    ),
    Mutant(
        "an interval of ninety per cent",
        "scoring/bootstrap.py",
        "tail = (1 - level) / 2",
        "tail = 1 - level",
        INTERVALS + "test_the_bootstrap_agrees_with_scipy",
    ),
    Mutant(
        "bins closed on the left",
        "scoring/reliability.py",
        'side="left") - 1',
        'side="right") - 1',
        RELIABILITY + "test_every_probability_has_a_bin_also_the_edges",
    ),
    Mutant(
        "an error that ignores the counts",
        "scoring/reliability.py",
        "sum(b.count * abs(b.predicted - b.observed.value) for b in bins) / total",
        "sum(abs(b.predicted - b.observed.value) for b in bins) / len(bins)",
        RELIABILITY + "test_two_classes_agree_with_scikit_learn",
    ),
    Mutant(
        "codes in the bits they came in",
        "scoring/judge.py",
        "return log_probs, codes.astype(np.int64)",
        "return log_probs, codes",
        "tests/arrays/test_numpy_memory.py::test_whole_numbers_of_every_width_are_read[judge-uint8]",
    ),
)
