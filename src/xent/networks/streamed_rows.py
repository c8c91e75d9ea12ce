"""
Training rows of a stream: mixed by fragments and a buffer, in memory that does not grow with them.

An epoch takes the fragments in a random order and has a few of them open at a time. Equal parts of these
fill a buffer, whose rows are shuffled and handed out; what is left of a batch joins the next buffer. So rows
that lie sorted in a file, or in files of one class each, still meet others in a batch, as long as the
fragments open at a time hold several classes.
"""

from __future__ import annotations

import json
import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from xent.networks.coded_stream import CodedRows, CodedStream
from xent.networks.rows_of_network import Standardisation
from xent.networks.stream_scan import StreamScan
from xent.networks.training_rows import Batch, Rows
from xent.streams.fragments import Fragment
from xent.streams.progress import PassProgress

__all__ = ["StreamedRows", "kept_rows"]

# Rows of a buffer, and numbers in it, 16 MiB in single precision.
_BUFFER_ROWS, _BUFFER_NUMBERS, _LEAST_BUFFER = 1 << 16, 1 << 22, 1 << 12
# Fragments open at a time: each holds a piece of the file and its decoder.
_OPEN = 4
_BLOCK = 4096


@dataclass(frozen=True, slots=True, eq=False)
class StreamedRows:
    """
    Training rows that each epoch reads again.

    Parameters
    ----------
    stream : CodedStream
        Rows of the source.
    found : StreamScan
        Its content.
    standard : Standardisation
        Map of the features.
    device : torch.device
        Device of the network.
    on_progress : callable or None
        Called with a `PassProgress` after each buffer.
    """

    stream: CodedStream
    found: StreamScan
    standard: Standardisation
    device: torch.device
    on_progress: Callable[[PassProgress], None] | None = None

    def __len__(self) -> int:
        return self.found.count

    @property
    def total_weight(self) -> float:
        """Sum of the weights of the rows to train on."""
        return float(self.found.mass.sum())

    def shuffled(self, size: int, seeds: Sequence[int]) -> Iterator[Batch]:
        """
        Batches of features, codes and weights, of `size` rows but the last, in an order that depends on
        `seeds`.

        The last of `seeds` is the number of the epoch. Features are standardised, float32 tensors on the
        device; weights are not scaled. Rows to train on are mixed within buffers of several fragments, after
        each of which `on_progress` is called. A last batch of one row is left out, unless `size` is 1 or it
        is the only row. Raises `DataError` if the files or the number of rows have changed since the scan.
        """
        rng = np.random.default_rng(seeds)
        rest: list[CodedRows] = []
        began, done = time.perf_counter(), 0
        self.stream.check_unchanged()
        for rows in self._mixed(rng):
            done += len(rows.codes)
            buffer = CodedRows.joined(
                [*rest, rows.subset(rng.permutation(len(rows.codes)))], self.stream.width
            )
            whole = len(buffer.codes) // size * size
            yield from self._batches(buffer, size, whole)
            rest = [buffer.subset(slice(whole, None))]
            self._tell(seeds[-1], done, time.perf_counter() - began)
        if done != len(self):
            raise self.stream.changed(f"{self.stream.source.name}, of {len(self):,} rows and now {done:,}")
        last = rest[0] if rest else CodedRows.joined([], self.stream.width)
        # A last row alone has no variance, which layers that normalise batches need.
        if len(last.codes) > 1 or (len(last.codes) and done == 1):
            yield self._tensors(last)

    def in_order(self) -> Iterator[Batch]:
        """
        Batches of features, codes and weights of all rows to train on, fragment by fragment.

        Features are standardised. A batch has at most 4,096 rows and may be empty; a change of the files is
        not looked for.
        """
        for fragment in self.stream.source.fragments:
            for rows in self.stream.rows(fragment, _BLOCK):
                yield self._tensors(rows.subset(~rows.held_out))

    def update(self, digest: Any) -> None:
        """
        Feed the facts of the scan to `digest`, an object of `hashlib`.

        They are for each file a text that changes with it, columns, names of features, classes, the number of
        rows to train on and their weights by class, moments, and the features of the rows in memory, held out
        or sampled.
        """
        stream, found = self.stream, self.found
        facts = [sorted(stream.files.items()), list(stream.reader.columns), list(stream.reader.features)]
        digest.update(json.dumps([*facts, str(stream.classes.classes.tolist()), found.count]).encode())
        kept = (found.held_out, found.judged)
        for each in (found.mass, found.moments.mean, found.moments.norm, *(one.X for one in kept)):
            digest.update(np.ascontiguousarray(each).tobytes())

    def _mixed(self, rng: np.random.Generator) -> Iterator[CodedRows]:
        """
        Buffers of training rows of the fragments that are open, at most four, in equal parts of each.

        `rng` gives the order in which fragments are opened; one that ends is followed by the next. A buffer
        has about 65,536 rows, fewer above 64 features but about 4,096 at least, and fewer at the end. They
        are neither shuffled nor standardised: each part is a run of rows in the order of its fragment.
        """
        fragments = self.stream.source.fragments
        waiting = deque(rng.permutation(len(fragments)).tolist())
        rows = max(min(_BUFFER_ROWS, _BUFFER_NUMBERS // max(self.stream.width, 1)), _LEAST_BUFFER)
        size = rows // min(_OPEN, len(fragments))
        opened: list[Iterator[CodedRows]] = []
        filled: list[CodedRows] = []
        while waiting or opened:
            while waiting and len(opened) < _OPEN:
                opened.append(self._parts(fragments[waiting.popleft()], size))
            parts = [next(each, None) for each in opened]
            opened = [each for each, part in zip(opened, parts, strict=True) if part is not None]
            filled += [part for part in parts if part is not None]
            # Fragments of few rows do not fill a buffer at once.
            if sum(len(part.codes) for part in filled) > rows - size:
                yield CodedRows.joined(filled, self.stream.width)
                filled = []
        if filled:
            yield CodedRows.joined(filled, self.stream.width)

    def _parts(self, fragment: Fragment, size: int) -> Iterator[CodedRows]:
        """
        Training rows of `fragment` in order, those held out left away, `size` at a time but the last.

        The pieces of the source do not matter. A fragment without training rows gives no part.
        """
        waiting: list[CodedRows] = []
        count = 0
        for rows in self.stream.rows(fragment, min(size, _BLOCK)):
            inside = rows.subset(~rows.held_out)
            waiting.append(inside)
            count += len(inside.codes)
            if count >= size:
                whole = CodedRows.joined(waiting, self.stream.width)
                yield whole.subset(slice(size))
                waiting, count = [whole.subset(slice(size, None))], count - size
        if count:
            yield CodedRows.joined(waiting, self.stream.width)

    def _batches(self, buffer: CodedRows, size: int, stop: int) -> Iterator[Batch]:
        """
        Batches of `size` rows from the first `stop` rows of `buffer`, which are standardised at once.

        `stop` is a multiple of `size`.
        """
        features, codes, weights = self._tensors(buffer.subset(slice(stop)))
        for start in range(0, stop, size):
            batch = slice(start, start + size)
            yield features[batch], codes[batch], weights[batch]

    def _tensors(self, rows: CodedRows) -> Batch:
        return _tensors(rows, self.standard, self.device, self.stream.caller)

    def _tell(self, epoch: int, done: int, seconds: float) -> None:
        if self.on_progress is not None:
            left = seconds * (len(self) - done) / done if done else math.nan
            self.on_progress(PassProgress(epoch, done, len(self), left, math.nan, math.nan))


def kept_rows(rows: CodedRows, standard: Standardisation, device: torch.device, *, caller: str) -> Rows:
    """
    Rows of a scan, standardised by `standard` and held in the memory of `device`.

    Raises `DomainError` for a feature that single precision cannot hold once standardised.
    """
    features, codes, weights = _tensors(rows, standard, device, caller)
    return Rows(lambda batch: features[batch], codes, weights)


def _tensors(rows: CodedRows, standard: Standardisation, device: torch.device, caller: str) -> Batch:
    codes = torch.from_numpy(np.asarray(rows.codes, np.int64))
    weights = torch.from_numpy(rows.weights.astype(np.float32))
    return standard(rows.X, caller=caller).to(device), codes.to(device), weights.to(device)
