from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, drop_right

__all__ = ["MUTANTS"]

TESTS = "tests/torch/test_sharded_numbers.py::"
SURE = TESTS + "test_a_sure_row_keeps_its_digits_wherever_its_label_is"
WHOLE = TESTS + "test_labels_and_targets_give_the_cross_entropy_of_all_classes"

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
        WHOLE,
    ),
    Mutant(
        "forget the distance between the ranks' largest logits",
        "cross_entropy/sharded_numbers:_cost_of_targets",
        "costs + apart",
        drop_right,
        WHOLE,
    ),
    Mutant(
        "weigh every rank's exponentials alike",
        "cross_entropy/sharded_numbers:combined",
        "torch.exp(high) * (1 + low)",
        "torch.exp(0 * high)",
        WHOLE,
    ),
)
