"""
Trainings of a network in batches that signals end: ``python -m tests.streams.killed_networks --kills 20``.

Each run of ``xent fit --stream --model network --resume`` is killed at a random moment and leaves no more
than its checkpoint and files that the next run removes. The last one is left alone and must write the model
of a training that was never interrupted, byte for byte. Runs are forks of this process, which has imported
all and computed nothing: the import takes longer than the fit.
"""

import argparse
import contextlib
import importlib
import json
import multiprocessing
import os
import random
import re
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.streams.made_rows import made_rows, write_parquet

from xent.cli import run
from xent.jobs.interruptions import raised_signals
from xent.networks import early_stopping, neural_fit, race

FORK = multiprocessing.get_context("fork")
OPTIONS = ["-t", "y", "--stream", "--model", "network", "-q", "--resume", "-o"]
# The largest libraries, else imported twice: by the first run, and here for the modules that it names.
LIBRARIES = (
    "matplotlib.figure",
    "pyarrow.dataset",
    "scipy.optimize",
    "skops.io",
    "sklearn.model_selection",
    "torch",
)
RESULTS = ["manifest.json", "metrics.json", "model.skops", "predictions.parquet", "report.html"]


def fit(place, epochs, signum):
    """Run the command; `epochs` is a file that counts its epochs, after two of which `signum` is raised."""
    early_stopping.patience = lambda _steps: 2
    race._STEPS = 20  # noqa: SLF001 - the race in the report took longer than the training
    check = neural_fit._check_finite  # noqa: SLF001 - called between an epoch and its checkpoint

    def counted(done, training):
        Path(epochs).write_text(str(done.number), encoding="utf-8")
        if signum and done.number >= 2:
            signal.raise_signal(signum)
        check(done, training)

    neural_fit._check_finite = counted  # noqa: SLF001 - same
    os.dup2(os.open(f"{epochs}.errors", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
    with raised_signals():
        code = run(["fit", "rows.parquet", *OPTIONS, place])
    Path("modules").write_text(" ".join(sys.modules), encoding="utf-8")
    os._exit(code)


def import_all():
    """Import the modules of the run that has ended."""
    for name in Path("modules").read_text(encoding="utf-8").split():
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def names(folder="."):
    """Names of the files of a folder."""
    return sorted(path.name for path in Path(folder).iterdir())


def started(place, epochs, signum=None):
    """Process of a run."""
    process = FORK.Process(target=fit, args=(place, epochs, signum))
    process.start()
    return process


def assert_left(place):
    """Raise unless a killed run left its results whole or not at all, and nothing that stays."""
    hidden = re.compile(rf"\.{place}(\.checkpoint)?\.xent-[0-9a-f]{{16}}\.(part|old)")
    left = {name for name in names() if name.lstrip(".").startswith(place)}
    stays = {name for name in left if not hidden.fullmatch(name)} - {place, f"{place}.checkpoint"}
    if stays or (place in left and names(place) != RESULTS):
        raise AssertionError(f"not whole: {sorted(left)}")


def kill(seconds):
    """Kill a run at a random moment of its `seconds`; the number of epochs it had ended, or None if all."""
    Path("epochs").write_text("0", encoding="utf-8")
    process = started("out", "epochs")
    process.join(seconds)
    process.kill()
    process.join()
    assert_left("out")
    return None if process.exitcode == 0 else int(Path("epochs").read_text(encoding="utf-8"))


def signalled(signum):
    """Status of a run in which a signal is raised, and its last line of errors."""
    process = started("stopped", "stops", signum)
    process.join()
    assert_left("stopped")
    return process.exitcode, Path("stops.errors").read_text(encoding="utf-8")


def told():
    """True if SIGTERM keeps the epochs, Ctrl-C then keeps the best one as the result, and both are told."""
    ended = signalled(signal.SIGTERM)
    is_kept = ended == (143, "Stopped. Epochs are kept in stopped.checkpoint: --resume goes on.\n")
    ended = signalled(signal.SIGINT)
    is_kept &= ended == (0, "") and not Path("stopped.checkpoint").exists()
    training = json.loads(Path("stopped/metrics.json").read_text(encoding="utf-8"))["training"]
    page = " ".join(Path("stopped/report.html").read_text(encoding="utf-8").split())
    return is_kept and training["interrupted"] and "The training was interrupted after" in page


def main():
    """Kill runs as often as the options say, and compare the last with an uninterrupted one."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    draw = random.Random(given.seed)  # noqa: S311 - moments of kills
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        write_parquet(Path("rows.parquet"), *made_rows(1500))
        for name in LIBRARIES:
            importlib.import_module(name)
        started("reference", "epochs").join()
        import_all()
        epochs = int(Path("epochs").read_text(encoding="utf-8"))
        # Together as long as a whole run.
        began = time.monotonic()
        is_told = told()
        seconds, kills = time.monotonic() - began, 0
        while kills < given.kills:
            at = kill(draw.uniform(0, seconds))
            kills += at is not None
            sys.stdout.write("ended before the kill\n" if at is None else f"killed after epoch {at}\n")
        started("out", "epochs").join()
        same = [Path(place, "model.skops").read_bytes() for place in ("out", "reference")]
        others = ("epochs", "epochs.errors", "modules", "rows.parquet", "stops", "stops.errors")
        left = sorted(set(names()) - {*others, "out", "reference", "stopped"})
        os.chdir("/")
    ends = "the same model" if same[0] == same[1] else "ANOTHER MODEL"
    sys.stdout.write(f"{ends} of {epochs} epochs after {kills} kills; left behind: {left}; told: {is_told}\n")
    return 0 if same[0] == same[1] and not left and is_told else 1


if __name__ == "__main__":
    sys.exit(main())
