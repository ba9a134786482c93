"""The protocol of a test in words: forming, rate ladder, cycling, titration, pulses, rests; and its steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limetal.analyses._base import Analysis, Findings, Number
from limetal.analyses._decimate import min_max
from limetal.cycling.protocol import Protocol, Stretch, protocol
from limetal.cycling.steps import KINDS, Steps
from limetal.errors import BadInputError
from limetal.exhibits import Axis, Panel, Plot, Series, Table
from limetal.physics.constants import MA_PER_A, SECONDS_PER_HOUR
from limetal.records.cells import CellContext
from limetal.records.cycling import CyclingRecord

__all__ = ["Options", "Recognised", "recognise"]

#: More changes of current than this are not listed one by one.
MOST_LISTED = 8
#: More steps than this are not marked in the picture.
MOST_MARKED = 100
#: Steps that are neither at constant current nor at constant voltage are told from this part of the time on.
OTHER_SHARE = 0.02
#: A rest before the first current, or between half-cycles, is told if it is longer than this.
SHORTEST_REST_S = 5.0


@dataclass(frozen=True)
class Options:
    """Choices that change what is recognised.

    Attributes
    ----------
    same_current
        Currents within this part of each other are one level.
    most_forming
        At most so many cycles at the beginning, at less than 90 % of the current after them, are called forming.
    """

    same_current: float = 0.05
    most_forming: int = 5

    def __post_init__(self) -> None:
        """Refuse what would recognise nothing."""
        if not 0 < self.same_current < 1:
            raise BadInputError("analyses.protocol.same_current", repr(self.same_current), "a number between 0 and 1")
        if self.most_forming < 0:
            raise BadInputError("analyses.protocol.most_forming", repr(self.most_forming), "0 or more")


@dataclass(frozen=True, eq=False)
class Recognised:
    """A protocol, or why there is none to recognise, with its record."""

    record: CyclingRecord
    found: Protocol | None
    why: str
    options: Options


def recognise(record: CyclingRecord, options: Options | None = None) -> Recognised:
    """Recognise the protocol of a record.

    Never fails on a record: without current, a cell that is not symmetric shows no steps, and that is said.

    Examples
    --------
    >>> t = 60.0 * np.arange(480)
    >>> current = np.where((t // 3600) % 2 == 0, 1e-3, -1e-3)
    >>> record = CyclingRecord(t, np.where(current > 0, 3.9, 3.7), current, source="four cycles")
    >>> tell(recognise(record)).numbers[0].value
    '4 cycles at 1 mA'
    """
    options = options or Options()
    try:
        found = protocol(record, same_current=options.same_current, most_forming=options.most_forming)
    except BadInputError as error:
        return Recognised(record, None, f"{error.found}; want {error.wanted}", options)
    return Recognised(record, found, "", options)


def tell(result: Recognised) -> Findings:
    """Say the result to the ledger and the report."""
    found = result.found
    if found is None:
        return Findings(not_computed=(("protocol", result.why),))
    words = "; ".join(_words(found, result.record.cell))
    kinds = [f"{int(np.sum(found.steps.kind == kind))} {kind}" for kind in KINDS if (found.steps.kind == kind).any()]
    how = "the instrument's words and " if found.steps.said else ""
    told = "current and voltage" if found.steps.from_current else "the voltage: the record has no current"
    note = f"recognised by {how}{told}; steps: {', '.join(kinds)}"
    numbers = (Number("protocol", words, None, note),)
    plots = _plots(result.record, found.steps) if found.steps.from_current else ()
    return Findings(numbers, plots, (_table(found.steps),), found.steps.warnings)


# -------------------------------------------------------------------------------------------------------- words


def _words(found: Protocol, cell: CellContext | None) -> list[str]:
    made, halves = found.steps, found.halves
    words = []
    if not halves.count:
        return [f"rest of {_length(float(made.seconds.sum()))}, no current"]
    opening = int(np.flatnonzero(made.sign != 0)[0])
    first = float(made.seconds[:opening].sum())
    if first > SHORTEST_REST_S:
        words.append(f"rest of {_length(first)}")
    if found.before:
        words.append(f"a {'charge' if halves.sign[0] > 0 else 'discharge'} before the first cycle")
    words += _reservoir_words(found) or _cycle_words(found, cell)
    if found.unpaired and found.cycles:
        words.append(f"a last {'charge' if halves.sign[-1] > 0 else 'discharge'} alone")
    words += _held_words(found)
    if found.intermittent is not None:
        x = found.intermittent
        words.append(
            f"intermittent (GITT): {x.pieces} times {_length(x.on_second)} of current and {_length(x.off_second)} of "
            f"rest in a half-cycle ({x.half_cycles} of {halves.count} half-cycles)"
        )
    words += _rest_words(found) + _pulse_words(made) + _other_words(made)
    return words


def _reservoir_words(found: Protocol) -> list[str]:
    return [
        "reservoir protocol: "
        + ("a conditioning cycle, " if r.conditioning >= 0 else "")
        + f"{r.reservoir_mAh:.3g} mAh plated, {r.n} times {r.cycled_mAh:.3g} mAh stripped and plated, "
        f"{r.last_mAh:.3g} mAh stripped at last"
        for r in found.reservoirs
    ]


def _cycle_words(found: Protocol, cell: CellContext | None) -> list[str]:
    stretches = found.stretches
    if not found.cycles:
        way = "charge" if found.halves.sign[0] > 0 else "discharge"
        size = f" at {_size(float(found.halves.current_mA[0]), cell)}" if found.steps.from_current else ""
        return [] if found.before or found.unpaired != 1 else [f"one {way}{size}"]
    if not stretches:
        each = f"half-cycles of {_length(float(np.median(found.halves.seconds)))}"
        return [f"{_cycles(found.cycles)} with {each}"]
    words = []
    if found.forming:
        listed = [f"{_cycles(s.count, 'forming ')} at {_level(s, found, cell)}" for s in stretches[: found.forming]]
        words.append(", ".join(listed))
    rest = list(range(found.forming, len(stretches)))
    if found.ladder:
        words += _plain([stretches[k] for k in rest if k < found.ladder[0]], found, cell)
        steps = [stretches[k] for k in found.ladder]
        counts = {s.count for s in steps[:-1]}
        each = f"{_cycles(steps[0].count)} each" if len(counts | {steps[-1].count}) == 1 else "cycles"
        levels = [_level(s, found, cell) + ("" if "each" in each else f" ({s.count})") for s in steps]
        back = [
            f"back at {_level(stretches[k], found, cell)} for {_cycles(stretches[k].count)}" for k in found.returns[:3]
        ]
        words.append(", ".join([f"rate ladder: {each} at {', '.join(levels)}", *back]))
        rest = [k for k in rest if k > found.ladder[-1] and k not in found.returns]
    return words + _plain([stretches[k] for k in rest], found, cell)


def _plain(stretches: list[Stretch], found: Protocol, cell: CellContext | None) -> list[str]:
    if len(stretches) > MOST_LISTED:
        sizes = [max(s.first_mA, s.second_mA) for s in stretches]
        n = sum(s.count for s in stretches)
        low, high = _size(min(sizes), cell), _size(max(sizes), cell)
        return [f"{_cycles(n)} at currents that change {len(stretches) - 1} times, from {low} to {high}"]
    return [f"{_cycles(s.count)} at {_level(s, found, cell)}" for s in stretches]


def _cycles(n: int, which: str = "") -> str:
    return f"{n} {which}cycle{'s' * (n != 1)}"


def _level(stretch: Stretch, found: Protocol, cell: CellContext | None) -> str:
    one, two = stretch.first_mA, stretch.second_mA
    if abs(one - two) <= 0.05 * max(one, two):
        return _size((one + two) / 2, cell)
    ways = ("charge", "discharge") if found.first_sign > 0 else ("discharge", "charge")
    return f"{_size(one, cell)} {ways[0]} and {_size(two, cell)} {ways[1]}"


def _size(current_mA: float, cell: CellContext | None) -> str:
    """Current as the field gives it: a C rate, per area, or as it is."""
    if cell is not None and cell.nominal_capacity_mAh is not None:
        rate = current_mA / cell.nominal_capacity_mAh
        return f"{rate:.3g}C" if rate >= 1 or abs(1 / rate - round(1 / rate)) > 0.02 / rate else f"C/{round(1 / rate)}"
    if cell is not None and cell.area_cm2 is not None:
        return f"{current_mA / cell.area_cm2:.3g} mA/cm2"
    return f"{current_mA / MA_PER_A:.3g} A" if current_mA >= MA_PER_A else f"{current_mA:.3g} mA"


def _length(seconds: float) -> str:
    for unit, size, most in (("s", 1.0, 120.0), ("min", 60.0, 3590.0), ("h", SECONDS_PER_HOUR, np.inf)):
        if seconds < most:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"


def _held_words(found: Protocol) -> list[str]:
    words = []
    halves = found.halves
    for sign, way in ((1, "charge"), (-1, "discharge")):
        own = halves.sign == sign
        held = own & halves.held
        if held.any():
            volt = float(np.median(halves.held_volt[held]))
            words.append(f"{way} held at {volt:.4g} V at its end ({int(held.sum())} of {int(own.sum())})")
    return words


def _rest_words(found: Protocol) -> list[str]:
    halves = found.halves
    usual = {}
    for sign in (1, -1):
        own = halves.rest_second[:-1][halves.sign[:-1] == sign]  # the last half-cycle has none between
        long = own > SHORTEST_REST_S
        usual[sign] = float(np.median(own[long])) if own.size and long.mean() > 0.5 else 0.0
    if not any(usual.values()):
        return []
    if all(usual.values()) and abs(usual[1] - usual[-1]) <= 0.05 * usual[1]:
        return [f"rest of {_length(usual[1])} after each half-cycle"]
    ways = {1: "charge", -1: "discharge"}
    return ["rest of " + " and ".join(f"{_length(usual[s])} after {ways[s]}" for s in (1, -1) if usual[s])]


def _pulse_words(made: Steps) -> list[str]:
    pulse = made.kind == "pulse"
    if not pulse.any():
        return []
    n, seconds = int(pulse.sum()), float(np.median(made.seconds[pulse]))
    size = float(np.median(np.abs(made.mean_current_mA[pulse])))
    return [f"{n} pulse{'s' * (n > 1)} of {_length(seconds)} at {_size(size, None)}"]


def _other_words(made: Steps) -> list[str]:
    words = []
    whole = float(made.seconds.sum())
    for kind, name in (("ramp", "ramps of the voltage"), ("other", "a current that is neither constant nor of a ramp")):
        of = float(made.seconds[made.kind == kind].sum())
        if of > OTHER_SHARE * whole:
            words.append(f"{name} for {_length(of)} in all")
    return words


# --------------------------------------------------------------------------------------------- table and picture


def _table(made: Steps) -> Table:
    columns: dict[str, tuple[str, list[float] | list[str] | list[int] | list[float | str]]] = {
        "step": ("1", list(range(1, made.count + 1))),
    }
    if (made.number >= 0).any():
        columns["instrument_step"] = ("1", made.number.tolist())
    columns |= {
        "kind": ("", made.kind.tolist()),
        "start": ("h", (made.start_second / SECONDS_PER_HOUR).tolist()),
        "duration": ("s", made.seconds.tolist()),
    }
    if made.from_current:
        columns |= {
            "current": ("mA", made.mean_current_mA.tolist()),
            "charge": ("mAh", made.charge_mAh.tolist()),
        }
    columns |= {
        "first_voltage": ("V", made.first_volt.tolist()),
        "last_voltage": ("V", made.last_volt.tolist()),
        "mean_voltage": ("V", made.mean_volt.tolist()),
        "change_in_rest": ("V", [float(v) if np.isfinite(v) else "" for v in made.drop_volt]),
    }
    return Table("steps", columns)


def _plots(record: CyclingRecord, made: Steps) -> tuple[Plot, ...]:
    """Voltage and current against time, with the kinds of the steps in the middle of each."""
    current = record.current_ampere
    assert current is not None  # asked before
    hours = record.test_time_second / SECONDS_PER_HOUR
    voltage = Series(*min_max(hours, record.voltage_volt))
    lines = [Series(*min_max(hours, MA_PER_A * current))]
    middle = (made.start_second + made.seconds / 2) / SECONDS_PER_HOUR
    for kind in KINDS if made.count <= MOST_MARKED else ():  # more would hide the current behind bars of points
        own = np.flatnonzero(made.kind == kind)
        if own.size:
            lines.append(Series(middle[own], made.mean_current_mA[own], kind, "points"))
    small = float(np.abs(record.voltage_volt).max()) < 1.0
    volts = Axis("voltage", "mV", factor=1e3) if small else Axis("voltage", "V")
    caption = "Voltage and current of the test"
    caption += "; each point is one step, by its mean current." if len(lines) > 1 else "; the table has the steps."
    panel = Panel(Axis("current", "mA"), tuple(lines), share=0.7)
    return (Plot("protocol", "Protocol", Axis("time", "h"), volts, (voltage,), caption, panels=(panel,)),)


PLUGIN = Analysis(
    title="what the test did, in words, and its steps",
    takes=CyclingRecord,
    cells=(),
    analyse=recognise,
    tell=tell,
    options=Options,
    sources=(
        "names of steps as the field uses them (docs: steps)",
        "reservoir protocol: Adams et al., Adv. Energy Mater. 8, 1702097 (2018), doi:10.1002/aenm.201702097",
    ),
    order=10,
)
