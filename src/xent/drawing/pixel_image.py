"""Small picture of pixels as a data URL, for a page that loads nothing."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

__all__ = ["pixel_image"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGBA = (8, 6, 0, 0, 0)


def pixel_image(pixels: NDArray[np.uint8]) -> str:
    """
    PNG of `pixels`, of shape (rows, columns, 4) for red, green, blue and opacity, as a ``data:`` URL.

    They must be uint8; no other dtype is refused, but its picture is broken.

    Examples
    --------
    >>> import numpy as np
    >>> pixel_image(np.zeros((1, 1, 4), dtype=np.uint8))[:22]
    'data:image/png;base64,'
    """
    rows, columns, _ = pixels.shape
    # Each line begins with the number of its filter; 0 is none.
    lines = np.hstack([np.zeros((rows, 1), dtype=np.uint8), pixels.reshape(rows, 4 * columns)])
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", columns, rows, *_RGBA)),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
        (b"IEND", b""),
    )
    content = _SIGNATURE + b"".join(map(_chunk, parts))
    return f"data:image/png;base64,{base64.b64encode(content).decode('ascii')}"


def _chunk(part: tuple[bytes, bytes]) -> bytes:
    kind, content = part
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
