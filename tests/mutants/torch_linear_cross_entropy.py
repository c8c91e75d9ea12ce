from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

OVER_CHUNKS = "torch/linear_cross_entropy_pass.py"
FUSED = "torch/linear_cross_entropy_fused.py"
TRUTH = "torch/linear_cross_entropy_truth.py"
CHUNKS = "torch/linear_cross_entropy_chunks.py"
ADJUSTMENT = "torch/linear_cross_entropy_adjustment.py"
OPERATORS = "torch/linear_cross_entropy_operators.py"
TESTS = "tests/torch/test_linear_cross_entropy.py::"
LABELS = TESTS + "test_value_and_gradients_of_labels_are_those_of_torch[mean-torch.float64]"
BY_ROW = TESTS + "test_value_and_gradients_of_labels_are_those_of_torch[none-torch.float64]"
PROBABILITIES = TESTS + "test_value_and_gradients_of_probabilities_are_those_of_torch[mean-torch.float64]"
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
        "of_rows = factor[chunk.rows] if isinstance(factor, Tensor) else factor",
        "of_rows = float(factor[0]) if isinstance(factor, Tensor) else factor",
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
        "target = target.to(wide) * (1 - self.label_smoothing)",
        "target = target.to(wide) * self.label_smoothing",
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
        "return max(1, min(rows, chunk_bytes // row_bytes))",
        "return max(1, min(rows, chunk_bytes // row_bytes + 1))",
        TESTS + "test_chunks_keep_to_a_limit_and_have_a_row_at_least",
    ),
    Mutant(
        "compiled gradients that do not know their upstream",
        OPERATORS,
        "tuple((gradient * upstream).to(gradient.dtype) for",
        "tuple(gradient + 0 * upstream for",
        "tests/torch/test_linear_cross_entropy_transforms.py::test_compiled_code_gives_the_same[{}-()]",
    ),
)
