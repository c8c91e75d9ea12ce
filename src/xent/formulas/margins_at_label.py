r"""
Logits with a margin at the label: of scaled cosines, of logits with their norms, and of plain logits.

With the margin :math:`F` of `AngularMargin`, and only at the label :math:`k = y`,

.. math:: g_y(c) = s F(c), \qquad g_y(z) = n F(z / n), \qquad g_y(z) = z - m ;

the other classes keep :math:`s c_k`, :math:`z_k` and :math:`z_k`. All logits are stored with their rounding
errors: times a scale of 64, half a unit in the last place of a cosine is 32 units of an exponential.

Source: Deng, J. et al. (2019). ArcFace. CVPR. Equation 4; Liu, W. et al. (2016). Large-margin softmax loss
for convolutional neural networks. ICML. Equations 4 to 6; Liang, X. et al. (2017). Soft-margin softmax for
deep classification. ICONIP.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from xent.arrays import Array, Namespace, entry_of_class, is_jax, one_hot
from xent.formulas.adjusted_logits import AdjustedLogits
from xent.formulas.angular_margin import AngularMargin
from xent.precision.double_word import DoubleWord, double_word, where
from xent.precision.exact_difference import ExactLogits, Logits, high_and_low
from xent.precision.exact_logits import exact_sum
from xent.precision.exact_number import exact_number
from xent.precision.exact_numbers import exact_numbers

__all__ = ["CosinesWithMargin", "LogitsLessMargin", "LogitsWithNorms"]


@dataclass(frozen=True)
class CosinesWithMargin:
    """
    Adjustment ``s c_k``, with ``s F(c_y)`` at the label.

    Parameters
    ----------
    scale : float
        Factor :math:`s`, positive.
    margin : AngularMargin
        Margin on the cosine of the label.
    """

    scale: float
    margin: AngularMargin

    def __call__(self, cosines: Array, labels: Array, *, xp: Namespace) -> AdjustedLogits:
        """
        Scaled `cosines`, (..., K), with the margin at `labels`, (...), and derivatives in the `cosines`.

        The logits in the result are an `ExactLogits`. A cosine beyond -1 or 1 is replaced by that end. The
        row of a label that is out of range gets no margin, and its derivatives may be nan.
        """
        cosines = _up_to_the_ends(double_word(cosines, xp=xp))
        at_label = double_word(entry_of_class(cosines.hi, labels, xp=xp), xp=xp)
        of_label = self.margin.of(at_label, xp=xp)
        is_label = one_hot(labels, cosines.hi, xp=xp)
        logits = _replaced(self._scaled(cosines), self._scaled(of_label.value), is_label, xp=xp)
        first_derivative = self.scale * ((1 - is_label) + is_label * of_label.first_derivative[..., None])
        return AdjustedLogits(
            logits, first_derivative, is_label * (self.scale * of_label.second_derivative)[..., None]
        )

    def _scaled(self, cosines: DoubleWord) -> DoubleWord:
        """Product with `scale`, elementwise; exact for a power of 2."""
        if not is_jax(self.scale) and math.frexp(self.scale)[0] == 0.5:
            return cosines.scaled(self.scale)
        return exact_number(self.scale, cosines.hi, xp=cosines.xp) * cosines


@dataclass(frozen=True)
class LogitsWithNorms:
    """
    Adjustment of logits ``n_k c_k`` with given norms ``n_k``, with ``n_y F(c_y)`` at the label.

    Parameters
    ----------
    margin : AngularMargin
        Margin on the cosine of the label.
    """

    margin: AngularMargin

    def __call__(self, logits: Array, labels: Array, norms: Array, *, xp: Namespace) -> AdjustedLogits:
        """
        `logits` with the margin at `labels`, (...), and derivatives in the given `logits`.

        `norms` are the factors ``n_k`` of the cosines, positive and, like the logits, (..., K). The logits in
        the result are an `ExactLogits`. A label's logit beyond its norm, or minus its norm, is replaced by
        that end. The row of a label that is out of range gets no margin, and its derivatives may be nan.
        """
        at_label, norm = (
            double_word(entry_of_class(array, labels, xp=xp), xp=xp) for array in (logits, norms)
        )
        of_label = self.margin.of(_up_to_the_ends(at_label / norm), xp=xp)
        is_label = one_hot(labels, logits, xp=xp)
        adjusted = _replaced(double_word(logits, xp=xp), norm * of_label.value, is_label, xp=xp)
        first_derivative = (1 - is_label) + is_label * of_label.first_derivative[..., None]
        return AdjustedLogits(
            adjusted, first_derivative, is_label * (of_label.second_derivative / norm.hi)[..., None]
        )


@dataclass(frozen=True)
class LogitsLessMargin:
    """
    Adjustment that subtracts a margin from the logit of the label.

    Parameters
    ----------
    margin : float
        Number :math:`m` to subtract.
    """

    margin: float

    def __call__(self, logits: Logits, labels: Array, *, xp: Namespace) -> AdjustedLogits:
        """
        Logits less the margin at the label, `ExactLogits`, with derivatives 1 and 0 in the given ones.

        The row of a label that is out of range stays as it is.
        """
        high = high_and_low(logits).rounded
        margin, beyond = exact_numbers([self.margin], high, xp=xp)
        is_label = one_hot(labels, high, xp=xp)
        less, rest = exact_sum(logits, -margin * is_label, xp=xp)
        adjusted = ExactLogits(less, rest - beyond * is_label)
        return AdjustedLogits(adjusted, xp.ones_like(high), xp.zeros_like(high))


def _up_to_the_ends(cosines: DoubleWord) -> DoubleWord:
    """
    `cosines`, with exactly -1 or 1 in place of entries beyond, which rounding of a scalar product can
    produce.

    An entry whose low-order part alone is beyond counts too. nan stays nan.
    """
    xp = cosines.xp
    hi = cosines.hi
    is_beyond = (xp.abs(hi) > 1) | ((xp.abs(hi) == 1) & (hi * cosines.lo > 0))
    end = xp.where(hi > 0, xp.ones_like(hi), -xp.ones_like(hi))
    return where(is_beyond, double_word(end, xp=xp), cosines)


def _replaced(logits: DoubleWord, of_label: DoubleWord, is_label: Array, *, xp: Namespace) -> ExactLogits:
    """`logits` of shape (..., K), with `of_label` of shape (...) where `is_label` is 1."""
    chosen = where(is_label == 1, DoubleWord(of_label.hi[..., None], of_label.lo[..., None], xp), logits)
    return ExactLogits(chosen.hi, chosen.lo)
