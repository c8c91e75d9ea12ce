from tests.mutants.harness import Mutant
from tests.mutants.mutators import always, drop_call, drop_left, drop_right, flip_sign

__all__ = ["MUTANTS"]

TESTS = "tests/torch/test_sharded_numbers.py::"
SURE = TESTS + "test_a_sure_row_keeps_its_digits_wherever_its_label_is"
EVERY = TESTS + "test_every_option_gives_the_loss_and_gradient_of_one_process"
KERNELS, FORMULAS = EVERY + "[by kernels-labels]", EVERY + "[by formulas-labels]"
PROBS, SMOOTHED = EVERY + "[by formulas-probabilities]", EVERY + "[by formulas-smoothed]"
MASKED, WEIGHTED = EVERY + "[by formulas-masked and smoothed]", EVERY + "[by kernels-weighted]"
MEAN = EVERY + "[by kernels-mean]"
STATISTICS = TESTS + "test_statistics_and_their_gradients_are_those_of_one_process"
IN_KERNELS, IN_FORMULAS = STATISTICS + "[by kernels-integers]", STATISTICS + "[by formulas-integers]"
OF_PROBS = STATISTICS + "[by formulas-probabilities]"
IGNORED = TESTS + "test_what_is_ignored_or_has_weight_0_is_not_read"
DIGITS = TESTS + "test_the_largest_log_probability_of_a_sure_row_keeps_its_digits[by formulas-40.0]"
NO_RANK = TESTS + "test_a_label_of_no_rank_gives_nan_where_labels_are_not_read"

COMBINED = (
    (
        "keep the largest term in the sum",
        "torch.where(is_first, rests, scales * (1 + rests))",
        "scales * (1 + rests)",
        SURE,
    ),
    ("weigh every rank's exponentials alike", "torch.exp(high) * (1 + low)", "torch.exp(0 * high)", KERNELS),
    ("largest logit of the first rank for that of all", "peaks.amax(0)", "peaks[0]", MASKED),
    (
        "distances from each rank's own largest logit",
        "moments + (1 + rests) * torch.where(is_empty, 0.0, gaps)",
        drop_right,
        IN_KERNELS,
    ),
    (
        "argmax of the first rank for that of all",
        "torch.where(is_first, tops, 0.0).sum(0)",
        "tops[0]",
        IN_KERNELS,
    ),
    (
        "gradient of a row whose label no rank has",
        "torch.where(table[:, 5].sum(0) == 1, factor, torch.nan)",
        always,
        NO_RANK,
    ),
)
SLOPES = (
    (
        "slope_of",
        "subtract the probability from 1",
        "torch.where(is_top, (shared.rest / (1 + shared.rest))[:, None].to(dtype), 1 - probs)",
        "1 - probs",
        SURE,
    ),
    (
        "slope_of",
        "probabilities of this rank's softmax",
        "local.exponentials * shared.factor[:, None].to(dtype)",
        drop_right,
        FORMULAS,
    ),
    (
        "slope_of",
        "distances from this rank's largest logit",
        "local.distances + shared.gap[:, None].to(dtype)",
        drop_right,
        IN_FORMULAS,
    ),
    (
        "slope_of",
        "no mean distance",
        "distances - shared.mean_distance[:, None].to(dtype)",
        drop_right,
        IN_FORMULAS,
    ),
    ("_others", "count the target itself", "total - targets", drop_right, PROBS),
    (
        "_others",
        "subtract the largest target",
        "torch.where(is_top, rest, total - targets)",
        "0 * targets",
        PROBS,
    ),
    ("_cost_of_labels", "forget the distance of the label", "gap + (low + below)", drop_left, KERNELS),
    (
        "_cost_of_labels",
        "cost of a label that no rank has",
        "torch.where(owners == 1, gap + (low + below), torch.nan)",
        always,
        NO_RANK,
    ),
    (
        "_cost_of_targets",
        "forget the distance between the ranks' largest logits",
        "costs + apart",
        drop_right,
        PROBS,
    ),
    (
        "_cost_of_targets",
        "forget the log-normaliser",
        "_in_order(costs + apart) + total * below",
        drop_right,
        PROBS,
    ),
    (
        "_cost_of_targets",
        "count the largest target among the others",
        "torch.where(is_first, others, sums)",
        "sums",
        PROBS,
    ),
)
LOCAL = (
    (
        "local_softmax",
        "largest logit of a rank without classes",
        "torch.where(is_empty, -torch.inf, model.peak)",
        "model.peak",
        MASKED,
    ),
    ("at_labels", "labels counted from the first rank's", "labels - shard.offset", drop_right, FORMULAS),
    (
        "fields_of",
        "argmax counted from this rank's first",
        "shard.offset + local.top",
        drop_left,
        IN_FORMULAS,
    ),
    (
        "fields_of",
        "forget the distances",
        "local.exponentials * local.distances",
        "0 * local.distances",
        IN_FORMULAS,
    ),
    (
        "fields_of",
        "send each rank's logits at the label",
        "torch.where(at_label, rows.to(local.peak.dtype), 0.0)",
        "rows.to(local.peak.dtype)",
        FORMULAS,
    ),
    ("_target_fields", "count the largest target among the others", "wide * (1 - others)", drop_right, PROBS),
)
KERNEL = (
    (
        "fields_by_kernels",
        "count the label on the ranks before it",
        "(places >= 0) & (places < logits.shape[1])",
        drop_right,
        KERNELS,
    ),
    (
        "fields_by_kernels",
        "count the label on the ranks after it",
        "(places >= 0) & (places < logits.shape[1])",
        drop_left,
        KERNELS,
    ),
    (
        "fields_by_kernels",
        "means for sums of distances",
        "found.mean_distances * (1 + rests)",
        drop_right,
        IN_KERNELS,
    ),
    (
        "fields_by_kernels",
        "argmax counted from this rank's first",
        "shard.offset + found.tops.clamp(min=0)",
        drop_left,
        IN_KERNELS,
    ),
    (
        "slope_by_kernels",
        "take each rank's largest class for that of all",
        "torch.where(shared.is_here, tops, -1)",
        "tops",
        KERNELS,
    ),
    (
        "slope_by_kernels",
        "probabilities of this rank's softmax",
        "torch.where(is_idle, 1.0, 1 / shared.factor)",
        "torch.where(is_idle, 1.0, 1 + shared.rest)",
        KERNELS,
    ),
    ("slope_by_kernels", "distances from this rank's largest logit", "means - gaps", drop_right, IN_KERNELS),
    (
        "slope_by_kernels",
        "leave the entry of the label out",
        "logits[here, safe[here, 0]] = entries[here, 0]",
        "",
        KERNELS,
    ),
)
TOP = (
    (
        "candidates_of",
        "classes counted from this rank's first",
        "places + shard.offset",
        drop_right,
        IN_KERNELS,
    ),
    ("candidates_of", "pad by logits of 0", "-torch.inf", "0.0", IN_KERNELS),
    (
        "merged_top",
        "forget the distance to the largest",
        "gap + (low + torch.log1p(shared.rest)[:, None])",
        drop_left,
        IN_KERNELS,
    ),
    ("merged_top", "forget the other classes", "low + torch.log1p(shared.rest)[:, None]", drop_right, DIGITS),
    (
        "pulls_beside_top",
        "gradient of the log-normaliser with the other sign",
        "-of_top[0].sum(-1)",
        flip_sign,
        IN_KERNELS,
    ),
    ("_entries", "subtract the probability from 1", "-torch.expm1(top.log_probs)", "1 - probs", DIGITS),
    (
        "_entries",
        "forget that label and largest class may be one",
        "of_top - of_cost * targets",
        drop_right,
        IN_KERNELS,
    ),
    ("_entries", "count the label's own target", "total - targets", drop_right, OF_PROBS),
)
CALL = (
    (
        "_smoothed",
        "smooth over the classes of this rank",
        "shard.classes.double()",
        "0 * shard.classes.double() + targets.shape[1]",
        SMOOTHED,
    ),
    (
        "_smoothed",
        "smooth over the unmasked classes of this rank",
        "summed(counts, shard.group, caller=shard.caller)",
        drop_call,
        MASKED,
    ),
    ("weight_of_labels", "weights of all ranks", "torch.where(is_here, found, 0.0)", always, WEIGHTED),
    ("truth_of_rank", "labels counted from the first rank's", "labels - shard.offset", drop_right, SMOOTHED),
    (
        "_total_weight",
        "weights of ignored rows",
        "torch.where(is_read, weights, 0.0)",
        "weights + ~is_read",
        MEAN,
    ),
    (
        "_values",
        "weight of 0 times an infinite cost",
        "weighted(cost, weights)",
        "weights * cost",
        IGNORED + "[by kernels-0.0]",
    ),
)
ROWS = (
    (
        "slope_of_rows",
        "leave the entries of the largest classes out",
        "top is not None",
        "top is None and False",
        DIGITS,
    ),
    (
        "pulls_of_rows",
        "gradient of ignored rows",
        "torch.where(ignored[:, None], 0.0, part)",
        "part + torch.nan",
        IGNORED + "[by kernels-0.0]",
    ),
)

MUTANTS = (
    *(Mutant(name, "cross_entropy/sharded_numbers:combined", *edit) for name, *edit in COMBINED),
    *(
        Mutant(name, f"cross_entropy/{stem}:{function}", *edit)
        for stem, table in (
            ("sharded_numbers", SLOPES),
            ("sharded_local", LOCAL),
            ("sharded_kernels", KERNEL),
            ("sharded_top", TOP),
            ("sharded", CALL),
            ("sharded_rows", ROWS),
        )
        for function, name, *edit in table
    ),
)
