from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left

__all__ = ["MUTANTS"]

TESTS = "tests/torch/test_sharded.py::"
SURE = TESTS + "test_a_sure_row_keeps_its_digits_on_whichever_rank_its_label_is"
SMOOTHED = TESTS + "test_smoothing_spreads_over_the_classes_of_all_ranks"

MUTANTS = (
    Mutant(
        "keep the largest term in the sum",
        "cross_entropy/sharded_numbers:combined",
        "torch.where(is_first, rests, scales * (1 + rests))",
        "scales * (1 + rests)",
        SURE,
    ),
    Mutant(
        "subtract the probability from 1",
        "cross_entropy/sharded_numbers:slope_of",
        "torch.where(is_top, (shared.rest / (1 + shared.rest))[:, None].to(dtype), 1 - probs)",
        "1 - probs",
        SURE,
    ),
    Mutant(
        "forget the distance of the label",
        "cross_entropy/sharded_numbers:_cost_of_labels",
        "gap + (low + below)",
        drop_left,
        TESTS + "test_every_option_gives_the_loss_and_the_gradient_of_one_process[2-labels-float64]",
    ),
    Mutant(
        "smooth over the classes of this rank",
        "cross_entropy/sharded:_smoothed",
        "shard.classes.double()",
        "(shard.classes // 2).double()",
        SMOOTHED,
    ),
    Mutant(
        "keep the gradient of this rank's classes alone",
        "process_groups:_Shared.backward",
        "summed(upstream, ctx.group, caller=ctx.caller)",
        "upstream",
        TESTS + "test_a_scale_to_learn_gets_its_whole_gradient_on_every_rank",
    ),
)
