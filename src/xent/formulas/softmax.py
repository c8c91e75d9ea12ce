r"""
Softmax as four parts that keep their digits: every loss on logits is built from them.

With :math:`z_j` one largest logit and :math:`r = \sum_{k \ne j} e^{z_k - z_j}`,

.. math::

    p_j = \frac{1}{1 + r}, \quad 1 - p_j = \frac{r}{1 + r}, \quad
    p_k = \frac{e^{z_k - z_j}}{1 + r}, \quad
    \log \sum_k e^{z_k} = z_j + \mathrm{log1p}\, r.

Nothing here is a difference of near numbers, however sure the model is: the largest term is left out of
the sum instead of being taken away from it. The exponent is the exact difference of two logits, so the
result does not get worse as logits lie further apart.

Source: Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equation 4.104; the shift:
Blanchard, P., Higham, D. J., Higham, N. J. (2021). Accurately computing the log-sum-exp and softmax
functions. IMA J. Numer. Anal. 41(4), equation 1.3. doi:10.1093/imanum/draa038.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from xent.arrays import Array, Namespace, class_indices, row_sum
from xent.precision.exact_difference import exact_difference
from xent.precision.exact_logits import Logits, rounded_and_rest

__all__ = ["Softmax", "log_softmax", "softmax"]

_FAR = 64.0


class Softmax(NamedTuple):
    """
    Parts of the softmax of logits of shape (..., K); all are nan in a row without a softmax.

    Parameters
    ----------
    peak : array of shape (...)
        One largest logit.
    top : array of shape (...)
        Its class, the first of tied ones.
    is_top : array of shape (..., K)
        One-hot coding of `top`.
    exponentials : array of shape (..., K)
        ``exp(logits - peak)``.
    rest : array of shape (...)
        Sum of the exponentials of all other classes.
    peak_rest : array of shape (...), or the number 0
        What rounding took from the peak, where logits are `ExactLogits`.
    """

    peak: Array
    top: Array
    is_top: Array
    exponentials: Array
    rest: Array
    peak_rest: Array = 0.0

    @property
    def total(self) -> Array:
        """Sum of all exponentials."""
        return 1 + self.rest

    @property
    def probs(self) -> Array:
        """Probabilities of the classes."""
        return self.exponentials / self.total[..., None]

    def distances(self, logits: Logits) -> Array:
        """How far each of `logits`, those of this softmax, is below the peak; infinite at ``-inf``."""
        high, low = rounded_and_rest(logits)
        gaps = self.peak[..., None] - high
        return gaps if isinstance(low, float) else gaps + (self.peak_rest[..., None] - low)

    def complements(self, probs: Array, *, xp: Namespace) -> Array:
        """``1 - probs``, with all digits also where one probability is almost 1."""
        return xp.where(self.is_top == 1, (self.rest / self.total)[..., None], 1 - probs)

    def jacobian_product(self, vectors: Array, *, xp: Namespace) -> Array:
        r"""
        Product of the Jacobian :math:`\mathrm{diag}(p) - p p^\top` with `vectors`, of shape (..., K).

        It does not see a constant added to a vector, so the entry at the top is taken away first:
        where the model is sure, ``v_k - p @ v`` would cancel there.
        """
        probs = self.probs
        at_top = xp.sum(vectors * self.is_top, axis=-1)[..., None]
        # The difference is 0 at the top; a compiler that evaluates `vectors` twice may round it otherwise.
        shifted = (vectors - at_top) * (1 - self.is_top)
        return probs * (shifted - xp.sum(probs * shifted, axis=-1)[..., None])


def softmax(logits: Logits, *, xp: Namespace) -> Softmax:
    """
    Parts of the softmax of `logits` over the last axis.

    A class of logit ``-inf`` has probability 0. A row that is all ``-inf``, or holds ``nan`` or ``+inf``,
    has no softmax: its parts are nan.

    Parameters
    ----------
    logits : array of shape (..., K), or `ExactLogits`
        Unnormalised log-probabilities.
    xp : module
        Namespace of `logits`.

    Returns
    -------
    Softmax
        The parts.

    Examples
    --------
    >>> import numpy as np
    >>> model = softmax(np.asarray([50.0, 0.0]), xp=np)
    >>> model.probs, model.complements(model.probs, xp=np)
    (array([1.00000000e+00, 1.92874985e-22]), array([1.92874985e-22, 1.00000000e+00]))
    """
    logits, low = rounded_and_rest(logits)
    largest = xp.max(logits, axis=-1)[..., None]
    largest = xp.where(xp.isfinite(largest), largest, xp.nan)
    top, is_top = _first(logits == largest, logits, xp=xp)
    finite = xp.maximum(logits, _floor(largest, xp=xp))
    peak = xp.sum(finite * is_top, axis=-1)
    hi, lo = exact_difference(finite, peak[..., None])
    # One word has nothing to add, and an addition of 0 would be one more pass.
    if isinstance(low, float):
        low_of_peak = 0.0
    else:
        low_of_peak = xp.sum(low * is_top, axis=-1)
        # Of large logits the rests are not small, and the exponential of `lo` is 1 + lo only if it is.
        hi, lo = exact_difference(hi, -(lo + (low - low_of_peak[..., None])))
    exponentials, rest = _exponentials(hi, lo, is_top, xp=xp)
    return Softmax(peak, top, is_top, exponentials, rest, low_of_peak)


def _exponentials(hi: Array, lo: Array, is_top: Array, *, xp: Namespace) -> tuple[Array, Array]:
    """
    ``exp(hi + lo)``, and the sum of all but the top.

    Small ones are added up before they are made small: next to underflow each has lost its digits, and a
    thousand of them together have not.
    """
    is_far = xp.astype(hi < -_FAR, hi.dtype)
    # Below -64 this sum is exact.
    raised = xp.exp(hi + _FAR * is_far) * (1 + lo)
    far = raised * is_far
    near = raised - far
    rest = row_sum(near * (1 - is_top), xp=xp) + row_sum(far, xp=xp) * math.exp(-_FAR)
    return near + far * math.exp(-_FAR), rest


def log_softmax(logits: Array, *, xp: Namespace) -> Array:
    """
    Logarithms of the probabilities in nats, of the shape of `logits`, all <= 0.

    As ``0 - ((peak - logits) + log1p(rest))``, a sum of two non-negative terms, so that of a sure class
    keeps its digits; ``-inf`` stays ``-inf``.

    Examples
    --------
    >>> import numpy as np
    >>> log_softmax(np.asarray([50.0, 0.0]), xp=np)
    array([-1.92874985e-22, -5.00000000e+01])
    """
    model = softmax(logits, xp=xp)
    below = model.peak[..., None] - logits
    return 0 - (below + xp.log1p(model.rest)[..., None])


def _first(mask: Array, logits: Array, *, xp: Namespace) -> tuple[Array, Array]:
    """
    First class of each row where `mask` holds, and its one-hot coding; K and zeros where it never does.

    It is ``argmax(mask)``, made of steps that NumPy vectorises in either memory order.
    """
    countdown = logits.shape[-1] - class_indices(logits, xp=xp)
    first = xp.max(xp.astype(mask, countdown.dtype) * countdown, axis=-1)
    return logits.shape[-1] - first, xp.astype(countdown == first[..., None], logits.dtype)


def _floor(peak: Array, *, xp: Namespace) -> Array:
    """
    A finite number so far below `peak` that its exponential is 0.

    Logits are raised to it, which makes every difference finite: arithmetic on ``-inf`` gives nan.
    """
    return peak - (1024 + 4 * xp.finfo(peak.dtype).eps * xp.abs(peak))
