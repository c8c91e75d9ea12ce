from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, never, swap

__all__ = ["MUTANTS"]

TESTS = "tests/torch/test_binary_cross_entropy_with_logits.py::"
ORDERS = TESTS + "test_derivatives_of_every_order_and_mode_agree"
AGAIN = TESTS + "test_what_was_handed_out_is_not_used_again"

MUTANTS = (
    Mutant(
        "keep the gradient",
        "binary_cross_entropy/eager:_FusedSigmoid.backward",
        "ctx.gradient, None",
        "ctx.gradient, ctx.gradient",
        AGAIN,
    ),
    Mutant(
        "forget the weight",
        "binary_cross_entropy/eager:_factors",
        "weight.detach().to(dtype) * factor",
        "0 * weight.detach().to(dtype) + factor",
        TESTS + "test_weights_of_every_shape_are_those_of_torch[None-(5,)-mean]",
    ),
    Mutant(
        "one weight for all",
        "binary_cross_entropy/eager:_arrays",
        "whole.reshape(-1)",
        "whole.reshape(-1)[::-1]",
        TESTS + "test_weights_of_every_shape_are_those_of_torch[(4, 1)-None-mean]",
    ),
    Mutant(
        "weigh both sides",
        "binary_cross_entropy/composed:composed_sigmoid",
        "1 - targets",
        "1 - mass_for",
        ORDERS,
    ),
    Mutant(
        "forget the weight of a row",
        "binary_cross_entropy/composed:composed_sigmoid",
        "weight * values",
        drop_left,
        ORDERS,
    ),
    Mutant(
        "the widest dtype for that of the targets",
        "binary_cross_entropy/call:binary_cross_entropy_with_logits",
        "result_dtype(target)",
        "result_dtype(input, target)",
        TESTS
        + "test_the_dtype_of_the_targets_is_that_of_the_result_as_in_torch[torch.float64-torch.float32]",
    ),
    Mutant(
        "32 bits for targets of 64",
        "binary_cross_entropy/composed:composed_sigmoid",
        "torch.promote_types(torch.promote_types(input.dtype, target.dtype), torch.float32)",
        "torch.promote_types(input.dtype, torch.float32)",
        TESTS
        + "test_the_dtype_of_the_targets_is_that_of_the_result_as_in_torch[torch.float32-torch.float64]",
    ),
    Mutant(
        "0 * inf",
        "kl_div:_terms",
        "torch.where(none, 0.0, log_p.exp() * (log_p - log_q))",
        never,
        "tests/torch/test_kl_div.py::test_classes_that_neither_has_cost_nothing_where_torch_has_nan",
    ),
    Mutant(
        "swap model and target",
        "kl_div:_terms",
        "p.log() - log_q",
        swap,
        "tests/torch/test_kl_div.py::test_a_class_that_the_model_lacks_costs_infinitely_much",
    ),
    Mutant(
        "a weight of 0 times infinity",
        "nll_loss:_values",
        "torch.where(weights == 0, 0.0, 0 - weights * likelihoods)",
        never,
        "tests/torch/test_nll_loss.py::test_a_class_of_weight_0_costs_nothing_where_torch_has_nan",
    ),
    Mutant(
        "undo at the first call",
        "patching:Patch.__call__",
        """
            if not _OPEN:
                _restore()
        """,
        "_restore()",
        "tests/torch/test_patching.py::test_a_patch_is_undone_once_by_calling_it",
    ),
)
