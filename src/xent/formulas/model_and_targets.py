r"""
Softmax and targets: their log-ratio, and the common part of the Hessians of their divergences.

The log-ratio :math:`\log (p / t)` of probabilities :math:`p` and targets :math:`t` is ``log1p((p - t) / t)``
where they are near, and is computed from the logits where a probability is below the smallest float. If a
probability is almost 1, its difference from the target has few digits, but that difference enters a
divergence by its square only.

A divergence of the two has the gradient :math:`J a`, where :math:`a` is its derivative in :math:`p` and
:math:`J = \mathrm{diag}(p) - p p^\top`, and with :math:`u = J v` and the derivative :math:`A` of :math:`a`

.. math:: \nabla^2 \ell\; v = J A u + u \circ (a - \langle p, a \rangle) - p\, \langle u, a \rangle .

Source: the chain rule on Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equation 4.106.
"""

from __future__ import annotations

from xent.arrays import Array, Namespace
from xent.formulas.softmax import Softmax
from xent.precision.exact_difference import Logits

__all__ = ["log_ratio", "turn_product"]


def log_ratio(model: Softmax, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
    """
    ``log(probs / targets)``, elementwise.

    ``inf`` where only the target is 0, ``-inf`` where only the probability is 0 (logit ``-inf``), 0 where
    both are.

    Parameters
    ----------
    model : Softmax
        Softmax of `logits`.
    logits : array of shape (..., K), or `ExactLogits`
        Logits of the model.
    targets : array of shape (..., K)
        Numbers >= 0.
    xp : module
        Array-API namespace of the arrays.
    """
    probs = model.probs
    apart = probs - targets
    # True for nan too, which a target of 0 would hide.
    has_target = ~(targets <= 0)
    safe = xp.where(has_target, targets, 1.0)
    is_near = has_target & (xp.abs(apart) <= targets / 4)
    # The divisor of a far ratio is 1, not `safe`: the derivative in it, 0 / safe**2, is nan for tiny targets.
    near = xp.log1p(xp.where(is_near, apart, 0.0) / xp.where(is_near, safe, 1.0))
    # A subnormal probability has lost digits, and so would its logarithm; that comes from the logits instead.
    is_normal = probs >= float(xp.finfo(probs.dtype).smallest_normal)
    surprisals = model.distances(logits) + xp.log1p(model.rest)[..., None]
    log_probs = xp.where(is_normal, xp.log(xp.where(is_normal, probs, 1.0)), -surprisals)
    far = log_probs - xp.log(safe)
    beyond = xp.where(log_probs == -xp.inf, xp.zeros_like(probs), xp.inf)
    return xp.where(is_near, near, xp.where(has_target, far, beyond))


def turn_product(model: Softmax, derivatives: Array, vectors: Array, *, xp: Namespace) -> Array:
    r"""
    Product of `vectors` with the part of a divergence's Hessian that is due to the curvature of the softmax.

    `model` is the softmax p of the logits, and `derivatives` :math:`a` are those of the divergence in p; all
    are (..., K). With :math:`u = (\mathrm{diag}(p) - p p^\top) v` the product is :math:`u \circ (a - \langle
    p, a \rangle) - p\, \langle u, a \rangle`, and does not change if a constant is added to a. So the entry
    at the most probable class is subtracted first; otherwise :math:`a - \langle p, a \rangle` cancels at that
    class when its probability is near 1.
    """
    probs = model.probs
    steps = model.jacobian_product(vectors, xp=xp)
    shifted = (derivatives - xp.sum(derivatives * model.is_top, axis=-1)[..., None]) * (1 - model.is_top)
    mean = xp.sum(probs * shifted, axis=-1)[..., None]
    return steps * (shifted - mean) - probs * xp.sum(steps * shifted, axis=-1)[..., None]
