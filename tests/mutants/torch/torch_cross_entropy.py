from tests.mutants.harness import Mutant
from tests.mutants.mutators import always, drop_left, never, one_more

__all__ = ["MUTANTS"]

BITS = "tests/torch/test_plain_labels.py::test_bits_are_those_of_arrays"
TESTS = "tests/torch/test_cross_entropy.py::"
ARGUMENTS = "tests/torch/test_cross_entropy_arguments.py::"
SHAPES = TESTS + "test_shapes_of_every_kind_are_those_of_torch"
ORDERS = TESTS + "test_derivatives_of_every_order_and_mode_agree"
WAYS = "tests/torch/test_ways.py::"
AGAIN = TESTS + "test_what_was_handed_out_is_not_used_again"

MUTANTS = (
    Mutant(
        "keep the gradient",
        "cross_entropy/eager:_FusedSoftmax.backward",
        "ctx.gradient, None",
        "ctx.gradient, ctx.gradient",
        AGAIN,
    ),
    Mutant("forget the upstream", "cross_entropy/eager:_gradient_anew", "float(upstream)", "1.0", AGAIN),
    Mutant(
        "raise for the mean over nothing before labels out of range",
        "reduction:Reduction.divisor",
        "check_labels is not None",
        "check_labels is None",
        ARGUMENTS
        + "test_a_label_out_of_range_comes_before_the_mean_over_nothing[all out of range-None-False]",
    ),
    Mutant(
        "scale what is rounded",
        "reduction:is_made_forward",
        "input.dtype is not torch.float16",
        "input.dtype is not torch.float64",
        TESTS + "test_a_loss_scale_reaches_gradients_that_half_precision_does_not",
    ),
    Mutant(
        "smooth over one class more",
        "cross_entropy/eager:_truth",
        "rows.shape[1]",
        one_more,
        "tests/torch/test_cross_entropy.py::test_probabilities_are_smoothed_as_in_torch",
    ),
    Mutant(
        "nobody is left out",
        "cross_entropy/plain_labels:plain_labels",
        "1",
        "0",
        BITS + "[torch.float32-10-True]",
    ),
    Mutant(
        "labels of 32 bits read as if they had 64",
        "cross_entropy/plain_labels:are_plain",
        """
            rows.shape[
                1
            ] > 0 and labels.dtype is torch.int64 and rows.is_contiguous() and labels.is_contiguous() and (
                not rows.is_neg()
            ) and (not labels.is_neg())
        """,
        """
            rows.shape[1] > 0 and rows.is_contiguous() and labels.is_contiguous() and (
                not rows.is_neg()
            ) and (not labels.is_neg())
        """,
        "tests/torch/test_plain_labels.py::test_only_what_lies_in_memory_as_the_kernels_read_it_is_plain",
    ),
    Mutant("wrong class axis", "memory:rows_of", "tensor.movedim(1, -1)", "tensor", SHAPES + "[mean-shape2]"),
    Mutant(
        "a share for masked classes",
        "cross_entropy/composed:_kept_and_share",
        "participates.sum(-1, keepdim=True)",
        "participates.shape[-1]",
        TESTS + "test_smoothing_gives_to_the_classes_of_the_mask_alone",
    ),
    Mutant(
        "average the average",
        "reduction:Reduction.apply",
        "total_weight() if self.denominator is None else self.denominator",
        always,
        TESTS + "test_losses_of_parts_over_one_denominator_add_up[number]",
    ),
    Mutant(
        "zero for nan",
        "mean:gradient_factor",
        '0.0 if on_empty == "zero" else float("inf")',
        never,
        TESTS + "test_the_mean_over_nothing_of_weights_has_no_gradient",
    ),
    Mutant(
        "read what is ignored",
        "cross_entropy_of_labels:CrossEntropyOfLabels.hessian_vector_product",
        "torch.where(ignored[..., None], 0.0, product)",
        never,
        TESTS + "test_second_derivatives_do_not_read_what_is_left_out",
    ),
    Mutant(
        "half a z-loss",
        "cross_entropy/composed:_with_z_loss",
        "factor * value_of(SquaredLogNormaliser(), logits, values.detach())",
        "0.5 * factor * value_of(SquaredLogNormaliser(), logits, values.detach())",
        ORDERS + "[z_loss]",
    ),
    Mutant(
        "0 times an infinite cost",
        "cross_entropy/composed:weighted",
        "torch.where((weights == 0) & (costs == torch.inf), 0.0, costs)",
        "costs",
        TESTS + "test_a_class_of_weight_0_costs_0_at_probability_0[composed]",
    ),
    Mutant(
        "a gradient of 0 where there is no class",
        "cross_entropy/composed:entry_of_label",
        "poison * found",
        "torch.where(is_class, found, torch.nan)",
        "tests/torch/test_nll_loss.py::test_a_label_that_is_no_class_is_nan_in_compiled_code_with_its_gradient",
    ),
    Mutant(
        "a loss of 16 bits whatever is asked",
        "cross_entropy/call:_cross_entropy",
        "out_dtype or result_dtype(input, *(() if has_labels else (target, weight)))",
        drop_left,
        ARGUMENTS + "test_a_loss_of_half_precision_can_be_had_with_all_its_digits[torch.bfloat16]",
    ),
    Mutant(
        "any label will do",
        "labels:check_labels",
        "(labels < 0) | (labels >= count)",
        "labels > count",
        ARGUMENTS + "test_labels_counted_from_elsewhere_are_recognised",
    ),
    Mutant(
        "labels of a layer in the bits they came in",
        "linear_cross_entropy/computation:computed",
        "truth.long() if softmax.has_labels else truth",
        never,
        "tests/torch/test_softmax_problem.py::"
        "test_labels_of_every_width_give_what_labels_of_64_bits_give[torch.uint8--100-linear]",
    ),
    Mutant(
        "a way that suits is not the first",
        "torch/ways:run",
        "way.reason_not(request) is None",
        "way.reason_not(request) is None and way is not ways[0]",
        WAYS + "test_the_way_asked_for_runs_or_the_first_that_suits",
    ),
    Mutant(
        "a way runs that does not suit",
        "torch/ways:_run_asked",
        "reason is not None",
        "reason is None and False",
        WAYS + "test_a_way_that_does_not_suit_raises_with_its_reason",
    ),
    Mutant(
        "weights that are learned by the kernels",
        "cross_entropy/eager:reason_not_eager",
        "weight is not None and weight.requires_grad",
        "False",
        WAYS + "test_explain_says_why_the_kernels_do_not_run[weight]",
    ),
    Mutant(
        "a slope that is that of the tanh itself",
        "softcap:cap_in_place",
        "logits.cosh().reciprocal_().square_()",
        "1 - logits.tanh() ** 2",
        "tests/options/test_softcap.py::test_the_slope_keeps_its_digits_where_the_cap_is_nearly_reached"
        "[torch.float32-1.0]",
    ),
)
