"""A longer fuzz: ``python tests/fuzz/fuzz_readers.py [--minutes 10] [--reader NAME] [--data FOLDER] [--seed N]``.

Damages the written samples, and real files of a folder if one is given, until the time is over. Every finding is kept
in ``fuzz-findings`` with its traceback, and the exit status is 1 if there was one.
"""

import argparse
import random
import sys
import time
import traceback
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from limetal import readers, registry
from limetal.errors import BadInputError, MissingExtraError
from limetal.readers import RawFile
from support.mutations import CHANGES, damaged
from support.reader_samples import samples

LARGEST = 400_000  # bytes of a real file that is damaged
SLOW_S = 10.0


def sources(name, data):
    """Bytes to damage: of the samples, and of real files the reader knows."""
    with TemporaryDirectory() as folder:
        found = [sample.write(Path(folder)).read_bytes() for sample in samples(name)]
    reader = registry.load("limetal.readers", name)
    real = [p for p in sorted(data.rglob("*")) if p.is_file() and 0 < p.stat().st_size < LARGEST] if data else []
    return found + [path.read_bytes() for path in real if reader.looks_like(RawFile(path))]


def attempt(name, file):
    """Words about what went wrong; empty if nothing did."""
    begin = time.monotonic()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for other in registry.names("limetal.readers"):
                registry.load("limetal.readers", other).looks_like(RawFile(file))
            readers.read_all(file, reader=name)
    except (BadInputError, MissingExtraError):
        pass
    except BaseException:
        return traceback.format_exc()
    took = time.monotonic() - begin
    return f"took {took:.1f} s" if took > SLOW_S else ""


def fuzz(name, data, until, number):
    """Damage files of one format until the time is over; returns tries and findings."""
    wholes = sources(name, data)
    suffix = registry.load("limetal.readers", name).suffixes[0]
    tries, findings = 0, 0
    keep = Path("fuzz-findings")
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"damaged{suffix}"
        while time.monotonic() < until:
            number += 1

            @seed(number)
            @settings(max_examples=100, deadline=None, database=None, phases=[Phase.generate],
                      suppress_health_check=list(HealthCheck))  # fmt: skip
            @given(st.integers(0, len(wholes) - 1), st.lists(CHANGES, min_size=1, max_size=8))
            def batch(which, changes):
                nonlocal tries, findings
                file.write_bytes(damaged(wholes[which], changes))
                tries += 1
                words = attempt(name, file)
                if words:
                    findings += 1
                    keep.mkdir(exist_ok=True)
                    (keep / f"{name}-{findings}{suffix}").write_bytes(file.read_bytes())
                    (keep / f"{name}-{findings}.txt").write_text(words)

            batch()
    return tries, findings


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--reader", action="append")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    chosen = parser.parse_args()
    names = chosen.reader or list(registry.names("limetal.readers"))
    print(f"seed {chosen.seed}")
    total = 0
    for name in names:
        until = time.monotonic() + 60 * chosen.minutes / len(names)
        tries, findings = fuzz(name, chosen.data, until, chosen.seed)
        total += findings
        print(f"{name:<22} {tries:>7} tries  {findings} findings", flush=True)
    sys.exit(total > 0)


if __name__ == "__main__":
    main()
