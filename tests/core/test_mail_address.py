"""Mail addresses that someone gives."""

import pytest

from elearn.core.mail_address import masked, normal_address, same, shown


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("benoit@exemple.org", "benoit@exemple.org"),
        ("  Benoit.Roy+asso@EXEMPLE.Org \n", "Benoit.Roy+asso@exemple.org"),
        ("b@été.example", "b@xn--t-9fab.example"),
        ("b@e\u0301te\u0301.example", "b@xn--t-9fab.example"),
        ("o'neil@sous.exemple.co.uk", "o'neil@sous.exemple.co.uk"),
    ],
)
def test_it_works(typed: str, kept: str) -> None:
    assert normal_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "@",
        "benoit",
        "benoit@",
        "@exemple.org",
        "a@b@exemple.org",
        "benoit@exemple",
        "benoit@exemple..org",
        "benoit@.exemple.org",
        "benoit@-exemple.org",
        "benoit@exemple-.org",
        ".benoit@exemple.org",
        "be..noit@exemple.org",
        "be noit@exemple.org",
        "<benoit@exemple.org>",
        '"benoit"@exemple.org',
        "benoit,chloe@exemple.org",
        "benoît@exemple.org",
        "benoit@exem ple.org",
        "benoit@[127.0.0.1]",
        "x" * 65 + "@exemple.org",
        "b@" + "x" * 64 + ".org",
        "b@" + "x.y" * 90 + ".org",
        "b@" + "é" * 5000 + ".org",
        "benoit@exemple.org\u202e",
        "benoit@exemple\ud800.org",
        "benoit@exemple.org\x00",
    ],
)
def test_what_is_no_address(typed: str) -> None:
    assert normal_address(typed) is None


@pytest.mark.parametrize("between", ["\r\n", "\n", "\r", "\x0b", "\x00", "\u2028", "%0d%0a ", "\x85"])
def test_asvs_1_3_11_no_header_can_be_slipped_in(between: str) -> None:
    for typed in (f"benoit@exemple.org{between}Bcc: chloe@exemple.org", f"be{between}noit@exemple.org"):
        assert normal_address(typed) is None


def test_one_mailbox_in_two_spellings() -> None:
    one, two = normal_address("Benoit@Exemple.org"), normal_address("benoit@exemple.ORG")
    assert one and two and same(one) == same(two)


def test_shown_and_masked() -> None:
    assert shown("b@xn--t-9fab.example") == "b@été.example"
    assert masked("benoit@exemple.org") == "b…@e….org"
    assert masked("b@xn--t-9fab.example") == "b…@é….example"
