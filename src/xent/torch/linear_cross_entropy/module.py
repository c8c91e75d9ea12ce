"""Linear cross-entropy as a module: PyTorch's own class, computing with this library."""

from __future__ import annotations

from typing import Any, NoReturn

import torch
from torch import Tensor
from torch.nn import LinearCrossEntropyOptions

from xent.arrays.torch_scripting import refuse_script
from xent.torch.linear_cross_entropy.call import linear_cross_entropy
from xent.torch.linear_cross_entropy.request import SparseTargets

__all__ = ["LinearCrossEntropyLoss"]


class LinearCrossEntropyLoss(torch.nn.LinearCrossEntropyLoss):
    """
    Cross-entropy of labels or of probabilities under a linear layer and its softmax, in nats, as a module.

    It is a `torch.nn.LinearCrossEntropyLoss`, with the same arguments and state; the layer is its `linear`.

    Parameters
    ----------
    in_features, num_classes : int
        Shape of the layer.
    out_features, bias, device, dtype
        Other arguments of the layer, as for PyTorch's module.
    reduction, weight, ignore_index, label_smoothing, options
        As for `xent.torch.linear_cross_entropy`; PyTorch's module raises ``RuntimeError`` for a `weight` of
        another shape and a `label_smoothing` out of range.
    **more
        Any other option of that function but `class_mask` and `denominator`, which belong to a call. It is
        checked in each call; a tensor among them becomes no parameter or buffer of the module.

    See Also
    --------
    xent.torch.linear_cross_entropy : The definition, with gradient, edge cases and numerics.

    Examples
    --------
    >>> loss = LinearCrossEntropyLoss(4, 50_000, z_loss=1e-4)
    >>> loss.linear.weight.shape
    torch.Size([50000, 4])
    """

    def __init__(
        self,
        in_features: int,
        num_classes: int,
        *,
        out_features: tuple[int, ...] = (),
        bias: bool = False,
        device: Any = None,
        dtype: Any = None,
        reduction: str = "mean",
        weight: Tensor | None = None,
        ignore_index: int | None = None,
        label_smoothing: float = 0.0,
        options: LinearCrossEntropyOptions | None = None,
        **more: Any,
    ) -> None:
        super().__init__(
            in_features, num_classes, out_features=out_features, bias=bias, device=device, dtype=dtype,
            reduction=reduction, weight=weight, ignore_index=ignore_index, label_smoothing=label_smoothing,
            options=options,
        )  # fmt: skip
        self.more = more

    def __prepare_scriptable__(self) -> NoReturn:
        """Raise `BackendError`: `torch.jit.script` asks for a module that it can compile."""
        refuse_script(type(self).__name__)

    def forward(self, input: Tensor, target: Tensor | SparseTargets, **of_call: Any) -> Any:
        """
        Loss of hidden states and target, with statistics if the module has the option `return_stats`.

        `class_mask`, `denominator` and `way` may be given as keywords; raises as
        `xent.torch.linear_cross_entropy` says.
        """
        by_row = (self.num_classes, *self.out_features)
        bias: Tensor | None = self.linear.bias
        return linear_cross_entropy(
            input,
            self.linear.weight.reshape(*by_row, self.linear.in_features),
            target,
            linear_bias=None if bias is None else bias.reshape(by_row),
            weight=self.weight,
            reduction=self.reduction,
            ignore_index=self.ignore_index,
            label_smoothing=self.label_smoothing,
            options=self.options,
            **self.more,
            **of_call,
        )
