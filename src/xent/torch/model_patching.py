"""
Causal language models of transformers that train on `linear_cross_entropy`, without materialised logits.

A model is known by its output layer and its loss function, not by its name. In a training step with labels
the output layer returns `DeferredLogits`, from which the loss function takes hidden states and weight::

    backbone -> hidden states -> head -> [cap, scale] -> loss function
                                  |                        |
         training with labels:    nothing computed         linear_cross_entropy
         otherwise:               logits                   the model's own
"""

from __future__ import annotations

import inspect
import sys
from typing import Any, Self

import torch
from torch import Tensor
from torch.nn.functional import pad

from xent.errors import DomainError
from xent.torch.deferred_logits import DeferredLogits
from xent.torch.linear_cross_entropy.call import linear_cross_entropy

__all__ = ["ModelPatch", "as_denominator", "patch_model"]

_CALLER = "patch_model"


class ModelPatch:
    """
    Change of one model that is undone by calling it, or at the end of a ``with``; a second call does nothing.

    Parameters
    ----------
    model : transformers.PreTrainedModel
        Model, checked.
    """

    def __init__(self, model: Any) -> None:
        self.model, self.head = model, model.get_output_embeddings()
        self.own_loss = model.loss_function
        self._had_loss = "_loss_function" in vars(model)
        self._defers = False
        # The names, as some callers pass the labels by place.
        self._signature = inspect.signature(model.forward)
        self._hooks = (
            model.register_forward_pre_hook(self._before, with_kwargs=True),
            model.register_forward_hook(self._after, always_call=True),
        )
        self.head.forward = self._logits
        model.loss_function = self._loss

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self()

    def __call__(self) -> None:
        """Give the model its own loss and output layer again; nothing if that is done."""
        if vars(self.head).get("forward") != self._logits:
            return
        del self.head.forward
        for hook in self._hooks:
            hook.remove()
        if self._had_loss:
            self.model.loss_function = self.own_loss
        else:
            del self.model._loss_function  # noqa: SLF001 - transformers has no other name for it

    def _before(self, model: Any, args: Any, kwargs: dict[str, Any]) -> None:
        """Note, as a hook before `forward` of `model`, if this is a step of training with labels."""
        given = self._signature.bind_partial(*args, **kwargs).arguments
        self._defers = bool(model.training) and given.get("labels") is not None

    def _after(self, *_: Any) -> None:
        """Forget the step, as a hook after `forward`, which runs after an error too."""
        self._defers = False

    def _logits(self, input: Tensor) -> Tensor | DeferredLogits:
        """Logits of the head, deferred in a step of training with labels."""
        if self._defers:
            return DeferredLogits(input, self.head.weight, self.head.bias)
        return type(self.head).forward(self.head, input)  # type: ignore[no-any-return]

    def _loss(
        self,
        logits: Tensor | DeferredLogits,
        labels: Tensor,
        vocab_size: int,
        num_items_in_batch: Tensor | float | None = None,
        ignore_index: int = -100,
        shift_labels: Tensor | None = None,
        **others: Any,
    ) -> Tensor:
        """
        Loss of a training step, of shape (), from the arguments that the model's own loss function takes.

        For deferred logits of `vocab_size` classes it is a linear cross-entropy in float32, a mean over the
        rows not ignored or over `num_items_in_batch`, and `others` are not used. Any other logits, deferred
        ones materialised, go with all arguments to the model's own loss function. Without `shift_labels`,
        those of the next position in `labels` are used, and the last position is ignored.
        """
        if not isinstance(logits, DeferredLogits) or vocab_size != logits.weight.shape[0]:
            given = logits.computed() if isinstance(logits, DeferredLogits) else logits
            own: Tensor = self.own_loss(
                given, labels, vocab_size, num_items_in_batch=num_items_in_batch, ignore_index=ignore_index,
                shift_labels=shift_labels, **others,
            )  # fmt: skip
            return own
        if shift_labels is None:
            shift_labels = pad(labels, (0, 1), value=ignore_index)[..., 1:]
        rows = logits.input.reshape(-1, logits.input.shape[-1])
        loss: Any = linear_cross_entropy(
            rows,
            logits.weight,
            shift_labels.reshape(-1).to(rows.device),
            linear_bias=logits.bias,
            ignore_index=ignore_index,
            denominator=as_denominator(num_items_in_batch, rows),
            out_dtype=torch.float32,
            **logits.adjustment,
        )
        return loss  # type: ignore[no-any-return]


def patch_model(model: Any) -> ModelPatch:
    """
    Let a causal language model of transformers train on `linear_cross_entropy`, without all logits in memory.

    In training with labels the loss is computed from hidden states and the weight of the output layer, over
    the rows that are not ignored alone; softcaps and scales between the two are applied, and
    `num_items_in_batch` becomes the denominator. At inference, and without labels, nothing changes. In
    training the logits of the output are computed when they are read, with gradients as always.

    Parameters
    ----------
    model : transformers.PreTrainedModel
        Model whose output layer is a `torch.nn.Linear` and whose loss function is transformers'
        ``ForCausalLMLoss``, as of Llama, GPT-2, Qwen and Gemma; not a wrapper of it.

    Returns
    -------
    ModelPatch
        Call it to undo the change, or use it in a ``with`` statement.

    Raises
    ------
    DomainError
        If the model is patched already, is none of transformers, or has another output layer or loss
        function.

    See Also
    --------
    xent.torch.patch : The losses of all modules, computed from materialised logits.

    Examples
    --------
    >>> undo = patch_model(model)  # doctest: +SKIP
    >>> model(input_ids=tokens, labels=tokens).loss.backward()  # doctest: +SKIP
    >>> undo()  # doctest: +SKIP
    """
    _check(model)
    return ModelPatch(model)


def as_denominator(items: Tensor | float | None, rows: Tensor) -> Tensor | float | None:
    """
    Number of items of a batch as the argument `denominator`: a tensor moved to the device of `rows`, of shape
    ().

    A number, and None, stay as they are.
    """
    return items.to(rows.device).reshape(()) if isinstance(items, Tensor) else items


def _check(model: Any) -> None:
    """
    Raise `DomainError` for a model that this patch cannot change.

    That is one that is patched already, is not of transformers, has another loss function than
    ``ForCausalLMLoss``, or an output layer that is not a plain `torch.nn.Linear`.
    """
    library = sys.modules.get("transformers.loss.loss_utils")
    expected = getattr(library, "ForCausalLMLoss", None)
    own = getattr(model, "loss_function", None)
    if expected is None or own is None or not hasattr(model, "get_output_embeddings"):
        rule, got = "be a causal language model of transformers", type(model).__name__
        hint = "Pass the model itself, not a wrapper of it such as `DistributedDataParallel`."
        raise DomainError(_CALLER, "model", rule, got=got, hint=hint)
    head = model.get_output_embeddings()
    if isinstance(getattr(own, "__self__", None), ModelPatch):
        raise DomainError(_CALLER, "model", "not be patched already", got=type(model).__name__)
    if own is not expected:
        got = getattr(own, "__qualname__", repr(own))
        hint = "`xent.torch.patch()` serves models with other losses."
        raise DomainError(_CALLER, "model.loss_function", "be `ForCausalLMLoss`", got=got, hint=hint)
    if type(head) is not torch.nn.Linear or "forward" in vars(head):
        rule = "be a plain `torch.nn.Linear`"
        got = type(head).__name__ + (" with another `forward`" if type(head) is torch.nn.Linear else "")
        hint = "`xent.torch.patch()` serves models with other output layers."
        raise DomainError(_CALLER, "model.get_output_embeddings()", rule, got=got, hint=hint)
