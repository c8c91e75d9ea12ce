"""Range coding: symbols as bytes, with a message length close to the cross-entropy."""

from __future__ import annotations

import operator
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.arrays import numpy_array
from xent.errors import BackendError, DomainError, DTypeError, ShapeError

__all__ = ["coder_probs", "decode", "encode"]

# Bits of the coder's probabilities.
_PRECISION = 24


def encode(symbols: Any, probs: Any, /) -> bytes:
    r"""
    Message of a range coder for `symbols` with the model `probs`, in bytes of 8 bits.

    Parameters
    ----------
    symbols : array of shape (n,)
        Symbols, integers in ``0 .. K-1``.
    probs : array of shape (K,) or (n, K)
        Model q: one distribution for all symbols, or one for each symbol, such as the predictions of a
        language model.

    Returns
    -------
    bytes
        Whole number of little-endian 32-bit words. `decode` needs the same `probs` and the number n of
        symbols.

    Raises
    ------
    BackendError
        If constriction is not installed.
    DTypeError
        If `symbols` are not integers, or `probs` not real numbers or a tensor of PyTorch that requires
        gradients.
    ShapeError
        If `symbols` does not have one axis, or `probs` has neither of the two shapes.
    DomainError
        If a probability is negative, not finite or masked, a sum is not 1, a symbol is out of range or
        masked, or a symbol has probability 0, for which no finite message exists.

    Notes
    -----
    **Definition.** The message is a point in an interval of width :math:`\prod_i q(x_i)`, so it has about
    :math:`\sum_i -\log_2 q(x_i) = n H(\hat p, q)` bits, with the frequencies :math:`\hat p` of the symbols.

    **Edge cases.** No symbols, or K = 1, give an empty message.

    **Numerics.** The coder rounds the model to multiples of :math:`2^{-24}` and gives no symbol less: a
    symbol with :math:`q = 2^{-40}` takes 23 bits, and every other symbol :math:`K / 2^{24}` nats more than
    under the exact model. For small alphabets and 100 000 symbols the message is less than 0.1 % longer than
    the cross-entropy; most of the excess are unused bits of the last words.

    References
    ----------
    .. [1] Martin, G. N. N. (1979). Range encoding: an algorithm for removing redundancy from a digitised
       message. Video and Data Recording Conference, Southampton.
    .. [2] Bamler, R. (2022). Understanding entropy coding with asymmetric numeral systems (ANS).
       arXiv:2201.01741: constriction, which does the coding.

    Examples
    --------
    A thousand symbols of 0.152 bits each; `huffman_code` would need a whole bit for each of them.

    >>> message = encode([0] * 1000, [0.9, 0.1])
    >>> 8 * len(message)
    160
    """
    caller = "encode"
    coder = _constriction(caller)
    model = _checked_model(probs, caller)
    drawn = _checked_symbols(symbols, model, caller)
    if model.shape[-1] == 1 or not drawn.size:
        return b""
    encoder = coder.stream.queue.RangeEncoder()
    encoder.encode(drawn, *_coder_model(coder, model))
    return bytes(encoder.get_compressed().astype("<u4").tobytes())


def decode(message: bytes, probs: Any, /, *, length: int) -> NDArray[np.int64]:
    """
    Symbols of a message of `encode`, as integers in ``0 .. K-1``.

    Parameters
    ----------
    message : bytes
        Result of `encode`.
    probs : array of shape (K,) or (length, K)
        Model that was passed to `encode`, equal to the last bit.
    length : int
        Number of encoded symbols.

    Returns
    -------
    array of shape (length,)
        Decoded symbols. A message has no checksum: another model, another length, or a truncated or damaged
        message gives wrong symbols, or `DomainError` where the decoder finds the message impossible.

    Raises
    ------
    BackendError
        If constriction is not installed.
    DTypeError
        If `probs` are not real numbers or a tensor of PyTorch that requires gradients, `length` is not an
        integer, or `message` holds no bytes.
    ShapeError
        If `probs` has neither of the two shapes.
    DomainError
        If a probability is negative, not finite or masked, a sum is not 1, `length` is negative or not the
        number of rows of `probs`, or `message` is not a whole number of 32-bit words, or one that no symbols
        have under `probs`.

    Notes
    -----
    `encode` describes the code.

    Examples
    --------
    >>> decode(encode([0, 1, 1, 0], [0.5, 0.5]), [0.5, 0.5], length=4)
    array([0, 1, 1, 0])
    """
    caller = "decode"
    coder = _constriction(caller)
    model = _checked_model(probs, caller)
    try:
        length = operator.index(length)
    except TypeError:
        raise DTypeError(caller, "length", "be an integer", got=type(length).__name__) from None
    if length < 0 or (model.ndim == 2 and len(model) != length):
        rule = "be the number of rows of `probs`" if model.ndim == 2 else "be >= 0"
        raise DomainError(caller, "length", rule, got=str(length))
    words = _words(message, caller)
    if model.shape[-1] == 1 or not length:
        return np.zeros(length, dtype=np.int64)
    decoder = coder.stream.queue.RangeDecoder(words)
    rest = () if model.ndim == 2 else (length,)
    try:
        symbols: NDArray[np.int64] = decoder.decode(*_coder_model(coder, model), *rest).astype(np.int64)
    except AssertionError as error:
        rule, got = "be one that `encode` wrote with these `probs`", "a damaged one, or one of other `probs`"
        raise DomainError(caller, "message", rule, got=got) from error
    return symbols


def coder_probs(probs: Any, /) -> NDArray[np.float64]:
    r"""
    Distribution that `encode` uses for the model `probs`: no possible symbol is less probable than 2^-24.

    Parameters
    ----------
    probs : array of shape (K,)
        Model, a distribution, which is not checked.

    Returns
    -------
    array of shape (K,)
        :math:`(1 - m / 2^{24}) q_k + 1 / 2^{24}` for the m symbols of positive probability, 0 for the others,
        up to the rounding of the coder to multiples of :math:`2^{-24}`.

    Raises
    ------
    DTypeError
        If `probs` are a mapping or a tensor of PyTorch that requires gradients.
    DomainError
        If a probability is masked.

    Examples
    --------
    >>> float(-np.log2(coder_probs([0.5, 0.5])[0]))
    1.0
    """
    model = numpy_array(probs, caller="coder_probs", argument="probs").astype(np.float64)
    possible = model > 0
    least = 2.0**-_PRECISION
    return np.where(possible, (1 - np.count_nonzero(possible) * least) * model + least, 0.0)


def _words(message: Any, caller: str) -> NDArray[np.uint32]:
    """Words of 32 bits of `message`; `DTypeError` for other than bytes, `DomainError` for half a word."""
    try:
        content = bytes(memoryview(message))
    except TypeError:
        raise DTypeError(caller, "message", "be bytes", got=type(message).__name__) from None
    if len(content) % 4:
        raise DomainError(caller, "message", "be a whole number of 4-byte words", got=f"{len(content)} bytes")
    return np.frombuffer(content, dtype="<u4").astype(np.uint32)


def _constriction(caller: str) -> Any:
    """Module constriction; raises `BackendError` if it is not installed."""
    try:
        return import_module("constriction")
    except ImportError as error:
        raise BackendError(
            caller,
            "constriction",
            "be installed to write and read coded messages",
            got="no such package",
            hint='Run `pip install "xent[coding]"`.',
        ) from error


def _coder_model(coder: Any, model: NDArray[np.float64]) -> tuple[Any, ...]:
    """
    Model object of `coder`, the module constriction, for `model`; then, for one of shape (n, K), `model`
    itself.

    They are the arguments that its encoder and decoder take besides the symbols.
    """
    # "perfect" quantisation is slower by orders of magnitude and saves less than the last word's unused bits.
    if model.ndim == 2:
        return coder.stream.model.Categorical(perfect=False), model
    return (coder.stream.model.Categorical(model, perfect=False),)


def _checked_model(probs: Any, caller: str) -> NDArray[np.float64]:
    """
    Distribution of shape (K,), or one per symbol of shape (n, K), as contiguous 64-bit floats, not
    normalised.

    Raises `DTypeError` for other than real numbers, `ShapeError` for other axes or no entry, and
    `DomainError` for a probability that is negative, not finite or masked, or a sum that differs from 1 by
    more than the square root of the dtype's epsilon (integers: at all).
    """
    array = numpy_array(probs, caller=caller, argument="probs")
    if array.dtype.kind not in "iuf":
        raise DTypeError(caller, "probs", "hold real numbers", got=str(array.dtype))
    if array.ndim not in {1, 2} or not array.shape[-1]:
        raise ShapeError(caller, "probs", "have shape (K,) or (n, K), K > 0", got=str(array.shape))
    wrong = np.argwhere(~((array >= 0) & np.isfinite(array)))
    if len(wrong):
        index = tuple(int(k) for k in wrong[0])
        raise DomainError(caller, "probs", "be finite and >= 0", got=str(array[index]), index=index)
    eps = np.finfo(array.dtype).eps if array.dtype.kind == "f" else 0.0
    sums = array.sum(axis=-1, dtype=np.float64)
    wrong = np.argwhere(abs(sums - 1) > np.sqrt(eps))
    if len(wrong):
        index = tuple(int(k) for k in wrong[0])
        raise DomainError(
            caller, "probs", "sum to 1 along the last axis", got=f"{sums[index]:.9g}", index=index or None
        )
    return np.ascontiguousarray(array, dtype=np.float64)


def _checked_symbols(symbols: Any, model: NDArray[np.float64], caller: str) -> NDArray[np.int32]:
    """
    Symbols as contiguous 32-bit integers, all of positive probability under `model`; an empty message passes.

    Raises `DTypeError` unless they are integers, `ShapeError` for other than one axis or a model with another
    number of rows, and `DomainError` with the first symbol that is masked, out of 0 .. K - 1 or of
    probability 0.
    """
    array = numpy_array(symbols, caller=caller, argument="symbols")
    if array.dtype.kind not in "iu" and array.size:
        raise DTypeError(caller, "symbols", "be integers", got=str(array.dtype))
    if array.ndim != 1:
        raise ShapeError(caller, "symbols", "have one axis", got=str(array.shape))
    if model.ndim == 2 and len(model) != len(array):
        raise ShapeError(caller, "probs", f"have {len(array)} rows, one per symbol", got=str(model.shape))
    K = model.shape[-1]
    outside = np.flatnonzero((array < 0) | (array >= K))
    if outside.size:
        first = int(outside[0])
        raise DomainError(caller, "symbols", f"lie in 0..{K - 1}", got=str(array[first]), index=(first,))
    drawn: NDArray[np.int32] = np.ascontiguousarray(array, dtype=np.int32)
    believed = model[drawn] if model.ndim == 1 else model[np.arange(len(drawn)), drawn]
    impossible = np.flatnonzero(believed == 0)
    if impossible.size:
        first = int(impossible[0])
        hint = "No message is long enough for what the model holds impossible."
        got = f"{drawn[first]}, of probability 0"
        raise DomainError(caller, "symbols", "have a probability > 0", got=got, index=(first,), hint=hint)
    return drawn
