from tests.mutants.harness import Mutant
from tests.mutants.mutators import move_bound

__all__ = ["MUTANTS"]

TESTS = "tests/losses/test_active_passive.py::"

MUTANTS = (
    Mutant(
        "factors exchanged",
        "active_passive:ActivePassive.formula",
        "((self.alpha, self.active), (self.beta, self.passive))",
        "((self.beta, self.active), (self.alpha, self.passive))",
        TESTS + "test_it_is_the_weighted_sum_of_its_two_losses[numpy]",
    ),
    Mutant(
        "0 times infinity",
        "active_passive:ActivePassive.formula",
        "factor > 0",
        move_bound,
        TESTS + "test_a_factor_of_0_leaves_its_loss_out_even_where_it_is_infinite[numpy]",
    ),
    Mutant(
        "no look at the passive loss",
        "active_passive:ActivePassive.problem",
        "is_normalized(self.active) or is_normalized(self.passive)",
        "is_normalized(self.active)",
        TESTS + "test_one_class_alone_is_refused_where_one_of_the_two_is_normalised",
    ),
    Mutant(
        "any passive loss",
        "active_passive:ActivePassive.__post_init__",
        'check_part(self, "passive")',
        'check_part(self, "active")',
        TESTS + "test_what_is_no_loss_of_labels_alone_is_refused",
    ),
    Mutant(
        "any cross-entropy",
        "loss_as_part:check_part",
        "part == SoftmaxCrossEntropy()",
        "isinstance(part, SoftmaxCrossEntropy)",
        TESTS + "test_what_is_no_loss_of_labels_alone_is_refused",
    ),
)
