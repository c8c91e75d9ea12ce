"""
Cross-entropy of probabilities under a sigmoid of logits, elementwise.

Reading order: `call.py` (signature, docstring), `request.py` (the call as one frozen object), `checks.py`,
`ways.py` (the table of ways, the first that suits runs) and one file a way: `eager.py` runs the fused kernel,
`triton.py` that for GPUs, `composed.py` PyTorch's own operations and the closed derivatives.
"""

from xent.torch.binary_cross_entropy.call import binary_cross_entropy_with_logits

__all__ = ["binary_cross_entropy_with_logits"]
