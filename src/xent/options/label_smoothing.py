r"""
Label smoothing: a share of every target is spread evenly over the participating classes.

With smoothing :math:`\varepsilon` and :math:`K` participating classes, a target :math:`t_k` becomes
:math:`(1 - \varepsilon) t_k + \varepsilon / K`; a class that does not participate keeps 0.

Source: Szegedy, C. et al. (2016). Rethinking the Inception architecture for computer vision. CVPR. Section 7.
"""

from __future__ import annotations

from typing import Any

__all__ = ["kept_and_share", "smoothed"]


def kept_and_share(smoothing: float, classes: Any) -> tuple[float, Any]:
    r"""
    Factor of each target, and summand of each participating class.

    Parameters
    ----------
    smoothing : float in [0, 1]
        Part of each target that is spread.
    classes : number or array
        Number of participating classes, positive.

    Returns
    -------
    tuple of two
        Factor :math:`1 - \varepsilon` and summand :math:`\varepsilon / K`.
    """
    return 1 - smoothing, smoothing / classes


def smoothed(targets: Any, smoothing: Any, classes: Any, participates: Any = 1) -> Any:
    """
    `targets` with a share of each spread evenly over the participating classes; `targets` itself for a plain
    0.

    Parameters
    ----------
    targets : array of shape (..., K)
        Target of each class.
    smoothing : float in [0, 1], or traced number
        Part of each target that is spread.
    classes : number, or array that broadcasts against the targets
        Number of participating classes of each row, positive.
    participates : array that broadcasts against the targets, optional
        1 for each class that participates, 0 for the others; 1, the default, means that all participate. An
        entry multiplies the share of its class, so a class weight may stand in place of 1.
    """
    if isinstance(smoothing, (int, float)) and smoothing == 0:
        # Most calls: two passes over the targets less.
        return targets
    kept, share = kept_and_share(smoothing, classes)
    return kept * targets + participates * share
