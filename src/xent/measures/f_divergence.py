"""Any f-divergence, given its function."""

from __future__ import annotations

import math
from collections.abc import Callable

from xent.arrays import Array, check_values
from xent.formulas.measures import f_divergence as formula
from xent.measures.distributions import distributions

__all__ = ["f_divergence"]


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
    The f-divergence of `q` from `p` for a convex function `f`, in the unit of `f`.

    Parameters
    ----------
    p, q : array
        Probabilities of the outcomes along `axis`: truth first, model second. Leading axes broadcast.
    f : callable
        Convex function of an array of ratios ``p / q``, in the precision of the computation, with
        ``f(1) = 0``. Its value at 0 is used where `p` is 0.
    slope_at_infinity : float, optional
        Limit of ``f(t) / t`` for large t, which counts where `q` is 0 and `p` is not; needed if there are
        such outcomes.
    axis, keepdims, normalize, validate : optional
        As in `entropy`.

    Returns
    -------
    array
        One divergence for each pair, in the common dtype of the arguments.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As in `entropy`; `p` and `q` need equally many outcomes. DomainError also if `q` is 0 where `p` is
        not and `slope_at_infinity` is not given.

    See Also
    --------
    kl_divergence : ``f(t) = t log(t)``, without cancellation.
    hellinger_distance, chi_squared_divergence, total_variation : Named cases, likewise.

    Notes
    -----
    **Definition.** :math:`\sum_k q_k f(p_k / q_k)`, where terms of :math:`q_k = 0` are :math:`p_k \lim f(t) /
    t`.

    **Gradient.** :math:`\partial / \partial p_k = f'(p_k / q_k)`.

    **Edge cases.** ``p == q`` gives ``f(1)`` times 1; both 0 contribute nothing.

    **Numerics.** As good as `f`: whatever cancels in `f` near 1 is lost. The named cases do not go this way.

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
    found = distributions(
        p, q, names=("p", "q"), axis=axis, normalize=normalize, validate=validate, where="f_divergence"
    )
    slope = math.nan if slope_at_infinity is None else slope_at_infinity
    value = found.of(formula.value, f=f, slope_at_infinity=slope)
    if slope_at_infinity is None and validate:
        check_values(
            (found.probs[1] == 0) & (found.probs[0] > 0),
            lambda beyond: beyond,
            "be > 0 where `p` is, or `slope_at_infinity` given",
            where=found.where,
            argument="q",
            xp=found.xp,
            show=lambda _: found.probs[1],
        )
    return found.result(value, keepdims=keepdims)
