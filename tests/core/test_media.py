"""Figures, players and testimonies as a unit shows them, and what the first bytes of a file tell."""

import struct

import pytest

from elearn.core.course import Prose
from elearn.core.drawing import drawn
from elearn.core.media import TYPES, image_size, is_what_it_says
from tests.core.sample import GOOD, TRANSLATION, UNIT, build

SHARED = "pools/limites/fr.md"
FOLDER = "courses/reperes/01-parler/media/"
BODIES: dict[str, bytes] = {
    ".png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 640, 360),
    ".jpg": b"\xff\xd8\xff\xe0\0\x10JFIF" + b"\0" * 10 + b"\xff\xc0\0\x11\x08" + struct.pack(">HH", 360, 640) + b"\3",
    ".jpeg": b"\xff\xd8\xff\xdb",
    ".gif": b"GIF89a" + struct.pack("<HH", 640, 360),
    ".webp": b"RIFF\0\0\0\0WEBPVP8X" + b"\0" * 8 + (639).to_bytes(3, "little") + (359).to_bytes(3, "little"),
    ".avif": b"\0\0\0\x1cftypavif",
    ".mp3": b"\xff\xfb\x90\x64\0",
    ".ogg": b"OggS",
    ".oga": b"OggS",
    ".m4a": b"\0\0\0\x1cftypM4A ",
    ".wav": b"RIFF\0\0\0\0WAVE",
    ".mp4": b"\0\0\0\x1cftypisom",
    ".webm": b"\x1a\x45\xdf\xa3",
    ".vtt": b"WEBVTT\n\n",
}
BESIDE: dict[str, str | bytes | None] = {
    FOLDER + "k.mp3": b"ID3" + b"\0" * 1500,
    FOLDER + "k.webm": BODIES[".webm"],
    FOLDER
    + "k.yaml": "auteur: Karim B.\nduree: 4 min\nlicence: CC-BY-4.0\nconsentement: signé le 3 mars, dossier 12\n",
    FOLDER + "k.fr.md": "Bonjour : un [espoir](glossaire:espoir) [@leamy2011].",
    FOLDER + "k.fr.vtt": "WEBVTT\n\n00:00.000 --> 00:01.000\nBonjour.\n",
    FOLDER + "x.png": BODIES[".png"],
}


def shown(text: str, lang: str = "fr", **more: str | bytes | None) -> str:
    """The first section's prose, in a unit whose first words are these."""
    changes = {UNIT: GOOD[UNIT].replace("Un texte simple.[^note]", f"{text}\n\nUne note.[^note]")}
    files = {**changes, **BESIDE, **{FOLDER + name.replace("_", "."): body for name, body in more.items()}}
    if lang != "fr":
        files[TRANSLATION] = GOOD[TRANSLATION].replace("A plain text.", text)
    made = build(files)
    assert all(problem.code[0] == "W" for problem in made.problems), made.problems
    block = made.units["reperes", "parler", lang].sections[0].blocks[0]
    assert isinstance(block, Prose)
    return block.html.decode().replace("&nbsp;", "\u00a0")


def test_a_lone_link_to_a_sound_is_a_player_that_loads_nothing_by_itself() -> None:
    html = shown("[Écouter : *Karim* raconte](media/k.mp3)")

    assert html.startswith('<figure class="player"><figcaption>Écouter\u00a0: <em>Karim</em> raconte<br>')
    assert 'preload="none" src="/media/' in html and 'aria-label="Écouter\u00a0: Karim raconte"' in html
    assert 'kind="captions"' in html and 'srclang="fr" label="Français"' in html
    assert "Karim B. · 4 min · Licence CC-BY-4.0 · Consentement enregistré" in html
    assert "(mp3, 2\u00a0ko)" in html and "dossier 12" not in html
    assert "<summary>Transcription</summary>" in html and "Bonjour\u00a0: un <a" in html


def test_words_and_sources_of_a_transcript_are_printed_with_the_unit() -> None:
    files = {UNIT: GOOD[UNIT].replace("Un texte simple.[^note]", "[a](media/k.mp3)\n\nb[^note]"), **BESIDE}
    unit = build({**files, UNIT: str(files[UNIT]).replace("[rétablissement](glossaire:retablissement)", "a")}).units[
        "reperes", "parler", "fr"
    ]

    assert [entry.id for entry in unit.glossary] == ["espoir"] and len(unit.references) == 1


def test_a_translation_without_its_own_transcript_shows_that_of_the_source_in_its_language() -> None:
    html = shown("[Listen](media/k.webm)", "en")

    assert "<video controls" in html and "Consent recorded" in html
    assert '<summary>Transcript (Français)</summary><div lang="fr">' in html


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("- [a](media/k.mp3)", '<li><a href="/media/'),
        ("Voir [a](media/k.mp3) ici.", 'Voir <a href="/media/'),
        ("[a](https://a.example/k.mp3)", '<a href="https://a.example/k.mp3"'),
        ("![](media/x.png){.decoratif}", 'alt=""'),
        ('Un ![a](media/x.png "b") ici.', 'title="b"'),
    ],
)
def test_what_is_not_alone_in_its_paragraph_or_not_ours_is_no_player_and_no_figure(text: str, found: str) -> None:
    html = shown(text)

    assert found in html and "<figure" not in html and "<audio" not in html


def test_an_image_with_a_title_is_a_figure_that_keeps_its_room() -> None:
    html = shown('![Deux chemins](media/x.png "Un chemin : le *vôtre*")')

    assert '<figure class="picture"><img' in html and "<figcaption>Un chemin\u00a0: le *vôtre*</figcaption>" in html
    assert 'width="640"' in html and 'height="360"' in html and 'loading="lazy"' in html and "title=" not in html


def test_a_testimony_shows_who_speaks_and_that_consent_is_recorded_and_no_more() -> None:
    html = shown("> **Témoignage :** J'ai attendu.\n>\n> Puis j'ai parlé.\n>\n> — [Karim](media/k.yaml)")

    assert '<div class="callout testimony" role="note">\n<p class="callout-label"><strong>Témoignage</strong>' in html
    assert "<p>J'ai attendu.</p>\n<p>Puis j'ai parlé.</p>" in html
    assert '<p class="speaker">— Karim · Consentement enregistré</p>\n</div>' in html
    assert "dossier 12" not in html and "yaml" not in html


@pytest.mark.parametrize("dash", ["—", "–"])
def test_the_speaker_may_stand_on_the_last_line_of_the_text(dash: str) -> None:
    html = shown(f"> **Témoignage :** J'ai attendu.\n> {dash} [Karim](media/k.yaml)")

    assert '<p>J\'ai attendu.</p>\n<p class="speaker">— Karim' in html and html.count("Karim") == 1


def test_words_beside_the_speaker_are_never_lost_without_a_word() -> None:
    text = "> **Témoignage :** a\n>\n> Un mot de plus — [Karim](media/k.yaml)"
    files = {UNIT: GOOD[UNIT].replace("Un texte simple.[^note]", text + "\n\nb[^note]"), **BESIDE}

    assert [problem.code for problem in build(files).problems] == ["E403", "E118"]


def test_a_player_may_stand_in_a_testimony() -> None:
    html = shown("> **Témoignage :** a\n>\n> [Écouter](media/k.mp3)\n>\n> — [Karim](media/k.yaml)")

    assert html.index("<audio") < html.index('<p class="speaker">') and 'download="k.mp3"' in html


def test_a_translation_takes_its_regions_from_the_source() -> None:
    source = GOOD[UNIT].replace("#que-dire", "#que-dire region=qc,fr")
    source = source.replace("{#fin-de-parcours}", "{#fin-de-parcours region=ch}")
    unit = build({UNIT: source}).units["reperes", "parler", "en"]
    asked = unit.prompt("que-dire")

    assert asked is not None and (asked.lang, asked.regions, asked.points) == ("en", ("qc", "fr"), 0)
    assert [section.regions for section in unit.sections] == [(), ("ch",), ()]
    assert all(prompt.points == 0 for prompt in unit.sections[1].prompts)


def test_a_pool_in_a_section_for_a_region_counts_for_nobody() -> None:
    source = GOOD[UNIT].replace("{#autres}", "{#autres region=qc}").replace("#cadre points=2", "#cadre")
    pool = "\n\n### Partage {.banque #partage source=limites}\n"
    shared = {SHARED: GOOD[SHARED].replace("#promesse", "#promesse indispensable=oui")}
    made = build({UNIT: source + pool, TRANSLATION: GOOD[TRANSLATION] + pool, **shared})

    assert made.problems == ()
    for lang in ("fr", "en"):
        there = made.units["reperes", "parler", lang].sections[2]
        assert [one.id for one in there.pools] == ["au-choix", "partage"] and there.regions == ("qc",)
        assert {(prompt.points, prompt.must_pass) for prompt in there.questions} == {(0, False)}
        assert drawn(made.units["reperes", "parler", lang], "a").sections[2].regions == ("qc",)


def test_a_region_at_a_scenario_holds_in_each_language() -> None:
    source = GOOD[UNIT].replace("#confidence}", "#confidence region=fr}").replace("#cadre points=2", "#cadre")
    made = build({UNIT: source})

    assert made.problems == ()
    asked = [made.units["reperes", "parler", lang].prompt("confidence") for lang in ("fr", "en")]
    assert [(one.regions, one.points) for one in asked if one] == [(("fr",), 0), (("fr",), 0)]


def test_a_transcript_is_left_as_it_is() -> None:
    played = GOOD[UNIT].replace("Un texte simple.", "[a](media/k.mp3)\n\nUn texte simple.")
    made = build({UNIT: played, **BESIDE, FOLDER + "k.fr.md": "- [x] a"})

    assert [(one.code, one.fixable) for one in made.problems] == [("E141", False)]


def test_nothing_is_said_of_consent_where_none_is_called_for() -> None:
    html = shown("> **Testimony**: a\n>\n> — [Jo](media/k.yaml)", k_yaml="consentement: sans objet")

    assert '<p class="speaker">— Jo</p>' in html


def test_a_testimony_in_a_question_is_part_of_its_stem() -> None:
    stem = "> **Témoignage :** a\n>\n> — [Jo](media/k.yaml)"
    made = build({UNIT: GOOD[UNIT].replace("Une collègue vous demande de raconter.", stem), **BESIDE})

    assert made.problems == ()
    assert b"callout testimony" in made.units["reperes", "parler", "fr"].prompts[0].stem


@pytest.mark.parametrize("suffix", sorted(TYPES))
def test_a_file_is_what_its_name_says_by_its_first_bytes(suffix: str) -> None:
    assert is_what_it_says(suffix, BODIES[suffix])
    for other, body in BODIES.items():
        same = {".jpg": "j", ".jpeg": "j", ".ogg": "o", ".oga": "o", ".m4a": "4", ".mp4": "4"}
        if same.get(suffix, suffix) != same.get(other, other):
            assert not is_what_it_says(suffix, body), other
    for hostile in (b"", b"<html>", b"<svg onload=x>", b"\xef\xbb\xbf<script>", b"GIF8"):
        assert not is_what_it_says(suffix, hostile)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".gif", ".webp"])
def test_the_size_of_an_image_is_read_from_its_header_and_never_guessed(suffix: str) -> None:
    body = BODIES[suffix]

    assert image_size(suffix, body) == (640, 360)
    assert all(image_size(suffix, body[:n]) in (None, (640, 360)) for n in range(len(body)))


def test_a_photograph_that_its_camera_may_have_turned_has_no_size() -> None:
    turned = BODIES[".jpg"].replace(b"\xff\xe0\0\x10JFIF", b"\xff\xe1\0\x10Exif")

    assert image_size(".jpg", turned) is None


def test_captions_must_be_utf_8_and_begin_with_their_word() -> None:
    assert is_what_it_says(".vtt", b"\xef\xbb\xbfWEBVTT - Karim\n")
    assert not is_what_it_says(".vtt", b"WEBVTTX\n") and not is_what_it_says(".vtt", "WEBVTT\né".encode("latin-1"))
