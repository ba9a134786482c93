"""Damaged files: every reader gives records or a sentence, quickly, and never takes gigabytes."""

import contextlib
import functools
import signal
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limetal import readers, registry
from limetal.errors import BadInputError, MissingExtraError
from limetal.readers import RawFile
from support.mutations import CHANGES, damaged
from support.reader_samples import samples

NAMES = registry.names("limetal.readers")
EXAMPLES = 200
#: Seconds for one small file; a hundred times what the slowest takes.
LIMIT_S = 20
#: Bytes that reading one small file may add to the data of the process.
LIMIT_BYTES = 2 * 2**30


@pytest.fixture(autouse=True)
def little_memory():
    """Data of the process may grow by no more than the limit; allocating more fails the test."""
    resource = pytest.importorskip("resource")
    status = Path("/proc/self/status")
    if not status.exists():
        yield
        return
    used = next(int(line.split()[1]) * 1024 for line in status.read_text().splitlines() if line.startswith("VmData"))
    before = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (used + LIMIT_BYTES, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_DATA, before)


@contextlib.contextmanager
def no_hang():
    """Raise in a read that does not come back."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def late(*_):
        raise TimeoutError(f"no answer after {LIMIT_S} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(LIMIT_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@functools.cache
def wholes(name, folder):
    return tuple(sample.write(folder).read_bytes() for sample in samples(name))


@pytest.mark.parametrize("name", NAMES)
def test_damaged_samples_give_records_or_a_sentence(name, tmp_path):
    folder = tmp_path / "whole"
    folder.mkdir()
    reader = registry.load("limetal.readers", name)
    file = tmp_path / f"damaged{reader.suffixes[0]}"
    outcomes = {"read": 0, "refused": 0}

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, len(samples(name)) - 1), st.lists(CHANGES, min_size=1, max_size=6))
    def check(which, changes):
        file.write_bytes(damaged(wholes(name, folder)[which], changes))
        refusal = None
        records = ()
        with no_hang(), warnings.catch_warnings():
            warnings.simplefilter("error")
            assert reader.looks_like(RawFile(file)) in {True, False}
            try:
                records = readers.read_all(file, reader=name)
            except BadInputError as error:
                refusal = error
            except MissingExtraError:
                pytest.skip(f"{name} needs an extra")
        outcomes["read" if refusal is None else "refused"] += 1
        assert refusal is None or (refusal.where.startswith(str(file)) and len(str(refusal)) < 2000)
        assert sum(r.rows for r in records) < 10**7

    check()
    assert sum(outcomes.values()) >= EXAMPLES
