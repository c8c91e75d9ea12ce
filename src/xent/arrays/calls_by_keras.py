"""
Refusal of a loss that was handed to Keras as it is.

Keras calls a loss with the truth first, as floats; losses here take the logits first. Two float arrays of one
shape do not show their order, and the exchanged loss is a finite number. Keras offers a callable no moment at
which it could object before the call, and marks neither array; so the caller is looked up on the stack, but
only in a process that has loaded Keras.
"""

from __future__ import annotations

import sys
from typing import Any

from xent.errors import DTypeError

__all__ = ["refuse_call_by_keras"]

# A loss calls this at once, a PyTorch module of a loss through four functions.
_FRAMES = 6


def refuse_call_by_keras(caller: str, argument: str) -> None:
    """
    Raise `DTypeError` if Keras calls a loss of this package that is not of `xent.keras`.

    Of the 6 frames above the function that calls this one, the nearest that belongs to Keras is looked at:
    the error is raised if its object wraps a function of this package. Without such a frame, and while a
    compiler of PyTorch traces the call, nothing happens. `caller` and `argument` are the names of the loss
    and of its first argument, for the message. A function of the user's own between Keras and the loss may
    order the arguments as it likes.
    """
    torch = sys.modules.get("torch")
    # Compilers cannot trace a look at the stack. Keras builds a loss by a call without a compiler.
    if torch is not None and torch.compiler.is_compiling():
        return
    frame = sys._getframe(1)  # noqa: SLF001 - the function for this, though it has no public name
    for _ in range(_FRAMES):
        if frame.f_back is None:
            return
        frame = frame.f_back
        if frame.f_globals.get("__name__", "").startswith("keras."):
            break
    else:
        return
    keras_loss = frame.f_locals.get("self")
    if _is_ours(getattr(keras_loss, "fn", None)) or _is_ours(getattr(keras_loss, "_fn", None)):
        raise DTypeError(
            caller,
            argument,
            "come first",
            got="the truth, as Keras passes it, in floats",
            hint="Hand Keras a loss or metric of `xent.keras`, or your own `f(y_true, y_pred)`.",
        )


def _is_ours(function: Any) -> bool:
    """
    True if this package defines the function, or the class of the method or object; not for
    `xent.keras`.
    """
    owner = getattr(function, "__self__", function)
    module = getattr(owner, "__module__", None) or ""
    return module.startswith("xent.") and not module.startswith("xent.keras")
