from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "losses/noisy_labels/active_passive.py"
TESTS = "tests/losses/test_active_passive.py::"

MUTANTS = (
    Mutant(
        "factors exchanged",
        FILE,
        "((self.alpha, self.active), (self.beta, self.passive))",
        "((self.beta, self.active), (self.alpha, self.passive))",
        TESTS + "test_it_is_the_weighted_sum_of_its_two_losses[numpy]",
    ),
    Mutant(
        "0 times infinity",
        FILE,
        "for factor, loss in both if factor > 0",
        "for factor, loss in both if factor >= 0",
        TESTS + "test_a_factor_of_0_leaves_its_loss_out_even_where_it_is_infinite[numpy]",
    ),
    Mutant(
        "no look at the passive loss",
        FILE,
        "for loss in (self.active, self.passive)",
        "for loss in (self.active,)",
        TESTS + "test_one_class_alone_is_refused_where_one_of_the_two_is_normalised",
    ),
    Mutant(
        "any passive loss",
        FILE,
        'check_part(self, "passive")',
        'check_part(self, "active")',
        TESTS + "test_what_is_no_loss_of_labels_alone_is_refused",
    ),
    Mutant(
        "any cross-entropy",
        "losses/families/loss_as_part.py",
        "or part == SoftmaxCrossEntropy():",
        "or isinstance(part, SoftmaxCrossEntropy):",
        TESTS + "test_what_is_no_loss_of_labels_alone_is_refused",
    ),
)
