"""Small WFDB records, made by the tests: Gaussian waves at irregular beats, on leads MLII and V5."""

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
    import wfdb

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
    Path(folder).mkdir(exist_ok=True)
    scale = {"mV": 1.0, "uV": 1000.0, "V": 0.001, "NU": 1.0}[units]
    wfdb.wrsamp(
        name,
        fs=rate,
        units=[units] * len(leads),
        sig_name=list(leads),
        p_signal=np.column_stack([scale * (1 - 0.2 * k) * signal for k in range(len(leads))]),
        fmt=[fmt] * len(leads),
        comments=list(comments),
        write_dir=str(folder),
    )
    wfdb.wrann(name, "atr", peaks, symbol=list(symbols), write_dir=str(folder), fs=rate)
    return peaks / rate


def made_folder(folder, *, records=6, beats=40, **options):
    """Write records 100, 101 and so on, each of a patient of its own, and return the folder."""
    rng = np.random.default_rng(7)
    for k in range(records):
        symbols = rng.choice(["N", "V", "A"], beats, p=[0.6, 0.2, 0.2])
        made_record(folder, str(100 + k), symbols.tolist(), seed=k, **options)
    return folder
