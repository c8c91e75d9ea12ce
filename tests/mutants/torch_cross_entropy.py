from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FUSED = "torch/fused_softmax.py"
PLAIN = "torch/plain_labels.py"
BITS = "tests/torch/test_plain_labels.py::test_bits_are_those_of_arrays"
COMPOSED = "torch/composed_softmax.py"
TESTS = "tests/torch/test_cross_entropy.py::"
ARGUMENTS = "tests/torch/test_cross_entropy_arguments.py::"
SHAPES = TESTS + "test_shapes_of_every_kind_are_those_of_torch"
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
        "forget the upstream",
        FUSED,
        "factor = factor * float(upstream)",
        "factor = factor * 1.0",
        AGAIN,
    ),
    Mutant(
        "scale what is rounded",
        FUSED,
        "and input.dtype is not torch.float16",
        "and input.dtype is not torch.float64",
        TESTS + "test_a_loss_scale_reaches_gradients_that_half_precision_does_not",
    ),
    Mutant(
        "smooth over one class more",
        FUSED,
        "targets = smoothed(targets, smoothing, rows.shape[1])",
        "targets = smoothed(targets, smoothing, rows.shape[1] + 1)",
        "tests/torch/test_cross_entropy.py::test_probabilities_are_smoothed_as_in_torch",
    ),
    Mutant(
        "nobody is left out",
        PLAIN,
        "z_weight, 1.0, 0.0, 0, 0, 1, ignored,",
        "z_weight, 1.0, 0.0, 0, 0, 0, ignored,",
        BITS + "[torch.float32-10-True]",
    ),
    Mutant(
        "a row of 16 bits overwritten before it is read",
        PLAIN,
        "        scratch, scratch_bytes = scratch_of(threads, classes)\n",
        "",
        BITS + "[torch.bfloat16-300-True]",
    ),
    Mutant(
        "labels of 32 bits read as if they had 64",
        PLAIN,
        "and labels.dtype is torch.int64",
        "",
        "tests/torch/test_plain_labels.py::test_only_what_lies_in_memory_as_the_kernels_read_it_is_plain",
    ),
    Mutant(
        "wrong class axis",
        "torch/memory.py",
        "return tensor.movedim(1, -1).reshape(-1, tensor.shape[1])",
        "return tensor.reshape(-1, tensor.shape[1])",
        SHAPES + "[mean-shape2]",
    ),
    Mutant(
        "a share for masked classes",
        COMPOSED,
        "kept_and_share(problem.label_smoothing, participates.sum(-1, keepdim=True))",
        "kept_and_share(problem.label_smoothing, participates.shape[-1])",
        TESTS + "test_smoothing_gives_to_the_classes_of_the_mask_alone",
    ),
    Mutant(
        "average the average",
        "torch/reduction.py",
        "given = mass() if self.denominator is None else self.denominator",
        "given = mass()",
        TESTS + "test_losses_of_parts_over_one_denominator_add_up[number]",
    ),
    Mutant(
        "zero for nan",
        "options/mean.py",
        'return 0.0 if on_empty == "zero" else float("inf")',
        'return float("inf")',
        TESTS + "test_the_mean_over_nothing_of_weights_has_no_gradient",
    ),
    Mutant(
        "read what is ignored",
        "torch/cross_entropy_of_labels.py",
        "return torch.where(ignored[..., None], 0.0, product)",
        "return product",
        TESTS + "test_second_derivatives_do_not_read_what_is_left_out",
    ),
    Mutant(
        "half a z-loss",
        COMPOSED,
        "return values + factor * value_of",
        "return values + 0.5 * factor * value_of",
        ORDERS + "[z_loss]",
    ),
    Mutant(
        "a gradient of 0 where there is no class",
        COMPOSED,
        "return poison * entries.gather(-1, places[..., None])[..., 0]",
        "return torch.where(is_class, entries.gather(-1, places[..., None])[..., 0], torch.nan)",
        "tests/torch/test_nll_loss.py::test_a_label_that_is_no_class_is_nan_in_compiled_code_with_its_gradient",
    ),
    Mutant(
        "a loss of 16 bits whatever is asked",
        "torch/cross_entropy.py",
        "dtype = out_dtype or result_dtype(input, *others)",
        "dtype = result_dtype(input, *others)",
        ARGUMENTS + "test_a_loss_of_half_precision_can_be_had_with_all_its_digits",
    ),
    Mutant(
        "any label will do",
        "torch/labels.py",
        "wrong = ((labels < 0) | (labels >= count)) & read",
        "wrong = (labels > count) & read",
        ARGUMENTS + "test_labels_counted_from_elsewhere_are_recognised",
    ),
)
