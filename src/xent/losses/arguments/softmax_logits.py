"""
Checks of the logits of a softmax: rows without a softmax, and likely mistakes.

Rows without a softmax are always checked for unless ``validate=False``. Likely mistakes are checked for with
``validate="strict"`` only, because they may be intended: probabilities are valid logits, and a softmax over
one class is constant.
"""

from __future__ import annotations

import inspect
import warnings

from xent.arrays import Array, Namespace, check_values, constant, is_known_to_hold
from xent.errors import ShapeError
from xent.losses.arguments.examples import Examples

__all__ = ["check_softmax_logits"]

_NEAR_1 = 1e-3


def check_softmax_logits(logits: Array, examples: Examples, *, argument: str = "logits") -> None:
    """
    Raise `DomainError` for a row of adjusted `logits` that holds ``+inf`` or only ``-inf``.

    Nothing is checked if `examples.validate` is False; ``"strict"`` adds the checks for likely mistakes.
    `argument` is the name of the logits in error messages. Traced or off-host values are not inspected.
    """
    xp, caller = examples.xp, examples.caller
    if not examples.validate or 0 in logits.shape:
        return
    # Fast path: NumPy takes longer for the maximum of many short rows than for their loss.
    if not is_known_to_hold((xp.max(logits) < xp.inf) & (xp.min(logits) > -xp.inf)):
        _check_rows(logits, argument, caller=caller, xp=xp)
    if examples.validate == "strict":
        _check_for_likely_mistakes(logits, argument, caller=caller, xp=xp)


def _check_rows(logits: Array, argument: str, *, caller: str, xp: Namespace) -> None:
    """Raise `DomainError` for a row with ``+inf`` or with ``-inf`` only."""
    check_values(
        logits,
        lambda logits: xp.max(logits, axis=-1) == xp.inf,
        "be below +inf",
        caller=caller,
        argument=argument,
        xp=xp,
        show=lambda logits: xp.max(logits, axis=-1),
    )
    check_values(
        logits,
        lambda logits: xp.max(logits, axis=-1) == -xp.inf,
        "leave at least one class of each row unmasked",
        caller=caller,
        argument=argument,
        xp=xp,
        hint="Every class of this row is masked (-inf). To leave a row out, give it weight 0.",
        show=lambda logits: xp.max(logits, axis=-1),
    )


def _check_for_likely_mistakes(logits: Array, argument: str, *, caller: str, xp: Namespace) -> None:
    """Raise for a single class; warn of probabilities, and of classes that may lie on axis 1."""
    if logits.shape[-1] == 1:
        raise ShapeError(
            caller,
            argument,
            "have more than one class on its last axis",
            got=f"shape {tuple(logits.shape)}",
            hint="A softmax over 1 class is constant; use `sigmoid_cross_entropy` for one logit per row.",
        )
    sums = xp.sum(constant(logits), axis=-1)
    look_like_probs = xp.all((xp.abs(sums - 1) <= _NEAR_1) & xp.all(logits >= 0, axis=-1))
    if is_known_to_hold(look_like_probs):
        _warn(f"{caller}: `{argument}` look like probabilities (each row sums to 1): softmax applied twice?")
    shape = tuple(logits.shape)
    if len(shape) > 2 and shape[1] == shape[-1]:
        message = f"`{argument}` of shape {shape} have as many entries on axis 1; classes lie on the last."
        _warn(f"{caller}: {message}")


def _warn(message: str) -> None:
    """Issue a `UserWarning` that points to the line that called this library."""
    level, frame = 1, inspect.currentframe()
    while frame is not None and str(frame.f_globals.get("__name__")).partition(".")[0] == "xent":
        level, frame = level + 1, frame.f_back
    warnings.warn(message, UserWarning, stacklevel=level)
