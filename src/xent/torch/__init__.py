"""
Cross-entropy for PyTorch: the calls of `torch.nn.functional`, exact, faster and in less memory.

`cross_entropy.py`, `binary_cross_entropy_with_logits.py`, `nll_loss.py` and `kl_div.py` are the calls. Each
checks its arguments and then takes one of two ways: `fused_….py` runs the kernels on contiguous tensors
that are not traced; `composed_….py` consists of PyTorch's own operations and the closed derivatives of
`xent.formulas`, for any device and every transform. `operators.py` registers the kernels for compilers,
`reduction.py` reduces rows to a mean or a sum, `patching.py` replaces PyTorch's functions by these.

May import `kernels`, `options`, `formulas`, `precision` and `arrays`, and torch; no other room imports it.
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

from xent.torch.binary_cross_entropy.call import binary_cross_entropy_with_logits
from xent.torch.cross_entropy.call import cross_entropy
from xent.torch.cross_entropy.statistics import SoftmaxStatistics
from xent.torch.errors import LabelError
from xent.torch.kl_div import kl_div
from xent.torch.linear_cross_entropy.call import linear_cross_entropy
from xent.torch.linear_cross_entropy.module import LinearCrossEntropyLoss
from xent.torch.linear_cross_entropy.targets import SparseTargets
from xent.torch.modules import BCEWithLogitsLoss, CrossEntropyLoss
from xent.torch.nll_loss import nll_loss
from xent.torch.patching import Patch, patch

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
