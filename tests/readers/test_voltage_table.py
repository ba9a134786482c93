"""Voltage against capacity: units of capacity, columns named by the user, and what is refused."""

import pytest

from limetal import readers
from limetal.errors import BadInputError
from limetal.readers import ColumnHint


def curve(folder, header, columns=None):
    file = folder / "curve.csv"
    file.write_text(f"{header}3.0;0.5\n2.0;1.5\n1.0;2.5\n", encoding="utf-8")
    return readers.read(file, columns=columns)


@pytest.mark.parametrize(
    ("unit", "column", "factor"),
    [
        ("mAh", "capacity_mAh", 1.0),
        ("mA.h", "capacity_mAh", 1.0),
        ("Ah", "capacity_mAh", 1e3),
        ("µAh", "capacity_mAh", 1e-3),
        ("mAh/g", "specific_capacity_mAh_g", 1.0),
        ("mAh g-1", "specific_capacity_mAh_g", 1.0),
        ("Ah/kg", "specific_capacity_mAh_g", 1.0),
        ("Ah/g", "specific_capacity_mAh_g", 1e3),
        ("mAh cm-2", "areal_capacity_mAh_cm2", 1.0),
        ("µAh/cm²", "areal_capacity_mAh_cm2", 1e-3),
    ],
)
def test_units_of_capacity(tmp_path, unit, column, factor):
    record = curve(tmp_path, f"Voltage (V);Capacity ({unit})\n")
    assert getattr(record, column).tolist() == pytest.approx([0.5 * factor, 1.5 * factor, 2.5 * factor], rel=1e-12)
    assert [name for name in record.columns() if "capacity" in name] == [column]


@pytest.mark.parametrize("unit", ["C", "mA", "mAh/mol", ""])
def test_other_units_are_refused(tmp_path, unit):
    with pytest.raises(BadInputError):
        curve(tmp_path, f"Voltage (V);Capacity ({unit})\n")


def test_columns_without_headers_are_named_by_the_user(tmp_path):
    with pytest.raises(BadInputError, match="numbers without headers"):
        curve(tmp_path, "")
    record = curve(tmp_path, "", {"voltage": ColumnHint(1, "mV"), "capacity": ColumnHint(2, "mAh")})
    assert record.voltage_volt.tolist() == [0.003, 0.002, 0.001]
    with pytest.raises(BadInputError, match="column 3"):
        curve(tmp_path, "", {"voltage": ColumnHint(1, "V"), "capacity": ColumnHint(3, "mAh")})
    with pytest.raises(BadInputError, match="the unit 'V'"):
        curve(tmp_path, "", {"voltage": ColumnHint(1, "V"), "capacity": ColumnHint(2, "V")})
