"""
Fits in passes that SIGKILL ends again and again: ``python -m tests.streams --kills 20``.

Each run goes on from the checkpoint and is killed at a random moment; the last one is left alone and must end
at the coefficients of a fit that was never interrupted, bit for bit.
"""

import argparse
import multiprocessing
import random
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from tests.streams.made_rows import made_rows, write_parquet

from xent import LogisticRegression
from xent.streams import sources

# A fork of this process has its libraries and kernels, which take seconds to load and compile.
FORK = multiprocessing.get_context("fork")


def run(file, checkpoint, result, pause):
    """Fit that tells on the disk the end of each fragment and then waits: kills fall into all passes."""

    def progress(state):
        Path(f"{result}.pass").write_text(str(state.pass_number), encoding="utf-8")
        time.sleep(0 if state.is_from_checkpoint else pause)

    model = LogisticRegression().fit_batches(
        file, target="y", checkpoint=checkpoint, resume=True, on_progress=progress
    )
    np.savez(result, coef=model.coef_, intercept=model.intercept_)


def killed(arguments, generator):
    """Run that is killed at a random moment; the pass in which it was, or None if it had ended."""
    process = FORK.Process(target=run, args=arguments)
    process.start()
    process.join(generator.uniform(0.05, 0.9))
    process.kill()
    process.join()
    return None if process.exitcode == 0 else Path(f"{arguments[2]}.pass").read_text(encoding="utf-8")


def main():
    """Kill fits as often as the options say, and compare the end with an uninterrupted fit."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--folder", default="")
    given = options.parse_args()
    generator = random.Random(0)  # noqa: S311 - moments of kills
    sources._FRAGMENT_ROWS = 2000  # noqa: SLF001 - several fragments in a small file
    with tempfile.TemporaryDirectory(dir=given.folder or None) as folder:
        file = write_parquet(Path(folder, "rows.parquet"), *made_rows(6000))
        checkpoint, result, reference = (str(Path(folder, name)) for name in ("c", "r.npz", "reference.npz"))
        run(str(file), None, reference, 0.0)
        # A kill may come before the first fragment of a run.
        Path(f"{result}.pass").write_text("0", encoding="utf-8")
        kills = 0
        while kills < given.kills:
            last = killed((str(file), checkpoint, result, 0.03), generator)
            if last is not None:
                kills += 1
                sys.stdout.write(f"killed in pass {last}\n")
            else:
                sys.stdout.write("ended before the kill; begun anew\n")
        run(str(file), checkpoint, result, 0.0)
        with np.load(result) as ours, np.load(reference) as theirs:
            same = all(ours[name].tobytes() == theirs[name].tobytes() for name in ("coef", "intercept"))
        sys.stdout.write(f"{'same' if same else 'OTHER'} bits after {kills} kills\n")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
