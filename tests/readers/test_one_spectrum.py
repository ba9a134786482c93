"""One spectrum in the formats of twenty programs: every reader gives the same numbers, to the digits each stores."""

import numpy as np
import pytest

from limetal import readers
from limetal.records.impedance import ImpedanceRecord
from support.reader_samples import all_samples
from support.samples.common import FREQUENCY_HZ, Z_OHM

#: Digits that the coarsest of the formats prints.
STORED = 2e-4


def of_the_spectrum(name, sample, folder):
    """Spectra of a sample at the frequencies of the common one."""
    for record in readers.read_all(sample.write(folder), reader=name):
        if isinstance(record, ImpedanceRecord) and record.rows == FREQUENCY_HZ.size:
            order = np.argsort(-record.frequency_hertz)
            if np.allclose(record.frequency_hertz[order], FREQUENCY_HZ, rtol=STORED):
                yield record, order


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Name of reader -> ratio of what was read to the common spectrum, one row a record."""
    ratios = {}
    for name, sample in all_samples():
        if any(e.kind == "impedance" for e in sample.expected):
            for record, order in of_the_spectrum(name, sample, tmp_path_factory.mktemp(name)):
                ratios.setdefault(name, []).append(record.impedance[order] / Z_OHM)
    return ratios


def test_eleven_formats_and_more_hold_the_spectrum(found):
    exact = {name for name, rows in found.items() if any(np.allclose(row, 1.0, atol=STORED) for row in rows)}
    assert len(exact) >= 15, sorted(exact)


def test_no_format_turns_it_around(found):
    """Where a sample holds another multiple of the spectrum, it is a real and positive one."""
    for name, rows in found.items():
        for row in rows:
            np.testing.assert_allclose(row, np.real(row[0]), rtol=2 * STORED, err_msg=name)
            assert np.real(row[0]) > 0
