"""The linear Kramers-Kronig test against made-up truth, plain linear algebra, and real files."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.errors import BadInputError
from limetal.impedance import _kk_kernel as kernel
from limetal.impedance import _rc_basis
from limetal.impedance._rc_basis import rc_basis
from limetal.impedance.kramers_kronig import KramersKronigOptions, kramers_kronig, kramers_kronig_many
from limetal.readers import read
from support.data_files import real

F = np.logspace(6, -1, 71)


def noisy(z, noise, rng):
    return z + noise * np.abs(z) * (rng.standard_normal(z.size) + 1j * rng.standard_normal(z.size))


def cell(f=F, grown=1.0):
    """Two arcs and a Warburg impedance; every resistance grows."""
    jw = 2j * np.pi * f
    arcs = 6 / (1 + (jw * 1e-5) ** 0.9) + 25 / (1 + (jw * 2e-3) ** 0.8)
    return grown * (4 + arcs + 4 / np.sqrt(jw))


def drifting(change, f=F):
    time = np.cumsum(3 / f)
    return cell(f, 1 + change * time / time[-1])


def finite(f, open_end):
    s = np.sqrt(2j * np.pi * f * 30)
    return 3 + 8 / (1 + 2j * np.pi * f * 1e-4) + 20 / (s * (np.tanh(s) if open_end else 1 / np.tanh(s)))


CIRCUITS = {
    "two arcs and W": cell,
    "R": lambda f: 10 + 0j * f,
    "RC": lambda f: 2 + 50 / (1 + 2j * np.pi * f * 1e-2),
    "narrow and broad arc": lambda f: 1 + 9 / (1 + 2j * np.pi * f * 1e-4) + 30 / (1 + (2j * np.pi * f * 0.05) ** 0.6),
    "with a coil": lambda f: cell(f) + 2j * np.pi * f * 5e-7,
    "blocking": lambda f: 5 + 20 / (1 + 2j * np.pi * f * 1e-5) + 1 / (2j * np.pi * f * 1e-2),
    "constant phase": lambda f: 5 + 1 / (1e-3 * (2j * np.pi * f) ** 0.85),
    "finite diffusion, closed": lambda f: finite(f, True),
    "finite diffusion, open": lambda f: finite(f, False),
    "inductive loop": lambda f: 20 + 30 / (1 + 2j * np.pi * f * 1e-3) - 10 / (1 + 2j * np.pi * f * 0.3),
}


# ------------------------------------------------------------------------------------------------ noise


@pytest.mark.parametrize("name", CIRCUITS)
def test_noise_and_its_error_are_true(name):
    rng = np.random.default_rng(5)
    held, ratios, verdicts, outliers = [], [], Counter(), 0
    for _ in range(200):
        noise = 10 ** rng.uniform(-3, -1.5)
        result = kramers_kronig(F, noisy(CIRCUITS[name](F), noise, rng))
        held.append(abs(result.noise - noise) < 1.96 * result.noise_std)
        ratios.append(result.noise / noise)
        verdicts[result.verdict] += 1
        outliers += bool(result.outliers)
    assert 0.90 <= np.mean(held) <= 0.99
    assert 0.97 < np.median(ratios) < 1.03
    assert verdicts["consistent"] >= 193  # at most 2 % of false alarms: more than 7 of 200 is one case in 40
    assert outliers <= 8


def test_weights_make_chi_squared_one():
    rng = np.random.default_rng(2)
    z = cell()
    shape = np.where(F < 1, 5.0, 1.0)
    chi, uneven = [], 0
    for _ in range(40):
        measured = z + (noisy(z, 0.003, rng) - z) * shape
        result = kramers_kronig(F, measured)
        uneven += result.noise_is_uneven
        std = result.std_ohm
        assert std.shape == (71,)
        chi.append(np.mean(np.abs((measured - z) / std) ** 2) / 2)
    assert uneven >= 37  # 38 are found
    assert 0.85 < np.median(chi) < 1.2


def test_uneven_noise_is_followed():
    rng = np.random.default_rng(3)
    z = cell()
    truth = 0.002 * np.exp(1.2 * np.tanh(np.log10(F) - 1))
    found = np.mean([kramers_kronig(F, z + (noisy(z, 1.0, rng) - z) * truth).noise_by_point for _ in range(60)], axis=0)
    assert np.abs(np.log(found / truth)).max() < 0.35
    assert truth.max() / truth.min() > 8


@pytest.mark.parametrize("name", ["R", "RC", "two arcs and W", "narrow and broad arc", "blocking"])
def test_without_noise_nothing_is_left(name):
    result = kramers_kronig(F, CIRCUITS[name](F))
    assert result.verdict == "consistent"
    assert result.noise < 2e-5
    assert np.abs(result.residuals).max() < 2e-4
    assert result.outliers == ()


def test_one_rc_element_of_the_basis_is_exact():
    omega = 2 * np.pi * F
    z = 3 + 7 / (1 + 1j * omega / omega[0])
    assert kramers_kronig(F, z).noise < 1e-12


# ------------------------------------------------------------------------------------------------ algebra


def prepared(seed=0, points=40):
    rng = np.random.default_rng(seed)
    f = np.logspace(5, 0, points)
    z = noisy(cell(f), 0.01, rng)
    basis = rc_basis(f)
    weight = np.tile(1 / np.abs(z), 2)
    values = np.concatenate([z.real, z.imag]) * weight
    q = np.zeros((basis.columns.shape[0] + 20, 2 * points))
    residual, squares = np.zeros(2 * points), np.zeros(basis.sizes.size)
    k = kernel.fit_columns(basis.columns, basis.sizes, values, weight, np.ones(2 * points), q, residual, squares)
    return basis, values, weight, q, k, residual, squares


def test_the_fit_is_least_squares_with_the_smallest_criterion():
    basis, values, weight, q, k, residual, squares = prepared()
    design = (basis.columns * weight).T
    solved = np.linalg.lstsq(design[:, :k], values, rcond=None)[0]
    np.testing.assert_allclose(residual, values - design[:, :k] @ solved, atol=1e-9)
    np.testing.assert_allclose(q[:k] @ q[:k].T, np.eye(k), atol=1e-12)
    rows, criteria = 80, {}
    for size in basis.sizes[basis.sizes <= 0.6 * rows]:
        left = values - design[:, :size] @ np.linalg.lstsq(design[:, :size], values, rcond=None)[0]
        criteria[int(size)] = rows * np.log(left @ left) + 2 * size + 2 * size * (size + 1) / (rows - size - 1)
        tried = squares[list(basis.sizes).index(size)]
        assert np.isnan(tried) or tried == pytest.approx(left @ left, rel=1e-6)
    assert k == min(criteria, key=criteria.get)


def test_leaving_a_point_out_is_what_it_says():
    basis, values, weight, q, k, residual, _ = prepared(1)
    falls = kernel.outlier_falls(residual, kernel.free_parts(q, k, np.ones(80)))
    design = (basis.columns * weight).T[:, :k]
    for i in (0, 3, 20, 39):
        kept = np.setdiff1d(np.arange(80), [i, 40 + i])
        left = np.linalg.lstsq(design[kept], values[kept], rcond=1e-13)[1]
        squares = left[0] if left.size else np.sum((values - design @ np.linalg.lstsq(design, values)[0])[kept] ** 2)
        assert residual @ residual - falls[i] == pytest.approx(squares, rel=1e-6)


def test_points_left_out_are_predicted():
    basis, values, weight, q, _, residual, squares = prepared(3)
    mask = np.ones(80)
    mask[[11, 51, 30, 70]] = 0.0
    kept = mask > 0
    k = kernel.fit_columns(basis.columns, basis.sizes, values, weight, mask, q, residual, squares)
    design = (basis.columns * weight).T[:, :k]
    solved = np.linalg.lstsq(design[kept], values[kept], rcond=1e-13)[0]
    np.testing.assert_allclose(residual, values - design @ solved, atol=1e-6)
    inverse = np.linalg.pinv(design[kept], rcond=1e-13)
    spread = design @ (inverse @ inverse.T) @ design.T
    free = kernel.free_parts(q, k, mask)
    sign = np.where(kept, -1, 1)[:40]
    np.testing.assert_allclose(free[0], 1 + sign * np.diag(spread)[:40], rtol=1e-5)
    np.testing.assert_allclose(free[2], sign * np.diag(spread[:40, 40:]), atol=1e-5)


def test_waviness_is_that_of_the_matrices():
    _, _, _, q, k, residual, _ = prepared(2)
    used = np.ones(40, dtype=bool)
    used[[4, 17]] = False
    kept = np.flatnonzero(np.tile(used, 2))
    columns, _ = np.linalg.qr(q[:k, kept].T)
    projector = np.eye(76) - columns @ columns.T
    step = np.diff(np.eye(38), axis=0)
    a = np.kron(np.eye(2), step.T @ step)
    full_q, full_r = np.full((k, 80), 7.0), np.full(80, 7.0)  # what stands in rows left out does not count
    full_q[:, kept], full_r[kept] = columns.T, projector @ residual[kept]
    trace, square = np.trace(a @ projector), np.trace(a @ projector @ a @ projector)
    nu = 76 - k
    std = np.sqrt(2 * (nu * square - trace**2) / (nu**2 * (nu + 2)))
    r = full_r[kept]
    assert kernel.waviness(full_q, k, full_r, np.tile(used, 2).astype(float)) == pytest.approx(
        ((r @ a @ r) / (r @ r) - trace / nu) / std
    )


def test_white_residuals_are_not_wavy_and_waves_are():
    f = np.logspace(5, -1, 61)
    rng = np.random.default_rng(4)
    white = [kramers_kronig(f, noisy(cell(f), 0.01, rng)).probability_white for _ in range(150)]
    assert 0.35 < np.mean(white) < 0.65
    # an object with a resonance: no sum of RC elements has one
    f = np.logspace(5, -1, 181)
    w = 2 * np.pi * f
    z = 10 + 3 / (1 + 1j * 8 * (w / 300 - 300 / w))
    result = kramers_kronig(f, noisy(z, 0.003, rng))
    assert result.verdict == "inconsistent"


def test_every_beginning_of_the_basis_is_spread_over_the_sweep():
    basis = rc_basis(F)
    omega = 2 * np.pi * F
    for m in (4, 8, 16):
        re, im = basis.columns[3 : 3 + m, :71], -basis.columns[3 : 3 + m, 71:]
        tau = np.sort(np.median(im / re / omega, axis=1))  # of 1 / (1 + j w tau)
        gaps = np.diff(np.log10(tau))
        assert tau[0] * omega[0] < 10 ** (7 / m)
        assert tau[-1] * omega[-1] > 10 ** (-7 / m)
        assert gaps.max() < 2.6 * 7 / m


def test_grids_are_kept_but_not_without_end():
    before = _rc_basis._made.cache_info()
    rc_basis(F * 1.01)
    rc_basis(F * 1.01)
    after = _rc_basis._made.cache_info()
    assert after.hits > before.hits
    assert after.maxsize == 64
    with pytest.raises(ValueError, match="read-only"):
        rc_basis(F).columns[0, 0] = 2


# ------------------------------------------------------------------------------------------------ any grid


@settings(max_examples=30, deadline=None)
@given(scale=st.floats(1e-6, 1e9), seed=st.integers(0, 1000))
def test_ohm_and_order_do_not_matter(scale, seed):
    rng = np.random.default_rng(seed)
    z = noisy(cell(), 0.005, rng)
    z[30] *= 1.06
    time = np.cumsum(3 / F)
    plain = kramers_kronig(F, z, test_time_second=time)
    order = rng.permutation(71)
    other = kramers_kronig(F[order], scale * z[order], test_time_second=time[order])
    assert other.verdict == plain.verdict
    assert other.noise == pytest.approx(plain.noise, rel=1e-6)
    assert other.drift.relative == pytest.approx(plain.drift.relative, rel=1e-5, abs=1e-9)
    assert sorted(order[list(other.outliers)]) == list(plain.outliers)
    assert 30 in plain.outliers
    np.testing.assert_allclose(other.fitted_ohm, scale * plain.fitted_ohm[order], rtol=1e-5)
    np.testing.assert_allclose(other.std_ohm, scale * plain.std_ohm[order], rtol=1e-5)
    np.testing.assert_allclose(other.residuals, plain.residuals[order], atol=1e-7)


@settings(max_examples=60, deadline=None)
@given(
    points=st.integers(3, 90),
    decades=st.floats(0.1, 8),
    seed=st.integers(0, 10**6),
    kind=st.sampled_from(["random", "linear", "repeated"]),
)
def test_no_grid_breaks_it(points, decades, seed, kind):
    rng = np.random.default_rng(seed)
    f = 10 ** (rng.uniform(0, decades, points) - 2)
    if kind == "linear":
        f = np.linspace(0.01, 0.01 * 10**decades, points)
    elif kind == "repeated":
        f = rng.choice(f[: max(3, points // 3)], points)
    result = kramers_kronig(f, noisy(cell(f), 0.003, rng))
    assert result.noise_by_point.shape == result.residuals.shape == result.fitted_ohm.shape == (points,)
    assert result.why
    if result.verdict == "cannot tell" and np.isnan(result.noise):
        assert np.isnan(result.std_ohm).all()
    else:
        assert result.noise > 0
        assert (result.std_ohm > 0).all()


def test_repeated_sweeps_are_more_points():
    rng = np.random.default_rng(8)
    f = np.tile(F, 3)
    results = [kramers_kronig(f, noisy(cell(f), 0.005, rng)) for _ in range(60)]
    assert 0.97 < np.median([r.noise for r in results]) / 0.005 < 1.03
    single = kramers_kronig(F, noisy(cell(), 0.005, rng))
    assert np.median([r.noise_std for r in results]) < 0.7 * single.noise_std
    assert Counter(r.verdict for r in results)["consistent"] >= 57


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (np.logspace(4, 0, 5), "5 points are too few"),
        (np.linspace(1.0, 2.0, 30), "0.3 decades"),
        (np.full(20, 3.0), "0 decades"),
        (np.logspace(3.8, 1, 9), "9 points cannot part noise from shape"),
    ],
)
def test_too_little_is_said(f, words):
    rng = np.random.default_rng(0)
    result = kramers_kronig(f, noisy(cell(f), 0.01, rng))
    assert result.verdict == "cannot tell"
    assert words in result.why
    assert np.isnan(result.noise_std)
    assert kramers_kronig(np.logspace(4, 0, 25), cell(np.logspace(4, 0, 25))).verdict == "consistent"


# ------------------------------------------------------------------------------------------------ drift


def drifts(change, count=120, noise=0.003, seed=6):
    rng = np.random.default_rng(seed)
    return [kramers_kronig(F, noisy(drifting(change), noise, rng)) for _ in range(count)]


def test_drift_is_measured_with_its_error():
    for change in (-0.1, 0.0, 0.05):
        results = drifts(change)
        # first order: the change is that of |Z| over its mean during the sweep
        away = [(r.drift.relative - change) / r.drift.std for r in results]
        assert abs(np.median(away)) < 0.8
        assert 0.7 < np.std(away) < 1.5


def test_drift_is_called_as_often_as_the_page_says():
    assert sum(r.verdict == "drift" for r in drifts(0.2, 40)) == 40
    assert sum(r.verdict == "drift" for r in drifts(0.05)) >= 108
    assert sum(r.verdict == "drift" for r in drifts(0.0)) <= 4


def test_drift_has_the_sign_and_the_times_of_the_sweep():
    rng = np.random.default_rng(9)
    up = np.argsort(F)
    time = np.cumsum(3 / F[up])
    z = noisy(cell(F[up], 1 + 0.2 * time / time[-1]), 0.003, rng)
    told, assumed = kramers_kronig(F[up], z, test_time_second=time + 1e6), kramers_kronig(F[up], z)
    assert told.verdict == assumed.verdict == "drift"
    change = 0.2 * np.ptp(time) / time[-1] / (1 + 0.2 * np.mean(time) / time[-1])  # from the first point, of the mean
    assert told.drift.relative == pytest.approx(change, abs=3 * told.drift.std)
    assert 0 < told.drift.std < 0.015
    assert assumed.drift.relative == pytest.approx(told.drift.relative, rel=1e-6)
    assert (told.drift.assumed_times, assumed.drift.assumed_times) == (False, True)
    assert kramers_kronig(F[up], z, test_time_second=-time).drift.relative == pytest.approx(
        -told.drift.relative, rel=1e-6
    )
    assert kramers_kronig(F[up], z, test_time_second=np.zeros(71)).drift.assumed_times


def test_parts_that_do_not_belong_together_are_seen():
    rng = np.random.default_rng(10)
    z = cell()
    wrong = z.real + 1.05j * z.imag
    results = [kramers_kronig(F, noisy(wrong, 0.003, rng)) for _ in range(40)]
    assert Counter(r.verdict for r in results)["inconsistent"] >= 36
    assert all(r.systematic > 0.004 for r in results)
    # within noise of the same size nothing can be seen, and small deviations are left unsaid
    assert kramers_kronig(F, noisy(wrong, 0.1, rng)).verdict in ("consistent", "cannot tell")
    small = z.real + 1.003j * z.imag
    assert kramers_kronig(F, noisy(small, 1e-5, rng)).verdict == "consistent"
    strict = replace(KramersKronigOptions(), negligible=1e-5)
    assert kramers_kronig(F, noisy(small, 1e-5, rng), strict).verdict == "inconsistent"


def test_rubbish_is_not_judged():
    rng = np.random.default_rng(11)
    result = kramers_kronig(F, noisy(cell(), 0.3, rng))
    assert result.verdict == "cannot tell"
    assert "too much" in result.why


# ------------------------------------------------------------------------------------------------ outliers


def test_wild_points_are_found_and_no_others():
    rng = np.random.default_rng(12)
    found, others, noises = 0, 0, []
    for _ in range(100):
        z = noisy(cell(), 0.005, rng)
        wild = rng.choice(np.arange(3, 68), 2, replace=False)
        z[wild] *= 1 + 0.05 * np.exp(2j * np.pi * rng.random(2))  # ten standard deviations
        result = kramers_kronig(F, z)
        found += len(set(wild) & set(result.outliers))
        others += len(set(result.outliers) - set(wild.tolist()))
        noises.append(result.noise)
    assert found >= 180
    assert others <= 4
    assert 0.95 < np.median(noises) / 0.005 < 1.06


def test_the_fit_runs_through_where_the_wild_point_should_be():
    rng = np.random.default_rng(13)
    z = noisy(cell(), 0.002, rng)
    z[25] *= 1.5
    result = kramers_kronig(F, z)
    assert result.outliers == (25,)
    assert "without 1 outlier" in result.why
    np.testing.assert_allclose(result.fitted_ohm[25], cell()[25], rtol=0.01)
    assert np.abs(result.residuals[25]) > 0.3


def test_outliers_have_a_limit():
    rng = np.random.default_rng(14)
    z = noisy(cell(), 0.002, rng)
    z[::6] *= 1.2
    options = KramersKronigOptions(most_outliers=0.05)
    assert len(kramers_kronig(F, z, options).outliers) <= 3
    assert kramers_kronig(F, z, KramersKronigOptions(most_outliers=0.0)).outliers == ()


# ------------------------------------------------------------------------------------------------ doors


def test_wrong_arrays_are_refused():
    with pytest.raises(BadInputError, match="Im Z positive"):
        kramers_kronig(F, cell().conj())
    with pytest.raises(BadInputError, match="spectrum 2, point 3"):
        kramers_kronig_many([(F, cell()), (F, np.where(np.arange(71) == 2, np.nan, cell()))])


def test_many_are_as_one_and_inputs_stay():
    f, z = F.copy(), noisy(cell(), 0.004, np.random.default_rng(15))
    f.flags.writeable = z.flags.writeable = False
    one, two = kramers_kronig_many(iter([(f, z), (f[:50], z[:50])]))
    assert one.noise == kramers_kronig(f, z).noise
    assert two.noise == kramers_kronig(f[:50], z[:50]).noise
    assert two.residuals.shape == (50,)


# ------------------------------------------------------------------------------------------------ real files


def answer_for(path):
    record = read(real(path))
    record = record[0] if isinstance(record, (list, tuple)) else record
    return kramers_kronig(record.frequency_hertz, record.impedance, test_time_second=record.test_time_second)


def test_the_drifting_cell_of_zahner_drifts():
    """ZHIT_drift.ism: an example of Zahner for a cell that changed while it was measured."""
    result = answer_for("eis/Zahner-Analysis-Python/ZHIT_drift.ism")
    assert result.verdict == "drift"
    assert -0.3 < result.drift.relative < -0.15
    assert not result.drift.assumed_times


@pytest.mark.parametrize(
    ("path", "noise"),
    [
        ("eis/hybrid-drt/PEIS_SSB.mpr", 1e-3),
        ("eis/impedance.py/exampleDataZPlot.z", 1e-3),
        ("eis/impedance.py/Circuit3_EIS_1.z", 1e-3),
        ("eis/impedance.py/exampleDataAutolab.txt", 2e-3),
        ("eis/impedance.py/exampleDataBioLogic.mpt", 1.5e-2),
    ],
)
def test_good_files_are_consistent(path, noise):
    result = answer_for(path)
    assert result.verdict == "consistent"
    assert 0.5 * noise < result.noise < 1.2 * noise


def test_the_example_of_impedance_py():
    """Its documentation shows residuals of its linKK within 1 %; on the same data ours are a tenth of that."""
    f, re, im = np.loadtxt(real("eis/impedance.py/exampleData.csv"), delimiter=",").T
    result = kramers_kronig(f, re + 1j * im)
    assert f.size == 66
    assert 1e-3 < result.noise < 2e-3
    assert np.abs(result.residuals).max() < 0.01
    assert result.systematic < 0.003


def test_the_noise_of_the_made_up_set_is_what_was_put_in():
    made = np.load(real("eis/synthetic_table_s1.npz"))
    results = kramers_kronig_many((made["f"], z) for z in made["Z"])
    ratio = np.array([r.noise for r in results]) / made["noise"]
    held = np.abs(ratio - 1) < 1.96 * np.array([r.noise_std for r in results]) / made["noise"]
    assert 0.98 < np.median(ratio) < 1.02
    assert 0.91 < held.mean() < 0.985
    assert Counter(r.verdict for r in results)["consistent"] >= 199
