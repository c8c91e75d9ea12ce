"""
What every contrastive loss is: a loss whose values depend on all rows of embeddings, not each on its own.

It is called like every loss and has the same functions. A gradient is that of the weighted sum of all values,
for none of them belongs to one row.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, NamedTuple, Self

from xent.arrays import Array, Formula, check_shape, check_values
from xent.formulas.contrast import Contrast
from xent.formulas.contrast_of_embeddings import ContrastOfEmbeddings
from xent.losses.character import Character
from xent.losses.embeddings import Embeddings
from xent.losses.examples import Asked, numbers_like
from xent.losses.mean import Total, mean_of, total_of

__all__ = ["AbstractContrastiveLoss", "ContrastiveProblem"]


class ContrastiveProblem(NamedTuple):
    """
    Embeddings, and what is asked of them.

    Parameters
    ----------
    embeddings : Embeddings
        The checked arguments.
    contrast : ContrastOfEmbeddings
        Who has to find whom.
    """

    embeddings: Embeddings
    contrast: ContrastOfEmbeddings


@dataclass(frozen=True, repr=False)
class AbstractContrastiveLoss(ABC):
    """
    A loss of embeddings: one value for each anchor, with the derivatives of the weighted sum of all values.

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

    name: ClassVar[str]
    character: ClassVar[Character]
    temperature: Any = 0.1
    normalize: bool = True

    @abstractmethod
    def problem(self, asked: Asked) -> ContrastiveProblem:
        """Read the arguments and say who has to find whom."""

    def __call__(
        self,
        embeddings: Array,
        truth: Array,
        /,
        *,
        sample_weight: Array | None = None,
        validate: bool | str = True,
        **parameters: Any,
    ) -> Array:
        """Value of the loss for each anchor; the class describes it."""
        asked = Asked(self.name, embeddings, truth, sample_weight, validate)
        found, contrast = self._with(parameters).problem(asked)
        return found.of_anchors(contrast.values(found.arrays, xp=found.xp))

    def gradient(
        self,
        embeddings: Array,
        truth: Array,
        /,
        *,
        sample_weight: Array | None = None,
        validate: bool | str = True,
        **parameters: Any,
    ) -> Any:
        """Gradient of the weighted sum in the embeddings; a tuple where several arrays are embeddings."""
        asked = Asked(f"{self.name}.gradient", embeddings, truth, sample_weight, validate)
        found, contrast = self._with(parameters).problem(asked)
        return found.of_arrays(contrast.gradients(found.arrays, found.weight, xp=found.xp))

    def value_and_gradient(
        self,
        embeddings: Array,
        truth: Array,
        /,
        *,
        sample_weight: Array | None = None,
        validate: bool | str = True,
        **parameters: Any,
    ) -> tuple[Array, Any]:
        """Values and `gradient` for little more than the price of one."""
        asked = Asked(f"{self.name}.value_and_gradient", embeddings, truth, sample_weight, validate)
        found, contrast = self._with(parameters).problem(asked)
        values, gradients = contrast.values_and_gradients(found.arrays, found.weight, xp=found.xp)
        return found.of_anchors(values), found.of_arrays(gradients)

    def hessian_vector_product(
        self,
        embeddings: Array,
        truth: Array,
        vectors: Any,
        /,
        *,
        sample_weight: Array | None = None,
        validate: bool | str = True,
        **parameters: Any,
    ) -> Any:
        """Product of the Hessian of the weighted sum with `vectors`, both of the form of `gradient`."""
        asked = Asked(f"{self.name}.hessian_vector_product", embeddings, truth, sample_weight, validate)
        found, contrast = self._with(parameters).problem(asked)
        moves = found.vectors(vectors)
        return found.of_arrays(
            contrast.hessian_vector_products(found.arrays, moves, found.weight, xp=found.xp)
        )

    def hessian(
        self,
        embeddings: Array,
        truth: Array,
        /,
        *,
        sample_weight: Array | None = None,
        validate: bool | str = True,
        **parameters: Any,
    ) -> Any:
        """
        Hessian of the weighted sum, of shape (..., n, D, n, D).

        Where several arrays are embeddings it is a tuple of tuples: block ``[i][j]`` of shape
        (..., n_i, D, n_j, D) is the derivative of gradient i in array j.
        """
        asked = Asked(f"{self.name}.hessian", embeddings, truth, sample_weight, validate)
        found, contrast = self._with(parameters).problem(asked)
        blocks = contrast.hessian(found.arrays, found.weight, xp=found.xp)
        if len(blocks) == 1:
            return found.of_arrays(blocks[0])
        return tuple(
            tuple(found.xp.astype(block, dtype, copy=False) for block in row)
            for row, dtype in zip(blocks, found.dtypes, strict=True)
        )

    def total(
        self,
        embeddings: Array,
        truth: Array,
        /,
        *,
        sample_weight: Array | None = None,
        validate: bool | str = True,
        **parameters: Any,
    ) -> Total:
        """Sum of the weighted values, and of the weights of their anchors."""
        asked = Asked(f"{self.name}.total", embeddings, truth, sample_weight, validate)
        return self._with(parameters).summed(asked)

    def mean(
        self,
        embeddings: Array,
        truth: Array,
        /,
        *,
        denominator: str | float | Array = "weights",
        on_empty: str = "raise",
        sample_weight: Array | None = None,
        validate: bool | str = True,
        **parameters: Any,
    ) -> Array:
        """Sum of the weighted values over a denominator that has a name; see `AbstractLoss.mean`."""
        asked = Asked(f"{self.name}.mean", embeddings, truth, sample_weight, validate)
        total = self._with(parameters).summed(asked)
        return mean_of(total, denominator=denominator, on_empty=on_empty, where=asked.where)

    def summed(self, asked: Asked) -> Total:
        """The total of what was asked."""
        found, contrast = self.problem(asked)
        return total_of(contrast.values(found.arrays, xp=found.xp), found)

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

    def _with(self, parameters: dict[str, Any]) -> Self:
        return replace(self, **parameters) if parameters else self

    def __repr__(self) -> str:
        shown = [f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if self._was_given(f)]
        return f"{type(self).__name__}({', '.join(shown)})"

    def _was_given(self, field: Any) -> bool:
        value = getattr(self, field.name)
        return value is not field.default and not (isinstance(value, (int, float)) and value == field.default)
