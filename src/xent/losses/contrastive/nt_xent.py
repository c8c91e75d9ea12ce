"""NT-Xent: cross-entropy of the similarities of each row with its partner and all others."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

from xent.arrays import check_dtype, check_shape, check_values, class_indices, class_numbers
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.losses.arguments.embeddings import companions, embeddings_of
from xent.losses.arguments.examples import Request
from xent.losses.facts import LossFacts
from xent.losses.families.abstract_contrastive_loss import AbstractContrastiveLoss, ContrastiveProblem

__all__ = ["NTXent", "nt_xent"]


@final
@dataclass(frozen=True, repr=False)
class NTXent(AbstractContrastiveLoss):
    r"""
    Cross-entropy of each row's partner among all other rows, one value per row, in nats.

    The normalised temperature-scaled cross-entropy of SimCLR. Call the object `nt_xent`, with parameters as
    keywords, or an instance with parameters of its own: ``NTXent(temperature=0.5)(embeddings, partners)``.

    Parameters
    ----------
    embeddings : array of shape (..., n, D)
        Two views of each example, real floating.
    partners : array of shape (..., n)
        Index of the row that is the other view, an integer in ``0 .. n-1``. If all N second views follow all
        N first views, `partners` is ``np.roll(np.arange(2 * N), N)``.
    sample_weight : array of shape (..., n), optional
        Factor of each row's value, finite and >= 0, or whether it counts; default 1. One that does not is a
        candidate still.
    temperature : float > 0, or array of shape (), default 0.1
        Divisor of the similarities. PyTorch and JAX differentiate in it.
    normalize : bool, default True
        True divides embeddings by their norms, so that similarities are cosines.

    Returns
    -------
    array of shape (..., n)
        New array of losses in nats, in the dtype of `embeddings`; never negative.

    Raises
    ------
    DTypeError
        If `embeddings` is not real floating or `partners` not integral, or they are of different libraries.
    ShapeError
        If there are fewer than two rows, or `partners` or `sample_weight` is not of shape (..., n).
    DomainError
        If a row is its own partner, or has none of ``0 .. n-1``; if a row that is to be normalised is zero,
        or the temperature is not positive; if a weight is negative or not finite. Values that cannot be
        looked at are not: a partner that is no other row then gives ``nan``.

    See Also
    --------
    supervised_contrastive : Loss by labels; equal to this loss if each example has a label of its own.
    info_nce : Loss for partners in two arrays; rows of one array are not candidates for each other.

    Notes
    -----
    **Definition.** For embeddings :math:`x`, partners :math:`j(i)`, temperature :math:`\tau` and
    weight :math:`w_i`,

    .. math:: \ell_i = -w_i \log \frac{e^{\langle x_i, x_{j(i)} \rangle / \tau}}
        {\sum_{k \ne i} e^{\langle x_i, x_k \rangle / \tau}} .

    The loss of SimCLR is the mean of all values.

    **Gradient.** With :math:`G_{ik} = w_i (P_{ik} - [k = j(i)]) / \tau` and :math:`P` the softmax over all
    other rows, the gradient of the sum of all values, before normalisation, is :math:`(G + G^\top) X`.

    **Character.** At least 0, unbounded in the number of rows; with `normalize` no value is above
    :math:`\log (n - 1) + 2 / \tau`. Not convex.

    **Edge cases.** Two rows give 0; n equal rows give ``log(n - 1)``; ``nan`` gives ``nan`` in all rows. The
    similarity of a row with itself is masked after the division by the temperature, so that the derivative in
    the temperature is finite.

    **Numerics.** The error bounds are those of `info_nce`: no digits are lost beyond the rounding of the
    similarities.

    References
    ----------
    .. [1] Chen, T., Kornblith, S., Norouzi, M., Hinton, G. (2020). A simple framework for contrastive
       learning of visual representations. ICML. Equation 1.

    Examples
    --------
    Equal partners have a small loss if the other rows differ.

    >>> import numpy as np
    >>> embeddings = np.asarray([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    >>> nt_xent(embeddings, np.asarray([2, 3, 0, 1]), temperature=0.02)
    array([3.8574997e-22, 3.8574997e-22, 3.8574997e-22, 3.8574997e-22])
    """

    name: ClassVar[str] = "nt_xent"
    facts: ClassVar[LossFacts] = LossFacts(
        use="two views of each example, and no labels",
        domain="embeddings",
        truth="partners",
        link="softmax",
        minimum=0.0,
        maximum=math.inf,
        convex=False,
        shift_invariant=False,
        noise_robust=False,
        source="Chen et al. 2020, equation 1",
        also=("SimCLR loss",),
    )

    def problem(self, request: Request) -> ContrastiveProblem:
        """
        Checked embeddings and partners with the cross-entropy of each row's partner, ready to evaluate.

        `request` has the embeddings, (..., n, D), as logits and the partners, (..., n), as truth. The
        candidates of a row are all other rows. Raises `DTypeError` or `ShapeError` for arrays that do not
        fit, the latter also for a single row, and `DomainError` for a partner that is no other row, a row of
        zeros that is to be normalised, or an invalid temperature or weight; rows of weight 0 are checked too.
        Each gives nan if it cannot be read. Values are not checked if ``request.validate`` is False: such a
        partner still gives nan in its row, and a row of zeros in all rows, but a weight of 0 gives 0.
        """
        named = (("embeddings", request.logits),)
        embeddings = embeddings_of(request, named, "partners", normalize=self.normalize)
        xp, partners = embeddings.xp, embeddings.truth
        others, rows = companions(embeddings), class_indices(embeddings.arrays[0][..., 0], xp=embeddings.xp)
        rows_shape = tuple(rows.shape)
        check_dtype(partners, "integral", caller=request.caller, argument="partners", xp=xp)
        check_shape(
            partners, rows_shape, caller=request.caller, argument="partners", because="one for each row"
        )
        partners = class_numbers(partners, xp=xp)
        if request.validate:
            check_values(
                partners,
                lambda partners: (partners < 0) | (partners >= rows_shape[-1]) | (partners == rows),
                f"name another row, 0..{rows_shape[-1] - 1}",
                caller=request.caller,
                argument="partners",
                xp=xp,
            )
        # A row that names itself is masked; out of range it costs nan and not infinity.
        partners = xp.where(partners == rows, xp.full_like(partners, -1), partners)
        return self._contrast(embeddings, (0,), softmax_cross_entropy, partners, others)


nt_xent = NTXent()
