"""f-divergence for any convex function."""

from __future__ import annotations

import math
from collections.abc import Callable

from xent.arrays import Array, check_values
from xent.formulas.measures import f_divergence as formula
from xent.measures.distributions import distributions
from xent.measures.normalized_in_64_bits import normalized_in_64_bits

__all__ = ["f_divergence"]


@normalized_in_64_bits
def f_divergence(
    p: Array,
    q: Array,
    f: Callable[[Array], Array],
    /,
    *,
    slope_at_infinity: float | None = None,
    axis: int = -1,
    keepdims: bool = False,
    normalize: bool = False,
    validate: bool = True,
) -> Array:
    r"""
    f-divergence of the model `q` from the truth `p` for a convex function `f`, in the unit of `f`.

    Parameters
    ----------
    p, q : array
        Probabilities of the outcomes along `axis`: truth first, model second. Leading axes broadcast.
    f : callable
        Convex function of an array of ratios ``p / q``, in the precision of the computation, with
        ``f(1) = 0``. ``f(0)`` is used where `p` is 0.
    slope_at_infinity : float, optional
        Limit of ``f(t) / t`` for large `t`, the factor of `p` where `q` is 0. None, the default, raises if
        `q` is 0 where `p` is positive, or gives ``nan`` with ``validate=False``.
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
        Divergence of each pair, in the common dtype of floating arguments; integers alone give the library's
        default one.

    Raises
    ------
    DTypeError
        If an argument is not real floating or integral, `axis` is no integer, or the arrays are of several
        libraries; arrays of NumPy after the first join its library.
    ShapeError
        If `axis` does not exist or has length 0, `p` and `q` have different numbers of outcomes, or their
        leading axes do not broadcast.
    DomainError
        If a probability is negative, nan or masked, a sum differs from 1 by more than the square root of the
        dtype's epsilon (with `normalize`: is not positive and finite), or `q` is 0 where `p` is positive and
        `slope_at_infinity` is not given. Traced or off-host values are not inspected.

    See Also
    --------
    kl_divergence : The case ``f(t) = t log(t)``, computed without cancellation.
    hellinger_distance, chi_squared_divergence, total_variation : Other cases with accurate functions.

    Notes
    -----
    **Definition.** :math:`\sum_k q_k f(p_k / q_k)`, where terms of :math:`q_k = 0` are :math:`p_k \lim f(t) /
    t`.

    **Gradient.** :math:`\partial / \partial p_k = f'(p_k / q_k)`.

    **Edge cases.** ``p == q`` gives ``f(1)``, that is 0; an outcome with :math:`p_k = q_k = 0` contributes 0.

    **Numerics.** The error is that of `f`: digits that cancel in `f` near 1 are lost. The functions under See
    Also are computed without such a loss.

    References
    ----------
    .. [1] Csiszar, I., Shields, P. C. (2004). Information Theory and Statistics: A Tutorial, section 4.

    Examples
    --------
    >>> import numpy as np
    >>> p, q = np.asarray([0.5, 0.5]), np.asarray([0.75, 0.25])
    >>> f_divergence(p, q, lambda t: abs(t - 1) / 2)
    np.float64(0.25)
    """
    checked = distributions(
        p, q, names=("p", "q"), axis=axis, normalize=normalize, validate=validate, caller="f_divergence"
    )
    derivative = math.nan if slope_at_infinity is None else slope_at_infinity
    value = checked.of(formula.value, f=f, slope_at_infinity=derivative)
    if slope_at_infinity is None and validate:
        check_values(
            (checked.probs[1] == 0) & (checked.probs[0] > 0),
            lambda beyond: beyond,
            "be > 0 where `p` is, or `slope_at_infinity` given",
            caller=checked.caller,
            argument="q",
            xp=checked.xp,
            show=lambda _: checked.probs[1],
        )
    return checked.result(value, keepdims=keepdims)
