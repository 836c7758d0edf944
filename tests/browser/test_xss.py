"""Five hundred payloads in every field and file, in a real Chromium: the cleaner alone, the policy alone, and neither.

The checker refuses most of these files before anything is shown; here it lets everything pass, so that the cleaner
stands alone. With neither cleaner nor policy they do fire: the canary sings when it must.
"""

from __future__ import annotations

import datetime as dt
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from elearn.config import Settings
from elearn.core.as_written import Answer, Pair, Question, Section, Unit
from elearn.core.check import SiteBuild, check_site
from elearn.core.frontmatter import FrontMatter
from elearn.core.gift import read_gift
from elearn.core.gift_writing import escaped
from elearn.core.printed_unit import printed_unit
from elearn.core.writing import scalar, write
from tests.browser.xss import AWAY, CLOSERS, PAYLOADS
from tests.conftest import close

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page, Route

TEXTS = [payload.text for payload in PAYLOADS]
LINES = [" ".join(text.replace("\x01", "").split()) for text in TEXTS]
ALL = " ".join(LINES)
NOTE = next(line for line in LINES if "<img" in line and "__fired" in line and len(line) < 300)
SECTION = 250
ENDS = "</script></style>-->"
UNITS = ("header", "prose", "choices", "tables", "gift", "kinds")


def front(unit: str, words: str = "Une unité") -> FrontMatter:
    return FrontMatter(
        id=unit,
        title=words,
        summary=words,
        minutes=9,
        authors=(words,),
        reviewers=(words,),
        licence="CC-BY-SA-4.0",
        status="published",
        content_note=words,
    )


def header() -> Unit:
    return Unit(front("header", ALL), "", (Section("s0", "Une section", ("Un mot.",)),))


def prose() -> Unit:
    blocks = [f"{text}\n{ENDS}\n\n[un mot](glossaire:t{n}) [@r{n}]" for n, text in enumerate(TEXTS)]
    sections = [
        Section(f"s{n}", LINES[n], ("\n\n".join(blocks[start : start + SECTION]),))
        for n, start in enumerate(range(0, len(blocks), SECTION))
    ]
    return Unit(front("prose"), "> [!NOTE]\n> " + LINES[0], tuple(sections))


def tens() -> list[list[str]]:
    return [LINES[start : start + 10] for start in range(0, len(LINES), 10)]


def choices() -> Unit:
    asked = []
    for n, ten in enumerate(tens()):
        answers = tuple(Answer(f"a{m} {text}", m == 0, text) for m, text in enumerate(ten))
        asked.append(Question("single_choice", f"q{n}", ten[0], ten[1], answers, hints=(ten[2],), explanation=ten[3]))
    return Unit(front("choices"), "", (Section("s0", "Questions", tuple(asked)),))


def tables() -> Unit:
    asked = []
    for n, ten in enumerate(tens()):
        pairs = tuple(Pair(f"a{m} {text}", f"b{m} {text}") for m, text in enumerate(ten))
        asked.append(Question("matching", f"m{n}", ten[4], pairs=pairs, head=(ten[5], ten[6])))
        items = tuple(f"a{m} {text}" for m, text in enumerate(ten[:9]))
        asked.append(Question("ordering", f"o{n}", ten[7], ten[8], items=items))
        asked.append(Question("reflection", f"r{n}", ten[9], ten[8], sample=ten[7]))
    return Unit(front("tables"), "", (Section("s0", "Questions", tuple(asked)),))


KIND = """### {0} {{.reponse-courte #sa{n}}}

> **Réponses acceptées :**
>
> - {1}
> - {2}

### {3} {{.texte-a-trous #cl{n}}}

{4} [[un {n}|{plain}]] et [[={plain}|deux]].

### {5} {{.sondage #su{n}}}

- [ ] {6}
- [ ] {7}

### {8} {{.echelle #ec{n}}}

1. {9}
2. {0}

### {1} {{.situation #si{n}}}

Une histoire.

#### {3} {{#a{n}}}

- [{4}](#b{n})

#### {5} {{.fin #b{n}}}

{6}

> **Explication :** {7}

***

### {8} {{.banque #ba{n} tirage=1}}

{9}

#### {0} {{.vrai-faux #vf{n}}}

> **Réponse :** vrai

> **Explication :** {1}

"""
SEEN = """
[{0}](media/a.mp3)

![{1}](media/a.png "{2}")

> **Témoignage :** {3}
>
> — [{4}](media/b.yaml)
"""


def kinds() -> str:
    """The other kinds, and what stands beside a text: a sound with its transcript, a figure, a testimony."""
    asked = []
    for n, ten in enumerate(tens()):
        plain = ten[5].replace("|", "/").replace("[", "(").replace("]", ")")[:80]
        asked.append(KIND.format(*ten, n=n, plain=plain))
    seen = "".join(SEEN.format(*ten) for ten in tens())
    head = write(Unit(front("kinds"), "", (Section("s0", "Les genres", ("Un mot.",)),)))
    return head + "\n\n" + "".join(asked) + "\n## Autour {#s1}\n" + seen


def gift() -> bytes:
    """Every payload as name, text, answer and feedback of a question of GIFT, once escaped and once not."""
    asked = []
    for n, (one, other) in enumerate(zip(LINES[0::2], LINES[1::2], strict=True)):
        form = ("[html]", "[markdown]", "[moodle]", "[plain]")[n % 4]
        a, b = (escaped(one), escaped(other)) if n % 3 else (one, other)
        asked.append(f"::{a}::{form}{a} {b} {{={b}#{a} ~{a} c#{b} ####{a}}}")
    return "\n\n".join(asked).encode()


def files() -> dict[str, bytes]:
    words = f"{{fr: {scalar(ALL)}}}"
    made = read_gift(gift(), "gift", "GIFT", "fr").unit
    assert made
    texts = {
        "site.yaml": f"langues: [fr]\nlangue_source: fr\ncours: [cours]\nemetteur: {{nom: {words}}}\n",
        "competencies.yaml": f"k1: {words}\n",
        "help-lines.yaml": "lines:\n"
        + f"  - {{region: qc, order: 1, kind: crisis, name: {words}, note: {words}, hours: {words}}}\n",
        "references.yaml": "references:\n"
        + "".join(
            f"  - {{id: r{n}, title: {scalar(text)}, author: [{{family: {scalar(text)}}}], "
            f"container-title: {scalar(text)}, DOI: {scalar(text)}, publisher: {scalar(text)}}}\n"
            for n, text in enumerate(LINES)
        ),
        "glossary/fr.md": "\n\n".join(f"## {text} {{#t{n}}}\n\n{text}\n{ENDS}" for n, text in enumerate(LINES)),
        "courses/cours/course.yaml": f"id: cours\ntitre: {words}\ntitre_discret: {words}\nresume: {words}\n"
        f"mention: {words}\n"
        f"contact: {scalar(ALL)}\ncredits: [{{nom: {scalar(ALL)}, role: {scalar(ALL)}}}]\n"
        f"unites: [{', '.join(UNITS)}]\n"
        "regle: {version: '1', unites: toutes, seuil: 80}\n",
        "courses/cours/01-header/fr.md": write(header()),
        "courses/cours/02-prose/fr.md": write(prose()),
        "courses/cours/03-choices/fr.md": write(choices()),
        "courses/cours/04-tables/fr.md": write(tables()),
        "courses/cours/05-gift/fr.md": write(Unit(front("gift"), "", made.sections)),
    }
    texts |= {
        "courses/cours/06-kinds/fr.md": kinds(),
        "courses/cours/06-kinds/media/a.fr.md": "\n\n".join(LINES),
        "courses/cours/06-kinds/media/a.fr.vtt": "WEBVTT\n\n00:00.000 --> 00:09.000\n" + "\n".join(LINES),
        "courses/cours/06-kinds/media/a.yaml": f"auteur: {scalar(ALL)}\nduree: {scalar(ALL)}\nconsentement: oui\n",
        "courses/cours/06-kinds/media/b.yaml": f"auteur: {scalar(ALL)}\nconsentement: {scalar(ALL)}\n",
        "directory.yaml": "entrees:\n"
        + "".join(
            f"  - {{genre: groupe, nom: {{fr: {scalar(text)}}}, note: {{fr: {scalar(text)}}}, region: qc, "
            f"public: {{fr: {scalar(text)}}}, langues: [fr], lien: {scalar(text)}}}\n"
            for text in LINES
        ),
    }
    bodies = {path: text.encode() for path, text in texts.items()}
    bodies["courses/cours/06-kinds/media/a.mp3"] = b"ID3" + bytes(200)
    bodies["courses/cours/06-kinds/media/a.png"] = b"\x89PNG\r\n\x1a\n" + bytes(20)
    return bodies


@dataclass
class Between:
    """Stands before the app: takes the policy away, puts raw payloads in the page, or neither."""

    app: Callable[..., Iterable[bytes]]
    policy: bool = True
    raw: bytes = b""

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        held: list[Any] = []
        answer = self.app(environ, lambda status, headers, *_: held.append((status, headers)) or (lambda _: None))
        body = b"".join(answer)
        getattr(answer, "close", lambda: None)()
        status, headers = held[0]
        if self.raw and b"</main>" in body:
            body = body.replace(b"</main>", self.raw + b"</main>")
        left = [(name, value) for name, value in headers if name.lower() != "content-length"]
        if not self.policy:
            left = [(name, value) for name, value in left if not name.lower().startswith("content-security-policy")]
        start(status, [*left, ("Content-Length", str(len(body)))])
        return [body]


@dataclass
class Attacked:
    url: str
    between: Between
    build: SiteBuild
    link: str = ""


@pytest.fixture(scope="module")
def attacked(migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    from werkzeug.serving import WSGIRequestHandler, make_server

    from elearn.app import create_app
    from elearn.services import accounts
    from elearn.services.publishing import Prepared, publish_files
    from elearn.store.base import now

    folder: Path = tmp_path_factory.mktemp("attacked")
    shutil.copyfile(migrated.removeprefix("sqlite:///"), folder / "elearn.sqlite")
    settings = Settings.from_env(
        {},
        database_url=f"sqlite:///{folder / 'elearn.sqlite'}",
        instance=str(folder / "instance"),
        keys=str(folder / "keys"),
        content=str(folder),
    )
    settings.make_folders()
    app = create_app(settings)
    given = files()
    with pytest.MonkeyPatch.context() as patch, app.app_context():
        patch.setattr(SiteBuild, "ok", property(lambda self: self.site is not None))
        patch.setattr(Prepared, "ok", property(lambda self: self.build is not None))
        assert publish_files(given, settings.instance, now(), note=NOTE).changed
        token = accounts.make_demo("ada", "Ada", "trainer", now())
    for path, body in given.items():
        draft = settings.drafts / path
        draft.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(body)
    between = Between(app.wsgi_app)

    class Silent(WSGIRequestHandler):
        def log(self, *_anything: object) -> None:
            pass

    server = make_server("127.0.0.1", 0, between, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    build = check_site(given, dt.date(2026, 11, 22))
    yield Attacked(f"http://127.0.0.1:{server.server_port}", between, build, token)
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)
    close(app)


@dataclass
class Heard:
    """`fired`: numbers of the payloads that ran. `asked`: addresses outside the site that were asked for."""

    context: BrowserContext
    fired: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def away(self, route: Route) -> None:
        """What the policy stops never comes here."""
        self.asked.append(route.request.url)
        route.abort()

    def open(self, address: str) -> Page:
        page = self.context.new_page()
        page.goto(address, wait_until="load")
        page.evaluate(PROVOKE)
        page.wait_for_timeout(150)
        return page


OWN = ("http://127.0.0.1:", "data:", "about:", "blob:", "file:")


PROVOKE = """() => { for (const one of document.querySelectorAll('body *')) {
  for (const kind of ['mouseover', 'focus', 'mouseenter', 'animationstart', 'toggle'])
    one.dispatchEvent(new Event(kind, {bubbles: false})); } }"""
STRANGE = """() => [...document.querySelectorAll('*')].flatMap(one => [
  ...[...one.attributes].filter(a => /^on/i.test(a.name) || a.name === 'style' || a.name === 'srcdoc'),
  ...('IFRAME OBJECT EMBED BASE APPLET MARQUEE'.split(' ').includes(one.tagName) ? [one] : []),
  ...(one.tagName === 'A' && one.hasAttribute('href') && !/^(https?|mailto|tel|sms):$/.test(one.protocol) ? [one] : []),
  ...(one.tagName === 'META' && /refresh/i.test(one.httpEquiv) ? [one] : []),
].map(found => (one.outerHTML || '').slice(0, 200)))"""


@pytest.fixture
def heard(chromium: Browser) -> Iterator[Heard]:
    context = chromium.new_context()
    context.set_default_timeout(60_000)
    made = Heard(context)
    context.route(lambda url: not url.startswith(OWN), made.away)
    context.expose_function("__fired", lambda number=0: made.fired.append(number))
    yield made
    context.close()


@pytest.fixture(autouse=True)
def as_it_is(attacked: Attacked) -> Iterator[None]:
    yield
    attacked.between.policy, attacked.between.raw = True, b""


PAGES = [
    "/learning/",
    "/learning/cours",
    *(f"/learning/cours/prose/s{n}" for n in range(len(TEXTS) // SECTION)),
    "/learning/cours/header/s0",
    *(f"/learning/cours/{unit}/print" for unit in ("choices", "tables", "gift")),
    "/learning/cours/kinds/s0",
    "/learning/cours/kinds/s1",
    "/learning/cours/kinds/print",
    "/resources",
    "/help",
]
TRAINERS = [
    "/authoring/",
    "/authoring/problems",
    "/authoring/history",
    "/authoring/publication",
    *(f"/authoring/texts/{path}" for path in ("courses/cours/06-kinds/fr.md", "courses/cours/course.yaml")),
    "/authoring/previews/courses/cours/06-kinds/fr.md",
]


def test_the_files_hold_every_payload(attacked: Attacked) -> None:
    assert len(TEXTS) == len(set(TEXTS)) == 500
    held = files()
    for path in ("courses/cours/course.yaml", "courses/cours/02-prose/fr.md", "courses/cours/03-choices/fr.md"):
        words = " ".join(held[path].decode().replace('\\"', '"').replace("\\\\", "\\").split())
        assert sum(line in words or line.replace("|", "\\|") in words for line in LINES) > 480, path
    assert "E111" in {problem.code for problem in attacked.build.problems}
    assert {unit for _, unit, _ in attacked.build.units} == set(UNITS)


def test_the_cleaner_alone_lets_nothing_through(attacked: Attacked, heard: Heard) -> None:
    attacked.between.policy = False
    strange = []
    for address in PAGES:
        page = heard.open(attacked.url + address)
        assert page.url == attacked.url + address
        assert "__fired" in page.content()
        strange += page.evaluate(STRANGE)
        page.close()
    assert strange == []
    assert (heard.fired, heard.asked) == ([], [])


def test_the_pages_for_writing_let_nothing_through(attacked: Attacked, heard: Heard) -> None:
    """What a trainer left as drafts, with every message of the checker beside it."""
    page = heard.context.new_page()
    page.goto(f"{attacked.url}/accounts/links/{attacked.link}")
    page.locator("main form button").click()
    page.wait_for_url(lambda url: "/accounts/links/" not in url)
    page.close()
    attacked.between.policy = False
    strange = []
    for address in TRAINERS:
        page = heard.open(attacked.url + address)
        assert page.url == attacked.url + address
        assert "__fired" in page.content(), address
        strange += page.evaluate(STRANGE)
        page.close()
    assert (strange, heard.fired, heard.asked) == ([], [], [])


def test_the_page_to_print_lets_nothing_through(attacked: Attacked, heard: Heard) -> None:
    for unit in attacked.build.units.values():
        text = printed_unit(unit, {}, key=True).replace("Content-Security-Policy", "x-no-policy")
        address = f"{attacked.url}/printed/{unit.id}"
        heard.context.route(address, served(text))
        page = heard.open(address)
        assert "__fired" in page.content() and page.evaluate(STRANGE) == []
        page.close()
    assert (heard.fired, heard.asked) == ([], [])


def served(text: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(body=text, content_type="text/html; charset=utf-8")


def raw_pages() -> list[bytes]:
    raw = [payload.text for payload in PAYLOADS if payload.raw and not payload.navigates]
    return ["".join(f"<div>{text}{CLOSERS}</div>\n" for text in raw[n::4]).encode() for n in range(4)]


def test_the_policy_alone_lets_nothing_through(attacked: Attacked, heard: Heard) -> None:
    for raw in raw_pages():
        attacked.between.raw = raw
        page = heard.open(attacked.url + "/learning/cours/prose/s0")
        page.close()
    assert (heard.fired, heard.asked) == ([], [])


def test_without_either_they_do_fire(attacked: Attacked, heard: Heard) -> None:
    attacked.between.policy = False
    for raw in raw_pages()[:2]:
        attacked.between.raw = raw
        page = heard.open(attacked.url + "/learning/cours/prose/s0")
        page.close()
    assert len(heard.fired) > 100 and len(set(heard.fired)) > 30
    assert any(address.startswith(AWAY) for address in heard.asked)
