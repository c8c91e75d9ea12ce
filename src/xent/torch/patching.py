"""PyTorch's own names for these functions, bound to this library's functions while a patch is open."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import torch.nn.functional
from torch import Tensor

from xent.torch.cross_entropy.call import cross_entropy
from xent.torch.model_patching import as_denominator

__all__ = ["Patch", "patch"]

_NAMES = (
    "binary_cross_entropy_with_logits", "cross_entropy", "kl_div", "linear_cross_entropy", "nll_loss",
)  # fmt: skip
_LIBRARY, _OF_LIBRARY = "transformers.loss.loss_utils", "fixed_cross_entropy"
_LOCK = threading.Lock()
_OPEN: list[Patch] = []
# By module and name: the replaced function, and the one that replaces it.
_REPLACED: dict[tuple[Any, str], tuple[Callable[..., Any], Callable[..., Any]]] = {}


class Patch:
    """
    Change of `torch.nn.functional` that is undone by calling the patch, or at the end of a ``with``.

    Patches may be nested and undone in any order, each of them once: the functions are PyTorch's own again
    when the last is undone.
    """

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self()

    def __call__(self) -> None:
        """
        Undo this patch; nothing if that is done. The functions are PyTorch's own again if no other patch is
        open.
        """
        with _LOCK:
            if self in _OPEN:
                _OPEN.remove(self)
                if not _OPEN:
                    _restore()


def patch() -> Patch:
    """
    Let `torch.nn.functional` compute cross-entropy, binary cross-entropy with logits, negative
    log-likelihood, Kullback-Leibler divergence and linear cross-entropy with this library, in all threads.

    Modules of `torch.nn` such as `CrossEntropyLoss` take part, because they look the functions up when they
    are called; a name that was imported before, as by ``from torch.nn.functional import cross_entropy``,
    keeps PyTorch's function. Models of transformers take part; if that library is loaded, its
    `num_items_in_batch` becomes the denominator of the mean, so that backward needs no second factor.

    Returns
    -------
    Patch
        Call it to undo the change, or use it in a ``with`` statement.

    Examples
    --------
    >>> import torch
    >>> logits, label = torch.tensor([[20.0, 0.0]]), torch.tensor([0])
    >>> with patch():
    ...     torch.nn.CrossEntropyLoss()(logits, label).item()
    2.06115369216775e-09
    >>> torch.nn.CrossEntropyLoss()(logits, label).item()
    0.0
    """
    opened = Patch()
    with _LOCK:
        if not _OPEN:
            _replace()
        _OPEN.append(opened)
    return opened


def _replace() -> None:
    """
    Bind the names to this package's functions, and that of transformers' loss if the library is loaded.

    The functions that they replace are kept for `_restore`.
    """
    for name in _NAMES:
        _bind(torch.nn.functional, name, getattr(importlib.import_module("xent.torch"), name, None))
    _bind(sys.modules.get(_LIBRARY), _OF_LIBRARY, _mean_over_items)


def _bind(module: Any, name: str, ours: Callable[..., Any] | None) -> None:
    """
    Bind `name` of `module` to `ours`, and keep the original in `_REPLACED` for `_restore`.

    Nothing happens if `ours` is None or the module has no such name.
    """
    original = getattr(module, name, None)
    # An older PyTorch has no linear cross-entropy to replace.
    if ours is not None and original is not None:
        _REPLACED[module, name] = original, ours
        setattr(module, name, ours)


def _restore() -> None:
    """Bind the names to their own functions again, where they still stand for those of this package."""
    for (module, name), (original, ours) in _REPLACED.items():
        # A function that other code has bound to the name since stays.
        if getattr(module, name) is ours:
            setattr(module, name, original)
    _REPLACED.clear()


def _mean_over_items(
    source: Tensor,
    target: Tensor,
    num_items_in_batch: Tensor | float | None = None,
    ignore_index: int = -100,
    **others: Any,
) -> Any:
    """
    Cross-entropy of transformers' losses: sum over the labels not ignored, divided by `num_items_in_batch`.

    For None it is divided by the number of these labels. `source` are logits, (rows, C), and `target` labels,
    (rows,); the loss, of shape (), has the dtype of the logits, or float32 under autocast for 16 bits.
    `others` are not used.
    """
    del others
    return cross_entropy(
        source, target, ignore_index=ignore_index, denominator=as_denominator(num_items_in_batch, source)
    )
