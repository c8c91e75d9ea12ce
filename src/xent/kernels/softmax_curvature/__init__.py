"""
Curvature of the softmax's cross-entropy in the logits, times a direction, from packed probabilities.

`packed_probs.py` defines the packing, `fused.py` holds the function for NumPy arrays, `cpu` the kernel. The
reference is ``diag p - p pᵀ`` with the unpacked probabilities.
"""

from xent.kernels.softmax_curvature.fused import curvature_product
from xent.kernels.softmax_curvature.packed_probs import pack, unpacked

__all__ = ["curvature_product", "pack", "unpacked"]
