from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "kernels/sigmoid_cross_entropy/sigmoid_kernel.py"
TESTS = "tests/kernels/test_sigmoid_cross_entropy.py::"
HARD = TESTS + "test_hard_targets_meet_the_oracle[float64]"

MUTANTS = (
    Mutant("drop the distance", FILE, "return distance + (positive", "return (positive", HARD),
    Mutant(
        "swap the sides of the share",
        FILE,
        "share = select(is_above, negative, positive)",
        "share = select(is_above, positive, negative)",
        HARD,
    ),
    Mutant("1 - sigmoid", FILE, "unlikely = small * likely", "unlikely = 1.0 - likely", HARD),
    Mutant(
        "swap the sides of the sigmoid",
        FILE,
        "negative * above - positive * under",
        "negative * under - positive * above",
        HARD,
    ),
    Mutant(
        "0 * inf",
        FILE,
        "select(share == 0.0, 0.0, -(share * below))",
        "-(share * below)",
        TESTS + "test_infinite_logits_cost_nothing_on_their_side[float64]",
    ),
    Mutant(
        "weigh both parts",
        FILE,
        "return logit, target * weight, 1.0 - target",
        "return logit, target * weight, (1.0 - target) * weight",
        TESTS + "test_positive_weights_scale_the_positive_part_of_their_class[float64]",
    ),
)
