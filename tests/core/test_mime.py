"""Letters as they travel: two parts in one language, lines that any server takes, and no way to smuggle a header in."""

import datetime as dt
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default

import html5lib
import pytest

from elearn.core.mail import DIGEST, LETTERS
from elearn.core.mime import Envelope, digest, letter, sender_for

AT = dt.datetime(2026, 11, 25, 9, 30, tzinfo=dt.UTC)
SITE = "https://formation.example.org"
LINK = f"{SITE}/accounts/recovery/new-password/ABCD-EFGH-JKMN-PQRS-TVWX-YZ01-23"
TO = "benoit@example.org"


def envelope(to: str = TO, sender: str = "site@example.org", site: str = SITE) -> Envelope:
    return Envelope("0123456789ABCDEFGHJKMNPQRS", sender, to, AT, site)


def received(message: EmailMessage) -> EmailMessage:
    """As a reader opens it, after it went over the wire."""
    made = message_from_bytes(message.as_bytes(policy=SMTP), policy=default)
    assert isinstance(made, EmailMessage)
    return made


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    content = body.get_content()
    assert isinstance(content, str)
    return content


def every() -> list[EmailMessage]:
    letters = [
        letter(kind, lang, {"link": LINK} if found.button else {}, envelope())
        for kind, found in LETTERS.items()
        for lang in ("fr", "en")
    ]
    return letters + [digest(["notice", "notice"], lang, envelope()) for lang in ("fr", "en")]


def test_it_works() -> None:
    found = received(letter("reset", "fr", {"link": LINK}, envelope()))
    assert found.get_content_type() == "multipart/alternative"
    assert [one.get_content_type() for one in found.iter_parts()] == ["text/plain", "text/html"]
    assert (found["From"], found["To"]) == ("site@example.org", TO)
    assert found["Subject"] == "Choisir un nouveau mot de passe"
    assert found["Message-ID"] == "<0123456789ABCDEFGHJKMNPQRS@example.org>"
    assert found["Date"].datetime == AT
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["X-Auto-Response-Suppress"] == "All"
    assert found["Reply-To"] is None and found["List-Unsubscribe"] is None
    assert LINK in part(found, "plain").splitlines()
    assert f'href="{LINK}"' in part(found, "html")


@pytest.mark.parametrize(
    ("locale", "subject", "line", "other"),
    [
        ("fr", "Confirmez cette adresse", "ouvrez ce lien", "open this link"),
        ("en", "Confirm this address", "open this link", "ouvrez ce lien"),
        ("de", "Confirmez cette adresse", "ouvrez ce lien", "open this link"),
    ],
)
def test_both_parts_speak_the_language_of_the_person(locale: str, subject: str, line: str, other: str) -> None:
    found = received(letter("verify", locale, {"link": LINK}, envelope()))
    assert found["Subject"] == subject
    assert found["Content-Language"] == ("en" if locale == "en" else "fr")
    for kind in ("plain", "html"):
        words = " ".join(part(found, kind).split())
        assert line in words and other not in words


def test_french_words_keep_their_spaces_together() -> None:
    plain = part(received(letter("reset", "fr", {"link": LINK}, envelope())), "plain")
    assert "ne faites rien\u00a0: rien ne change" in " ".join(plain.split(" "))
    assert "nothing: nothing" in part(received(letter("reset", "en", {"link": LINK}, envelope())), "plain")


def test_lines_on_the_wire_are_short_and_ascii() -> None:
    for message in every():
        raw = message.as_bytes(policy=SMTP)
        assert raw.isascii()
        assert max(map(len, raw.split(b"\r\n"))) <= 78
        assert b"\n" not in raw.replace(b"\r\n", b"")


def test_plain_lines_fit_a_terminal() -> None:
    for message in every():
        lines = part(received(message), "plain").splitlines()
        assert all(len(line) <= 78 for line in lines if not line.startswith("http"))
        assert len(lines) > 4


def test_the_html_part_is_valid_and_fetches_nothing() -> None:
    for message in every():
        text = part(received(message), "html")
        html5lib.HTMLParser(strict=True).parse(text)
        for word in ("<img", "<script", "<link", "<style", "url(", "src=", "@import", "rgb", "color:#"):
            assert word not in text


def test_a_host_of_any_length_can_be_sent() -> None:
    """Headers are folded, never encoded: a reader would not understand its List-Unsubscribe."""
    site = "https://" + ".".join(["formation-pour-toutes-et-tous"] * 4) + ".example.org"
    message = digest(["notice"], "fr", envelope(sender=f"site@{site.removeprefix('https://')}", site=site))
    found = received(message)
    assert found["List-Unsubscribe"] == f"<{site}/accounts/recovery/address>"
    assert found["Message-ID"] == f"<0123456789ABCDEFGHJKMNPQRS@{site.removeprefix('https://')}>"


def test_subjects_and_first_words_say_nothing_of_the_course() -> None:
    """What a locked telephone shows."""
    telling = ("pair", "peer", "santé", "health", "mental", "psy", "aidant", "soutien", "support", "formation", "cours")
    for found in (*LETTERS.values(), DIGEST):
        for shown in (*found.subject.values(), *(lines[0] for lines in found.lines.values())):
            assert not [word for word in telling if word in shown.casefold()], shown


def test_a_digest_counts_and_says_how_to_stop() -> None:
    found = received(digest(["notice", "notice"], "fr", envelope()))
    plain = part(found, "plain")
    assert "- Du nouveau sur votre compte (2)" in plain
    assert f"{SITE}/accounts/recovery/address" in plain.splitlines()
    assert f'<a href="{SITE}/accounts/recovery/address"' in part(found, "html")
    assert found["List-Unsubscribe"] == f"<{SITE}/accounts/recovery/address>"


def test_without_a_link_there_is_no_button() -> None:
    found = received(letter("notice", "en", {}, envelope()))
    assert "http" not in part(found, "plain")
    assert "<a " not in part(found, "html")


@pytest.mark.parametrize(
    ("site", "chosen", "sender"),
    [
        (SITE, "courrier@example.org", "courrier@example.org"),
        (SITE, "", "site@formation.example.org"),
        ("http://127.0.0.1:8080", "", "site@localhost"),
        ("http://[::1]:8080", "", "site@localhost"),
    ],
)
def test_the_sender_has_an_address_and_no_name(site: str, chosen: str, sender: str) -> None:
    assert sender_for(site, chosen) == sender
    shown = received(letter("notice", "fr", {}, envelope(sender=sender)))["From"].addresses[0]
    assert (shown.addr_spec, shown.display_name) == (sender, "")


SMUGGLED = ["\r\nBcc: eve@example.org", "\nBcc: eve@example.org", "\r", "\n", "\0", "\u2028", "\x0b", "\x85"]


@pytest.mark.parametrize("smuggled", SMUGGLED)
@pytest.mark.parametrize("where", ["to", "sender", "link"])
def test_asvs_1_3_11_no_header_can_be_smuggled_in(where: str, smuggled: str) -> None:
    for place in ("end", "middle"):
        words = {"to": TO, "sender": "site@example.org", "link": LINK}
        text = words[where]
        words[where] = text + smuggled if place == "end" else text[:4] + smuggled + text[4:]
        with pytest.raises(ValueError, match="not a"):
            letter("reset", "fr", {"link": words["link"]}, envelope(words["to"], words["sender"]))


@pytest.mark.parametrize(
    "to",
    [
        "",
        "@",
        "benoit",
        "benoit@",
        "@example.org",
        "benoit@example.org, eve@example.org",
        "benoit@example.org eve@example.org",
        "Benoît <benoit@example.org>",
        "<benoit@example.org>",
        "benoit@example.org (a comment)",
        "undisclosed:;",
        "benoît@example.org",
        "a@b@example.org",
    ],
)
def test_asvs_1_3_11_one_address_is_one_recipient(to: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        letter("verify", "fr", {"link": LINK}, envelope(to))


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "example.org", "https://a b", 'https://é.example/"', "ftp://x"]
)
def test_a_link_leads_to_a_site(link: str) -> None:
    with pytest.raises(ValueError, match="not a link"):
        letter("verify", "fr", {"link": link}, envelope())


def test_a_link_cannot_break_out_of_its_place() -> None:
    link = f'{SITE}/?a="><script>alert(1)</script>&b=2'
    text = part(received(letter("verify", "fr", {"link": link}, envelope())), "html")
    html5lib.HTMLParser(strict=True).parse(text)
    assert "<script" not in text


def test_an_unknown_letter_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        letter("birthday", "fr", {}, envelope())
