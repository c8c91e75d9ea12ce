"""
Cross-entropy of labels or of probabilities under a softmax of logits.

Reading order: `call.py` (signature, docstring), `request.py` (the call as one frozen object), `checks.py`,
`ways.py` (the table of ways; the first that suits runs) and one file a way: `eager.py` runs the fused
kernels, `triton.py` (with `triton_operators.py`) those for GPUs, `onnx.py` is one node of an exported graph,
`composed.py` PyTorch's own operations and the closed derivatives. `plain_labels.py` calls the kernels by
addresses, `operators.py` registers them for compilers, `cross_entropy_of_labels.py` is the formula with
ignored rows, `statistics.py` the numbers returned beside the loss.
"""

from xent.torch.cross_entropy.call import cross_entropy

__all__ = ["cross_entropy"]
