"""Class weights by the effective number of examples."""

from __future__ import annotations

import math
from typing import Any

from xent.arrays import is_array
from xent.errors import DomainError, DTypeError
from xent.losses.arguments.class_counts import as_class_counts

__all__ = ["class_balanced_weights"]

_CALLER = "class_balanced_weights"


def class_balanced_weights(class_counts: Any, /, *, beta: float) -> tuple[float, ...]:
    r"""
    Class-balanced weights, one factor for each class, without a unit, of mean 1 over classes with examples.

    The weights are values for the parameter `class_weights` of any loss:
    ``Focal(class_weights=class_balanced_weights(counts, beta=0.999))`` is class-balanced focal loss.

    Parameters
    ----------
    class_counts : K numbers >= 0
        Number of examples of each class.
    beta : float in [0, 1]
        Worth of a further example of a class relative to the previous one: 0 gives all classes equal weights,
        1 weights inversely proportional to the counts.

    Returns
    -------
    tuple of K floats
        Weight of each class; the weights sum to the number of classes with examples.

    Raises
    ------
    DTypeError
        If the counts are traced, or not a sequence or array of numbers, or `beta` is no number.
    ShapeError
        If the counts are an array without exactly one axis.
    DomainError
        If a count is negative or not finite, or all are 0, or `beta` lies outside [0, 1].

    See Also
    --------
    LDAM : Loss with a margin for each class.
    LogitAdjusted : Loss with an offset of the logits for each class.

    Notes
    -----
    **Definition.** With counts :math:`n_k` and the effective numbers :math:`E_k`,

    .. math:: w_k \propto \frac{1}{E_k}, \quad E_k = \frac{1 - \beta^{n_k}}{1 - \beta}, \quad \sum_k w_k = K .

    **Gradient.** A weight multiplies the gradient of the rows of its class.

    **Edge cases.** ``beta = 1`` is the limit, :math:`E_k = n_k`; ``beta = 0`` gives 1 for every class. A
    class without examples has weight 0, because no finite weight balances it: rows of this class are ignored,
    and `K` is the number of the other classes.

    **Numerics.** :math:`1 - \beta^n` is ``-expm1(n log(beta))``, in which nothing cancels. Weights are within
    8 units in the last place, also for a `beta` one unit below 1.

    References
    ----------
    .. [1] Cui, Y. et al. (2019). Class-balanced loss based on effective number of samples. CVPR. Proposition
       1.

    Examples
    --------
    Beyond about ``1 / (1 - beta)`` examples the effective number of examples hardly grows.

    >>> class_balanced_weights((1000000, 10000, 10), beta=0.999)  # doctest: +ELLIPSIS
    (0.029282..., 0.029283..., 2.941434...)
    """
    counts = as_class_counts(class_counts, caller=_CALLER)
    given: Any = beta
    if not isinstance(given, (int, float)) and not (is_array(given) and given.ndim == 0):
        raise DTypeError(_CALLER, "beta", "be a number", got=repr(given))
    if not 0 <= beta <= 1:
        raise DomainError(_CALLER, "beta", "lie in [0, 1]", got=repr(beta))
    numbers = [_effective_number(count, beta) for count in counts]
    least = min(number for number in numbers if number > 0)
    inverses = [least / number if number > 0 else 0.0 for number in numbers]
    factor = sum(number > 0 for number in numbers) / math.fsum(inverses)
    return tuple(factor * inverse for inverse in inverses)


def _effective_number(count: float, beta: float) -> float:
    """
    ``1 - beta**count``, the effective number of `count` examples times ``1 - beta``; the count for a `beta`
    of 1.

    It is 0 for a count of 0.
    """
    if beta == 1 or count == 0:
        return count
    return -math.expm1(count * math.log(beta)) if beta > 0 else 1.0
