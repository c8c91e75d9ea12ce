from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FUSED = "torch/fused_sigmoid.py"
COMPOSED = "torch/composed_sigmoid.py"
TESTS = "tests/torch/test_binary_cross_entropy_with_logits.py::"
ORDERS = TESTS + "test_derivatives_of_every_order_and_mode_agree"
AGAIN = TESTS + "test_what_was_handed_out_is_not_used_again"

MUTANTS = (
    Mutant(
        "keep the gradient",
        FUSED,
        "ctx.gradient = ctx.gradient, None",
        "ctx.gradient = ctx.gradient, ctx.gradient",
        AGAIN,
    ),
    Mutant(
        "forget the weight",
        FUSED,
        "return (weight.detach().to(dtype) * factor).expand(input.shape)",
        "return (0 * weight.detach().to(dtype) + factor).expand(input.shape)",
        TESTS + "test_weights_of_every_shape_are_those_of_torch[None-(5,)-mean]",
    ),
    Mutant(
        "one weight for all",
        FUSED,
        "return logits.reshape(1, -1), targets.reshape(1, -1), whole.reshape(-1)",
        "return logits.reshape(1, -1), targets.reshape(1, -1), whole.reshape(-1)[::-1]",
        TESTS + "test_weights_of_every_shape_are_those_of_torch[(4, 1)-None-mean]",
    ),
    Mutant(
        "weigh both sides",
        COMPOSED,
        "mass_for, 1 - targets)",
        "mass_for, 1 - mass_for)",
        ORDERS,
    ),
    Mutant("forget the weight of a row", COMPOSED, "else weight * values", "else values", ORDERS),
    Mutant(
        "0 * inf",
        "torch/kl_div.py",
        "return torch.where(none, 0.0, log_p.exp() * (log_p - log_q))",
        "return log_p.exp() * (log_p - log_q)",
        "tests/torch/test_kl_div.py::test_classes_that_neither_has_cost_nothing_where_torch_has_nan",
    ),
    Mutant(
        "swap model and target",
        "torch/kl_div.py",
        "p * (p.log() - log_q)",
        "p * (log_q - p.log())",
        "tests/torch/test_kl_div.py::test_a_class_that_the_model_lacks_costs_infinitely_much",
    ),
    Mutant(
        "a weight of 0 times infinity",
        "torch/nll_loss.py",
        "torch.where(weights == 0, 0.0, 0 - weights * likelihoods)",
        "0 - weights * likelihoods",
        "tests/torch/test_nll_loss.py::test_a_class_of_weight_0_costs_nothing_where_torch_has_nan",
    ),
    Mutant(
        "undo at the first call",
        "torch/patching.py",
        "                if not _OPEN:\n                    _restore()",
        "                _restore()",
        "tests/torch/test_patching.py::test_a_patch_is_undone_once_by_calling_it",
    ),
)
