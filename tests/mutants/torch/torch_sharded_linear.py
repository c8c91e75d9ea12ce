from tests.mutants.harness import Mutant
from tests.mutants.mutators import always, drop_call, drop_left, drop_right, never

__all__ = ["MUTANTS"]

EVERY = (
    "tests/torch/test_sharded_linear_options.py::"
    "test_every_option_gives_the_loss_and_the_gradients_of_one_process"
)
ROOM = "linear_cross_entropy/"
BY_CHUNKS = (
    (
        "sharded_rows:_Sums.gradients",
        "gradient of this rank's classes for that of all",
        "summed(of_input, shard.group, caller=shard.caller)",
        drop_call,
        "plain",
    ),
    (
        "sharded_rows:_Sums.add",
        "hidden states of ignored rows",
        "torch.where(idle[:, None], 0.0, self._request.input[rows])",
        "self._request.input[rows]",
        "plain",
    ),
    (
        "sharded_rows:_Sums.add",
        "gradient of the last chunk for the sum",
        "self.of_weight += narrow.T @ hidden",
        "self.of_weight = narrow.T @ hidden",
        "capped",
    ),
    (
        "sharded_rows:_Rows.backward",
        "gradient without cap, scale and mask",
        "ctx.options.adjusts",
        "False",
        "capped",
    ),
    (
        "sharded_rows:_chunks",
        "statistics of ignored rows",
        "torch.where(ignored, 0, labels)",
        "labels - 99",
        "statistics",
    ),
    (
        "sharded_rows:_has_no_gradient",
        "gradient in the loss alone",
        "place in _DIFFERENTIABLE",
        "place == 0",
        "top_k of capped logits",
    ),
    (
        "sharded:_passes",
        "statistics of weighted targets",
        "softmax.label_smoothing > 0 or (request.weight is not None and not softmax.has_labels)",
        drop_right,
        "statistics of probabilities",
    ),
    (
        "sharded:_passes",
        "statistics of smoothed targets",
        "softmax.label_smoothing > 0 or (request.weight is not None and not softmax.has_labels)",
        drop_left,
        "statistics beside smoothing",
    ),
    (
        "sharded:_loss",
        "loss without the weights",
        "weighted(cost, weights)",
        "cost",
        "rows",
    ),
    ("sharded:_loss", "log-normaliser, not its square", "normaliser**2", drop_right, "rows"),
    (
        "sharded_targets:placed",
        "classes counted from the first rank's",
        "request.target - shard.offset",
        drop_right,
        "sparse",
    ),
    (
        "sharded_targets:targets_of_rank",
        "targets of other ranks' classes",
        "torch.where(is_here, probs, 0.0)",
        always,
        "sparse",
    ),
)
BY_LOGITS = (
    (
        "sharded_logits:_request_of_logits",
        "gradient of this rank's classes for that of all",
        "shared_parameter(hidden.to(dtype), ranks.group, caller=caller)",
        drop_call,
        "plain",
    ),
    (
        "sharded_logits:_request_of_logits",
        "gradient in the scale of this rank's classes",
        "shared_parameter(scale, ranks.group, caller=caller)",
        drop_call,
        "learned",
    ),
    (
        "sharded_logits:_request_of_logits",
        "gradient in the targets of this rank's classes",
        "shared_parameter(probs, ranks.group, caller=caller)",
        drop_call,
        "teacher",
    ),
    (
        "sharded_logits:_logits",
        "multiply by ignored rows of nan",
        "torch.where(is_wrong, 0.0, hidden)",
        never,
        "statistics",
    ),
)

MUTANTS = tuple(
    Mutant(name, ROOM + function, old, new, f"{EVERY}[{way}-{option}]")
    for way, table in (("chunks", BY_CHUNKS), ("all logits", BY_LOGITS))
    for function, name, old, new, option in table
)
