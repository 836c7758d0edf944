"""The paper as a file: tagged, lasting, the same bytes, hostile names inert, the QR readable."""

import datetime as dt
import hashlib
import json
import os
import re
import subprocess
from pathlib import Path
from shutil import which

import pikepdf
import pytest
import segno
import typst
from hypothesis import example, given, settings
from hypothesis import strategies as st

from elearn.core import credentials as core
from elearn.core.attestations import Snapshot
from elearn.core.printed_names import LONGEST, clean_name
from elearn.services import pdf, signing
from tests.core.papers import BASE, CODE, REVEALING, snapshot
from tests.pictures import picture

SECRET = hashlib.sha256(b"a key of a test").digest()

HOSTILE = {
    "markup": '<script>alert(1)</script> & "x"',
    "typst code": '#panic("x") ]#{} $a$ @ref *b* _c_',
    "hebrew": "רות כהן־לוי",
    "arabic": "فاطمة الزهراء بن يوسف",
    "both directions": "Ruth רות Cohen",
    "cyrillic": "Ирина Щербакова",
    "greek": "Ελένη Παπαδοπούλου",
    "vietnamese": "Nguyễn Thị Hồng Ngọc",
    "armenian": "Անահիտ Սարգսյան",
    "georgian": "ნინო ბერიძე",
    "combining marks": "Z\u0325\u0301oe\u0323\u0302",
    "eighty signs": "Marie-Élisabeth Éléonore de La Rochefoucauld-Saint-Hilaire du Plessis-Bellièvres",
    "one long word": "W" * 80,
    "two hundred signs": " ".join(["Maximilienne-Wilhelmine"] * 8) + " La Tour",
}


def made(page: Snapshot | None = None, title: str = "real", base: str = BASE) -> bytes:
    return pdf.attestation(page or snapshot(), title, CODE, base)  # type: ignore[arg-type]


def run(tool: str, *arguments: str | Path) -> str:
    """Output of a tool of the system. Skipped where it lacks, unless ELEARN_REQUIRE_PDF_TOOLS is set."""
    if not which(tool):
        if os.environ.get("ELEARN_REQUIRE_PDF_TOOLS"):
            pytest.fail(f"{tool} is required here and not installed")
        pytest.skip(f"{tool} is not installed")
    done = subprocess.run([tool, *arguments], capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace")


def text_of(body: bytes, folder: Path) -> str:
    """Words of the file, plain spaces, without direction marks."""
    path = folder / "paper.pdf"
    path.write_bytes(body)
    found = run("pdftotext", path, "-")
    return " ".join(found.replace("\u202b", "").replace("\u202c", "").replace("\u202f", " ").split())


def test_it_works(tmp_path: Path) -> None:
    text = text_of(made(), tmp_path)
    for words in (
        "Attestation de réussite",
        "Association Exemple",
        "Chloé Tremblay",
        "Pair-aidance : premiers repères",
        "1 h 30 (théorie), non mesurée",
        "7ZZZ 0123 4567 89AB CDEF GHJK MN",
        "formation.example.org/V/",
        "Le rôle de pair aidant",
        "Ce n'est ni un titre professionnel",
        "Identité non vérifiée",
    ):
        assert words in text, words


def test_in_english(tmp_path: Path) -> None:
    text = text_of(made(snapshot(locale="en")), tmp_path)
    for words in ("Attestation of achievement", "Peer support: first landmarks", "Check this document"):
        assert words in text


def test_the_same_record_gives_the_same_bytes() -> None:
    assert made() == made()
    assert made() != made(snapshot(printed_name="Chloé Tremblai"))


def test_it_is_whole_tagged_and_says_its_title(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(made())
    assert "No syntax or stream encoding errors" in run("qpdf", "--check", path)
    facts = run("pdfinfo", path)
    assert "Tagged:          yes" in facts and "Pages:           2" in facts
    assert "JavaScript:      no" in facts and "Encrypted:       no" in facts
    assert "Pair-aidance" in facts and "Association Exemple" in facts
    meta = run("pdfinfo", "-meta", path)
    assert "<pdfuaid:part>1</pdfuaid:part>" in meta
    assert "<pdfaid:part>3</pdfaid:part>" in meta and "<pdfaid:conformance>A</pdfaid:conformance>" in meta


def test_the_order_of_reading(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(made())
    tree = run("pdfinfo", "-struct-text", path)
    order = [
        tree.index(words)
        for words in (
            '"Attestation de réussite"',
            '"Association Exemple',
            '"Chloé Tremblay"',
            '"a réussi le parcours"',
            '"Pair-aidance',
            '"Délivrée"',
            "Figure",
            '"Vérifier ce document"',
            '"Ce que dit cette attestation"',
            '"Unités"',
        )
    ]
    assert order == sorted(order)
    assert [tree.count(f"  {level} ") for level in ("H1", "H2")] == [1, 2]
    with pikepdf.open(path) as file:
        said = [str(one["/Alt"]) for one in file.objects if isinstance(one, pikepdf.Dictionary) and "/Alt" in one]
        assert str(file.Root["/Lang"]) == "fr"
    assert said == [f"Code QR de l'adresse de vérification\u00a0: {BASE}/V/{CODE}"]


def test_every_font_is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(made(snapshot(printed_name=HOSTILE["hebrew"])))
    fonts = run("pdffonts", path).splitlines()[2:]
    assert any("AtkinsonHyperlegible" in font for font in fonts)
    assert all(" yes yes yes " in font for font in fonts), fonts


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_are_printed_as_they_stand(name: str, tmp_path: Path) -> None:
    name = clean_name(name)
    assert len(name) <= LONGEST and pdf.covers(name)
    body = made(snapshot(printed_name=name))
    between = text_of(body, tmp_path).partition("atteste que")[2].partition("a réussi le parcours")[0]
    assert _letters(between) == _letters(name)
    assert "Pages:           2" in run("pdfinfo", tmp_path / "paper.pdf")


@pytest.mark.parametrize("text", ["中文", "Zoé 😀", "अनिता", "\ue000", "ᐃᓄᒃ"])
def test_what_no_font_has(text: str) -> None:
    assert not pdf.covers(text)


@settings(max_examples=60, deadline=None)
@example(":\u06df")
@example("a\u06df\u0591 \u0301b")
@given(st.text(st.characters(max_codepoint=0x700), min_size=1, max_size=80))
def test_a_name_that_was_let_in_is_never_refused_at_issue(typed: str) -> None:
    name = clean_name(typed)
    if name and pdf.covers(name):
        assert made(snapshot(printed_name=name)).startswith(b"%PDF-")


def test_a_sign_that_a_trainer_wrote_and_no_font_has_stops_no_paper(tmp_path: Path) -> None:
    text = text_of(made(snapshot(title={"fr": "Écouter 中 bien"})), tmp_path)
    assert "Écouter □ bien" in text


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_the_discreet_paper_reveals_nothing(locale: str, tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(made(snapshot(locale=locale), "discreet"))
    everything = (run("pdftotext", path, "-") + run("pdfinfo", path) + run("pdfinfo", "-meta", path)).lower()
    assert snapshot().discreet_title[locale].lower() in everything
    assert [word for word in REVEALING if word in everything] == []


def test_a_long_course_holds(tmp_path: Path) -> None:
    unit = snapshot().units[0]
    text = text_of(made(snapshot(units=(unit,) * 60, title={"fr": "Un titre bien long " * 8})), tmp_path)
    assert text.count("Le rôle de pair aidant") == 60
    assert "Attestation de réussite" in run("pdftotext", "-f", "1", "-l", "1", tmp_path / "paper.pdf", "-")
    assert "7ZZZ 0123" in run("pdftotext", "-f", "1", "-l", "1", tmp_path / "paper.pdf", "-")


def test_the_qr_code_as_rendered_is_the_address(tmp_path: Path) -> None:
    """Module by module, against a code made anew; quiet zone of four modules; 34 mm or more."""
    path = tmp_path / "paper.pdf"
    path.write_bytes(made())
    run("pdftoppm", "-gray", "-r", "200", "-f", "1", "-l", "1", "-singlefile", path, tmp_path / "page")
    width, pixels = _graymap((tmp_path / "page.pgm").read_bytes())
    black = [divmod(at, width) for at, value in enumerate(pixels) if value < 12]
    top, bottom = min(y for y, _ in black), max(y for y, _ in black)
    left, right = min(x for _, x in black), max(x for _, x in black)
    wanted = [bytes(row) for row in segno.make_qr(f"{BASE}/V/{CODE}".upper(), error="m", boost_error=False).matrix]
    count = len(wanted)
    module = (right - left + 1) / count
    assert count == 29 and (right - left + 1) / 200 * 25.4 >= 34

    def dark(row: int, column: int) -> bool:
        return pixels[int(top + (row + 0.5) * module) * width + int(left + (column + 0.5) * module)] < 128

    shown = [bytes(dark(row, column) for column in range(count)) for row in range(count)]
    assert shown == wanted
    around = [(row, column) for row in range(-4, count + 4) for column in range(-4, count + 4)]
    quiet = [place for place in around if not (0 <= place[0] < count and 0 <= place[1] < count)]
    assert not any(dark(row, column) for row, column in quiet)
    assert bottom - top == pytest.approx(right - left, abs=2)


@pytest.mark.parametrize("dots", ["72", "150"])
def test_the_qr_code_is_read_by_a_reader(dots: str, tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(made())
    run("pdftoppm", "-gray", "-r", dots, "-f", "1", "-l", "1", "-singlefile", path, tmp_path / "page")
    assert run("zbarimg", "-q", "--raw", tmp_path / "page.pgm").strip() == f"{BASE}/V/{CODE}".upper()


def test_contrast_is_at_least_seven_to_one() -> None:
    """Of each colour of text against the paper and against the motif (WCAG 2.2, relative luminance)."""
    colours = dict(re.findall(r'#let (\w+) = rgb\("#(\w{6})"\)', pdf.TEMPLATE.read_text(encoding="utf-8")))
    assert set(colours) == {"ink"}
    lightened = "".join(f"{round(255 - 0.12 * (255 - int(pdf.INK[at : at + 2], 16))):02x}" for at in (1, 3, 5))
    for text in (colours["ink"], pdf.INK[1:]):
        for ground in ("ffffff", lightened):
            light, dark = sorted((_luminance(ground), _luminance(text)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 7


def test_the_address_of_a_trial_on_one_machine(tmp_path: Path) -> None:
    assert "127.0.0.1:8080/V/" in text_of(made(base="http://127.0.0.1:8080"), tmp_path)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _letters(text: str) -> list[str]:
    """In one order, without spaces and hyphens: extraction cuts lines and runs of two directions at other places."""
    return sorted("".join(text.split()).replace("-", ""))


def _graymap(body: bytes) -> tuple[int, bytes]:
    """Width and pixels of a binary PGM (magic, width, height, depth, pixels)."""
    magic, width, height, _depth, pixels = body.split(maxsplit=4)
    assert magic == b"P5"
    wanted = int(width) * int(height)
    return int(width), body[-wanted:] if len(pixels) != wanted else pixels


def test_the_signed_file_is_attached_byte_for_byte(tmp_path: Path) -> None:
    """Taken out by another program, it is what was signed, and it verifies."""
    path, body = tmp_path / "paper.pdf", signed_for(snapshot())
    path.write_bytes(pdf.attestation(snapshot(), "real", CODE, BASE, credential=body))
    assert "1: attestation.vc.json" in run("pdfdetach", "-list", path)
    run("pdfdetach", "-save", "1", "-o", tmp_path / "out.json", path)
    assert (tmp_path / "out.json").read_bytes() == body
    signing.check(json.loads(body), signing.public_part(SECRET))
    assert "No syntax or stream encoding errors" in run("qpdf", "--check", path)
    with pikepdf.open(path) as file:
        spec = file.Root.AF[0]
        assert str(spec.AFRelationship) == "/Supplement"
        assert str(spec.EF.F.Subtype) == "/application/vc"


def test_an_issuers_look_keeps_the_order_and_tells_its_pictures(tmp_path: Path) -> None:
    look = pdf.Look("#5a1e6e", picture(), picture(200, 60))
    facts = snapshot(signatory="Dalia Benali", role={"fr": "directrice"})
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf.attestation(facts, "real", CODE, BASE, look, signed_for(facts)))
    read = run("pdfinfo", "-struct-text", path)
    order = ["Attestation de réussite", "Association Exemple", "Chloé Tremblay", "Dalia Benali", "Vérifier ce document"]
    assert [read.index(words) for words in order] == sorted(read.index(words) for words in order)
    with pikepdf.open(path) as file:
        alts = [str(one.get("/Alt")) for one in file.objects if isinstance(one, pikepdf.Dictionary) and "/Alt" in one]
    assert {"Logo de l'organisme", "Signature de la personne qui signe"} <= set(alts)
    assert {"PDF/UA-1", "PDF/A-3a"} <= _claims(path)


def test_many_papers_are_one_tagged_file(tmp_path: Path) -> None:
    path = tmp_path / "all.pdf"
    path.write_bytes(
        pdf.attestations([pdf.Sheet(snapshot(printed_name=name), "real", CODE) for name in ("Ada", "Benoît")], BASE)
    )
    read = run("pdfinfo", path)
    assert re.search(r"Pages:\s+4", read) and re.search(r"Tagged:\s+yes", read)
    assert {"PDF/UA-1", "PDF/A-3a"} <= _claims(path)
    text = run("pdftotext", path, "-")
    assert "Ada" in text and "Benoît" in text and text.count("2 / 2") == 2


def _claims(path: Path) -> set[str]:
    """What the file says it conforms to, in its metadata."""
    meta = run("pdfinfo", "-meta", path)
    part, level = re.search(r"pdfaid:part>(\d)<", meta), re.search(r"pdfaid:conformance>(\w)<", meta)
    found = {f"PDF/A-{part[1]}{level[1].lower()}"} if part and level else set()
    return found | ({"PDF/UA-1"} if re.search(r"pdfuaid:part>1<", meta) else set())


@pytest.mark.parametrize(
    "name", ["<b>x</b> & «y»", '#panic("x") ]<script>', "\u202eموسى\u202c", "e\u0301" * 40, "x" * 80]
)
def test_hostile_names_are_signed_as_they_stand(name: str) -> None:
    body = signed_for(snapshot(printed_name=name))
    credential = json.loads(body)
    assert credential["credentialSubject"]["identifier"][0]["identityHash"] == name
    signing.check(credential, signing.public_part(SECRET))


def signed_for(facts: Snapshot) -> bytes:
    at = dt.datetime(2026, 11, 21, 19, tzinfo=dt.UTC)
    issuer = core.did(BASE, "site")
    stamp = core.Stamp("6f2b1c1e-8a2d-4a0e-9c55-3d1c8e7f9a41", issuer, f"{BASE}/o/site/status/1", 7, "c2Vs", at)
    return signing.to_bytes(signing.sign(core.unsigned(facts, "real", stamp), SECRET, f"{issuer}#key-2026-1", at))


@pytest.mark.parametrize(
    "source",
    [
        '#set document(title: "x")\n#image(bytes(sys.inputs.svg), format: "svg")',
        "= Un titre",
        "#set document(title: none)\nx",
    ],
)
def test_typst_itself_refuses_what_is_not_tagged(source: str) -> None:
    """A picture without words for it, a document without a title: no file is made at all."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    with pytest.raises(typst.TypstError):
        typst.compile(source.encode(), format="pdf", pdf_standards=list(pdf.STANDARDS), sys_inputs={"svg": svg})
