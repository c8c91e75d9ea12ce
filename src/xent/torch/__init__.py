"""
Cross-entropy for PyTorch: the calls of `torch.nn.functional`, exact, faster and in less memory.

Each operation is a folder, `cross_entropy`, `binary_cross_entropy` and `linear_cross_entropy`, of the same
files: the call, its request, its checks, one file a way of computing it, and the table of these ways.
`ways.py` takes the first way that suits, `explanation.py` says which one and why not the others;
`nll_loss.py` and `kl_div.py` have one way each. Shared by all: `memory.py`, `labels.py`, `reduction.py`,
`logit_adjustments.py`; by calls over process groups, `process_groups.py`, `ranks.py`. `patching.py` replaces
PyTorch's functions by these, `model_patching.py` the loss of one model, with its `deferred_logits.py`.

May import `kernels`, `options`, `formulas`, `precision` and `arrays`, and torch; of the rooms
only `networks` imports it.
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

from xent.errors import LabelError
from xent.torch.binary_cross_entropy.call import binary_cross_entropy_with_logits
from xent.torch.cross_entropy.call import cross_entropy
from xent.torch.cross_entropy.statistics import SoftmaxStatistics
from xent.torch.explanation import Explanation, explain
from xent.torch.kl_div import kl_div
from xent.torch.linear_cross_entropy.call import linear_cross_entropy
from xent.torch.linear_cross_entropy.module import LinearCrossEntropyLoss
from xent.torch.linear_cross_entropy.request import SparseTargets
from xent.torch.model_patching import ModelPatch, patch_model
from xent.torch.modules import BCEWithLogitsLoss, CrossEntropyLoss
from xent.torch.nll_loss import nll_loss
from xent.torch.patching import Patch, patch
from xent.torch.process_groups import labels_of_all_ranks

__all__ = [
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "Explanation",
    "LabelError",
    "LinearCrossEntropyLoss",
    "ModelPatch",
    "Patch",
    "SoftmaxStatistics",
    "SparseTargets",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "explain",
    "kl_div",
    "labels_of_all_ranks",
    "linear_cross_entropy",
    "nll_loss",
    "patch",
    "patch_model",
]
