r"""
The cosine of an angle with a margin: what a class has to reach to count as right by that margin.

For the angle :math:`\theta` of cosine :math:`c`, margins :math:`m_1, m_2, m_3` and
:math:`\alpha = m_1 \theta + m_2`,

.. math::

    F(c) = \cos\alpha - m_3, \quad
    F'(c) = \frac{m_1 \sin\alpha}{\sin\theta}, \quad
    F''(c) = \cos m_2\,T''(c) + m_1 \sin m_2 \frac{c\,T(c) + m_1 \sin^2\theta\,U(c)}{\sin^3\theta}

with :math:`T = \cos m_1\theta` and :math:`U = \sin m_1\theta / \sin\theta`. Past :math:`\alpha = \pi` the
cosine would rise again. There :math:`F` is continued without a turn: for :math:`m_1 = 1` by the line
:math:`c - m_2 \sin m_2 - m_3`, else by
:math:`(-1)^k \cos\alpha - 2k - m_3` for :math:`k\pi \le \alpha \le (k + 1)\pi`.

With :math:`m_2 \ne 0`, :math:`F'` is infinite at :math:`c = 1`. No sine is taken to be less than that of the
number nearest to 1, so the derivatives there are those beside it.

Source: Deng, J. et al. (2019). ArcFace: additive angular margin loss for deep face recognition. CVPR.
Equation 4, and its published code for the line; Liu, W. et al. (2017). SphereFace: deep hypersphere embedding
for face recognition. CVPR. Equation 7; Liu, W. et al. (2016). Large-margin softmax loss for convolutional
neural networks. ICML. Its experiments for the annealing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from xent.arrays import Array, Namespace
from xent.precision.double_word import DoubleWord, where
from xent.precision.exact_number import cosine_and_sine, exact_number
from xent.precision.multiple_angle import MultipleAngle, multiple_angle, sine_of

__all__ = ["AngularMargin", "CosineWithMargin"]


class CosineWithMargin(NamedTuple):
    """
    A cosine with a margin, and its derivatives in the cosine without.

    Parameters
    ----------
    value : DoubleWord
        The cosine with a margin.
    slope, bend : array
        First and second derivative.
    """

    value: DoubleWord
    slope: Array
    bend: Array


@dataclass(frozen=True)
class AngularMargin:
    """
    Margins on an angle and on its cosine.

    Parameters
    ----------
    multiplier : float
        What the angle is multiplied by, > 0.
    angle : float
        What is then added to it, in radians, from 0 to below pi.
    shift : float
        What is taken from the cosine.
    annealing : float
        Weight, >= 0, of the cosine without margin in a mean with that with one, whose weight is 1.
    """

    multiplier: float = 1.0
    angle: float = 0.0
    shift: float = 0.0
    annealing: float = 0.0

    def of(self, cosines: DoubleWord, *, xp: Namespace) -> CosineWithMargin:
        """The margins on `cosines`, which lie in [-1, 1]."""
        found = self._continued(cosines, self._turned(cosines, xp=xp), xp=xp)
        if self.shift != 0:
            shift = exact_number(self.shift, cosines.hi, xp=xp)
            found = found._replace(value=found.value - shift)
        return self._annealed(cosines, found, xp=xp) if self.annealing != 0 else found

    def _turned(self, cosines: DoubleWord, *, xp: Namespace) -> CosineWithMargin:
        """The cosine of the angle with its margins, wherever that is."""
        multiple = multiple_angle(cosines, self.multiplier, xp=xp)
        factor = exact_number(self.multiplier, cosines.hi, xp=xp)
        if self.angle == 0:
            return CosineWithMargin(multiple.cosine, (factor * multiple.ratio).rounded, multiple.bend)
        return self._with_angle(cosines, multiple, factor, xp=xp)

    def _with_angle(
        self, cosines: DoubleWord, multiple: MultipleAngle, factor: DoubleWord, *, xp: Namespace
    ) -> CosineWithMargin:
        along, across = cosine_and_sine(self.angle, cosines.hi, xp=xp)
        sine = sine_of(cosines, xp=xp)
        smallest = exact_number(float(xp.finfo(cosines.hi.dtype).eps) ** 0.5, cosines.hi, xp=xp)
        divisor = where(sine.hi < smallest.hi, smallest, sine)
        value = along * multiple.cosine - across * multiple.sine
        slope = factor * (along * multiple.ratio + across * (multiple.cosine / divisor))
        turn = cosines.hi * multiple.cosine.hi + self.multiplier * divisor.hi**2 * multiple.ratio.hi
        bend = along.hi * multiple.bend + self.multiplier * across.hi * turn / divisor.hi**3
        return CosineWithMargin(value, slope.rounded, bend)

    def _continued(self, cosines: DoubleWord, found: CosineWithMargin, *, xp: Namespace) -> CosineWithMargin:
        """What was `found`, without the turn that the cosine takes at pi."""
        if self.multiplier * math.pi + self.angle <= math.pi:
            return found
        if self.multiplier == 1:
            return self._continued_by_a_line(cosines, found, xp=xp)
        angles = self.multiplier * xp.acos(cosines.hi) + self.angle
        last = math.ceil(self.multiplier + self.angle / math.pi) - 1
        turns = xp.floor(angles / math.pi)
        turns = xp.where(turns > last, float(last), turns)
        sign = 1 - 2 * (turns - 2 * xp.floor(turns / 2))
        drop = DoubleWord(2 * turns, xp.zeros_like(turns), xp)
        # The slope is never negative. The turns, which come from rounded angles, would make it so beside pi.
        return CosineWithMargin(found.value.scaled(sign) - drop, xp.abs(found.slope), sign * found.bend)

    def _continued_by_a_line(
        self, cosines: DoubleWord, found: CosineWithMargin, *, xp: Namespace
    ) -> CosineWithMargin:
        along, across = cosine_and_sine(self.angle, cosines.hi, xp=xp)
        drop = exact_number(self.angle, cosines.hi, xp=xp) * across
        is_past = (cosines + along).rounded < 0
        return CosineWithMargin(
            where(is_past, cosines - drop, found.value),
            xp.where(is_past, 1.0, found.slope),
            xp.where(is_past, 0.0, found.bend),
        )

    def _annealed(self, cosines: DoubleWord, found: CosineWithMargin, *, xp: Namespace) -> CosineWithMargin:
        weight = exact_number(self.annealing, cosines.hi, xp=xp)
        total = weight + exact_number(1.0, cosines.hi, xp=xp)
        value = (weight * cosines + found.value) / total
        return CosineWithMargin(value, (self.annealing + found.slope) / total.hi, found.bend / total.hi)
