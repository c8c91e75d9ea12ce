"""
Cross-entropy of hidden states times a weight, without materialising all logits.

`call.py` is the signature, `request.py` the arrays and options of a call, `chunks.py` the rows of a chunk.
`row_losses.py` turns logits of a chunk into losses, with the classes in one place or, by `classes.py`, shared
among the devices of a mesh. `recomputed.py` maps it over chunks and computes logits again for derivatives;
`one_pass.py` makes the gradients of a sum in its only pass. `distributions.py` and `nonfinite.py` refuse
targets and rows on request.
"""

from xent.jax.linear.call import linear_softmax_cross_entropy
from xent.jax.linear.request import LinearStatistics, SparseTargets

__all__ = ["LinearStatistics", "SparseTargets", "linear_softmax_cross_entropy"]
