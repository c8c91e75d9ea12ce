from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, never, swap

__all__ = ["MUTANTS"]

TESTS = "tests/kernels/sigmoid_cross_entropy/test_sigmoid_cross_entropy.py::"
HARD = TESTS + "test_hard_targets_meet_the_oracle[float64]"

MUTANTS = (
    Mutant(
        "drop the distance",
        "sigmoid_kernel:_value",
        "distance + (positive + negative) * log1p(small)",
        drop_left,
        HARD,
    ),
    Mutant(
        "swap the sides of the share",
        "sigmoid_kernel:_value",
        "select(is_above, negative, positive)",
        swap,
        HARD,
    ),
    Mutant("1 - sigmoid", "sigmoid_kernel:_gradient", "small * likely", "1.0 - likely", HARD),
    Mutant(
        "swap the sides of the sigmoid",
        "sigmoid_kernel:_gradient",
        "negative * above - positive * under",
        "negative * under - positive * above",
        HARD,
    ),
    Mutant(
        "0 * inf",
        "sigmoid_kernel:_value",
        "select(share == 0.0, 0.0, -(share * below))",
        never,
        TESTS + "test_infinite_logits_cost_nothing_on_their_side[float64]",
    ),
    Mutant(
        "weigh both parts",
        "sigmoid_kernel:_Step._read",
        "1.0 - target",
        "(1.0 - target) * weight",
        TESTS + "test_positive_weights_scale_the_positive_part_of_their_class[float64]",
    ),
)
