"""
Estimates of entropies and related measures from a sample, with standard errors where they are known.

Each kind of data has its own functions, and no function guesses the kind: counts (`entropy_from_counts`),
samples of categories (`..._from_samples`), log-likelihoods of a corpus (`corpus_perplexity`), continuous
samples (`kozachenko_leonenko_entropy` and others). Results are frozen dataclasses that state the method, the
number of categories and the number of observations. Gaussian measures in closed form serve as references.

Each file holds one estimator under its textbook name. May import `formulas`, `arrays`, `errors`, NumPy and
SciPy.
"""

from xent.measures.estimators.bayesian import bayesian_entropy
from xent.measures.estimators.bonachela import bonachela_entropy
from xent.measures.estimators.chao_shen import chao_shen_entropy
from xent.measures.estimators.chao_wang_jost import chao_wang_jost_entropy
from xent.measures.estimators.conditional_entropy_from_counts import conditional_entropy_from_counts
from xent.measures.estimators.corpus_perplexity import corpus_perplexity
from xent.measures.estimators.cross_entropy_from_samples import cross_entropy_from_samples
from xent.measures.estimators.entropy_estimate import EntropyEstimate
from xent.measures.estimators.entropy_from_counts import entropy_from_counts
from xent.measures.estimators.entropy_from_samples import entropy_from_samples
from xent.measures.estimators.entropy_interval import EntropyInterval, entropy_interval
from xent.measures.estimators.gaussian import (
    gaussian_differential_entropy,
    gaussian_kl_divergence,
    gaussian_mutual_information,
)
from xent.measures.estimators.grassberger_1988 import grassberger_1988_entropy
from xent.measures.estimators.grassberger_2003 import grassberger_2003_entropy
from xent.measures.estimators.jackknife import jackknife_entropy
from xent.measures.estimators.james_stein import james_stein_entropy, shrinkage_intensity
from xent.measures.estimators.kl_divergence_from_samples import kl_divergence_from_samples
from xent.measures.estimators.kozachenko_leonenko import kozachenko_leonenko_entropy
from xent.measures.estimators.kraskov import kraskov_mutual_information
from xent.measures.estimators.miller_madow import miller_madow_entropy
from xent.measures.estimators.model_counts import DivergenceEstimate
from xent.measures.estimators.mutual_information_estimate import MutualInformationEstimate
from xent.measures.estimators.mutual_information_from_samples import mutual_information_from_samples
from xent.measures.estimators.nemenman_shafee_bialek import nemenman_shafee_bialek_entropy
from xent.measures.estimators.one_source_test import OneSourceTest, one_source_test
from xent.measures.estimators.perplexity_estimate import CorpusPerplexity, Rate
from xent.measures.estimators.plug_in import plug_in_entropy
from xent.measures.estimators.ross import ross_mutual_information
from xent.measures.estimators.schuermann_grassberger import schuermann_grassberger_entropy
from xent.measures.estimators.wolpert_wolf import wolpert_wolf_entropy
from xent.measures.estimators.zhang import zhang_entropy

__all__ = [
    "CorpusPerplexity",
    "DivergenceEstimate",
    "EntropyEstimate",
    "EntropyInterval",
    "MutualInformationEstimate",
    "OneSourceTest",
    "Rate",
    "bayesian_entropy",
    "bonachela_entropy",
    "chao_shen_entropy",
    "chao_wang_jost_entropy",
    "conditional_entropy_from_counts",
    "corpus_perplexity",
    "cross_entropy_from_samples",
    "entropy_from_counts",
    "entropy_from_samples",
    "entropy_interval",
    "gaussian_differential_entropy",
    "gaussian_kl_divergence",
    "gaussian_mutual_information",
    "grassberger_1988_entropy",
    "grassberger_2003_entropy",
    "jackknife_entropy",
    "james_stein_entropy",
    "kl_divergence_from_samples",
    "kozachenko_leonenko_entropy",
    "kraskov_mutual_information",
    "miller_madow_entropy",
    "mutual_information_from_samples",
    "nemenman_shafee_bialek_entropy",
    "one_source_test",
    "plug_in_entropy",
    "ross_mutual_information",
    "schuermann_grassberger_entropy",
    "shrinkage_intensity",
    "wolpert_wolf_entropy",
    "zhang_entropy",
]
