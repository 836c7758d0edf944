"""What is kept of a check: the next one says the same as if nothing had been kept, and reads only what changed."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elearn.core import kept
from elearn.core.check import check_site
from elearn.core.kept import KeptUnit, Memory

TODAY = dt.date(2026, 11, 26)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0"
ID3 = b"ID3\x04\0\0\0\0\0\0"
SITE = "langues: [fr, en]\ncours: [un, deux]\nemetteur: {nom: {fr: Essai}}\n"
HEAD = "---\nid: {id}\ntitre: Titre\nduree: 10 min\nauteurs: [Ada]\nlicence: MIT\n{more}---\n\n# Titre\n\n"
EN = "---\ntitle: Title\n---\n\n# Title\n\n"
QUESTION = "### Quoi ? {{.choix-unique #{id}}}\n\n- (x) Oui\n- ( ) Non\n\n> **Explication :** parce que.\n\n"


def course(name: str, units: str) -> str:
    return f'id: {name}\ntitre: {{fr: Cours}}\nunites: [{units}]\nregle: {{version: "1", unites: toutes, seuil: 80}}\n'


def unit(name: str, body: str = "", more: str = "", section: str = "debut") -> str:
    return HEAD.format(id=name, more=more) + f"## Début {{#{section}}}\n\nTexte. {body}\n\n" + QUESTION.format(id="q-1")


def english(body: str = "", section: str = "debut") -> str:
    return EN + f"## Start {{#{section}}}\n\nText. {body}\n\n" + QUESTION.format(id="q-1")


REFERENCE = 'references:\n  - id: {id}\n    type: book\n    title: "Livre"\n    author: [{{family: Roe, given: Ada}}]\n'
POOL = unit("banque", "Lien [a](unite:bb).") + QUESTION.format(id="q-2")
DRAWN = "\n\n### Tirage {.banque #tirage tirage=1 source=banque}\n"
A, B, C = "courses/un/01-a", "courses/un/02-b", "courses/deux/01-c"
CHOICES: dict[str, tuple[str | bytes | None, ...]] = {
    "site.yaml": (SITE, SITE.replace("[fr, en]", "[fr]"), SITE.replace(", deux", ""), None),
    "courses/un/course.yaml": (
        course("un", "aa, bb"),
        course("un", "aa, bb").replace("seuil", "examen: aa, seuil"),
        course("un", "aa"),
        course("trois", "aa, bb"),
        None,
    ),
    "courses/deux/course.yaml": (course("deux", "cc"), course("deux", "cc, dd")),
    f"{A}/fr.md": (
        unit("aa", "[b](unite:bb#debut) et [mot](glossaire:mot) [@livre]."),
        unit("aa", "[b](unite:bb#debut) ![Un point](media/p.png)", "prerequis: [bb]\n"),
        unit("aa", "[c](unite:cc) ![Un point](../02-b/media/p.png)", "relu_le: 2025-01-02\n"),
        unit("aa", "[voir](unite:nulle) [@nul]", "competences: [ecouter]\n"),
        unit("aa").replace("#q-1}", "#q-1 relire=bb#debut}"),
        unit("aa", more="examen: oui\n").replace("#q-1}", "#q-1 relire=debut,bb#debut}"),
        unit("aa", "\n\n[Écouter](media/son.mp3)\n\n[Encore](media/son.mp3)", "prerequis: [nulle]\n"),
        unit("bb", "Il a commis un suicide."),
        "---\nid: aa\n",
        None,
    ),
    f"{A}/en.md": (english(), english("[b](unite:bb#autre)"), english(section="other"), None),
    f"{A}/en.sync.yaml": (None, "debut: 0123456789abcdef\n", "debut: [\n"),
    f"{A}/de.md": (None, english()),
    f"{A}/media/p.png": (PNG, PNG + b"1", b"no", None),
    f"{A}/media/son.mp3": (ID3, None),
    f"{A}/media/son.fr.md": ("Bonjour. Voir [b](unite:bb).\n", "Bonjour. Voir [b](unite:bb#rien) [^1].\n", None),
    f"{A}/media/son.yaml": ("auteur: Ada\nlicence: MIT\nconsentement: oui\n", None),
    f"{B}/fr.md": (unit("bb"), unit("bb", section="autre"), unit("bb", "![Un point](media/p.png)"), unit("cc"), None),
    f"{B}/media/p.png": (PNG, PNG + b"2", None),
    f"{C}/fr.md": (
        unit("cc", DRAWN),
        unit("cc", "\n\n[Son](../../un/01-a/media/son.mp3)"),
        unit("cc", "", "prerequis: [aa]\n"),
    ),
    "glossary/fr.md": (
        "# Mots\n\n## Mot {#mot}\n\nVoir [b](unite:bb#debut).\n",
        "# Mots\n\n## Mot {#mot}\n\nDit [@livre]. ![Un point](../courses/un/02-b/media/p.png)\n",
        None,
    ),
    "references.yaml": (REFERENCE.format(id="livre"), REFERENCE.format(id="nul"), "references: []\n"),
    "competencies.yaml": (None, "ecouter: {fr: Écouter}\n", "autre: {fr: Autre}\n"),
    "pools/banque/fr.md": (POOL, POOL.replace("Oui", "Peut-être"), None),
    "courses/deux/media/q.png": (None, PNG),
}
START = {path: choices[0] for path, choices in CHOICES.items()}
EDITS = st.lists(
    st.sampled_from([(path, choice) for path, choices in CHOICES.items() for choice in choices]), min_size=1, max_size=8
)


class Written(Memory):
    """What is put in comes out as it was written down."""

    def put(self, key: str, unit: KeptUnit) -> None:
        read = kept.load(kept.dump(unit))
        assert read is not None
        assert read == unit
        super().put(key, read)


def folder(chosen: dict[str, str | bytes | None]) -> dict[str, bytes]:
    bodies = {path: body.encode() if isinstance(body, str) else body for path, body in chosen.items()}
    return {path: body for path, body in sorted(bodies.items()) if body is not None}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(EDITS, st.sampled_from([TODAY, dt.date(2027, 3, 1)]))
def test_the_same_is_told_and_made(edits: list[tuple[str, str | bytes | None]], later: dt.date) -> None:
    store, chosen = Written(), dict(START)
    for path, body in [("site.yaml", SITE), *edits]:
        chosen[path] = body
        files = folder(chosen)
        for day in (TODAY, later):
            assert check_site(files, day, kept=store) == check_site(files, day)


@pytest.mark.parametrize("path", [path for path in CHOICES if len(CHOICES[path]) > 1])
def test_every_single_change_there_and_back(path: str) -> None:
    store = Written()
    for body in (*CHOICES[path], *reversed(CHOICES[path])):
        files = folder({**START, path: body})
        assert check_site(files, TODAY, kept=store) == check_site(files, TODAY)


def many(count: int) -> dict[str, bytes]:
    names = [f"u-{n}" for n in range(count)]
    texts: dict[str, str | bytes | None] = {f"courses/un/{name}/fr.md": unit(name) for name in names}
    site = SITE.replace(", deux", "")
    return folder(texts | {"site.yaml": site, "courses/un/course.yaml": course("un", ", ".join(names))})


def test_what_did_not_change_is_not_read() -> None:
    store, files = Memory(), many(200)
    first = check_site(files, TODAY, kept=store)
    assert (store.hits, store.misses, first.problems) == (0, 200, ())
    assert check_site(files, TODAY, kept=store) == first
    assert (store.hits, store.misses) == (200, 200)
    one = files | {"courses/un/u-7/fr.md": unit("u-7", "Autre.").encode()}
    assert check_site(one, TODAY, kept=store) != first
    assert (store.hits, store.misses) == (399, 201)


def test_a_few_are_kept_at_most() -> None:
    store = Memory(most=3)
    check_site(many(5), TODAY, kept=store)
    check_site(many(5), TODAY, kept=store)
    assert (store.hits, store.misses) == (3, 7)


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b'{"on": "2026-11-26"}', b"\xff\x00"])
def test_damage_is_nothing(body: bytes) -> None:
    assert kept.load(body) is None
