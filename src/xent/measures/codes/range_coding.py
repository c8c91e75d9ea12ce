"""Range coding: symbols as bytes, at the price that the cross-entropy names."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.arrays import numpy_array
from xent.errors import BackendError, DomainError, DTypeError, ShapeError

__all__ = ["decode", "encode"]


def encode(symbols: Any, probs: Any, /) -> bytes:
    r"""
    Message that a range coder writes for `symbols` when it believes in `probs`; bytes of 8 bits.

    Parameters
    ----------
    symbols : array of shape (n,)
        Integers in ``0 .. K-1``.
    probs : array of shape (K,) or (n, K)
        Model q of every symbol, or of each symbol in turn, such as a language model's predictions.

    Returns
    -------
    bytes
        A whole number of 32-bit words, little-endian. `decode` needs the same `probs` and ``n``.

    Raises
    ------
    BackendError
        If constriction is not installed.
    DTypeError
        If `symbols` are not integers or `probs` not real numbers.
    ShapeError
        If `symbols` has not one axis, or `probs` fits neither shape.
    DomainError
        If `probs` is not a distribution, or a symbol lies outside ``0 .. K-1`` or has probability 0:
        its codeword would be infinitely long.

    Notes
    -----
    **Definition.** The message names a point in an interval of width :math:`\prod_i q(x_i)`, so it has about
    :math:`\sum_i -\log_2 q(x_i)` bits: :math:`n H(\hat p, q)`, with :math:`\hat p` the frequencies of the
    symbols.

    **Edge cases.** No symbols, or K = 1, give an empty message.

    **Numerics.** The coder rounds the model to multiples of :math:`2^{-24}`, and no symbol is given less:
    one that has :math:`q = 2^{-40}` costs 23 bits, and the others :math:`K / 2^{24}` nats more each. For
    smaller alphabets and 100 000 symbols the message is less than 0.1 % longer than the cross-entropy says,
    most of it unused bits of the last words.

    References
    ----------
    .. [1] Martin, G. N. N. (1979). Range encoding: an algorithm for removing redundancy from a digitised
       message. Video and Data Recording Conference, Southampton.
    .. [2] Bamler, R. (2022). Understanding entropy coding with asymmetric numeral systems (ANS).
       arXiv:2201.01741: constriction, which does the coding.

    Examples
    --------
    A thousand symbols of 0.152 bits each; `huffman_code` would spend a whole bit on each of them.

    >>> message = encode([0] * 1000, [0.9, 0.1])
    >>> 8 * len(message)
    160
    """
    where = "encode"
    coder = _constriction(where)
    model = _checked_model(probs, where)
    drawn = _checked_symbols(symbols, model, where)
    if model.shape[-1] == 1 or not drawn.size:
        return b""
    encoder = coder.stream.queue.RangeEncoder()
    encoder.encode(drawn, *_coder_model(coder, model))
    return bytes(encoder.get_compressed().astype("<u4").tobytes())


def decode(message: bytes, probs: Any, /, *, length: int) -> NDArray[np.int64]:
    """
    Symbols of a message that `encode` wrote, as integers in ``0 .. K-1``.

    Parameters
    ----------
    message : bytes
        What `encode` returned.
    probs : array of shape (K,) or (length, K)
        The model it was written with, to the last bit.
    length : int
        Number of symbols.

    Returns
    -------
    array of shape (length,)
        The symbols. Another model, another length or a message that was cut gives other symbols, not an
        error: a message carries no check.

    Raises
    ------
    BackendError
        If constriction is not installed.
    DTypeError, ShapeError, DomainError
        If `probs` is not a distribution, or does not fit `length`; if `message` is not a whole number
        of words.

    Notes
    -----
    See `encode`.

    Examples
    --------
    >>> decode(encode([0, 1, 1, 0], [0.5, 0.5]), [0.5, 0.5], length=4)
    array([0, 1, 1, 0])
    """
    where = "decode"
    coder = _constriction(where)
    model = _checked_model(probs, where)
    if length < 0 or (model.ndim == 2 and len(model) != length):
        rule = "be the number of rows of `probs`" if model.ndim == 2 else "be >= 0"
        raise DomainError(where, "length", rule, got=str(length))
    if len(message) % 4:
        raise DomainError(where, "message", "be a whole number of 4-byte words", got=f"{len(message)} bytes")
    if model.shape[-1] == 1 or not length:
        return np.zeros(length, dtype=np.int64)
    words = np.frombuffer(message, dtype="<u4").astype(np.uint32)
    decoder = coder.stream.queue.RangeDecoder(words)
    rest = () if model.ndim == 2 else (length,)
    symbols: NDArray[np.int64] = decoder.decode(*_coder_model(coder, model), *rest).astype(np.int64)
    return symbols


def _constriction(where: str) -> Any:
    try:
        return import_module("constriction")
    except ImportError as error:
        raise BackendError(
            where,
            "constriction",
            "be installed to write and read coded messages",
            got="no such package",
            hint='Run `pip install "xent[coding]"`.',
        ) from error


def _coder_model(coder: Any, model: NDArray[np.float64]) -> tuple[Any, ...]:
    # "perfect" quantisation is slower by orders of magnitude for a gain below the last word's.
    if model.ndim == 2:
        return coder.stream.model.Categorical(perfect=False), model
    return (coder.stream.model.Categorical(model, perfect=False),)


def _checked_model(probs: Any, where: str) -> NDArray[np.float64]:
    array = numpy_array(probs, where=where, argument="probs")
    if array.dtype.kind not in "iuf":
        raise DTypeError(where, "probs", "hold real numbers", got=str(array.dtype))
    if array.ndim not in {1, 2} or not array.shape[-1]:
        raise ShapeError(where, "probs", "have shape (K,) or (n, K), K > 0", got=str(array.shape))
    wrong = np.argwhere(~((array >= 0) & np.isfinite(array)))
    if len(wrong):
        index = tuple(int(k) for k in wrong[0])
        raise DomainError(where, "probs", "be finite and >= 0", got=str(array[index]), index=index)
    eps = np.finfo(array.dtype).eps if array.dtype.kind == "f" else 0.0
    sums = array.sum(axis=-1, dtype=np.float64)
    wrong = np.argwhere(abs(sums - 1) > np.sqrt(eps))
    if len(wrong):
        index = tuple(int(k) for k in wrong[0])
        raise DomainError(
            where, "probs", "sum to 1 along the last axis", got=f"{sums[index]:.9g}", index=index or None
        )
    return np.ascontiguousarray(array, dtype=np.float64)


def _checked_symbols(symbols: Any, model: NDArray[np.float64], where: str) -> NDArray[np.int32]:
    array = numpy_array(symbols, where=where, argument="symbols")
    if array.dtype.kind not in "iu" and array.size:
        raise DTypeError(where, "symbols", "be integers", got=str(array.dtype))
    if array.ndim != 1:
        raise ShapeError(where, "symbols", "have one axis", got=str(array.shape))
    if model.ndim == 2 and len(model) != len(array):
        raise ShapeError(where, "probs", f"have {len(array)} rows, one per symbol", got=str(model.shape))
    K = model.shape[-1]
    outside = np.flatnonzero((array < 0) | (array >= K))
    if outside.size:
        first = int(outside[0])
        raise DomainError(where, "symbols", f"lie in 0..{K - 1}", got=str(array[first]), index=(first,))
    drawn: NDArray[np.int32] = np.ascontiguousarray(array, dtype=np.int32)
    believed = model[drawn] if model.ndim == 1 else model[np.arange(len(drawn)), drawn]
    impossible = np.flatnonzero(believed == 0)
    if impossible.size:
        first = int(impossible[0])
        hint = "No message is long enough for what the model holds impossible."
        got = f"{drawn[first]}, of probability 0"
        raise DomainError(where, "symbols", "have a probability > 0", got=got, index=(first,), hint=hint)
    return drawn
