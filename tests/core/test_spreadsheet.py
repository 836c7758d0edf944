"""CSV that no spreadsheet runs."""

import csv
import io

import pytest

from elearn.core.spreadsheet import cell, csv_text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0"])
def test_asvs_1_2_10_a_cell_is_never_a_formula(start: str) -> None:
    assert cell(f"{start}HYPERLINK(0)") == f"'{start}HYPERLINK(0)"
    row = csv_text(["a"], [[f"{start}1+1"]]).split("\r\n", 1)[1]
    assert row.startswith("\"'")


def test_asvs_1_2_10_numbers_and_names_too() -> None:
    assert cell(-1) == "'-1"
    assert cell("Benoît") == "Benoît" and cell("a=b") == "a=b" and cell(7) == "7"


def test_it_is_read_back() -> None:
    rows = [["a", 'il dit "oui", puis\nnon'], [None, True], [[0, 1], {"word": "é"}]]
    read = list(csv.reader(io.StringIO(csv_text(["x", "y"], rows), newline="")))
    assert read == [["x", "y"], ["a", 'il dit "oui", puis\nnon'], ["", "true"], ["[0, 1]", '{"word": "é"}']]
