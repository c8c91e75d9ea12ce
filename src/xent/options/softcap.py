r"""
Softcap of logits in place, for memory that holds one chunk of logits.

.. math:: g(z) = c \tanh(z / c), \quad g'(z) = \frac{1}{\cosh^2(z / c)}

These are the first step of `xent.formulas.adjusted_logits`, which returns new arrays for any array library.
Here the logits are overwritten, and the derivative takes one more array of their size. It is computed from
the hyperbolic cosine: ``1 - tanh(x) ** 2`` has lost half its digits in 32 bits at x = 4, and all at x = 9.

Source: Gemma Team (2024). Gemma 2: improving open language models at a practical size. arXiv:2408.00118,
section 2.
"""

from __future__ import annotations

import math
from typing import Any

__all__ = ["cap_in_place"]


def cap_in_place(logits: Any, softcap: float, *, keeps_derivative: bool) -> Any:
    """
    Cap `logits` in place, but for those of ``-inf``; return the derivative of each in its own logit.

    The derivative of ``-inf`` is 0. The result is a new tensor of the shape of `logits`, or None unless
    `keeps_derivative`.

    Parameters
    ----------
    logits : tensor of 32 bits or more
        Overwritten by the capped logits.
    softcap : float
        Bound of the capped logits, positive.
    keeps_derivative : bool
        True to return the derivative.
    """
    # A class of probability 0, as by a bias of -inf, keeps it.
    is_excluded = logits == -math.inf
    logits.div_(softcap)
    # The reciprocal before the square: cosh overflows later than its square does.
    derivative = logits.cosh().reciprocal_().square_() if keeps_derivative else None
    logits.tanh_().mul_(softcap).masked_fill_(is_excluded, -math.inf)
    return derivative
