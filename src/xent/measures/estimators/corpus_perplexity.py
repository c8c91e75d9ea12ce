"""Perplexity and bits per byte of a corpus, with bootstrap intervals over its documents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xent.arrays import check_level, checked_integer, numpy_array
from xent.errors import DomainError, DTypeError, ShapeError, XentError
from xent.measures.estimators.count_spectrum import Floats, whole_counts
from xent.measures.estimators.perplexity_estimate import CorpusPerplexity, Rate

__all__ = ["corpus_perplexity"]

# Documents beyond this number are drawn in groups, which changes the variance of a sum little and saves time.
_MOST_GROUPS = 10_000
_CHUNK_ENTRIES = 2**20


def corpus_perplexity(
    log_likelihoods: Sequence[ArrayLike] | ArrayLike,
    /,
    *,
    tokens: ArrayLike | None = None,
    bytes: ArrayLike | None = None,  # noqa: A002  the unit's name; the builtin is not used here
    characters: ArrayLike | None = None,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> CorpusPerplexity:
    r"""
    Perplexity of a corpus and its rates in nats and bits per token, byte and character.

    Parameters
    ----------
    log_likelihoods : array_like of shape (D,) or (D, T), or sequence of D array_likes
        Log-likelihood of each document in nats, <= 0; or the log-likelihoods of its tokens: a row for each
        document of T tokens, or a sequence with one array for each document.
    tokens, bytes, characters : array_like of shape (D,), optional
        Number of these units in each document, whole and >= 1. Without log-likelihoods of tokens at least one
        of the three must be given. With them `tokens` is the number of log-likelihoods, and may be left out;
        for another unit, such as words, pass the sum of each document.
    level : float
        Nominal coverage of the intervals, in (0, 1).
    resamples : int
        Number of bootstrap samples of the documents, >= 1.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    CorpusPerplexity
        Rates per token, byte and character; None for a unit without numbers.

    Raises
    ------
    DTypeError
        If a log-likelihood, a number of units or `level` is not a real number, log-likelihoods are a tensor
        of PyTorch that requires gradients, or `resamples` or `seed` is not an integer.
    ShapeError
        If the log-likelihoods of documents or of the tokens of a document do not have one axis, or numbers of
        units are not one for each document.
    DomainError
        If there is no document, a log-likelihood is positive, nan or masked, a number of units is fractional,
        below 1, not finite, masked or above 2**53, no numbers of units are given or counted, `tokens` is not
        the number of the log-likelihoods of tokens, `level` is not in (0, 1), `resamples` is below 1, or
        `seed` is negative.

    Notes
    -----
    **Definition.** With log-likelihood :math:`\ell_d` and :math:`t_d` tokens in document `d`, the rate is
    :math:`-\sum_d \ell_d / \sum_d t_d` and the perplexity its exponential. Every token has the same weight;
    the mean of the documents' perplexities is a different and often much larger number. The interval is the
    percentile interval of this ratio over documents drawn with replacement.

    **Edge cases.** A token of log-likelihood ``-inf`` makes rate and perplexity ``inf``. A perplexity above
    1.8e308 is ``inf``, while its logarithm ``per_token.nats`` is finite. More than 10,000 documents are
    assigned at random to 10,000 groups, and groups are drawn in place of documents. A single document has an
    interval of nan.

    **Numerics.** The rate is a quotient of sums of one sign: within a few units in the last place.

    References
    ----------
    .. [1] Efron, B. and Tibshirani, R. (1993). An Introduction to the Bootstrap. Equation 13.5.

    Examples
    --------
    The mean of the perplexities of the two documents would be 5001.

    >>> found = corpus_perplexity([-2 * np.log(10_000), -98 * np.log(2)], tokens=[2, 98], bytes=[9, 400])
    >>> round(found.per_token.perplexity, 3), round(found.per_byte.bits, 4)
    (2.371, 0.3046)
    """
    caller = "corpus_perplexity"
    sums, lengths = _documents(log_likelihoods, caller=caller)
    _check_bootstrap(level, resamples, caller=caller)
    rng = np.random.default_rng(checked_integer(seed, "seed", least=0, caller=caller))
    given = {"tokens": tokens if tokens is not None else lengths, "bytes": bytes, "characters": characters}
    units = {
        name: _units(numbers, len(sums), name, caller=caller)
        for name, numbers in given.items()
        if numbers is not None
    }
    if lengths is not None:
        _check_tokens(units["tokens"], lengths, caller=caller)
    if not units:
        raise DomainError(caller, "tokens", "be given, or `bytes` or `characters`", got="None")
    found = _rates(-sums, units, level, resamples, rng)
    tokens_rate, bytes_rate, characters_rate = (found.get(name) for name in given)
    return CorpusPerplexity(tokens_rate, bytes_rate, characters_rate, len(sums), level)


def _documents(
    log_likelihoods: Sequence[ArrayLike] | ArrayLike, *, caller: str
) -> tuple[Floats, NDArray[np.int64] | None]:
    """
    Sum of the log-likelihoods of each document, and its number of tokens, or None if only sums are given.

    A table, or a sequence with an entry of one axis, has the log-likelihoods of tokens, a document in each
    row or entry; one axis of numbers has the sums. A document without tokens has the sum 0 and the number 0,
    which `_units` refuses. Raises `DTypeError` for other than real numbers, `ShapeError` for other axes,
    `DomainError` if there is no document, or for a log-likelihood that is above 0, nan or masked.
    """
    lengths = None
    is_table = not isinstance(log_likelihoods, Sequence) and np.ndim(log_likelihoods) == 2
    if is_table:
        log_likelihoods = list(numpy_array(log_likelihoods, caller=caller, argument="log_likelihoods"))
    if isinstance(log_likelihoods, Sequence) and any(np.ndim(part) for part in log_likelihoods):
        parts = [_reals(part, (number,), caller=caller) for number, part in enumerate(log_likelihoods)]
        sums = np.asarray([part.sum() for part in parts])
        lengths = np.asarray([len(part) for part in parts])
    else:
        sums = _reals(log_likelihoods, (), caller=caller)
    if len(sums) == 0:
        raise DomainError(caller, "log_likelihoods", "hold at least one document", got="none")
    return sums, lengths


def _reals(values: ArrayLike | Sequence[ArrayLike], document: tuple[int, ...], *, caller: str) -> Floats:
    """
    Log-likelihoods of one axis as 64-bit floats; ``-inf`` passes.

    `document` holds the number of their document, for messages, or is empty. Raises `DTypeError` for other
    than real numbers, `ShapeError` for other axes, or `DomainError` with the first one above 0 or nan, or
    masked.
    """
    argument = "log_likelihoods"
    try:
        given = numpy_array(values, caller=caller, argument=argument)
        if given.dtype.kind in "cmM":
            raise DTypeError(caller, argument, "be real numbers", got=str(given.dtype))
        array = given.astype(np.float64, copy=False)
    except XentError:
        raise
    except (TypeError, ValueError) as error:
        raise DTypeError(caller, argument, "be real numbers", got=str(error)) from None
    if array.ndim != 1:
        rule = "hold one number for each document, or a sequence of one array for each document"
        got = f"shape {array.shape}"
        raise ShapeError(caller, argument, rule, got=got, index=document or None)
    wrong = np.flatnonzero(~(array <= 0))
    if len(wrong):
        got, index = f"{array[wrong[0]]:.9g}", (*document, int(wrong[0]))
        hint = "They are logarithms of probabilities; negate a loss."
        raise DomainError(caller, argument, "be <= 0", got=got, index=index, hint=hint)
    return array


def _units(numbers: ArrayLike, documents: int, name: str, *, caller: str) -> Floats:
    """
    Number of units called `name` in each document as floats, checked to be whole.

    Raises `DTypeError` for numbers that are not real, `ShapeError` unless there is one number for each of
    `documents`, and `DomainError` for one that is below 1, fractional, not finite, masked or above 2**53.
    """
    array = numpy_array(numbers, caller=caller, argument=name)
    if array.shape != (documents,):
        rule = f"have shape ({documents},), one number for each document"
        raise ShapeError(caller, name, rule, got=str(array.shape))
    whole = whole_counts(array, caller=caller, argument=name)
    empty = np.flatnonzero(whole == 0)
    if len(empty):
        hint = "Leave empty documents out."
        raise DomainError(caller, name, "be >= 1", got="0", index=(int(empty[0]),), hint=hint)
    return whole.astype(np.float64)


def _check_tokens(tokens: Floats, lengths: NDArray[np.int64], *, caller: str) -> None:
    """
    Raise `DomainError` for the first document whose entry in `tokens` differs from that in `lengths`.

    `lengths` are the numbers of log-likelihoods given for each document, (D,), `tokens` those that the caller
    states, (D,). Padded rows are a usual reason.
    """
    wrong = np.flatnonzero(tokens != lengths)
    if len(wrong):
        first = int(wrong[0])
        rule = f"be the number of log-likelihoods of each document, here {lengths[first]}"
        hint = "For padded rows or another unit, pass the sum of the log-likelihoods of each document."
        raise DomainError(caller, "tokens", rule, got=f"{tokens[first]:.0f}", index=(first,), hint=hint)


def _check_bootstrap(level: float, resamples: int, *, caller: str) -> None:
    """Raise `DomainError` for a `level` not in (0, 1) or `resamples` below 1, `DTypeError` for no numbers."""
    check_level(level, caller=caller)
    checked_integer(resamples, "resamples", least=1, caller=caller)


def _rates(
    losses: Floats, units: dict[str, Floats], level: float, resamples: int, rng: np.random.Generator
) -> dict[str, Rate]:
    """
    Rate of each unit by name, nats per unit: total of `losses` over total of the unit, with an interval.

    `losses` has the loss of each document in nats, (D,), each of `units` the numbers of a unit in the
    documents. A rate holds the quotient, the ends of its interval and the total of the unit. The interval of
    the given `level` is one of percentiles over `resamples` samples of documents; its ends are nan for a
    single document.
    """
    columns = np.stack([losses, *units.values()], axis=1)
    total = columns.sum(axis=0)
    ends = np.full((2, len(units)), np.nan)
    if len(losses) > 1:
        drawn = _resampled(columns, resamples, rng)
        ratios = drawn[:, :1] / drawn[:, 1:]
        tail = (1 - level) / 2
        # "lower" and "higher" do not interpolate: between infinite rates interpolation gives nan.
        ends[0] = np.quantile(ratios, tail, axis=0, method="lower")
        ends[1] = np.quantile(ratios, 1 - tail, axis=0, method="higher")
    return {
        name: Rate(float(total[0] / total[k + 1]), float(ends[0, k]), float(ends[1, k]), int(total[k + 1]))
        for k, name in enumerate(units)
    }


def _resampled(columns: Floats, resamples: int, rng: np.random.Generator) -> Floats:
    """
    Sums of `columns` over bootstrap samples of the rows, of shape (resamples, number of columns).

    A bootstrap sample has as many rows as `columns`; more than 10,000 rows are first joined at random to that
    many groups, whose sums are sampled.
    """
    if len(columns) > _MOST_GROUPS:
        starts = np.linspace(0, len(columns), _MOST_GROUPS, endpoint=False).astype(int)
        # In random order, for neighbouring documents are often alike.
        columns = np.add.reduceat(rng.permutation(columns), starts, axis=0)
    n = len(columns)
    chunk = max(1, _CHUNK_ENTRIES // n)
    sums = [
        columns[rng.integers(n, size=(min(chunk, resamples - done), n))].sum(axis=1)
        for done in range(0, resamples, chunk)
    ]
    return np.concatenate(sums)
