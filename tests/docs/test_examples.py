"""The gallery scripts run, and show what they say they show."""

import runpy

import numpy as np
import pytest
from page_session import CHECKOUT

from limetal.physics.kinetics import symmetric_cell_voltage_V

SCRIPTS = sorted((CHECKOUT / "examples").glob("*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_script_runs_and_prints(script, capsys):
    runpy.run_path(str(script), run_name="__main__")
    assert capsys.readouterr().out


def test_four_definitions(capsys):
    flat, risen = runpy.run_path(str(CHECKOUT / "examples" / "four_definitions.py"))["main"]()
    known_V = float(symmetric_cell_voltage_V(1.0, 2.0, 5.0, 0.6))
    for values in (flat.end_V, flat.mean_V, flat.plateau_V, flat.full_gap_V / 2, flat.unweighted_mean_V):
        np.testing.assert_allclose(values, known_V, rtol=1e-9)
    end, plateau, mean, plain = (
        float(np.median(v)) for v in (risen.end_V, risen.plateau_V, risen.mean_V, risen.unweighted_mean_V)
    )
    assert end > plateau > mean > plain
    # integral of 1 + 2 (1 - exp(-t/900)) over an hour, with what the trigger loses
    wanted_V = known_V * (3 - 2 * 900 / 3600 * (1 - np.exp(-4)))
    assert mean == pytest.approx(wanted_V, rel=5e-3)
    assert plain < 0.95 * mean
    assert "not used" in capsys.readouterr().out
