"""Pictures of rows that are signals or images: the most surprising rows, and the mean of each class."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from xent.drawing.number_format import counted, percent, typeset
from xent.drawing.pixel_image import pixel_image
from xent.drawing.short_text import short
from xent.drawing.svg_panel import ACCENT, INK, LINE, RIVAL, svg_panel
from xent.drawing.ticks import linear_ticks
from xent.report.fit.findings import FitFindings
from xent.report.fit.samples import MOST_CHANNELS, ClassSamples, Samples
from xent.scoring.judgement import SurprisingRow

__all__ = ["SamplePicture", "class_pictures", "surprising_pictures"]

_MOST_CLASSES = 20
_HEIGHT = 170
# Share of the height below the curve that the attribution takes, and the colours of its two signs in images.
_BAND = 0.45
_FOR, _AGAINST = (40, 132, 176), (214, 104, 44)
# Bars of the attribution in a signal; more would not be told apart.
_MOST_BARS = 64


@dataclass(frozen=True, slots=True)
class SamplePicture:
    """Title of a picture, the second line of its caption, `note`, and its HTML: an SVG element or images."""

    title: str
    note: str
    picture: str


def surprising_pictures(findings: FitFindings) -> tuple[SamplePicture, ...]:
    """
    One picture for each held-out row of highest surprisal whose samples were kept, in their order.

    It has the row's signal or image, the first 12 channels below each other; title with row number and
    classes; and surprisal in bits. The result is empty if rows are neither signals nor images.
    """
    channels = _channels(findings)
    known = {one.row for one in channels[0].surprising} if channels else set()
    return tuple(
        SamplePicture(
            f"Row {row.row}: {short(row.label, 24)}, predicted {short(row.predicted, 24)}",
            f"{typeset(row.surprisal)} bits; {percent(row.probability)} for the truth",
            "".join(_surprising(one, row, place, len(channels)) for place, one in enumerate(channels)),
        )
        for row in findings.held_out.surprising
        if row.row in known
    )


def class_pictures(findings: FitFindings) -> tuple[SamplePicture, ...]:
    """
    One picture for each of the first 20 classes with rows: mean and attribution of each channel, 12 at most.

    The attribution is the share of each sample in the logit of the class, in nats. The values of a channel
    have one scale in all pictures. There is none if rows are neither signals nor images.
    """
    channels = _channels(findings)
    if not channels:
        return ()
    shown = [k for k, one in enumerate(channels[0].classes) if one.rows][:_MOST_CLASSES]
    limits = [_limits([channel.classes[k].mean for k in shown]) for channel in channels]
    pictures = []
    for place, k in enumerate(shown):
        one = channels[0].classes[k]
        parts = (
            _of_class(channel, channel.classes[k], limit, f"{place}-{c}", len(channels))
            for c, (channel, limit) in enumerate(zip(channels, limits, strict=True))
        )
        title = f"{short(one.label, 32)}: {counted(one.rows, 'row')}"
        pictures.append(SamplePicture(title, "", "".join(parts)))
    return tuple(pictures)


def _channels(findings: FitFindings) -> tuple[Samples, ...]:
    """The first channels, at most 12, as many as are drawn below each other; empty without samples."""
    samples = findings.samples
    return () if samples is None else (samples, *samples.others)[:MOST_CHANNELS]


def _surprising(samples: Samples, row: SurprisingRow, place: int, channels: int) -> str:
    """
    Picture of one channel of a row, beside the means of its true and its predicted class; an image stands
    alone.

    `samples` must hold the row of `row`. `place` is the number of the channel, for its ids, and `channels`
    their count.
    """
    values = next(one.values for one in samples.surprising if one.row == row.row)
    means = {one.label: one for one in samples.classes}
    true, predicted = means[row.label], means[row.predicted]
    label = f"Row {row.row} of class {short(row.label)}, predicted as {short(row.predicted)}."
    label += f" {short(samples.title, 40)}." if channels > 1 else ""
    if samples.shape is not None:
        low, high = _limits([one.mean for one in samples.classes] + [list(values)])
        return _image(_inked(values, samples.shape, low, high), label)

    def draw(axes: Axes) -> None:
        if predicted.label != true.label:
            axes.plot(samples.places, predicted.mean, color=RIVAL, dashes=(4, 2), linewidth=1.5)
        axes.plot(samples.places, true.mean, color=ACCENT, linewidth=1.5)
        axes.plot(samples.places, values, color=INK, linewidth=1.2)
        _label_axes(axes, samples, channels)

    return svg_panel(draw, name=f"row-{row.row}-{place}", label=label, height=_height(channels))


def _of_class(
    samples: Samples, one: ClassSamples, limits: tuple[float, float], name: str, channels: int
) -> str:
    """
    Picture of one channel of the mean of class `one`, and of the attribution, as a curve with areas or two
    images.

    `samples` and `one` hold this channel alone; `channels` is the number of all that are drawn, which lowers
    the picture and names the channel if there are several. `limits` are the least and largest value of the
    channel's means of all classes drawn; `name` makes the ids unique on the page.
    """
    strongest = int(np.argmax(np.abs(one.attribution))) if one.attribution else 0
    share = one.attribution[strongest] if one.attribution else 0.0
    at = (
        f"{samples.places[strongest]:g} {samples.unit}".strip()
        if samples.shape is None
        else f"pixel {strongest}"
    )
    label = f"Mean of class {short(one.label)} and {samples.method}: largest at {at}, {typeset(share)} nats."
    label += f" {short(samples.title, 40)}." if channels > 1 else ""
    if samples.shape is not None:
        mean = _image(_inked(one.mean, samples.shape, *limits), f"Mean of class {short(one.label)}.")
        return mean + _image(_signed(one.attribution, samples.shape), label)
    return svg_panel(
        lambda axes: _draw_class(axes, samples, one, limits, channels),
        name=f"class-{name}",
        label=label,
        height=_height(channels),
    )


def _draw_class(
    axes: Axes, samples: Samples, one: ClassSamples, limits: tuple[float, float], channels: int
) -> None:
    """
    Draw the mean of class `one` as a curve, and its attribution as areas in a band below, two colours by
    sign.

    `samples` and `one` hold one of `channels` channels, which is named below the axis if there are several.
    `limits` are the least and largest value of the channel's curves of all classes. Areas are at most 64: of
    neighbouring samples the largest in size stands for all. The largest of this class and channel fills half
    of the band, so areas of two pictures have different scales.
    """
    low, high = limits
    span = (high - low) or 1.0
    middle = low - _BAND * span * 0.6
    largest = max(map(abs, one.attribution), default=0.0)
    shares = np.asarray(one.attribution) * (0.5 * _BAND * span / largest if largest > 0 else 0.0)
    places = np.asarray(samples.places)
    step = math.ceil(len(places) / _MOST_BARS)
    starts = np.arange(0, len(places), step)
    # The largest share of neighbours in size, so that no peak is lost.
    shares = np.asarray([max(shares[k : k + step], key=abs) for k in starts])
    for part, color in ((np.maximum(shares, 0), ACCENT), (np.minimum(shares, 0), RIVAL)):
        if part.any():
            axes.fill_between(places[starts], middle, middle + part, color=color, alpha=0.6, linewidth=0)
    axes.axhline(middle, color=LINE, linewidth=1)
    axes.plot(samples.places, one.mean, color=INK, linewidth=1.5)
    axes.set_ylim(low - 1.15 * _BAND * span, high + 0.05 * span)
    _label_axes(axes, samples, channels)
    # Ticks beside the band would suggest that its areas are values.
    axes.set_yticks([tick for tick in axes.get_yticks() if low - 0.05 * span <= tick <= high + 0.05 * span])


def _label_axes(axes: Axes, samples: Samples, channels: int) -> None:
    linear_ticks(axes.xaxis)
    linear_ticks(axes.yaxis)
    unit = samples.unit or "sample"
    axes.set_xlabel(unit if channels == 1 else short(samples.title, 40))
    axes.grid(visible=False, axis="x")


def _height(channels: int) -> int:
    """Height of a picture, lower where several stand below each other."""
    return _HEIGHT if channels == 1 else _HEIGHT * 3 // 5


def _limits(curves: Sequence[Sequence[float]]) -> tuple[float, float]:
    finite = [value for curve in curves for value in curve if math.isfinite(value)]
    return (min(finite), max(finite)) if finite else (0.0, 1.0)


def _inked(values: Sequence[float], shape: tuple[int, int], low: float, high: float) -> NDArray[np.uint8]:
    """
    Black pixels, (rows, columns, 4), of opacity 0 at `low` and 255 at `high`; the page inverts them in dark
    mode.

    `shape` is (rows, columns). Values beyond are clipped, and nan is transparent.
    """
    scale = 255 / (high - low) if high > low else 0.0
    ink = np.clip((np.asarray(values).reshape(shape) - low) * scale, 0, 255)
    return np.dstack([np.zeros((*shape, 3)), np.nan_to_num(ink)]).round().astype(np.uint8)


def _signed(values: Sequence[float], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """
    Pixels, (rows, columns, 4), blue for positive and orange for negative values.

    Their opacity is proportional to the size of the value, 255 for the largest; nan counts as 0. `shape` is
    (rows, columns).
    """
    grid = np.nan_to_num(np.asarray(values).reshape(shape))
    largest = np.abs(grid).max() or 1.0
    color = np.where((grid > 0)[..., None], np.asarray(_FOR), np.asarray(_AGAINST))
    return np.dstack([color, 255 * np.abs(grid) / largest]).round().astype(np.uint8)


def _image(pixels: NDArray[np.uint8], label: str) -> str:
    """
    Element of HTML that shows `pixels`, (rows, columns, 4), red, green, blue and opacity, with `label` as
    text.

    Pixels without a colour follow the colours of the page.
    """
    colored = bool(pixels[..., :3].any())
    kind = "pixels colored" if colored else "pixels"
    rows, columns = pixels.shape[:2]
    return (
        f'<img class="{kind}" src="{pixel_image(pixels)}" alt="{html.escape(label)}" '
        f'width="{columns}" height="{rows}">'
    )
