"""A compiled unit as one HTML file to print: nothing is loaded from elsewhere, no script, images inside the file.

Without `key`, not one byte of an answer key is read, but where the steps of a scenario lead. Opens no file.
"""

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from html import escape

from elearn.core.course import Pool, Prose, Unit
from elearn.core.questions import KINDS
from elearn.core.questions.base import Html, Key, Prompt, arrange

_WORDS = {
    "authors": ("Par : ", "By: "),
    "translators": ("Traduction : ", "Translation: "),
    "reviewers": ("Relecture : ", "Review: "),
    "minutes": ("{n} minutes", "{n} minutes"),
    "licence": ("Licence : ", "License: "),
    "note": ("Avant de commencer", "Before you begin"),
    "glossary": ("Mots expliqués", "Words explained"),
    "footnotes": ("Notes", "Notes"),
    "references": ("Sources", "Sources"),
    "key": ("Corrigé", "Answer key"),
    "true": ("Vrai", "True"),
    "false": ("Faux", "False"),
    "private": ("Pour vous seulement, facultatif", "For you alone, optional"),
    "number": ("Numérotez de 1 à {n}.", "Number from 1 to {n}."),
    "letters": ("Écrivez la lettre qui va avec chaque élément.", "Write the letter that goes with each item."),
    "several": ("Plusieurs réponses peuvent convenir.", "Several answers may be right."),
    "draw": (
        "Sur le site, {n} de ces questions sont tirées au hasard.",
        "On the site, {n} of these questions are drawn at random.",
    ),
    "step": ("étape {n}", "step {n}"),
    "end": ("fin", "end"),
    "points": ("{n} points", "{n} points"),
    "hints": ("Indices", "Hints"),
    "answer": ("Réponse : ", "Answer: "),
    "between": ("de {low} à {high}", "from {low} to {high}"),
    "sound": ("[À écouter ou à regarder sur le site]", "[To be heard or watched on the site]"),
    "or": (" ou ", " or "),
}
_TYPES = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".gif": "gif", ".webp": "webp", ".avif": "avif"}
_IMAGE = re.compile(r'src="/media/([0-9a-f]{64}(\.[a-z]{3,4}))"')
_SOUND = re.compile(r"<(audio|video)\b.*?</\1>", re.DOTALL)
_INNER = re.compile(r'<a\b[^>]*?href="(/[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_STYLE = """
:root { color-scheme: light; }
body { font: 1.05rem/1.55 Georgia, "Times New Roman", serif; color: #000; background: #fff; max-width: 42rem;
  margin: 2rem auto; padding: 0 1rem; }
h1, h2, h3, h4, dt { font-family: Verdana, Arial, sans-serif; line-height: 1.25; break-after: avoid; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid #555; }
.meta, .small { font-size: .9rem; }
.callout, .note { border: 1px solid #555; border-left-width: .35rem; padding: 0 1rem; margin: 1rem 0; }
.question { break-inside: avoid; margin: 1.5rem 0; }
ul.boxes { list-style: none; padding: 0; }
ul.boxes li { display: flex; gap: .6rem; margin: .45rem 0; }
ul.boxes li > div > p:first-child { margin-top: 0; }
.box { flex: none; width: .9rem; height: .9rem; border: 1.5px solid #000; margin-top: .3rem; }
.box.round { border-radius: 50%; }
.blank { display: inline-block; min-width: 6rem; border-bottom: 1px solid #000; }
.place { flex: none; width: 2rem; border-bottom: 1px solid #000; }
.line { border-bottom: 1px solid #555; height: 2rem; }
ol.letters { list-style: upper-alpha; }
table { border-collapse: collapse; }
th, td { border: 1px solid #555; padding: .3rem .6rem; text-align: left; vertical-align: top; }
img { max-width: 100%; height: auto; }
pre { white-space: pre-wrap; border: 1px solid #999; padding: .5rem; }
.key { break-before: page; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } a { color: #000; } }
@page { margin: 2cm; }
"""


def printed_unit(unit: Unit, images: Mapping[str, bytes], key: bool = False) -> str:
    """The whole file. `images`: published name (SHA-256 and suffix) -> bytes."""
    return _Page(unit, images).page(key)


class _Page:
    def __init__(self, unit: Unit, images: Mapping[str, bytes]) -> None:
        self.unit, self.images = unit, images
        self.tongue = int(unit.lang != "fr")
        self.numbers: dict[str, int] = {}

    def page(self, key: bool) -> str:
        body = [self._opening(), *(self._section(n) for n in range(len(self.unit.sections))), *self._lists()]
        if key:
            body.append(self._key())
        policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        return "\n".join(
            [
                f'<!doctype html>\n<html lang="{escape(self.unit.lang)}">\n<head>\n<meta charset="utf-8">',
                f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
                '<meta name="viewport" content="width=device-width, initial-scale=1">',
                f"<title>{escape(self.unit.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>",
                *body,
                "</main>\n</body>\n</html>\n",
            ]
        )

    def _say(self, name: str, **params: object) -> str:
        return escape(_WORDS[name][self.tongue].format(**params), quote=False)

    def _html(self, html: Html) -> str:
        """Cleaned HTML, its images inside, its links to other pages without their address."""
        text = _SOUND.sub(self._say("sound"), html.decode())
        return _INNER.sub(self._inner, _IMAGE.sub(self._image, text))

    def _image(self, found: re.Match[str]) -> str:
        body, kind = self.images.get(found[1]), _TYPES.get(found[2])
        if body is None or kind is None:
            return 'src="data:,"'
        return f'src="data:image/{kind};base64,{base64.b64encode(body).decode()}"'

    def _inner(self, found: re.Match[str]) -> str:
        """A link into this unit leads to its place in the file; one to another page keeps its words."""
        own = f"/learning/{self.unit.course}/{self.unit.id}/"
        anchor = found[1].removeprefix(own).replace("/", "").rpartition("#")[2] if found[1].startswith(own) else ""
        return f'<a href="#{escape(anchor)}">{found[2]}</a>' if anchor else found[2]

    def _lang(self, lang: str) -> str:
        return f' lang="{escape(lang)}"' if lang and lang != self.unit.lang else ""

    def _opening(self) -> str:
        unit = self.unit
        people = [("authors", unit.authors), ("translators", unit.translators), ("reviewers", unit.reviewers)]
        said = [self._say(name) + escape(", ".join(names), quote=False) for name, names in people if names]
        said = [self._say("minutes", n=unit.minutes), *said, self._say("licence") + escape(unit.licence)]
        parts = [f"<h1>{escape(unit.title, quote=False)}</h1>", f'<p class="meta">{" · ".join(said)}</p>']
        if unit.content_note:
            note = escape(unit.content_note, quote=False)
            parts.append(f'<div class="note"><p><strong>{self._say("note")}</strong></p><p>{note}</p></div>')
        return "\n".join([*parts, self._html(unit.opening)])

    def _section(self, n: int) -> str:
        section = self.unit.sections[n]
        parts = [f'<section{self._lang(section.lang)}><h2 id="{escape(section.id)}">{escape(section.title)}</h2>']
        for block in section.blocks:
            if isinstance(block, Prose):
                inner = self._html(block.html)
                parts.append(f"<div{self._lang(block.lang)}>{inner}</div>")
            elif isinstance(block, Pool):
                parts.append(f"<div{self._lang(block.lang)}>{self._html(block.html)}</div>")
                parts.append(f'<p class="small">{self._say("draw", n=block.draw)}</p>')
                parts += map(self._question, block.open)
            elif not block.retired:
                parts.append(self._question(block))
        return "\n".join([*parts, "</section>"])

    # --- questions

    def _question(self, prompt: Prompt) -> str:
        number = self.numbers[prompt.id] = len(self.numbers) + 1
        parts = [
            f'<div class="question"{self._lang(prompt.lang)}>',
            f'<h3 id="{escape(prompt.id)}">{number}. {self._html(prompt.title)}</h3>',
            self._html(prompt.stem),
            *self._body(prompt),
            "</div>",
        ]
        return "\n".join(part for part in parts if part)

    def _body(self, prompt: Prompt) -> Iterable[str]:
        ways: dict[str, Callable[[Prompt], Iterable[str]]] = {
            "true_false": lambda _: [self._boxes([self._say("true"), self._say("false")], "box round")],
            "ordering": self._ordering,
            "matching": self._matching,
            "cloze": self._cloze,
            "scenario": self._scenario,
            "reflection": lambda _: [f'<p class="small">{self._say("private")}</p>', *self._lines(6)],
            "short_answer": lambda _: self._lines(1),
            "number": lambda _: self._lines(1),
        }
        return ways.get(prompt.kind, self._choice)(prompt)

    @staticmethod
    def _lines(count: int) -> list[str]:
        return ['<div class="line"></div>'] * count

    @staticmethod
    def _boxes(items: Iterable[str], kind: str) -> str:
        listed = "".join(f'<li><span class="{kind}"></span><div>{item}</div></li>\n' for item in items)
        return f'<ul class="boxes">\n{listed}</ul>'

    def _choice(self, prompt: Prompt) -> Iterable[str]:
        several = prompt.kind == "multiple_choice" or prompt.several
        if several:
            yield f'<p class="small">{self._say("several")}</p>'
        yield self._boxes(map(self._html, prompt.items), "box" if several else "box round")

    def _ordering(self, prompt: Prompt) -> Iterable[str]:
        yield f'<p class="small">{self._say("number", n=len(prompt.items))}</p>'
        order = arrange(prompt, prompt.id.encode()).items
        yield self._boxes((self._html(prompt.items[n]) for n in order), "place")

    def _matching(self, prompt: Prompt) -> Iterable[str]:
        yield f'<p class="small">{self._say("letters")}</p>'
        yield self._boxes(map(self._html, prompt.items), "place")
        targets = "".join(f"<li>{self._html(prompt.targets[n])}</li>\n" for n in self._targets(prompt))
        yield f'<ol class="letters">\n{targets}</ol>'

    @staticmethod
    def _targets(prompt: Prompt) -> tuple[int, ...]:
        return arrange(prompt, prompt.id.encode()).targets

    def _cloze(self, prompt: Prompt) -> Iterable[str]:
        text = ""
        for n, piece in enumerate(prompt.pieces):
            text += self._html(piece)
            if n + 1 < len(prompt.pieces):
                menu = prompt.menus[n] if n < len(prompt.menus) else ()
                options = " / ".join(map(self._html, menu))
                text += f"({options})" if options else '<span class="blank">&nbsp;</span>'
        yield text if text.startswith("<p>") else f"<div>{text}</div>"

    def _scenario(self, prompt: Prompt) -> Iterable[str]:
        leads = self.unit.keys[prompt.id].leads
        for n, step in enumerate(prompt.steps):
            yield f"<h4>{self._say('step', n=n + 1)} : {self._html(step.title)}</h4>{self._html(step.html)}"
            to = leads[n] if n < len(leads) else ()
            choices = [
                self._html(words) + (f" → {self._say('step', n=to[m] + 1)}" if m < len(to) else "")
                for m, words in enumerate(step.choices)
            ]
            if choices:
                yield self._boxes(choices, "box round")

    # --- lists and key

    def _lists(self) -> Iterable[str]:
        if self.unit.glossary:
            terms = "".join(
                f'<div id="glossary-{escape(entry.id)}"{self._lang(entry.lang)}><dt>{escape(entry.term)}</dt>'
                f"<dd>{self._html(entry.html)}</dd></div>\n"
                for entry in self.unit.glossary
            )
            yield f"<h2>{self._say('glossary')}</h2>\n<dl>\n{terms}</dl>"
        if self.unit.footnotes:
            yield f"<h2>{self._say('footnotes')}</h2>\n{self._html(self.unit.footnotes)}"
        if self.unit.references:
            listed = "".join(f"<li>{self._html(one)}</li>\n" for one in self.unit.references)
            yield f"<h2>{self._say('references')}</h2>\n<ul>\n{listed}</ul>"

    def _key(self) -> str:
        parts = [f'<section class="key"><h2>{self._say("key")}</h2>']
        for prompt in self.unit.prompts:
            key = self.unit.keys[prompt.id]
            parts.append(f"<div{self._lang(prompt.lang)}>")
            parts.append(f"<h3>{self.numbers[prompt.id]}. {self._html(prompt.title)}</h3>")
            if KINDS[prompt.kind].scored:
                parts += self._solution(prompt, key)
            for said in (key.explanation, key.sample):
                if said:
                    parts.append(self._html(said))
            parts.append("</div>")
        return "\n".join([*parts, "</section>"])

    def _solution(self, prompt: Prompt, key: Key) -> Iterable[str]:
        if prompt.kind == "true_false":
            yield f"<p>{self._say('answer')}{self._say('true' if key.solution == (1,) else 'false')}</p>"
        elif prompt.kind == "ordering":
            yield "<ol>" + "".join(f"<li>{self._html(prompt.items[n])}</li>" for n in key.solution) + "</ol>"
        elif prompt.kind == "matching":
            order = self._targets(prompt)
            pairs = zip(prompt.items, key.solution, strict=True)
            letters = [f"{self._html(item)} : {chr(65 + order.index(target))}" for item, target in pairs]
            yield "<ul>" + "".join(f"<li>{pair}</li>" for pair in letters) + "</ul>"
        elif key.bounds:
            low, high = key.bounds[0], key.bounds[-1]
            said = escape(low) if low == high else self._say("between", low=low, high=high)
            yield f"<p>{self._say('answer')}{said}</p>"
        elif prompt.kind in ("cloze", "short_answer"):
            yield "<ol>" + "".join(f"<li>{gap}</li>" for gap in self._gaps(prompt, key)) + "</ol>"
        elif prompt.kind == "scenario":
            ends = [f"{self._say('step', n=n + 1)} : {points:g}" for n, points in enumerate(key.worth) if points]
            yield f"<p>{self._say('points', n=', '.join(ends))}</p>" if ends else ""
        else:
            for n, item in enumerate(prompt.items):
                said_of = key.feedback[n] if n < len(key.feedback) else b""
                mark = "☒" if n in key.solution else "☐"
                yield f"<div><p>{mark} {self._html(item)}</p>{self._html(said_of)}</div>"

    def _gaps(self, prompt: Prompt, key: Key) -> Iterable[str]:
        for n, words in enumerate(key.accepted):
            menu = prompt.menus[n] if n < len(prompt.menus) else ()
            if menu and n < len(key.solution):
                yield self._html(menu[key.solution[n]])
            else:
                yield self._say("or").join(escape(word, quote=False) for word in words)
