"""Common part of losses on logits: adjustments of the logits, and class weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xent.arrays import Array, check_shape, check_values
from xent.formulas.adjusted_logits import AdjustedLogits, adjusted_logits
from xent.losses.abstract_loss import AbstractLoss
from xent.losses.arguments.class_mask import check_fits, class_mask_of
from xent.losses.arguments.examples import Asked, Examples, numbers_like, row_factors
from xent.precision.exact_logits import ExactLogits, Logits
from xent.precision.exact_numbers import exact_numbers

__all__ = ["AbstractAdjustedLoss"]


@dataclass(frozen=True, repr=False, kw_only=True)
class AbstractAdjustedLoss(AbstractLoss):
    """
    Loss of logits that are capped, divided by a temperature, shifted by an offset and masked, in this order.

    Parameters
    ----------
    class_weights : array of shape (K,), optional
        Factor of each class, finite and >= 0; default 1.
    class_mask : array of bool of shape (K,) or (..., K), optional
        True for the classes that participate; False masks a class. By default all participate.
    offset : array of shape (K,) or (..., K), optional
        Summand of the logits, after softcap and temperature; ``-inf`` masks a class.
    temperature : float or array of shape (), default 1
        Divisor of the logits.
    softcap : float, optional
        Logits `z` become ``softcap * tanh(z / softcap)``, before the other adjustments.
    """

    class_weights: Any = None
    class_mask: Any = None
    offset: Any = None
    temperature: Any = 1.0
    softcap: float | None = None

    def _adjust(self, examples: Examples, mask: Array | None) -> AdjustedLogits | None:
        """Adjusted and masked logits of `examples`; None if there is no adjustment."""
        has_temperature = not (isinstance(self.temperature, (int, float)) and self.temperature == 1)
        given = mask, self.offset, self.softcap
        if not has_temperature and all(value is None for value in given):
            return None
        return adjusted_logits(
            examples.logits,
            softcap=self._positive(examples, "softcap") if self.softcap is not None else None,
            temperature=self._exact_temperature(examples) if has_temperature else None,
            offset=self._offset(examples),
            mask=mask,
            xp=examples.xp,
        )

    def _positive(self, examples: Examples, argument: str) -> Array:
        """Parameter `argument` as an array of shape (); raises `DomainError` unless positive and finite."""
        xp, where = examples.xp, examples.where
        number = numbers_like(examples.logits, getattr(self, argument), argument, where=where, xp=xp)
        check_shape(number, (), where=where, argument=argument, because="one for all classes")
        if examples.validate:
            check_values(
                number,
                lambda number: ~(xp.isfinite(number) & (number > 0)),
                "be positive and finite",
                where=where,
                argument=argument,
                xp=xp,
            )
        return number

    def _exact_temperature(self, examples: Examples) -> Logits:
        """Temperature, kept as two floats if a Python float: float32 alone would drop half its digits."""
        rounded = self._positive(examples, "temperature")
        if not isinstance(self.temperature, float):
            return rounded
        parts = exact_numbers((self.temperature,), examples.logits, xp=examples.xp)
        return ExactLogits(rounded, parts.rest[0])

    def _offset(self, examples: Examples) -> Array | None:
        """Checked offset, 0 in rows of weight 0; None without an offset."""
        if self.offset is None:
            return None
        xp, where = examples.xp, examples.where
        offset = numbers_like(examples.logits, self.offset, "offset", where=where, xp=xp)
        check_fits(offset, examples.logits, where=where, argument="offset")
        if examples.validate:
            check_values(
                offset,
                lambda offset: ~(offset < xp.inf),
                "be numbers below +inf",
                where=where,
                argument="offset",
                xp=xp,
            )
        return examples.where_read(offset, xp.zeros_like(offset))

    def _mask(self, examples: Examples) -> Array | None:
        """Checked class mask, True in rows of weight 0; None without a mask."""
        xp = examples.xp
        mask = class_mask_of(self.class_mask, examples.logits, where=examples.where, xp=xp)
        return None if mask is None else examples.where_read(mask, xp.ones_like(mask))

    def _class_weights(self, examples: Examples) -> Array | None:
        """Checked class weights of shape (K,); None without class weights."""
        if self.class_weights is None:
            return None
        xp, where = examples.xp, examples.where
        weights = numbers_like(examples.logits, self.class_weights, "class_weights", where=where, xp=xp)
        shape = (examples.logits.shape[-1],)
        asked = Asked(where, examples.logits, examples.truth, None, examples.validate)
        return row_factors(weights, "class_weights", shape, examples.logits, asked, xp=xp)
