r"""
Cosine of an angle with a margin: the logit of the label in margin losses, before it is scaled.

For the angle :math:`\theta` of cosine :math:`c`, margins :math:`m_1, m_2, m_3` and
:math:`\alpha = m_1 \theta + m_2`,

.. math::

    F(c) = \cos\alpha - m_3, \quad
    F'(c) = \frac{m_1 \sin\alpha}{\sin\theta}, \quad
    F''(c) = \cos m_2\,T''(c) + m_1 \sin m_2 \frac{c\,T(c) + m_1 \sin^2\theta\,U(c)}{\sin^3\theta}

with :math:`T = \cos m_1\theta` and :math:`U = \sin m_1\theta / \sin\theta`. Past :math:`\alpha = \pi` the
cosine would rise again. There :math:`F` is continued monotonically: for :math:`m_1 = 1` by the line
:math:`c - m_2 \sin m_2 - m_3`, else by
:math:`(-1)^k \cos\alpha - 2k - m_3` for :math:`k\pi \le \alpha \le (k + 1)\pi`.

With :math:`m_2 \ne 0`, :math:`F'` is infinite at :math:`c = 1`. Derivatives divide by a sine that is bounded
below by that of the float next to 1, so the derivatives at :math:`c = 1` are those at its neighbour.

Source: Deng, J. et al. (2019). ArcFace: additive angular margin loss for deep face recognition. CVPR.
Equation 4, and its published code for the line; Liu, W. et al. (2017). SphereFace: deep hypersphere embedding
for face recognition. CVPR. Equation 7; Liu, W. et al. (2016). Large-margin softmax loss for convolutional
neural networks. ICML. Its experiments for the annealing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from xent.arrays import Array, Namespace, is_number, is_traced
from xent.precision.double_word import DoubleWord, where
from xent.precision.exact_number import cosine_and_sine, exact_number
from xent.precision.multiple_angle import MultipleAngle, multiple_angle, sine_of

__all__ = ["AngularMargin", "CosineWithMargin"]


class CosineWithMargin(NamedTuple):
    """
    Cosine with a margin, and its derivatives in the cosine without the margin.

    Parameters
    ----------
    value : DoubleWord
        Cosine with the margin.
    first_derivative, second_derivative : array
        First and second derivative.
    """

    value: DoubleWord
    first_derivative: Array
    second_derivative: Array


@dataclass(frozen=True)
class AngularMargin:
    """
    Margins on an angle and on its cosine; the defaults leave the cosine unchanged.

    Parameters
    ----------
    multiplier : float
        Factor :math:`m_1` of the angle, > 0.
    angle : float
        Summand :math:`m_2` of the angle, in radians, at least 0 and below pi.
    shift : float
        Number :math:`m_3` that is subtracted from the cosine.
    annealing : float
        Weight, >= 0, of the cosine without margin in a weighted mean of both; the cosine with margin has
        weight 1.
    """

    multiplier: float = 1.0
    angle: float = 0.0
    shift: float = 0.0
    annealing: float = 0.0

    def of(self, cosines: DoubleWord, *, xp: Namespace) -> CosineWithMargin:
        """
        Cosine of ``multiplier * theta + angle``, less `shift`, for `cosines` of theta in [-1, 1],
        elementwise.

        The angle with margin may exceed pi: the cosine is continued there so that it falls with the angle.
        With `annealing` > 0 the result is the weighted mean of this, with weight 1, and the plain cosine,
        with weight `annealing`. It holds the value as a double word, and its first and second derivatives in
        the plain cosine.
        """
        found = self._continued(cosines, self._turned(cosines, xp=xp), xp=xp)
        if not is_number(self.shift, 0):
            shift = exact_number(self.shift, cosines.hi, xp=xp)
            found = found._replace(value=found.value - shift)
        return self._annealed(cosines, found, xp=xp) if not is_number(self.annealing, 0) else found

    def _turned(self, cosines: DoubleWord, *, xp: Namespace) -> CosineWithMargin:
        """
        Cosine of ``multiplier * theta + angle`` for `cosines` of theta, with its two derivatives in
        `cosines`.

        It is not continued past pi yet, and neither `shift` nor `annealing` is in it.
        """
        multiple = multiple_angle(cosines, self.multiplier, xp=xp)
        factor = exact_number(self.multiplier, cosines.hi, xp=xp)
        if is_number(self.angle, 0):
            return CosineWithMargin(
                multiple.cosine, (factor * multiple.ratio).rounded, multiple.second_derivative
            )
        return self._with_angle(cosines, multiple, factor, xp=xp)

    def _with_angle(
        self, cosines: DoubleWord, multiple: MultipleAngle, factor: DoubleWord, *, xp: Namespace
    ) -> CosineWithMargin:
        """
        Cosine of ``multiplier * theta + angle`` by the addition theorem, with its two derivatives in
        `cosines`.

        `cosines` are those of theta; `multiple` holds cosine and sine of ``multiplier * theta``, the latter
        also over the sine of theta; `factor` is the multiplier as a double word. Next to -1 and 1, where the
        derivatives are infinite, the sine that divides them is at least the square root of epsilon.
        """
        along, across = cosine_and_sine(self.angle, cosines.hi, xp=xp)
        sine = sine_of(cosines, xp=xp)
        smallest = exact_number(float(xp.finfo(cosines.hi.dtype).eps) ** 0.5, cosines.hi, xp=xp)
        # sqrt(eps) is the sine of the float next to 1: cos(t) = 1 - eps / 2 for t = sqrt(eps).
        divisor = where(sine.hi < smallest.hi, smallest, sine)
        value = along * multiple.cosine - across * multiple.sine
        first_derivative = factor * (along * multiple.ratio + across * (multiple.cosine / divisor))
        turn = cosines.hi * multiple.cosine.hi + self.multiplier * divisor.hi**2 * multiple.ratio.hi
        second_derivative = (
            along.hi * multiple.second_derivative + self.multiplier * across.hi * turn / divisor.hi**3
        )
        return CosineWithMargin(value, first_derivative.rounded, second_derivative)

    def _continued(self, cosines: DoubleWord, found: CosineWithMargin, *, xp: Namespace) -> CosineWithMargin:
        """
        `found` continued past an angle with margins of pi, where the cosine itself would rise.

        `found` is the cosine of that angle, with derivatives in `cosines`, those of the plain angle theta,
        before `shift`. For ``multiplier == 1`` it is continued by ArcFace's line ``cos(theta) - angle *
        sin(angle)``, which begins below -1 for an `angle` up to 2.33, above for a larger one; else by
        ``(-1)**k * cos - 2 k`` for angles from ``k pi`` to ``(k + 1) pi``, whose first derivative is the
        absolute value of that of `found`. `found` is returned as it is if no angle with the margins can
        exceed pi.
        """
        if not is_traced(self.angle) and self.multiplier * math.pi + self.angle <= math.pi:
            return found
        if self.multiplier == 1:
            return self._continued_by_a_line(cosines, found, xp=xp)
        angles = self.multiplier * xp.acos(cosines.hi) + self.angle
        last = math.ceil(self.multiplier + self.angle / math.pi) - 1
        turns = xp.floor(angles / math.pi)
        turns = xp.where(turns > last, float(last), turns)
        sign = 1 - 2 * (turns - 2 * xp.floor(turns / 2))
        drop = DoubleWord(2 * turns, xp.zeros_like(turns), xp)
        # `turns` comes from a rounded angle, so `sign` may be wrong next to a multiple of pi. The true slope
        # of the continuation is never negative.
        return CosineWithMargin(
            found.value.scaled(sign) - drop, xp.abs(found.first_derivative), sign * found.second_derivative
        )

    def _continued_by_a_line(
        self, cosines: DoubleWord, found: CosineWithMargin, *, xp: Namespace
    ) -> CosineWithMargin:
        """
        `found` continued past pi for ``multiplier == 1``, with derivatives 1 and 0 in `cosines` there.

        Where theta plus `angle` exceeds pi, the value is ``cos(theta) - angle * sin(angle)``, a line of slope
        1 in the cosine, as in ArcFace's published code. Other entries stay.
        """
        along, across = cosine_and_sine(self.angle, cosines.hi, xp=xp)
        drop = exact_number(self.angle, cosines.hi, xp=xp) * across
        # theta + m > pi, tested without the arc cosine: cos(theta) < cos(pi - m) = -cos(m).
        is_past = (cosines + along).rounded < 0
        return CosineWithMargin(
            where(is_past, cosines - drop, found.value),
            xp.where(is_past, 1.0, found.first_derivative),
            xp.where(is_past, 0.0, found.second_derivative),
        )

    def _annealed(self, cosines: DoubleWord, found: CosineWithMargin, *, xp: Namespace) -> CosineWithMargin:
        """
        Weighted mean of `cosines`, with weight `annealing`, and the value of `found`, with weight 1.

        Derivatives in `cosines` are weighted likewise, those of `cosines` being 1 and 0.
        """
        weight = exact_number(self.annealing, cosines.hi, xp=xp)
        total = weight + exact_number(1.0, cosines.hi, xp=xp)
        value = (weight * cosines + found.value) / total
        return CosineWithMargin(
            value, (self.annealing + found.first_derivative) / total.hi, found.second_derivative / total.hi
        )
