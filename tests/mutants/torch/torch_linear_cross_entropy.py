from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_right, one_more, swap

__all__ = ["MUTANTS"]

TESTS = "tests/torch/test_linear_cross_entropy.py::"
LABELS = TESTS + "test_value_and_gradients_of_labels_are_those_of_torch[mean-torch.float64]"
BY_ROW = TESTS + "test_value_and_gradients_of_labels_are_those_of_torch[none-torch.float64]"
PROBABILITIES = TESTS + "test_value_and_gradients_of_probabilities_are_those_of_torch[mean-torch.float64]"
BFLOAT16 = TESTS + "test_the_loss_of_bfloat16_is_within_1e5_of_that_in_64_bits_in_any_number_of_chunks[8-6]"
EXTRAS = TESTS + "test_extras_are_those_of_the_loss_on_logits[sum]"

MUTANTS = (
    Mutant(
        "the last chunk's product for the weight alone",
        "linear_cross_entropy/chunked_pass:Sums._add_to_weight",
        "sums.addmm_(gradient.T, input)",
        "torch.mm(gradient.T, input, out=sums)",
        LABELS,
    ),
    Mutant(
        "one factor for all rows of a chunk",
        "linear_cross_entropy/chunked_pass:Sums.factor",
        "self._factor[rows]",
        "float(self._factor[0])",
        BY_ROW,
    ),
    Mutant(
        "the bias of the last chunk alone",
        "linear_cross_entropy/chunked_pass:Sums.add",
        "self.of_bias += gradient.sum(0, dtype=self.of_bias.dtype)",
        "self.of_bias[:] = gradient.sum(0, dtype=self.of_bias.dtype)",
        LABELS,
    ),
    Mutant(
        "gradients of rows left out in memory as it came",
        "linear_cross_entropy/chunked_pass:Sums.__init__",
        "torch.empty if all_read else torch.zeros",
        "torch.ones",
        TESTS + "test_rows_left_out_are_not_read[eager]",
    ),
    Mutant(
        "rows left out are computed",
        "linear_cross_entropy/request:rows_read",
        "request.target != softmax.ignore_index",
        "request.target == request.target",
        TESTS + "test_rows_left_out_are_not_read[eager]",
    ),
    Mutant(
        "hand gradients out unscaled",
        "linear_cross_entropy/eager:FusedLinear.backward",
        "factor != 1",
        "factor > 1",
        LABELS,
    ),
    Mutant(
        "hand the same gradients out twice",
        "linear_cross_entropy/eager:FusedLinear.backward",
        "made, ctx.gradients = ctx.gradients, None",
        "made = ctx.gradients",
        TESTS + "test_gradients_that_were_handed_out_are_not_written_again",
    ),
    Mutant(
        "all of a row of probabilities smoothed away",
        "linear_cross_entropy/request:target_of_rows",
        "kept * target.to(wide)",
        "share * target.to(wide)",
        PROBABILITIES,
    ),
    Mutant(
        "a derivative that is the cap",
        "linear_cross_entropy/adjustment:pull_back",
        "gradient.mul_(derivative)",
        "gradient.mul_(1 - derivative)",
        EXTRAS,
    ),
    Mutant(
        "a gradient that is not scaled",
        "linear_cross_entropy/adjustment:pull_back",
        "gradient.mul_(options.logit_scale)",
        "pass",
        EXTRAS,
    ),
    Mutant(
        "more rows than a limit allows",
        "linear_cross_entropy/chunks:rows_at_once",
        "chunk_bytes // row_bytes",
        one_more,
        TESTS + "test_chunks_keep_to_a_limit_and_have_a_row_at_least",
    ),
    Mutant(
        "sums that are never wide",
        "linear_cross_entropy/chunks:sums_are_wide",
        "rows >= _ROWS_PER_FEATURE * features if asked is None else asked",
        "rows >= _ROWS_PER_FEATURE * features if asked is None else False",
        TESTS + "test_summed_in_32_bits_it_is_within_an_eps_in_any_number_of_chunks[3]",
    ),
    Mutant(
        "the label's logit as the product rounds it",
        "linear_cross_entropy/label_logits:LabelLogits._exact",
        "input[k : k + step].float() * linear_weight[self._places[k : k + step]].float()",
        "(input[k : k + step].float() * linear_weight[self._places[k : k + step]].float()).bfloat16()",
        BFLOAT16,
    ),
    Mutant(
        "the rounding twice",
        "linear_cross_entropy/label_logits:LabelLogits.corrected",
        "self._rounded - self._exact()",
        swap,
        BFLOAT16,
    ),
    Mutant(
        "a large loss lost",
        "linear_cross_entropy/label_logits:LabelLogits.corrected",
        "wide > _LARGE",
        "wide > 2 * wide",
        TESTS + "test_the_unrounded_logit_of_a_label_leaves_what_is_infinite_or_large_as_it_is",
    ),
    Mutant(
        "nan is a softmax",
        "linear_cross_entropy/checks:check_losses",
        "len(wrong)",
        "len(wrong) > 1",
        "tests/torch/test_linear_cross_entropy_arguments.py::test_what_does_not_fit_is_refused",
    ),
    Mutant(
        "compiled gradients that do not know their upstream",
        "linear_cross_entropy/loss_operators:scaled",
        "(gradient * upstream).to(gradient.dtype)",
        "gradient + 0 * upstream",
        "tests/torch/test_linear_cross_entropy_transforms.py::test_compiled_code_gives_the_same[{}-()]",
    ),
    Mutant(
        "the bias of the first block for all",
        "linear_cross_entropy/chunks:Logits.of",
        "self._bias[part]",
        "self._bias[: logits[:, part].shape[1]]",
        TESTS + "test_both_libraries_of_products_agree[37-True]",
    ),
    Mutant(
        "oneDNN though it is switched off",
        "linear_cross_entropy/chunks:_suits_onednn",
        "is_quick and weight.dtype is torch.float32 and is_there",
        drop_right,
        TESTS + "test_both_libraries_of_products_agree[3-False]",
    ),
    Mutant(
        "oneDNN for weights that it reads number by number",
        "linear_cross_entropy/chunks:_suits_onednn",
        "weight.shape[1] >= _LEAST_FEATURES and weight.is_contiguous()",
        drop_right,
        TESTS + "test_weights_of_any_layout_have_their_products[strided]",
    ),
    Mutant(
        "a bias read past its end",
        "linear_cross_entropy/chunks:Logits.__init__",
        "bias.contiguous()",
        "bias",
        TESTS + "test_strides_are_heeded_beside_a_weight_that_suits_onednn[bias]",
    ),
)
