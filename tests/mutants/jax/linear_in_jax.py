from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left

__all__ = ["MUTANTS"]

TESTS = "tests/jax/test_linear.py::"
CHUNKS = TESTS + "test_chunks_add_up_to_the_mean_over_rows_that_count_and_to_its_gradients"

MUTANTS = (
    Mutant(
        "the last of the masses of a class for their sum",
        "row_losses:_plain_targets",
        'jnp.zeros_like(logits).at[rows, places].add(masses, mode="drop")',
        'jnp.zeros_like(logits).at[rows, places].set(masses, mode="drop")',
        TESTS + "test_sparse_targets_are_dense_ones_and_a_class_named_twice_has_the_sum",
    ),
    Mutant(
        "a smoothed label out of range costs nothing",
        "row_losses:_plain_targets",
        "jnp.where(is_class, 1.0 if truth.probs is None else truth.probs, jnp.nan)",
        "jnp.where(is_class, 1.0 if truth.probs is None else truth.probs, 0)",
        TESTS + "test_a_traced_label_out_of_range_is_nan_with_gradients_of_nan[0.1]",
    ),
    Mutant(
        "the last chunk's gradient for the sum",
        "one_pass:_added",
        "sums[part] + product",
        "product",
        CHUNKS,
    ),
    Mutant(
        "a row that is ignored among the refused ones",
        "nonfinite:check_rows",
        "~np.isfinite(normalisers) & np.asarray(truth.counts)",
        "~np.isfinite(np.where(np.arange(len(normalisers)) == 4, np.nan, normalisers))",
        TESTS + "test_a_row_without_a_softmax_is_refused_on_request",
    ),
    Mutant(
        "a row with a softmax among the refused ones",
        "nonfinite:check_rows",
        "~np.isfinite(normalisers) & np.asarray(truth.counts)",
        drop_left,
        TESTS + "test_a_row_without_a_softmax_is_refused_on_request",
    ),
    Mutant(
        "targets of any sum",
        "distributions:with_distributions",
        "jnp.abs(sums - 1) <= tolerance",
        "sums >= 0",
        TESTS + "test_traced_targets_and_options_out_of_range_give_nan",
    ),
    Mutant(
        "a way that does not suit",
        "call:_is_one_pass",
        'way == "one_pass" and reason',
        "False",
        TESTS + "test_a_way_that_does_not_suit_is_refused_with_its_reason",
    ),
    Mutant(
        "any denominator",
        "call:_denominator",
        "~(jnp.isfinite(number) & (number >= 0))",
        "~jnp.isfinite(number)",
        TESTS + "test_traced_targets_and_options_out_of_range_give_nan",
    ),
    Mutant(
        "numbers of text",
        "jax/arguments:_kind_not_real",
        "(str, bytes, complex)",
        "complex",
        TESTS + "test_numbers_that_are_not_real_are_refused[z_loss]",
    ),
    Mutant(
        "real parts of complex arrays",
        "jax/arguments:_kind_not_real",
        '{"c", "S", "U"}',
        '{"S", "U"}',
        TESTS + "test_numbers_that_are_not_real_are_refused[class_weights]",
    ),
    Mutant(
        "class weights of any sign",
        "checks:_class_weights",
        "~(jnp.isfinite(weights) & (weights >= 0))",
        "~jnp.isfinite(weights)",
        TESTS + "test_traced_targets_and_options_out_of_range_give_nan",
    ),
    Mutant(
        "a bias with the gradient of its last chunk",
        "one_pass:_with_gradients",
        "sums[2] + jnp.sum(slopes, axis=0)",
        "0 * sums[2] + jnp.sum(slopes, axis=0)",
        CHUNKS,
    ),
    Mutant(
        "a sum of the last chunk",
        "one_pass:_with_gradients",
        "sums[0] + loss",
        "0 * sums[0] + loss",
        CHUNKS,
    ),
    Mutant(
        "the mean over ignored rows too",
        "call:_compiled",
        "weights = truth.counts",
        "weights = jnp.ones_like(truth.counts)",
        CHUNKS,
    ),
    Mutant(
        "top probabilities without their normaliser",
        "row_losses:statistics_of_rows",
        "values - log_normaliser[:, None]",
        "values",
        TESTS + "test_statistics_and_their_gradients_are_those_of_all_logits",
    ),
    Mutant(
        "a scale that is added",
        "row_losses:adjusted",
        "logits * shared.logit_scale",
        "logits + shared.logit_scale",
        CHUNKS,
    ),
)
