from tests.mutants.harness import Mutant
from tests.mutants.mutators import drop_left, drop_right

__all__ = ["MUTANTS"]

TESTS = "tests/jax/test_mapped_shards.py::"
ROWS = TESTS + "test_losses_of_rows_are_those_of_all_classes"
STATISTICS = TESTS + "test_statistics_are_those_of_all_classes"
MASKED = TESTS + "test_a_shard_whose_classes_are_all_masked_adds_nothing_to_the_loss"

MUTANTS = (
    Mutant(
        "each shard has the first classes",
        "linear/classes:Sharded.own",
        "labels - count * jax.lax.axis_index(self.axis)",
        drop_right,
        ROWS + "[labels-plain]",
    ),
    Mutant(
        "forget the softmax within a shard",
        "linear/classes:Sharded.of_labels",
        "across + self.anywhere(jnp.where(own >= 0, within, 0))",
        drop_right,
        ROWS + "[labels-plain]",
    ),
    Mutant(
        "forget the softmax over the shards",
        "linear/classes:Sharded.of_targets",
        "across + self.anywhere(within)",
        drop_left,
        ROWS + "[targets-plain]",
    ),
    Mutant(
        "smooth over the classes of a shard",
        "linear/classes:Sharded.count",
        "self.anywhere(jnp.sum(participates, axis=-1, keepdims=True))",
        "jnp.sum(participates, axis=-1, keepdims=True)",
        ROWS + "[labels-smoothed]",
    ),
    Mutant(
        "the entropy of the shards alone",
        "linear/classes:Sharded.entropy",
        "across + self.anywhere(share * value_of(EntropyOfSoftmax(), readable, readable[:, 0]))",
        drop_right,
        STATISTICS,
    ),
    Mutant(
        "number the largest classes within their shard",
        "linear/classes:Sharded.tops",
        "classes + logits.shape[-1] * jax.lax.axis_index(self.axis)",
        drop_right,
        STATISTICS,
    ),
    Mutant(
        "a softmax of masked classes alone",
        "linear/classes:_readable",
        "jnp.where(jnp.all(logits == -jnp.inf, axis=-1, keepdims=True), 0, logits)",
        "logits",
        MASKED,
    ),
    Mutant(
        "a masked shard with a share in the softmax",
        "linear/classes:Sharded._own_normaliser",
        "jnp.where(jnp.all(logits == -jnp.inf, axis=-1), -jnp.inf, found)",
        "found",
        MASKED,
    ),
    Mutant(
        "each device divides by its own rows",
        "call:_reduced",
        "jax.lax.psum((loss, weights), row_axis)",
        "(jax.lax.psum(loss, row_axis), weights)",
        TESTS + "test_a_mean_or_sum_over_sharded_rows_is_that_of_all_rows[mean]",
    ),
)
