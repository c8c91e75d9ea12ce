"""Classes of an array of labels, and the number of each label's class, without a sort of integers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["class_codes"]

# Largest range of integers, in multiples of the number of labels, for which a table of the range is made.
_RANGE = 2


def class_codes(y: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """
    Sorted classes in `y`, in its dtype, and the index of each label among them, (n,), an intp.

    Parameters
    ----------
    y : ndarray of shape (n,)
        Labels of any type that sorts; n > 0.

    Examples
    --------
    >>> classes, codes = class_codes(np.asarray([30, 10, 30]))
    >>> classes.tolist(), codes.tolist()
    ([10, 30], [1, 0, 1])
    """
    if y.dtype.kind not in "biu":
        classes, codes = np.unique(y, return_inverse=True)
        return classes, codes
    least, most = int(y.min()), int(y.max())
    if most - least >= _RANGE * len(y) + 256:
        classes, codes = np.unique(y, return_inverse=True)
        return classes, codes
    # In 64 bits, where no difference within the range overflows; an unsigned label above it has wrapped back.
    place = y.astype(np.int64) - np.int64(least if least < 2**63 else least - 2**64)
    is_present = np.zeros(most - least + 1, dtype=bool)
    is_present[place] = True
    present = np.flatnonzero(is_present)
    number = np.cumsum(is_present, dtype=np.intp) - 1
    wanted = [least + int(k) for k in present]
    return np.asarray(wanted, dtype=y.dtype), number[place]
