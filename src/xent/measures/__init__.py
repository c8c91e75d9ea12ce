"""
Public: information measures of distributions, for any array library.

The true distribution `p` is the first argument, the model `q` the second. Outcomes lie on the last axis, or
on `axis`; the variables of a joint table lie on the last axes. Results are in nats, or in the unit of `base`.
No value is clipped, and probabilities are normalised with ``normalize=True`` only; other sums than 1 raise.
The quotients are kept in 64 bits until the result. JAX without its 64-bit mode rounds them to 32 bits: if the
probabilities of two distributions differ by a share d of each, their divergence has a relative error of about
1e-7 / d.
A distribution is given as probabilities or, by keyword, as ``log_probs`` or ``logits``, which are evaluated
in log space.

The functions of this folder take probabilities. `xent.measures.estimators` takes counts and samples,
`xent.measures.codes` computes codewords and their lengths; both are imported on first use.

A function here is docstring, checks and delegation; the mathematics is in `xent.formulas`.
May import `formulas` and `arrays`, and NumPy, whose large arrays are summed in blocks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xent.lazy_names import lazy_names
from xent.measures.alpha_divergence import alpha_divergence, tsallis_divergence
from xent.measures.binary_cross_entropy import BinaryCrossEntropy, binary_cross_entropy
from xent.measures.binary_entropy import BinaryEntropy, binary_entropy
from xent.measures.chi_squared_divergence import chi_squared_divergence
from xent.measures.conditional_entropy import conditional_entropy
from xent.measures.cross_entropy import cross_entropy
from xent.measures.entropy import entropy
from xent.measures.f_divergence import f_divergence
from xent.measures.hellinger import hellinger_distance, squared_hellinger
from xent.measures.joint_entropy import joint_entropy
from xent.measures.js_divergence import js_distance, js_divergence
from xent.measures.kl_divergence import kl_divergence
from xent.measures.mutual_information import conditional_mutual_information, mutual_information
from xent.measures.normalized_mutual_information import normalized_mutual_information
from xent.measures.perplexity import perplexity
from xent.measures.pointwise_mutual_information import pointwise_mutual_information
from xent.measures.renyi_divergence import renyi_divergence
from xent.measures.renyi_entropy import renyi_entropy
from xent.measures.surprisal import surprisal
from xent.measures.total_correlation import total_correlation
from xent.measures.total_variation import total_variation
from xent.measures.tsallis_entropy import tsallis_entropy
from xent.measures.variation_of_information import variation_of_information

if TYPE_CHECKING:
    from xent.measures import codes, estimators

__all__ = [
    "BinaryCrossEntropy",
    "BinaryEntropy",
    "alpha_divergence",
    "binary_cross_entropy",
    "binary_entropy",
    "chi_squared_divergence",
    "codes",
    "conditional_entropy",
    "conditional_mutual_information",
    "cross_entropy",
    "entropy",
    "estimators",
    "f_divergence",
    "hellinger_distance",
    "joint_entropy",
    "js_distance",
    "js_divergence",
    "kl_divergence",
    "mutual_information",
    "normalized_mutual_information",
    "perplexity",
    "pointwise_mutual_information",
    "renyi_divergence",
    "renyi_entropy",
    "squared_hellinger",
    "surprisal",
    "total_correlation",
    "total_variation",
    "tsallis_divergence",
    "tsallis_entropy",
    "variation_of_information",
]


# Estimators need SciPy, and codes are seldom needed.
__getattr__ = lazy_names(__name__, {"codes": "", "estimators": ""})
