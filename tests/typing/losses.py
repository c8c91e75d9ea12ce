"""
Code of a user of the losses, for the type checker alone.

mypy refuses an ignored error that it does not find, so each ``type: ignore`` is a mistake that it sees.
"""

from dataclasses import replace

import numpy as np

from xent.losses import Focal, LogitAdjusted, focal, softmax_cross_entropy
from xent.losses.mean import Total

logits, labels = np.zeros((2, 3)), np.asarray([0, 2])

focal(logits, labels, gamma=3, class_weights=[1, 2, 3], sample_weight=None)
focal(logits, labels, gama=3)  # type: ignore[call-arg]
focal(logits, labels, gamma="3")  # type: ignore[arg-type]
focal.mean(logits, labels, denominator="rows")
focal.mean(logits, labels, reduction="mean")  # type: ignore[call-arg]
total: Total = softmax_cross_entropy.total(logits, labels, label_smoothing=0.1)
stronger: Focal = replace(Focal(3), gamma=4.0, temperature=0.5)
Focal(gama=3)  # type: ignore[call-arg]
LogitAdjusted()  # type: ignore[call-arg]
LogitAdjusted([9, 1]).gradient(logits, labels, tau=0.5, ignored_label=-100)
