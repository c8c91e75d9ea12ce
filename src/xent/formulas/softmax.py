r"""
Softmax as parts that keep their digits, from which the losses on logits are built.

With :math:`z_j` one largest logit and :math:`r = \sum_{k \ne j} e^{z_k - z_j}`,

.. math::

    p_j = \frac{1}{1 + r}, \quad 1 - p_j = \frac{r}{1 + r}, \quad
    p_k = \frac{e^{z_k - z_j}}{1 + r}, \quad
    \log \sum_k e^{z_k} = z_j + \mathrm{log1p}\, r.

No expression is a difference of near numbers, however close :math:`p_j` is to 1: the largest term is left out
of the sum instead of being subtracted from it. The exponent is the exact difference of two logits, so the
error does not grow with the distance of the logits.

Source: Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equation 4.104; the shift:
Blanchard, P., Higham, D. J., Higham, N. J. (2021). Accurately computing the log-sum-exp and softmax
functions. IMA J. Numer. Anal. 41(4), equation 1.3. doi:10.1093/imanum/draa038.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from xent.arrays import Array, Namespace, class_indices, row_sum
from xent.precision.exact_difference import Logits, exact_difference, high_and_low

__all__ = ["Softmax", "log_softmax", "softmax"]

_FAR = 64.0


class Softmax(NamedTuple):
    """
    Parts of the softmax of logits of shape (..., K).

    In a row without a softmax all are nan but `top` and `is_top`.

    Parameters
    ----------
    peak : array of shape (...)
        Largest logit, rounded.
    top : array of shape (...)
        Argmax: the class of the largest logit, the first one of a tie; K in a row without a softmax.
    is_top : array of shape (..., K)
        One-hot coding of `top`; 0 in a row without a softmax.
    exponentials : array of shape (..., K)
        ``exp(logits - peak)``.
    rest : array of shape (...)
        Sum of the exponentials of all classes but `top`.
    peak_rest : array of shape (...), or the number 0
        Low-order part of the peak if the logits are `ExactLogits`, else 0.
    """

    peak: Array
    top: Array
    is_top: Array
    exponentials: Array
    rest: Array
    peak_rest: Array = 0.0

    @property
    def total(self) -> Array:
        """Sum of all exponentials, of shape (...)."""
        return 1 + self.rest

    @property
    def probs(self) -> Array:
        """Probabilities of the classes, of shape (..., K)."""
        return self.exponentials / self.total[..., None]

    def distances(self, logits: Logits) -> Array:
        """
        Distance of each logit below the peak, >= 0 and of shape (..., K); ``inf`` at ``-inf``.

        `logits` must be those that this softmax was computed from.
        """
        high, low = high_and_low(logits)
        gaps = self.peak[..., None] - high
        return gaps if isinstance(low, float) else gaps + (self.peak_rest[..., None] - low)

    def complements(self, probs: Array, *, xp: Namespace) -> Array:
        """
        ``1 - probs``, of shape (..., K), accurate also where a probability is near 1.

        `probs` must be the `probs` of this softmax.
        """
        return xp.where(self.is_top == 1, (self.rest / self.total)[..., None], 1 - probs)

    def jacobian_product(self, vectors: Array, *, xp: Namespace) -> Array:
        r"""
        Product of the Jacobian :math:`\mathrm{diag}(p) - p p^\top` of each row with `vectors`, (..., K).

        Adding a constant to a vector does not change the product, so the entry at `top` is subtracted first;
        otherwise ``v_k - p @ v`` cancels at that class when its probability is near 1.
        """
        probs = self.probs
        at_top = xp.sum(vectors * self.is_top, axis=-1)[..., None]
        # The difference is 0 at the top in exact arithmetic. The mask makes it 0 also under a compiler that
        # evaluates `vectors` twice, with different rounding.
        shifted = (vectors - at_top) * (1 - self.is_top)
        return probs * (shifted - xp.sum(probs * shifted, axis=-1)[..., None])


def softmax(logits: Logits, *, xp: Namespace) -> Softmax:
    """
    Parts of the softmax of `logits` over the last axis.

    A class of logit ``-inf`` has probability 0. A row that is all ``-inf``, or holds ``nan`` or ``+inf``, has
    no softmax: its parts are nan, but `top` is K and `is_top` is 0.

    Parameters
    ----------
    logits : array of shape (..., K), or `ExactLogits`
        Unnormalised log-probabilities.
    xp : module
        Array-API namespace of `logits`.

    Returns
    -------
    Softmax
        Peak (largest logit, with its low-order part), argmax, the first of a tie, its one-hot coding,
        exponentials of the logits less the peak, and the sum of these without that of the argmax.

    Examples
    --------
    >>> import numpy as np
    >>> model = softmax(np.asarray([50.0, 0.0]), xp=np)
    >>> model.probs, model.complements(model.probs, xp=np)
    (array([1.00000000e+00, 1.92874985e-22]), array([1.92874985e-22, 1.00000000e+00]))
    """
    logits, low = high_and_low(logits)
    largest = xp.max(logits, axis=-1)[..., None]
    largest = xp.where(xp.isfinite(largest), largest, xp.nan)
    # The first class with the largest logit. Equal to argmax, which NumPy does not vectorise in both memory
    # orders; a row without a softmax is nowhere equal to nan, so its argmax is K and its one-hot coding is 0.
    countdown = logits.shape[-1] - class_indices(logits, xp=xp)
    first = xp.max(xp.astype(logits == largest, countdown.dtype) * countdown, axis=-1)
    top, is_top = logits.shape[-1] - first, xp.astype(countdown == first[..., None], logits.dtype)
    finite = xp.maximum(logits, _floor(largest, xp=xp))
    peak = xp.sum(finite * is_top, axis=-1)
    hi, lo = exact_difference(finite, peak[..., None])
    # A plain array has no low-order parts; adding 0 would cost one more pass over the logits.
    if isinstance(low, float):
        low_of_peak = 0.0
    else:
        low_of_peak = xp.sum(low * is_top, axis=-1)
        # Low-order parts of large logits are not small, and exp(lo) = 1 + lo holds only for a small `lo`:
        # the sum is normalised into a new pair.
        hi, lo = exact_difference(hi, -(lo + (low - low_of_peak[..., None])))
    exponentials, rest = _exponentials(hi, lo, is_top, xp=xp)
    return Softmax(peak, top, is_top, exponentials, rest, low_of_peak)


def _exponentials(hi: Array, lo: Array, is_top: Array, *, xp: Namespace) -> tuple[Array, Array]:
    """
    ``exp(hi + lo)``, of shape (..., K), and its sum over all classes but the top, of shape (...).

    `hi` is at most 0, `lo` its low-order part, `is_top` the one-hot coding of the top. Exponentials below
    ``exp(-64)`` are summed times ``exp(64)``, and scaled down as a sum: next to underflow each of them alone
    has lost its digits, but a thousand of them together are a number that has not.
    """
    is_far = xp.astype(hi < -_FAR, hi.dtype)
    # hi + 64 is exact for hi < -64, so raising costs no accuracy.
    raised = xp.exp(hi + _FAR * is_far) * (1 + lo)
    far = raised * is_far
    near = raised - far
    rest = row_sum(near * (1 - is_top), xp=xp) + row_sum(far, xp=xp) * math.exp(-_FAR)
    return near + far * math.exp(-_FAR), rest


def log_softmax(logits: Array, *, xp: Namespace) -> Array:
    """
    Logarithms of the softmax probabilities in nats, of the shape of `logits`, all <= 0.

    Computed as ``0 - ((peak - logits) + log1p(rest))``, a sum of two terms >= 0, so the logarithm of a
    probability near 1 keeps its digits. A logit of ``-inf`` gives ``-inf``; a row without a softmax is nan.

    Examples
    --------
    >>> import numpy as np
    >>> log_softmax(np.asarray([50.0, 0.0]), xp=np)
    array([-1.92874985e-22, -5.00000000e+01])
    """
    model = softmax(logits, xp=xp)
    below = model.peak[..., None] - logits
    return 0 - (below + xp.log1p(model.rest)[..., None])


def _floor(peak: Array, *, xp: Namespace) -> Array:
    """
    Finite number so far below `peak` that its exponential, relative to the peak, is 0; nan at a peak of nan.

    Logits are raised to it before they are subtracted: ``-inf - -inf`` is nan, and so is the low-order part
    of an infinite difference.
    """
    return peak - (1024 + 4 * xp.finfo(peak.dtype).eps * xp.abs(peak))
