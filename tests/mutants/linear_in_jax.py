from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

TESTS = "tests/jax/test_linear.py::"

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
        TESTS + "test_gradients_of_16_bits_are_summed_in_32",
    ),
)
