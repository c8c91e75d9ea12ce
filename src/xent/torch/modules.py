"""Losses as modules: PyTorch's own classes, computing with this library."""

from __future__ import annotations

from typing import Any, NoReturn

import torch
from torch import Tensor

from xent.arrays.torch_scripting import refuse_script
from xent.torch.binary_cross_entropy.call import binary_cross_entropy_with_logits
from xent.torch.cross_entropy.call import cross_entropy

__all__ = ["BCEWithLogitsLoss", "CrossEntropyLoss"]


class CrossEntropyLoss(torch.nn.CrossEntropyLoss):
    """
    Cross-entropy of labels or of probabilities under a softmax of logits, in nats, as a module.

    It is a `torch.nn.CrossEntropyLoss`, with the same arguments and state.

    Parameters
    ----------
    weight, size_average, ignore_index, reduce, reduction, label_smoothing
        As for `xent.torch.cross_entropy`.
    **options
        Any other option of that function but `class_mask` and `denominator`, which belong to a call. It is
        checked in each call; a tensor among them becomes no parameter or buffer of the module.

    See Also
    --------
    xent.torch.cross_entropy : The definition, with gradient, edge cases and numerics.

    Examples
    --------
    >>> loss = CrossEntropyLoss(z_loss=1e-4)
    >>> loss(torch.tensor([[20.0, 0.0]]), torch.tensor([0])).item()
    0.04000000283122063
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
        **options: Any,
    ) -> None:
        super().__init__(weight, size_average, ignore_index, reduce, reduction, label_smoothing)
        self.options = options

    def __prepare_scriptable__(self) -> NoReturn:
        """Raise `BackendError`: `torch.jit.script` asks for a module that it can compile."""
        refuse_script(type(self).__name__)

    def forward(self, input: Tensor, target: Tensor, **of_call: Any) -> Any:
        """
        Loss of logits and target, or with the option `return_stats` a pair of it and `SoftmaxStatistics`.

        `class_mask`, `denominator` and `way` may be given as keywords. Raises as `xent.torch.cross_entropy`
        says, also for options of the module, and `TypeError` for a keyword that it does not have.
        """
        return cross_entropy(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
            **self.options,
            **of_call,
        )


class BCEWithLogitsLoss(torch.nn.BCEWithLogitsLoss):
    """
    Cross-entropy of targets under a sigmoid of logits, elementwise, in nats, as a module.

    It is a `torch.nn.BCEWithLogitsLoss`, with the same arguments and state.

    Parameters
    ----------
    weight, size_average, reduce, reduction, pos_weight
        As for `xent.torch.binary_cross_entropy_with_logits`.
    **options
        Options `on_empty` and `way` of that function, checked in each call.

    See Also
    --------
    xent.torch.binary_cross_entropy_with_logits : The definition, with gradient, edge cases and numerics.

    Examples
    --------
    >>> BCEWithLogitsLoss()(torch.tensor([30.0]), torch.tensor([1.0]))
    tensor(9.3576e-14)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        pos_weight: Tensor | None = None,
        **options: Any,
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction, pos_weight)
        self.options = options

    def __prepare_scriptable__(self) -> NoReturn:
        """Raise `BackendError`: `torch.jit.script` asks for a module that it can compile."""
        refuse_script(type(self).__name__)

    def forward(self, input: Tensor, target: Tensor, **of_call: Any) -> Tensor:
        """
        Loss of logits and target; `denominator` and `way` may be given as keywords.

        Raises as `xent.torch.binary_cross_entropy_with_logits` says, and `TypeError` for any other keyword.
        """
        return binary_cross_entropy_with_logits(
            input,
            target,
            self.weight,
            reduction=self.reduction,
            pos_weight=self.pos_weight,
            **self.options,
            **of_call,
        )
