"""Every real pattern against rietx, where it is installed: another program's readers of the same formats."""

import bz2
import gzip

import numpy as np
import pytest

from limetal import readers
from support.data_files import real

#: Not compared, and why.
OTHERWISE = {
    "example_ocx.xy": "headed theta: refused here, taken as 2θ there",
    "D1A5.dat": "rietx does not read it",
    "PSI_DMC.dat": "rietx does not read it",
}
UNPACK = {".bz2": bz2.decompress, ".gz": gzip.decompress}


def test_patterns_are_those_of_rietx(tmp_path):
    rietx = pytest.importorskip("rietx")
    compared = 0
    for file in sorted(real("xrd").glob("*/*")):
        if file.suffix in {".cif", ".metadata"} or file.name in OTHERWISE:
            continue
        plain = file
        if file.suffix in UNPACK:
            plain = tmp_path / file.stem
            plain.write_bytes(UNPACK[file.suffix](file.read_bytes()))
        ours, theirs = readers.read_all(file)[0], rietx.read_pattern(plain)
        np.testing.assert_allclose(ours.two_theta_degree, theirs.two_theta, atol=1e-9, err_msg=file.name)
        np.testing.assert_allclose(ours.intensity, theirs.intensity, rtol=1e-9, err_msg=file.name)
        compared += 1
    assert compared > 60
