from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

PRODUCTS = "torch/linear_cross_entropy_products.py"
OVER_CHUNKS = "torch/linear_cross_entropy_pass.py"
FUSED = "torch/linear_cross_entropy_fused.py"
TRUTH = "torch/linear_cross_entropy_truth.py"
CHUNKS = "torch/linear_cross_entropy_chunks.py"
LABEL_LOGITS = "torch/linear_cross_entropy_label_logits.py"
ADJUSTMENT = "torch/linear_cross_entropy_adjustment.py"
OPERATORS = "torch/linear_cross_entropy_operators.py"
TESTS = "tests/torch/test_linear_cross_entropy.py::"
LABELS = TESTS + "test_value_and_gradients_of_labels_are_those_of_torch[mean-torch.float64]"
BY_ROW = TESTS + "test_value_and_gradients_of_labels_are_those_of_torch[none-torch.float64]"
PROBABILITIES = TESTS + "test_value_and_gradients_of_probabilities_are_those_of_torch[mean-torch.float64]"
BFLOAT16 = TESTS + "test_the_loss_of_bfloat16_is_within_1e5_of_that_in_64_bits_in_any_number_of_chunks[8-6]"
EXTRAS = TESTS + "test_extras_are_those_of_the_loss_on_logits[sum]"

MUTANTS = (
    Mutant(
        "the last chunk's product for the weight alone",
        OVER_CHUNKS,
        "            sums.addmm_(gradient.T, input)",
        "            torch.mm(gradient.T, input, out=sums)",
        LABELS,
    ),
    Mutant(
        "one factor for all rows of a chunk",
        OVER_CHUNKS,
        "return in_memory(self._factor[rows]) if isinstance",
        "return float(self._factor[0]) if isinstance",
        BY_ROW,
    ),
    Mutant(
        "the bias of the last chunk alone",
        OVER_CHUNKS,
        "self.of_bias += gradient.sum(0, dtype=self.of_bias.dtype)",
        "self.of_bias[:] = gradient.sum(0, dtype=self.of_bias.dtype)",
        LABELS,
    ),
    Mutant(
        "gradients of rows left out in memory as it came",
        OVER_CHUNKS,
        "new = torch.empty if all_read else torch.zeros",
        "new = torch.ones",
        TESTS + "test_rows_left_out_are_not_read",
    ),
    Mutant(
        "rows left out are computed",
        TRUTH,
        "read = self.target != self.ignore_index",
        "read = self.target == self.target",
        TESTS + "test_rows_left_out_are_not_read",
    ),
    Mutant(
        "hand gradients out unscaled",
        FUSED,
        "        if factor != 1:",
        "        if factor > 1:",
        LABELS,
    ),
    Mutant(
        "hand the same gradients out twice",
        FUSED,
        "made, ctx.gradients = ctx.gradients, None",
        "made = ctx.gradients",
        TESTS + "test_gradients_that_were_handed_out_are_not_written_again",
    ),
    Mutant(
        "all of a row of probabilities smoothed away",
        TRUTH,
        "target = (kept * target.to(wide)).add_(share)",
        "target = (share * target.to(wide)).add_(share)",
        PROBABILITIES,
    ),
    Mutant("a slope that is the cap", ADJUSTMENT, "gradient.mul_(slope)", "gradient.mul_(1 - slope)", EXTRAS),
    Mutant(
        "a gradient that is not scaled",
        ADJUSTMENT,
        "            gradient.mul_(self.logit_scale)",
        "            pass",
        EXTRAS,
    ),
    Mutant(
        "more rows than a limit allows",
        CHUNKS,
        "return max(1, min(rows, chunking.chunk_bytes // row_bytes))",
        "return max(1, min(rows, chunking.chunk_bytes // row_bytes + 1))",
        TESTS + "test_chunks_keep_to_a_limit_and_have_a_row_at_least",
    ),
    Mutant(
        "sums that are never wide",
        CHUNKS,
        "if chunking.wide_sums is None else chunking.wide_sums",
        "if chunking.wide_sums is None else False",
        TESTS + "test_summed_in_32_bits_it_is_within_an_eps_in_any_number_of_chunks[3]",
    ),
    Mutant(
        "the label's logit as the product rounds it",
        LABEL_LOGITS,
        "linear_weight[self._places[k : k + step]].float()).sum(1)",
        "linear_weight[self._places[k : k + step]].float()).bfloat16().sum(1)",
        BFLOAT16,
    ),
    Mutant(
        "the rounding twice",
        LABEL_LOGITS,
        "self._rounded - self._exact()",
        "self._exact() - self._rounded",
        BFLOAT16,
    ),
    Mutant(
        "a large loss lost",
        LABEL_LOGITS,
        "torch.where(wide > _LARGE, wide + error, torch",
        "torch.where(wide > 2 * wide, wide + error, torch",
        TESTS + "test_the_unrounded_logit_of_a_label_leaves_what_is_infinite_or_large_as_it_is",
    ),
    Mutant(
        "nan is a softmax",
        "torch/linear_cross_entropy_problem.py",
        'if self.nonfinite == "raise" and len(wrong)',
        'if self.nonfinite == "raise" and len(wrong) > 1',
        "tests/torch/test_linear_cross_entropy_arguments.py::test_what_does_not_fit_is_refused",
    ),
    Mutant(
        "compiled gradients that do not know their upstream",
        OPERATORS,
        "tuple((gradient * upstream).to(gradient.dtype) for",
        "tuple(gradient + 0 * upstream for",
        "tests/torch/test_linear_cross_entropy_transforms.py::test_compiled_code_gives_the_same[{}-()]",
    ),
    Mutant(
        "the bias of the first block for all",
        PRODUCTS,
        "else self._bias[part]",
        "else self._bias[: logits[:, part].shape[1]]",
        TESTS + "test_both_libraries_of_products_agree[37-True]",
    ),
    Mutant(
        "oneDNN though it is switched off",
        PRODUCTS,
        "is torch.float32 and is_there",
        "is torch.float32",
        TESTS + "test_both_libraries_of_products_agree[3-False]",
    ),
    Mutant(
        "oneDNN for weights that it reads number by number",
        PRODUCTS,
        ">= _LEAST_FEATURES and weight.is_contiguous()",
        ">= _LEAST_FEATURES",
        TESTS + "test_weights_of_any_layout_have_their_products[strided]",
    ),
    Mutant(
        "a bias read past its end",
        PRODUCTS,
        "else bias.contiguous()",
        "else bias",
        TESTS + "test_strides_are_heeded_beside_a_weight_that_suits_onednn[bias]",
    ),
)
