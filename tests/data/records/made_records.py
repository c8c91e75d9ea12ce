"""Small WFDB records, made by the tests: Gaussian waves at irregular beats, on leads MLII and V5."""

import warnings
from contextlib import contextmanager
from pathlib import Path

import numpy as np

# Height of R, its width in seconds and the interval before it, for each symbol.
SHAPES = {"N": (1.0, 0.012, 0.8), "V": (-0.9, 0.045, 0.55), "A": (0.8, 0.012, 0.5)}


def made_record(
    folder,
    name,
    symbols,
    *,
    seed=0,
    rate=360,
    leads=("MLII", "V5"),
    units="mV",
    comments=(),
    fmt="212",
    noise=0.02,
):
    """Write the record `name` with one beat for each of `symbols`; return the times of R in seconds."""
    rng = np.random.default_rng(seed)
    gaps = np.asarray([SHAPES.get(each, SHAPES["N"])[2] for each in symbols])
    times = 1 + np.cumsum(gaps * np.exp(0.05 * rng.standard_normal(len(gaps))))
    peaks = np.round(times * rate).astype(int)
    n = int(peaks[-1] + 1.5 * rate)
    t = np.arange(n) / rate
    signal = noise * rng.standard_normal(n) + 0.3
    for symbol, peak in zip(symbols, peaks, strict=True):
        height, width, _ = SHAPES.get(symbol, SHAPES["N"])
        signal += height * np.exp(-0.5 * ((t - peak / rate) / width) ** 2)
        signal += 0.2 * np.exp(-0.5 * ((t - peak / rate - 0.3) / 0.05) ** 2)
    scale = {"mV": 1.0, "uV": 1000.0, "V": 0.001}[units]
    signals = np.column_stack([scale * (1 - 0.2 * k) * signal for k in range(len(leads))])
    write_signals(folder, name, signals, rate=rate, leads=leads, units=units, fmt=fmt, comments=comments)
    write_beats(folder, name, peaks, symbols, rate=rate)
    return peaks / rate


def write_signals(folder, name, signals, *, rate=360, leads=("MLII",), units="mV", fmt="16", comments=()):
    """Write header and signals of the record `name`."""
    import wfdb

    Path(folder).mkdir(exist_ok=True)
    with quiet():
        wfdb.wrsamp(
            name,
            fs=rate,
            units=[units] * len(leads),
            sig_name=list(leads),
            p_signal=signals,
            fmt=[fmt] * len(leads),
            comments=list(comments),
            write_dir=str(folder),
        )


def write_beats(folder, name, peaks, symbols, *, rate=360):
    """Write annotations of the record `name`."""
    import wfdb

    with quiet():
        wfdb.wrann(name, "atr", np.asarray(peaks), symbol=list(symbols), write_dir=str(folder), fs=rate)


@contextmanager
def quiet():
    """Ignore that wfdb calls pandas in ways that newer versions of pandas announce to drop."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def made_folder(folder, *, records=6, beats=40, **options):
    """Write records 100, 101 and so on, each of a patient of its own, and return the folder."""
    rng = np.random.default_rng(7)
    for k in range(records):
        symbols = rng.choice(["N", "V", "A"], beats, p=[0.6, 0.2, 0.2])
        made_record(folder, str(100 + k), symbols.tolist(), seed=k, **options)
    return folder
