"""Choice of held-out rows by a hash, of the place of a row or of its group, for any piece of the rows."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import PurePath
from typing import Any
from zlib import crc32

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xent.data.pieces.target import plain_cells

__all__ = ["HeldOutRule", "mixed_hashes"]

Hashes = NDArray[np.uint64]

_EVERY = 2.0**64
_GOLDEN = 0x9E3779B97F4A7C15
_WORD = 0xFFFFFFFFFFFFFFFF


@dataclass(frozen=True, slots=True)
class HeldOutRule:
    """
    Choice of held-out rows by a hash of their place or group, which any process can make for any piece.

    Parameters
    ----------
    share : float
        Share of the rows, or of the groups, that is held out.
    seed : int
        Seed of the choice.
    group : str or None, default None
        Column of the groups, each of which is held out whole or not at all; a row without one is a group of
        its own. None means that each row stands alone.
    """

    share: float
    seed: int
    group: str | None = None

    def hashes(self, piece: Any, first: int, name: str) -> Hashes:
        """
        64-bit hash of each row's group, (rows,), for a `piece` with `first` rows before it in the fragment
        `name`.

        Without groups, and for a row without one, it is the hash of the row's place: its number and the
        file's name, without the folder. Equal groups have equal hashes in all fragments. Both depend on the
        seed.
        """
        alone = self.of_places(name, first, piece.num_rows)
        if self.group is None:
            return alone
        cells = plain_cells(piece.column(self.group))
        return np.where(cells.is_null().to_numpy(zero_copy_only=False), alone, self._of_values(cells))

    def is_held_out(self, hashes: Hashes) -> NDArray[np.bool_]:
        """True for each of `hashes`, (rows,), below `share` times 2**64: its row is held out."""
        return hashes < np.uint64(min(self.share * _EVERY, _EVERY - 2048))

    def of_places(self, name: str, first: int, rows: int) -> Hashes:
        """
        Hash of each of `rows` rows from number `first` on of the fragment `name`, (rows,).

        The hash depends on the seed and on the name without its folder.
        """
        # The folder of a file does not matter, so that a copy of the data is split alike.
        salt = (crc32(PurePath(name).name.encode()) << 32) ^ (self.seed * _GOLDEN)
        return mixed_hashes(np.arange(first, first + rows, dtype=np.uint64), salt)

    def _of_values(self, cells: pa.Array) -> Hashes:
        if pa.types.is_integer(cells.type):
            # Without a text for each number, which takes far longer.
            values = cells.fill_null(0).to_numpy(zero_copy_only=False).astype(np.uint64)
            return mixed_hashes(values, self.seed * _GOLDEN)
        encoded = cells.dictionary_encode()
        key = (self.seed & _WORD).to_bytes(8, "little")
        digests = [
            blake2b(str(value).encode(), digest_size=8, key=key).digest()
            for value in encoded.dictionary.to_pylist()
        ]
        # The last entry is that of a missing cell.
        hashes = np.frombuffer(b"".join([*digests, bytes(8)]), "<u8").astype(np.uint64)
        return np.asarray(hashes[encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)])


def mixed_hashes(numbers: Hashes, salt: int) -> Hashes:
    """
    SplitMix64's mixing of ``salt + golden * numbers`` modulo 2**64, (n,), a new array.

    So it gives the terms `numbers` of that generator's sequence with the state `salt`. With one salt,
    different numbers give different hashes; hashes may be mixed again with another salt.
    """
    with np.errstate(over="ignore"):
        z = numbers * np.uint64(_GOLDEN)
        z += np.uint64(salt & _WORD)
        # Steele, Lea and Flood (2014), figure 16.
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return z
