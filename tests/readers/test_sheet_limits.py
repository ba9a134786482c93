"""Workbooks that claim to be endless, or would end the process, are refused; right ones beside them are read."""

import random
import zipfile

import pytest
import xlsxwriter

from limetal.errors import BadInputError
from limetal.readers import RawFile
from limetal.readers._kit.old_sheets import old_sheets
from limetal.readers._kit.sheets import sheets_of
from support.data_files import real


def workbook(folder, last_cell):
    path = folder / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write("A1", 1.5)
        sheet.write(last_cell, 2.5)
    return path


def test_cells_far_apart_are_refused_before_room_is_made_for_them(tmp_path):
    with pytest.raises(BadInputError, match="a sheet of 17179869184 cells"):
        _ = sheets_of(RawFile(workbook(tmp_path, "XFD1048576")))
    [sheet] = RawFile(workbook(tmp_path, "D5000")).sheets
    assert sheet.rows[-1][-1] == 2.5


def test_repeated_rows_of_an_ods_are_refused(tmp_path):
    def ods(repeats):
        cell = (
            f'<table:table-cell table:number-columns-repeated="{repeats}" office:value-type="float" office:value="1"/>'
        )
        row = f'<table:table-row table:number-rows-repeated="{repeats}">{cell}</table:table-row>'
        with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr("content.xml", f"<x>{row}</x>")
        return RawFile(tmp_path / "a.ods")

    with pytest.raises(BadInputError, match="a sheet of 10000000000 cells"):
        _ = sheets_of(ods(100_000))
    assert ods(3).sheets == ()  # no workbook, but no endless one


def test_old_workbook_is_read_by_a_child():
    path = real("tensile/Tensile-test-Analysis/chargé_gaz.xls")
    sheets = dict(old_sheets(path.read_bytes()))
    assert list(sheets) == ["Résultats chargé", "Valeurs chargé"]
    assert sheets["Valeurs chargé"][1] == [
        "Temps d'essai",
        "Ecartement entre outils",
        "Course standard",
        "Force standard",
    ]
    assert sheets["Valeurs chargé"][-1] == [0.0, 75.27108589041177, 0.0, 1.8657689094543457]
    assert len(sheets["Valeurs chargé"]) == 6973


def test_garbled_old_workbook_never_ends_the_process():
    data = real("tensile/Tensile-test-Analysis/chargé_gaz.xls").read_bytes()
    dice = random.Random(3)
    for _ in range(6):
        garbled = bytearray(data)
        for _ in range(4):
            at = dice.randrange(28_000, 60_000)
            garbled[at : at + 4] = b"\xff\xff\xff\x7f"
        assert isinstance(old_sheets(bytes(garbled)), list)


def test_a_workbook_refused_for_its_cells_says_so_in_the_end(tmp_path):
    from limetal import readers

    with pytest.raises(BadInputError, match="cells"):
        readers.read(workbook(tmp_path, "XFD1048576"))
