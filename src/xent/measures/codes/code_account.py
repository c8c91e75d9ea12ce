"""Where the length of a code goes when it is run on another distribution than it was built for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, final

import numpy as np

from xent.errors import ShapeError
from xent.formulas.measures import entropy as entropy_formula
from xent.measures.codes.code import Code
from xent.measures.codes.exact_distribution import exact_distribution
from xent.measures.kl_divergence import kl_divergence

__all__ = ["CodeAccount", "account"]


@final
@dataclass(frozen=True)
class CodeAccount:
    """
    Expected length of a code and its three parts, in digits of the radix (bits for 2).

    Parameters
    ----------
    expected_length : float
        Mean length of a codeword on the true distribution p; the sum of the next three.
    entropy : float
        H(p): what any code needs.
    divergence : float
        KL(p ‖ q): what believing q adds.
    whole_symbol_penalty : float
        What spending a whole number of digits on each symbol adds. Negative where the lengths
        happen to suit p better than those of q would have.
    kraft_sum : Fraction
        Of the code: where it is 1, no codeword could be shorter.
    radix : int
        Number of different digits.
    """

    expected_length: float
    entropy: float
    divergence: float
    whole_symbol_penalty: float
    kraft_sum: Fraction
    radix: int

    @property
    def cross_entropy(self) -> float:
        """H(p, q): what a range coder with the model q would write for each symbol."""
        return self.entropy + self.divergence

    @property
    def redundancy(self) -> float:
        """What the code costs above the entropy; never negative for a code that can be read."""
        return self.divergence + self.whole_symbol_penalty


def account(code: Code, /, *, built_for: Any, run_on: Any, normalize: bool = False) -> CodeAccount:
    r"""
    Expected length of a code built for q and run on p, split into parts, in digits of its radix (bits for 2).

    Parameters
    ----------
    code : Code
        Codewords for the symbols of both distributions.
    built_for : array of shape (K,)
        Distribution q that the code believes in.
    run_on : array of shape (K,)
        Distribution p that the symbols come from.
    normalize : bool, default False
        Divide both by their sums first, as for counts.

    Returns
    -------
    CodeAccount
        ``expected_length = entropy + divergence + whole_symbol_penalty``.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        If `built_for` or `run_on` is not a distribution over the symbols of the code.

    Notes
    -----
    **Definition.** :math:`\sum_k p_k \ell_k = H(p) + \mathrm{KL}(p \,\|\, q)
    + \sum_k p_k (\ell_k + \log_r q_k)`. For `shannon_code` of q each bracket of the last sum lies in
    :math:`[0, 1)`.

    **Edge cases.** A symbol of :math:`p_k = 0` costs nothing. Where :math:`p_k > 0` and :math:`q_k = 0`, the
    divergence is ``inf``; without a codeword so is the expected length, and the penalty is that of the other
    symbols; with one, the expected length is finite and the penalty ``-inf``. A symbol of
    :math:`p_k, q_k > 0` without a codeword makes the length and the penalty ``inf``.

    **Numerics.** No part is computed as a difference of the others: the divergence has the form of
    `xent.formulas.i_divergence`, which keeps its digits for nearly equal distributions, and the penalty of a
    dyadic q is exactly 0. The parts add up to the length within ``4 eps`` of it, and as far as the two sums
    are equal.

    References
    ----------
    .. [1] Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory. Wiley. Theorem 5.4.3.

    Examples
    --------
    A code for a fair four-sided die, run on a loaded one, is paid for twice over the entropy.

    >>> from xent.measures.codes import shannon_code
    >>> fair, loaded = [0.25] * 4, [0.5, 0.5, 0.0, 0.0]
    >>> found = account(shannon_code(fair), built_for=fair, run_on=loaded)
    >>> found.expected_length, found.entropy, found.divergence, found.whole_symbol_penalty
    (2.0, 1.0, 1.0, 0.0)
    """
    where = "account"
    p = exact_distribution(run_on, where=where, argument="run_on", normalize=normalize)
    q = exact_distribution(built_for, where=where, argument="built_for", normalize=normalize)
    if not isinstance(code, Code):
        raise ShapeError(where, "code", "be a Code", got=type(code).__name__)
    for one, argument in ((p, "run_on"), (q, "built_for")):
        code.check_symbols(len(one.weights), where=where, argument=argument)
    truth, model = p.probs, q.probs
    nats = math.log(code.radix)
    return CodeAccount(
        expected_length=code.expected_length(run_on, normalize=normalize),
        entropy=float(entropy_formula.value(truth, xp=np)) / nats,
        divergence=float(kl_divergence(truth, model, validate=False)) / nats,
        whole_symbol_penalty=_penalty(code, p.possible, truth.tolist(), model.tolist()),
        kraft_sum=code.kraft_sum,
        radix=code.radix,
    )


def _penalty(code: Code, possible: tuple[int, ...], p: list[float], q: list[float]) -> float:
    terms = []
    for k in possible:
        length = code.lengths[k]
        if q[k] == 0:
            terms.append(0.0 if length is None else -math.inf)
        else:
            terms.append(math.inf if length is None else p[k] * _excess(length, q[k], code.radix))
    return math.fsum(terms) if math.inf not in terms else math.inf


def _excess(length: int, q: float, radix: int) -> float:
    """``length + log(q)`` to the base `radix`; exactly 0 for a power of two in radix 2."""
    if radix == 2:
        fraction, exponent = math.frexp(q)
        return (length + exponent) + math.log2(fraction)
    return length + math.log(q) / math.log(radix)
