r"""
Kullback-Leibler divergence of a Dirichlet distribution without the label's evidence from the uniform one.

With evidence :math:`e_k` for each class but the label, :math:`E = \sum_k e_k` and :math:`K` classes,

.. math::

    D &= \log \frac{\Gamma(K + E)}{\Gamma(K) \prod_k \Gamma(1 + e_k)}
        + \sum_k e_k \bigl(\psi(1 + e_k) - \psi(K + E)\bigr) = \sum_k G_1(e_k) - G_K(E), \\
    \frac{\partial D}{\partial e_k} &= G_1'(e_k) - G_K'(E), \qquad
    G_n(x) = \int_0^x t\,\psi'(n + t)\,dt .

For small evidence both sums are of second order, as `D` is. For large evidence they are of first order, but
`D` is of the order of a logarithm: then it is computed as :math:`g_K(E) - \sum_k g_1(e_k)` with
:math:`g_n(x) = x - G_n(x)`. Each row, and each derivative, uses the form whose terms are smaller;
`trigamma_integral` computes both.

Source: Sensoy, M., Kaplan, L., Kandemir, M. (2018). Evidential deep learning to quantify classification
uncertainty. NeurIPS 31, section 4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from xent.arrays import Array, Namespace, one_hot
from xent.formulas.evidence import Evidence, change_of_shares, evidence_of
from xent.formulas.hessian_by_columns import hessian_by_columns
from xent.formulas.trigamma_integral import Amount, Slope, derivatives_of_integrals, integrals

__all__ = ["DirichletDivergence"]

# Above exp(_CAP) the evidence is capped: the form for large evidence is used there, and that form needs only
# its logarithm. Above _FAR the logarithm of the sum is taken from scaled quantities, which do not overflow.
_CAP = 35.0
_FAR = 1e10


@dataclass(frozen=True)
class DirichletDivergence:
    """
    Divergence in nats, with derivatives in the logits; nan where the label is out of range.

    Parameters
    ----------
    evidence : str
        Kind of evidence, ``"softplus"`` or ``"exponential"``.
    """

    evidence: str

    def value(self, logits: Array, labels: Array, *, xp: Namespace) -> Array:
        """
        Divergence in nats, (...), of the Dirichlet distribution without the label's evidence from the uniform
        one.

        The concentration at the label, of shape (...), is set to 1, whatever its logit; at another class k it
        is 1 plus the evidence, the softplus or the exponential of the logit, (..., K). The divergence is nan
        where the label is out of range, or another logit is ``inf`` or nan.
        """
        evidence = self._against(logits, labels, xp=xp)
        large, small = integrals(_of_all(evidence, xp=xp), xp=xp)
        larges, smalls = integrals(_of_each(evidence, xp=xp), xp=xp)
        larges, smalls = xp.sum(larges, axis=-1), xp.sum(smalls, axis=-1)
        is_small = large + larges < small + smalls
        found = xp.where(is_small, larges - large, small - smalls)
        return found + _undefined(logits, labels, xp=xp)

    def gradient(self, logits: Array, labels: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K); 0 at the label."""
        evidence = self._against(logits, labels, xp=xp)
        derivatives = _derivatives(evidence, xp=xp)
        return derivatives + _undefined(logits, labels, xp=xp)[..., None]

    def value_and_gradient(self, logits: Array, labels: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`."""
        return self.value(logits, labels, xp=xp), self.gradient(logits, labels, xp=xp)

    def hessian_vector_product(self, logits: Array, labels: Array, vectors: Array, *, xp: Namespace) -> Array:
        """
        Product of the Hessian of `value` in the logits with `vectors`, both of shape (..., K); 0 at the
        label.

        `labels` have shape (...). All of a row is nan where its label is out of range, or another logit than
        the label's is ``inf`` or nan.
        """
        evidence = self._against(logits, labels, xp=xp)
        each, every = _of_each(evidence, xp=xp), _of_all(evidence, xp=xp)
        shares = evidence.growth / evidence.total[..., None]
        moves = shares * xp.sum(shares * vectors, axis=-1)[..., None]
        own, shared = derivatives_of_integrals(each, xp=xp), derivatives_of_integrals(every, xp=xp).as_column
        of_small = (
            evidence.relative_growth**2 * (own.second_derivative * vectors) - shared.second_derivative * moves
        )
        size = xp.clip(each.inverse, min=math.exp(-_CAP))
        # relative_second_derivative / inverse is the second derivative of the evidence itself. The clip keeps
        # it finite where it overflows; there the form for large evidence is selected.
        of_small = (
            of_small + evidence.relative_second_derivative / size * (own.large - shared.large) * vectors
        )
        of_label = evidence.relative_growth**2 * own.excess + evidence.second_derivative_of_log * own.small
        turned = change_of_shares(evidence, vectors, xp=xp)
        of_large = shared.excess * moves + shared.small * turned - of_label * vectors
        product = xp.where(_is_small(each, every, own, shared), of_small, of_large)
        return product + _undefined(logits, labels, xp=xp)[..., None]

    def hessian(self, logits: Array, labels: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); not positive semidefinite in general."""
        return hessian_by_columns(self, logits, labels, xp=xp)

    def _against(self, logits: Array, labels: Array, *, xp: Namespace) -> Evidence:
        """
        Evidence of `logits` in which that of the label is set to 0, in each row.

        A row whose label is out of range keeps the evidence of all classes.
        """
        is_label = one_hot(labels, logits, xp=xp) == 1
        return evidence_of(xp.where(is_label, -xp.inf, logits), self.evidence, xp=xp)


def _undefined(logits: Array, labels: Array, *, xp: Namespace) -> Array:
    """0 where the label is in range and nan where it is not, of shape (...)."""
    is_class = (labels >= 0) & (labels < logits.shape[-1])
    return xp.where(is_class, xp.zeros_like(logits[..., 0]), xp.nan)


def _of_each(evidence: Evidence, *, xp: Namespace) -> Amount:
    """
    Arguments 1 and the evidence, capped at ``exp(35)``, of `integrals` for each class, of shape (...,
    K).
    """
    size = evidence.share / xp.clip(evidence.inverse, min=math.exp(-_CAP))
    return Amount(1, size, evidence.log, evidence.inverse, evidence.share)


def _of_all(evidence: Evidence, *, xp: Namespace) -> Amount:
    """
    Number K of classes, and the sum of the evidence of each row, (...), as arguments of `integrals`.

    `evidence` is that against the label, whose own is 0. The result is K, the sum x, in which each class is
    capped at ``exp(35)``, ``log((K + x) / K)``, ``1 / (K + x)`` and ``x / (K + x)``; the last three are not
    capped. All are of the true evidence, although its fields are scaled by ``unit``.
    """
    order = evidence.concentrations.shape[-1]
    size = xp.sum(_of_each(evidence, xp=xp).size, axis=-1)
    is_far = size > _FAR
    far = evidence.log_unit + xp.log(evidence.total / order)
    log = xp.where(is_far, far, xp.log1p(size / order))
    share = xp.sum(evidence.scaled, axis=-1) / evidence.total
    return Amount(order, size, log, evidence.unit / evidence.total, share)


def _derivatives(evidence: Evidence, *, xp: Namespace) -> Array:
    """
    Gradient of the divergence in the logits, of shape (..., K), given the evidence against the label.

    `evidence` is that of logits with ``-inf`` at the label, where the gradient is therefore 0. A label out of
    range is not noticed here.
    """
    each, every = _of_each(evidence, xp=xp), _of_all(evidence, xp=xp)
    own, shared = derivatives_of_integrals(each, xp=xp), derivatives_of_integrals(every, xp=xp).as_column
    size = xp.clip(each.inverse, min=math.exp(-_CAP))
    of_small = evidence.relative_growth / size * (own.large - shared.large)
    of_large = evidence.growth / evidence.total[..., None] * shared.small
    of_large = of_large - evidence.relative_growth * own.small
    return xp.where(_is_small(each, every, own, shared), of_small, of_large)


def _is_small(each: Amount, every: Amount, own: Slope, shared: Slope) -> Array:
    """
    True where the terms of the form for small evidence are smaller than those of the other, (..., K).

    `each` and `own` are of the classes; `every` and `shared` of their sum, `shared` as a column.
    """
    lacking: Array = own.small * each.inverse + shared.small * every.inverse[..., None]
    return own.large + shared.large < lacking
