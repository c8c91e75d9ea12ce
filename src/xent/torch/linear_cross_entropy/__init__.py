"""
Cross-entropy under a linear layer and its softmax, of which only a chunk of logits is ever materialised.

Reading order: `call.py` (signature, docstring), `request.py` (the call as one frozen object, its targets),
`checks.py`, `ways.py` (the table of ways, the first that suits runs) and one file a way: `compiled.py` is the
operator for compilers, `eager.py` the autograd function of a training step, `composed.py` makes all logits.
The first two share `chunked_pass.py`, which takes logits and chunk sizes from `chunks.py`, and in 16 bits the
unrounded logit of each label from `label_logits.py`. `triton.py` and `triton_operators.py` are the same two
for GPUs, on `device_pass.py`. Operators flatten a request by `operator_arguments.py`, those of the loss are
made by `loss_operators.py`. `statistics.py` gives loss and statistics on every way, by `statistics_pass.py`
and `spread_targets.py`, or by `composed_statistics.py`. `module.py` is the loss as a module.
"""

from xent.torch.linear_cross_entropy.call import linear_cross_entropy

__all__ = ["linear_cross_entropy"]
