r"""
Logits with a margin at the label: of scaled cosines, of logits with their norms, and of plain logits.

With the margin :math:`F` of `AngularMargin`, and only at the label :math:`k = y`,

.. math:: g_y(c) = s F(c), \qquad g_y(z) = n F(z / n), \qquad g_y(z) = z - m ;

the other classes keep :math:`s c_k`, :math:`z_k` and :math:`z_k`. All are kept with what rounding took from
them: times a scale of 64, half a unit in the last place of a cosine is 32 units of an exponential.

Source: Deng, J. et al. (2019). ArcFace. CVPR. Equation 4; Liu, W. et al. (2016). Large-margin softmax loss
for convolutional neural networks. ICML. Equations 4 to 6; Liang, X. et al. (2017). Soft-margin softmax for
deep classification. ICONIP.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from xent.arrays import Array, Namespace, entry_of_class, one_hot
from xent.formulas.adjusted_logits import AdjustedLogits
from xent.formulas.angular_margin import AngularMargin
from xent.precision.double_word import DoubleWord, double_word, where
from xent.precision.exact_logits import ExactLogits, Logits, exact_sum, rounded_and_rest
from xent.precision.exact_number import exact_number
from xent.precision.exact_numbers import exact_numbers

__all__ = ["CosinesWithMargin", "LogitsLessMargin", "LogitsWithNorms"]


@dataclass(frozen=True)
class CosinesWithMargin:
    """
    Cosines times a scale, that of the label with a margin.

    Parameters
    ----------
    scale : float
        Positive.
    margin : AngularMargin
        What is done to the cosine of the label.
    """

    scale: float
    margin: AngularMargin

    def __call__(self, cosines: Array, labels: Array, *, xp: Namespace) -> AdjustedLogits:
        """Logits and their derivatives in the cosines; one beyond -1 or 1 counts as that."""
        cosines = _up_to_the_ends(double_word(cosines, xp=xp))
        at_label = double_word(entry_of_class(cosines.hi, labels, xp=xp), xp=xp)
        of_label = self.margin.of(at_label, xp=xp)
        is_label = one_hot(labels, cosines.hi, xp=xp)
        logits = _replaced(self._scaled(cosines), self._scaled(of_label.value), is_label, xp=xp)
        slope = self.scale * ((1 - is_label) + is_label * of_label.slope[..., None])
        return AdjustedLogits(logits, slope, is_label * (self.scale * of_label.bend)[..., None])

    def _scaled(self, cosines: DoubleWord) -> DoubleWord:
        if math.frexp(self.scale)[0] == 0.5:
            return cosines.scaled(self.scale)
        return exact_number(self.scale, cosines.hi, xp=cosines.xp) * cosines


@dataclass(frozen=True)
class LogitsWithNorms:
    """
    Logits that are cosines times given norms, that of the label with a margin.

    Parameters
    ----------
    margin : AngularMargin
        What is done to the cosine of the label.
    """

    margin: AngularMargin

    def __call__(self, logits: Array, labels: Array, norms: Array, *, xp: Namespace) -> AdjustedLogits:
        """Logits and their derivatives in those given; one beyond its norm counts as that."""
        at_label, norm = (
            double_word(entry_of_class(array, labels, xp=xp), xp=xp) for array in (logits, norms)
        )
        of_label = self.margin.of(_up_to_the_ends(at_label / norm), xp=xp)
        is_label = one_hot(labels, logits, xp=xp)
        adjusted = _replaced(double_word(logits, xp=xp), norm * of_label.value, is_label, xp=xp)
        slope = (1 - is_label) + is_label * of_label.slope[..., None]
        return AdjustedLogits(adjusted, slope, is_label * (of_label.bend / norm.hi)[..., None])


@dataclass(frozen=True)
class LogitsLessMargin:
    """
    Logits, that of the label less a margin.

    Parameters
    ----------
    margin : float
        What is taken from the logit of the label.
    """

    margin: float

    def __call__(self, logits: Logits, labels: Array, *, xp: Namespace) -> AdjustedLogits:
        """Logits and their derivatives in those given, which are 1 and 0."""
        high = rounded_and_rest(logits).rounded
        margin, beyond = exact_numbers([self.margin], high, xp=xp)
        is_label = one_hot(labels, high, xp=xp)
        less, rest = exact_sum(logits, -margin * is_label, xp=xp)
        adjusted = ExactLogits(less, rest - beyond * is_label)
        return AdjustedLogits(adjusted, xp.ones_like(high), xp.zeros_like(high))


def _up_to_the_ends(cosines: DoubleWord) -> DoubleWord:
    """`cosines`, with -1 and 1 in place of what lies beyond."""
    xp = cosines.xp
    hi = cosines.hi
    is_beyond = (xp.abs(hi) > 1) | ((xp.abs(hi) == 1) & (hi * cosines.lo > 0))
    end = xp.where(hi > 0, xp.ones_like(hi), -xp.ones_like(hi))
    return where(is_beyond, double_word(end, xp=xp), cosines)


def _replaced(logits: DoubleWord, of_label: DoubleWord, is_label: Array, *, xp: Namespace) -> ExactLogits:
    """`logits`, but at the label the given one."""
    chosen = where(is_label == 1, DoubleWord(of_label.hi[..., None], of_label.lo[..., None], xp), logits)
    return ExactLogits(chosen.hi, chosen.lo)
