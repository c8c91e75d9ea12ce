"""Total variation distance of two distributions."""

from __future__ import annotations

from xent.arrays import Array
from xent.formulas.measures import f_divergence as formula
from xent.measures.distributions import distributions
from xent.measures.normalized_in_64_bits import normalized_in_64_bits

__all__ = ["total_variation"]


@normalized_in_64_bits
def total_variation(
    p: Array,
    q: Array,
    /,
    *,
    axis: int = -1,
    keepdims: bool = False,
    normalize: bool = False,
    validate: bool = True,
) -> Array:
    r"""
    Total variation distance of two distributions, without a unit.

    The distance is the largest difference between the probabilities that the two distributions give to any
    event.

    Parameters
    ----------
    p, q : array
        Probabilities of the outcomes along `axis`: truth first, model second. Leading axes broadcast.
    axis : int, optional
        Axis of the outcomes; the last by default.
    keepdims : bool, optional
        True keeps `axis`, with length 1.
    normalize : bool, optional
        True divides probabilities by their sum along `axis` first. False, the default, requires sums of 1.
    validate : bool, optional
        False skips the checks of values; the result for invalid values is then unspecified.

    Returns
    -------
    array
        One value for each pair, never negative, in the common dtype of floating arguments; integers alone
        give the library's default one.

    Raises
    ------
    DTypeError
        If an argument is not real floating or integral, `axis` is no integer, or the arrays are of several
        libraries; arrays of NumPy after the first join its library.
    ShapeError
        If `axis` does not exist or has length 0, `p` and `q` have different numbers of outcomes, or their
        leading axes do not broadcast.
    DomainError
        If a probability is negative, nan or masked, or a sum differs from 1 by more than the square root of
        the dtype's epsilon (with `normalize`: is not positive and finite). Traced or off-host values are not
        inspected.

    See Also
    --------
    hellinger_distance : Another metric with values in [0, 1].

    Notes
    -----
    **Definition.** :math:`\tfrac12 \sum_k |p_k - q_k|`, from 0 to 1.

    **Gradient.** :math:`\partial / \partial q_k = \tfrac12 \mathrm{sign}(q_k - p_k)`.

    **Edge cases.** ``p == q`` gives exactly 0; distributions that share no outcome give 1.

    **Numerics.** No term is negative. Within 4 units in the last place for K <= 1000.

    References
    ----------
    .. [1] Csiszar, I., Shields, P. C. (2004). Information Theory and Statistics: A Tutorial, section 4.

    Examples
    --------
    >>> import numpy as np
    >>> total_variation(np.asarray([0.5, 0.5]), np.asarray([0.75, 0.25]))
    np.float64(0.25)
    """
    checked = distributions(
        p, q, names=("p", "q"), axis=axis, normalize=normalize, validate=validate, caller="total_variation"
    )
    return checked.result(checked.sum(formula.total_variation), keepdims=keepdims)
