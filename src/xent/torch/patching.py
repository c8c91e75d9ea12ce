"""PyTorch's own names for these functions, bound to this library's functions while a patch is open."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import torch.nn.functional

__all__ = ["Patch", "patch"]

_NAMES = (
    "binary_cross_entropy_with_logits", "cross_entropy", "kl_div", "linear_cross_entropy", "nll_loss",
)  # fmt: skip
_LOCK = threading.Lock()
_OPEN: list[Patch] = []
_ORIGINALS: dict[str, Callable[..., Any]] = {}


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
        """Undo."""
        with _LOCK:
            if self in _OPEN:
                _OPEN.remove(self)
                if not _OPEN:
                    _restore()


def patch() -> Patch:
    """
    Let `torch.nn.functional` compute cross-entropy, binary cross-entropy with logits, negative
    log-likelihood, Kullback-Leibler divergence and linear cross-entropy with this library.

    Modules of `torch.nn` such as `CrossEntropyLoss` take part, because they look the functions up when they
    are called; a name that was imported before, as by ``from torch.nn.functional import cross_entropy``,
    keeps PyTorch's function.

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
    """Bind PyTorch's names to the functions of this package, and remember PyTorch's own."""
    for name in _NAMES:
        ours = getattr(importlib.import_module("xent.torch"), name, None)
        original = getattr(torch.nn.functional, name, None)
        # An older PyTorch has no linear cross-entropy to replace.
        if ours is not None and original is not None:
            _ORIGINALS[name] = original
            setattr(torch.nn.functional, name, ours)


def _restore() -> None:
    """Bind PyTorch's names to its own functions again, where they still stand for those of this package."""
    package = importlib.import_module("xent.torch")
    for name, original in _ORIGINALS.items():
        # A function that other code has bound to the name since stays.
        if getattr(torch.nn.functional, name) is getattr(package, name):
            setattr(torch.nn.functional, name, original)
    _ORIGINALS.clear()
