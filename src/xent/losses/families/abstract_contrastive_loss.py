"""
Base of contrastive losses: each value depends on all rows of the embeddings.

A contrastive loss has the methods of every loss. Gradients and Hessians are those of the weighted sum of all
values, because every value depends on all rows.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, NamedTuple

from xent.arrays import Array, Formula, check_shape, valid_values
from xent.formulas.losses.contrast import Contrast
from xent.formulas.losses.contrast_of_embeddings import ContrastOfEmbeddings
from xent.losses.abstract_loss import AbstractLoss
from xent.losses.arguments.embeddings import Embeddings
from xent.losses.arguments.examples import Request, numbers_like
from xent.losses.mean import Total, total_of

__all__ = ["AbstractContrastiveLoss", "ContrastiveProblem"]


class ContrastiveProblem(NamedTuple):
    """
    Checked embeddings and the contrast to evaluate on them.

    Parameters
    ----------
    embeddings : Embeddings
        Checked arguments.
    contrast : ContrastOfEmbeddings
        Positives and candidates of each anchor, and the formula of their similarities.
    """

    embeddings: Embeddings
    contrast: ContrastOfEmbeddings

    def value(self) -> Array:
        """Loss of each anchor times its weight, of shape (..., n), in the dtype of the anchors."""
        embeddings = self.embeddings
        return embeddings.of_anchors(self.contrast.values(embeddings.arrays, xp=embeddings.xp))

    def gradient(self) -> Any:
        """
        Gradient of the weighted sum in the embeddings, of their shape and dtype; a tuple if there are several
        arrays.
        """
        embeddings = self.embeddings
        return embeddings.of_arrays(
            self.contrast.gradients(embeddings.arrays, embeddings.weight, xp=embeddings.xp)
        )

    def value_and_gradient(self) -> tuple[Array, Any]:
        """`value`, and `gradient`, that of the weighted sum, computed together from their common parts."""
        embeddings = self.embeddings
        values, gradients = self.contrast.values_and_gradients(
            embeddings.arrays, embeddings.weight, xp=embeddings.xp
        )
        return embeddings.of_anchors(values), embeddings.of_arrays(gradients)

    def hessian_vector_product(self, vectors: Any) -> Any:
        """
        Product of the weighted sum's Hessian with `vectors`, both of the form of `gradient`.

        Raises `ShapeError` or `DTypeError` for vectors that do not fit the embeddings.
        """
        embeddings = self.embeddings
        moves = embeddings.vectors(vectors)
        return embeddings.of_arrays(
            self.contrast.hessian_vector_products(
                embeddings.arrays, moves, embeddings.weight, xp=embeddings.xp
            )
        )

    def hessian(self) -> Any:
        """
        Hessian of the weighted sum of the values in the embeddings, of shape (..., n, D, n, D), in their
        dtype.

        For several arrays of embeddings the Hessian is a tuple of tuples: block ``[i][j]`` of shape (...,
        n_i, D, n_j, D) is the derivative of gradient i in array j.
        """
        embeddings = self.embeddings
        blocks = self.contrast.hessian(embeddings.arrays, embeddings.weight, xp=embeddings.xp)
        if len(blocks) == 1:
            return embeddings.of_arrays(blocks[0])
        return tuple(
            tuple(embeddings.xp.astype(block, dtype, copy=False) for block in row)
            for row, dtype in zip(blocks, embeddings.dtypes, strict=True)
        )

    def total(self) -> Total:
        """
        Sum of the weighted values, sum of the weights, and number of anchors of positive weight, each of
        shape ().
        """
        embeddings = self.embeddings
        return total_of(self.contrast.values(embeddings.arrays, xp=embeddings.xp), embeddings)


@dataclass(frozen=True, repr=False)
class AbstractContrastiveLoss(AbstractLoss):
    """
    Loss of embeddings with one value for each anchor, and derivatives of the weighted sum of all values.

    A gradient has the form of the embeddings, and is a tuple if there are several arrays; the Hessian is that
    of the weighted sum, of shape (..., n, D, n, D), or a tuple of tuples of such blocks.

    Every method takes the anchors, the truth (keys, partners or labels) and, by keyword, ``sample_weight``, a
    factor of each anchor; an anchor of weight 0 is still a candidate for the other anchors. Parameters of the
    loss are accepted as keywords too; they apply to that call only.

    Parameters
    ----------
    temperature : float or array of shape (), default 0.1
        Divisor of the similarities.
    normalize : bool, default True
        True divides embeddings by their norms, so that similarities are cosines.
    """

    temperature: Any = 0.1
    normalize: bool = True

    @abstractmethod
    def problem(self, request: Request) -> ContrastiveProblem:
        """
        Problem of a call: the checked arguments of `request`, and the positives and candidates of each
        anchor.
        """

    def _contrast(
        self,
        embeddings: Embeddings,
        candidates: tuple[int, ...],
        formula: Formula,
        truth: Array,
        takes_part: Array | None,
    ) -> ContrastiveProblem:
        """
        Problem of a `formula` on the similarities of anchors and candidates.

        `candidates` are the indices of the arrays of candidates among `embeddings.arrays`, `truth` is the
        label or target of each anchor, `takes_part` is False for masked candidates, of shape (..., n, m);
        None masks none. Raises as `_temperature`: `DomainError` unless the temperature is positive and
        finite.
        """
        temperature = self._temperature(embeddings)
        contrast = Contrast(formula, truth, takes_part, temperature)
        return ContrastiveProblem(embeddings, ContrastOfEmbeddings(contrast, candidates, self.normalize))

    def _temperature(self, embeddings: Embeddings) -> Array:
        """
        Temperature as an array of shape (), in the precision of the computation.

        Raises `DTypeError` or `ShapeError` unless it is one number, `DomainError` unless positive and finite;
        where values cannot be read, an invalid one becomes nan. Values are not checked if `validate` of the
        embeddings is False.
        """
        xp, caller = embeddings.xp, embeddings.caller
        number = numbers_like(embeddings.arrays[0], self.temperature, "temperature", caller=caller, xp=xp)
        check_shape(number, (), caller=caller, argument="temperature", because="one for all anchors")
        if embeddings.validate:
            number = valid_values(
                number,
                lambda number: ~(xp.isfinite(number) & (number > 0)),
                "be positive and finite",
                caller=caller,
                argument="temperature",
                xp=xp,
            )
        return number
