"""
What every contrastive loss is: a loss whose values depend on all rows of embeddings, not each on its own.

It is called like every loss and has the same functions. A gradient is that of the weighted sum of all values,
for none of them belongs to one row.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, NamedTuple

from xent.arrays import Array, Formula, check_shape, check_values
from xent.formulas.losses.contrast import Contrast
from xent.formulas.losses.contrast_of_embeddings import ContrastOfEmbeddings
from xent.losses.abstract_loss import AbstractLoss
from xent.losses.arguments.embeddings import Embeddings
from xent.losses.arguments.examples import Request, numbers_like
from xent.losses.mean import Total, total_of

__all__ = ["AbstractContrastiveLoss", "ContrastiveProblem"]


class ContrastiveProblem(NamedTuple):
    """
    Embeddings, and the contrast to evaluate on them.

    Parameters
    ----------
    embeddings : Embeddings
        The checked arguments.
    contrast : ContrastOfEmbeddings
        Who has to find whom.
    """

    embeddings: Embeddings
    contrast: ContrastOfEmbeddings

    def value(self) -> Array:
        """The loss of each anchor."""
        embeddings = self.embeddings
        return embeddings.of_anchors(self.contrast.values(embeddings.arrays, xp=embeddings.xp))

    def gradient(self) -> Any:
        """Gradient of the weighted sum in the embeddings; a tuple where several arrays are embeddings."""
        embeddings = self.embeddings
        return embeddings.of_arrays(
            self.contrast.gradients(embeddings.arrays, embeddings.weight, xp=embeddings.xp)
        )

    def value_and_gradient(self) -> tuple[Array, Any]:
        """Both."""
        embeddings = self.embeddings
        values, gradients = self.contrast.values_and_gradients(
            embeddings.arrays, embeddings.weight, xp=embeddings.xp
        )
        return embeddings.of_anchors(values), embeddings.of_arrays(gradients)

    def hessian_vector_product(self, vectors: Any) -> Any:
        """The product of the Hessian of the weighted sum with `vectors`, both of the form of `gradient`."""
        embeddings = self.embeddings
        moves = embeddings.vectors(vectors)
        return embeddings.of_arrays(
            self.contrast.hessian_vector_products(
                embeddings.arrays, moves, embeddings.weight, xp=embeddings.xp
            )
        )

    def hessian(self) -> Any:
        """
        Hessian of the weighted sum, of shape (..., n, D, n, D).

        Where several arrays are embeddings it is a tuple of tuples: block ``[i][j]`` of shape
        (..., n_i, D, n_j, D) is the derivative of gradient i in array j.
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
        """Sum of the weighted values, and of the weights of their anchors."""
        embeddings = self.embeddings
        return total_of(self.contrast.values(embeddings.arrays, xp=embeddings.xp), embeddings)


@dataclass(frozen=True, repr=False)
class AbstractContrastiveLoss(AbstractLoss):
    """
    A loss of embeddings: one value for each anchor, with the derivatives of the weighted sum of all values.

    Gradients are of the form of the embeddings, a tuple where several arrays are; the Hessian is that of the
    weighted sum, of shape (..., n, D, n, D), or a tuple of tuples of such blocks.

    Every function takes the anchors, what they belong to and, by name, ``sample_weight``, a factor for each
    anchor; one of weight 0 is still a candidate for the others. Any parameter can be named too, and then
    counts for this call alone.

    Parameters
    ----------
    temperature : float or array of shape (), default 0.1
        What similarities are divided by.
    normalize : bool, default True
        Whether embeddings are divided by their norms, which makes similarities cosines.
    """

    temperature: Any = 0.1
    normalize: bool = True

    @abstractmethod
    def problem(self, request: Request) -> ContrastiveProblem:
        """Read the arguments and say who has to find whom."""

    def _contrast(
        self,
        embeddings: Embeddings,
        candidates: tuple[int, ...],
        formula: Formula,
        truth: Array,
        takes_part: Array | None,
    ) -> ContrastiveProblem:
        """The problem of a `formula` on the similarities of anchors and candidates."""
        temperature = self._temperature(embeddings)
        contrast = Contrast(formula, truth, takes_part, temperature)
        return ContrastiveProblem(embeddings, ContrastOfEmbeddings(contrast, candidates, self.normalize))

    def _temperature(self, embeddings: Embeddings) -> Array:
        xp, where = embeddings.xp, embeddings.where
        number = numbers_like(embeddings.arrays[0], self.temperature, "temperature", where=where, xp=xp)
        check_shape(number, (), where=where, argument="temperature", because="one for all anchors")
        if embeddings.validate:
            check_values(
                number,
                lambda number: ~(xp.isfinite(number) & (number > 0)),
                "be positive and finite",
                where=where,
                argument="temperature",
                xp=xp,
            )
        return number
