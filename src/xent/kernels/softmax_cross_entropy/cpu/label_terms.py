r"""
Value and gradient of the cross-entropy of a label, from the parts of a softmax.

With weight :math:`w` of the label's class, logarithm :math:`L` of the normaliser and the weight
:math:`\lambda` of its square,

.. math::

    \ell = w (L - z_y) + \lambda L^2, \qquad
    \frac{\partial \ell}{\partial z_k} = (w + 2 \lambda L) p_k - w [k = y].

The square keeps normalisers near 1: de Brébisson, A., Vincent, P. (2016). The Z-loss: a shift and scale
invariant classification loss belonging to the spherical family. arXiv:1604.08859; in this form Chowdhery, A.
et al. (2023). PaLM. JMLR 24(240), section 5.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.kernels.cpu.logarithm import log1p
from xent.kernels.vector_code import Value, select

__all__ = ["LabelTerms"]


@dataclass(frozen=True)
class LabelTerms:
    """
    Terms of the cross-entropy of a label, or of a vector of labels.

    Parameters
    ----------
    peak, rest : Value
        Largest logit, and the sum of ``exp(logit - peak)`` over all other classes.
    label_logit : Value
        Logit of the label.
    is_top : Value
        True if the label is the argmax, whose exponential `rest` excludes.
    weight : Value
        Weight of the label's class.
    z_weight : Value
        Weight of the square of the normaliser's logarithm.
    """

    peak: Value
    rest: Value
    label_logit: Value
    is_top: Value
    weight: Value
    z_weight: Value

    def value(self) -> tuple[Value, Value]:
        """
        The loss in nats, and the log-normaliser L, ``peak + log1p(rest)``.

        The loss is `weight` times the surprisal of the label, plus `z_weight` times the square of L. Both are
        nan where `rest` is nan. A class of weight 0 costs only the second term, even at a logit of ``-inf``.
        """
        log_total = log1p(self.rest)
        normaliser = self.peak + log_total
        surprisal = (self.peak - self.label_logit) + log_total
        # A class of weight 0 costs 0 even if its probability is 0; `0 * inf` would be nan.
        is_free = (self.weight == 0.0) & (surprisal == float("inf"))
        cost = select(is_free, 0.0, self.weight * surprisal)
        return cost + self.z_weight * normaliser * normaliser, normaliser

    def gradient(self, exponential: Value, factor: Value, normaliser: Value) -> tuple[Value, Value]:
        """
        `factor` times the gradient: multiplier of the exponentials at other classes, and the entry at the
        label.

        With `weight` w, `z_weight` c, `normaliser` L (the log-normaliser) and the label's probability p they
        are ``factor (w + 2 c L) / (1 + rest)`` and ``factor (2 c L p - w (1 - p))``, where ``1 - p`` does not
        cancel. Exponentials, also that of the label, `exponential`, are relative to the peak.
        """
        total = self.rest + 1.0
        pull = self.z_weight * 2.0 * normaliser
        prob = exponential / total
        others = select(self.is_top, self.rest / total, 1.0 - prob)
        return factor * (self.weight + pull) / total, factor * (pull * prob - self.weight * others)
