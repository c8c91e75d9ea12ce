"""
Cross-entropy for PyTorch: the calls of `torch.nn.functional`, exact, faster and in less memory.

`cross_entropy.py`, `binary_cross_entropy_with_logits.py`, `nll_loss.py` and `kl_div.py` are the calls. Each
checks its arguments and then goes one of two ways: `fused_….py` to the kernels, where tensors lie in memory
and nobody looks on, and `composed_….py`, made of PyTorch's own operations and the closed derivatives of
`xent.formulas`, on any device and under every transform. `operators.py` shows the kernels to compilers;
`reduction.py` is what makes one number of many; `patching.py` puts the calls in PyTorch's place.

It may import `losses` and all below, and torch; nothing imports it but the user.
"""

from xent.errors import BackendError

try:
    import torch as _torch  # noqa: F401 - to say what to do where it is not there
except ModuleNotFoundError as error:
    if error.name != "torch":
        raise
    raise BackendError(
        "xent.torch",
        "torch",
        "be installed",
        got="no such package",
        hint='Run `pip install "xent[torch]"`.',
    ) from error

from xent.torch.binary_cross_entropy_with_logits import binary_cross_entropy_with_logits
from xent.torch.cross_entropy import cross_entropy
from xent.torch.errors import LabelError
from xent.torch.kl_div import kl_div
from xent.torch.linear_cross_entropy import linear_cross_entropy
from xent.torch.linear_cross_entropy_loss import LinearCrossEntropyLoss
from xent.torch.linear_cross_entropy_truth import SparseTargets
from xent.torch.modules import BCEWithLogitsLoss, CrossEntropyLoss
from xent.torch.nll_loss import nll_loss
from xent.torch.patching import Patch, patch
from xent.torch.softmax_statistics import SoftmaxStatistics

__all__ = [
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "LabelError",
    "LinearCrossEntropyLoss",
    "Patch",
    "SoftmaxStatistics",
    "SparseTargets",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "kl_div",
    "linear_cross_entropy",
    "nll_loss",
    "patch",
]
