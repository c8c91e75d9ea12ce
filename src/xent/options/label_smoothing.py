r"""
Label smoothing: a share of every target spread evenly over its classes.

With smoothing :math:`\varepsilon` and :math:`K` participating classes, a target :math:`t_k` becomes
:math:`(1 - \varepsilon) t_k + \varepsilon / K`; a class that does not participate keeps 0.

Source: Szegedy, C. et al. (2016). Rethinking the Inception architecture for computer vision. CVPR. Section 7.
"""

from __future__ import annotations

from typing import Any

__all__ = ["kept_and_share", "smoothed"]


def kept_and_share(smoothing: float, classes: Any) -> tuple[float, Any]:
    """
    Factor of each target, and the share that each participating class gets.

    Parameters
    ----------
    smoothing : float in [0, 1]
        Part of each target that is spread.
    classes : number or array
        Number of participating classes, positive.
    """
    return 1 - smoothing, smoothing / classes


def smoothed(targets: Any, smoothing: float, classes: Any, participates: Any = 1) -> Any:
    """
    Smoothed `targets`.

    Parameters
    ----------
    targets : array of shape (..., K)
        Target of each class.
    smoothing : float in [0, 1]
        Part of each target that is spread.
    classes : number, or array that broadcasts against the targets
        Number of participating classes of each row.
    participates : array that broadcasts against the targets, optional
        1 for each class that participates, 0 for the others; default all.
    """
    kept, share = kept_and_share(smoothing, classes)
    return kept * targets + participates * share
