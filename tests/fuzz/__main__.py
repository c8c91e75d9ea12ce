"""``python -m tests.fuzz``: cases of one room or of all in turn, until the time is up."""

import argparse
import sys
import time

from tests.fuzz.rooms import ROOMS, Tally, fault_of, known_fault, line_of, room


def main():
    """Try cases, print a line for each that falls short, and count; the exit code is 1 if any does."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--room", choices=ROOMS, help="one room (default: all in turn)")
    parser.add_argument("--minutes", type=float, default=1.0, help="how long (default: 1)")
    parser.add_argument("--seed", type=int, default=0, help="number of the first case (default: 0)")
    parser.add_argument("--case", type=int, help="this case alone")
    asked = parser.parse_args()
    names = [asked.room] if asked.room else [name for name in ROOMS if room(name) is not None]
    if asked.case is not None:
        return sum([_told(name, asked.case) for name in names]) > 0
    tallies = {name: Tally() for name in names}
    seconds = dict.fromkeys(names, 0.0)
    end, seed = time.monotonic() + 60 * asked.minutes, asked.seed
    while time.monotonic() < end:
        # The same time for each room, however long its cases take.
        name = min(names, key=seconds.__getitem__)
        began, tally = time.monotonic(), tallies[name]
        line = tally.add(name, seed + tally.tried)
        seconds[name] += time.monotonic() - began
        if line:
            print(line, flush=True)  # noqa: T201
    for name, tally in tallies.items():
        rate = 60 * tally.tried / max(seconds[name], 1e-9)
        counts = f"{tally.tried} tried, {tally.fallen} fallen short, {tally.known} known"
        print(f"{name}: {counts}; {rate:.0f} a minute")  # noqa: T201
    return any(tally.fallen for tally in tallies.values())


def _told(name, seed):
    fault = fault_of(name, seed)
    known = None if fault is None else known_fault(name, fault)
    note = "" if known is None else f" (known: {known.reason})"
    print(f"{name} {seed}: nothing falls short" if fault is None else line_of(name, seed, fault) + note)  # noqa: T201
    return fault is not None


if __name__ == "__main__":
    sys.exit(main())
