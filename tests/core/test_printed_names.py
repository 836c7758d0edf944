"""Names on paper, of any script and from any keyboard."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.core.printed_names import clean_name, heaped, masked, same_name, unprintable


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Chloé Tremblay", "Chloé Tremblay"),
        ("  Chloé \u00a0\t Tremblay \n", "Chloé Tremblay"),
        ("Chloe\u0301", "Chloé"),
        ("Chloe\u200b\u0301", "Chloé"),
        ("evil\u202e\u2066gnp.exe", "evilgnp.exe"),
        ("a\u200bb\x00c\x1b\u00adé", "abcé"),
        ("نی\u200cنا", "نی\u200cنا"),
        ("<b>*_#panic()_*</b>", "<b>*_#panic()_*</b>"),
        ("\u202e \u200b", ""),
    ],
)
def test_what_is_printed(typed: str, printed: str) -> None:
    assert clean_name(typed) == printed


@given(st.text(max_size=40))
def test_cleaning_twice_changes_nothing(typed: str) -> None:
    once = clean_name(typed)
    assert clean_name(once) == once == once.strip()
    assert not any(unicodedata.bidirectional(sign) in ("RLO", "LRO", "RLE", "LRE", "PDF") for sign in once)


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Chloé Tremblay", "C. T."),
        ("Zoë Le Guen", "Z. L. G."),
        ("Jean-Noël d'Arc", "J. d."),
        ("'t Hooft", "t. H."),
        ("فاطمة بن يوسف", "ف. ب. ي."),
        ("Ạ\u0323bc", "Ạ\u0323."),
        ("??? X", "•. X."),
        ("", ""),
    ],
)
def test_initials(name: str, initials: str) -> None:
    assert masked(name) == initials


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Chloé Tremblay", "chloe  TREMBLAY "),
        ("Maëlle d’Ornano", "Maelle d'Ornano"),
        ("Anne-Lou Roy", "Anne‑Lou Roy"),
        ("Große", "GROSSE"),
        ("Łukasz Żak", "łukasz zak"),
        ("Ирина", "ИРИНА"),
    ],
)
def test_one_name(one: str, other: str) -> None:
    assert same_name(one, other) and same_name(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Chloé Tremblay", "Chloé"),
        ("Chloé Tremblay", "Tremblay Chloé"),
        ("Chloé", "Chloa"),
        ("Chloé", ""),
        ("", ""),
        ("Anne Lou", "Annelou"),
        ("Анна", "Анно"),
    ],
)
def test_two_names(one: str, other: str) -> None:
    assert not same_name(one, other)


def test_signs_that_fonts_lack_are_named_once_and_not_all() -> None:
    assert unprintable("Zoé 中文中 😀", str.isascii) == ("é", "中", "文", "😀")
    assert len(unprintable("abcdefghij", lambda _sign: False)) == 5
    assert unprintable("Zoé", lambda _sign: True) == ()


def test_heaps_of_marks() -> None:
    assert heaped("Z" + "\u0335" * 5)
    assert not heaped("Z\u0325\u0301oe\u0323\u0302")
    assert not heaped("שָׁלוֹם")
