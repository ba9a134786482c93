"""Deben .MTR of version 5.5: decimal commas above, points below, a stop mark at the end; an aborted test without."""

from pathlib import Path

from support.reader_samples import Expected, Sample
from support.samples._tensile import FORCE_N, TIME_S, TRAVEL_MM, save


def _bare(value: float) -> str:
    """A number as Deben writes it: no zero before the point."""
    return f"{value:.12g}".replace("0.", ".", 1) if abs(value) < 1 and value else f"{value:.12g}"


def _lines(points: int, mark: str) -> list[str]:
    head = [
        "File : C:\\DATA\\FILM.MTR saved 2005-01-02 at 06:59:10",
        "Sample : Default",
        "Span : 10,0",
        "Width : 5,0",
        "Thickness : 1,0",
        "Start Sampletime : 500ms",
        "Start Speed : 0.1 mm/min",
        "Gain : x5",
        "Video file : ",
        "Scale : 0,156",
        f"Number of points : {points}",
        "Ver5.5.29",
        "",
        "",
        "",
        f"Test duration : {TIME_S[points - 1]:.12f}s",
        "Max travel : 0,270mm",
        "Max extension : 0,270mm",
        "Comment : 200N tensile with 1119:1 gearbox &  256 line encoder. Calibrated at 200N. Trip set to 200N",
    ]
    names = '"Point","Elongation","Force","Position","Code","Samplerate","Motorspeed"'
    return [*(f'"{text.replace(",", mark)}"' for text in head), names]


def _rows(points: int) -> list[str]:
    return [
        f"{_bare(TIME_S[i])},{_bare(TRAVEL_MM[i])},{_bare(FORCE_N[i])},{_bare(TRAVEL_MM[i] + 0.0356)},"
        f'{2 if i == 0 else 0},500,"0.1 mm/min"'
        for i in range(points)
    ]


def write_mtr(folder: Path) -> Path:
    return save(folder, "a.MTR", [*_lines(8, ","), *_rows(8), '4,0,0,.6065,1,500,"0.1 mm/min"'])


def write_mtr_without_stop_mark(folder: Path) -> Path:
    return save(folder, "a.MTR", [*_lines(8, "."), *_rows(8)], end="\n")


_ALL = {"test_time_second": TIME_S, "force_newton": FORCE_N, "displacement_millimetre": TRAVEL_MM}
SAMPLES = (
    Sample(write_mtr, (Expected("tensile", _ALL),)),
    Sample(write_mtr_without_stop_mark, (Expected("tensile", _ALL),)),
)
