"""The questions of a compiled unit -> Moodle's GIFT, and each thing the format cannot hold. Reads records only."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import unescape

from elearn.core.course import Prose, Unit
from elearn.core.exchange import Note
from elearn.core.questions import KINDS
from elearn.core.questions.base import Html, Key, Prompt

_CONTROL = re.compile(r"[\\~=#{}:]")
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)([^<>]*)>")
_OUTWARD = re.compile(r'href="((?:https?|mailto):[^"]*)"')
_OPTIONS = {
    "must_pass": ("indispensable", "must_pass"),
    "competencies": ("competence", "competency"),
    "confidence": ("confiance", "confidence"),
    "regions": ("region", "region"),
    "formerly": ("ancien", "formerly"),
    "reread": ("relire", "reread"),
    "fixed": ("fixe", "fixed"),
    "shuffle": ("melanger", "shuffle"),
    "scoring": ("bareme", "scoring"),
}
_SHUFFLED = ("single_choice", "multiple_choice", "matching")


@dataclass(frozen=True, slots=True)
class Exported:
    text: str
    notes: tuple[Note, ...] = ()


def write_gift(unit: Unit) -> Exported:
    """A GIFT file: sections become categories, the short name of a question its name."""
    writer = _Writer(unit)
    lines = [f"// {_line(unit.title)} ({unit.id})"]
    for section in unit.sections:
        made = []
        for pool in section.pools:
            writer.tell("draw", pool.id)
        for prompt in section.questions:
            made += writer.question(prompt, unit.keys[prompt.id])
        if made:
            lines += ["", f"$CATEGORY: {unit.id}/{_line(section.title).replace('/', ' ')}", *made]
    writer.tell("header_out")
    if unit.opening or any(isinstance(block, Prose) for section in unit.sections for block in section.blocks):
        writer.tell("prose")
    return Exported("\n".join(lines) + "\n", tuple(writer.notes))


def _line(text: str) -> str:
    return " ".join(text.split())


def escaped(text: str) -> str:
    """Words as GIFT shows them: each control sign after a backslash."""
    return _CONTROL.sub(lambda found: "\\" + found[0], text).replace("\n", "\\n")


@dataclass(slots=True)
class _Writer:
    unit: Unit
    notes: list[Note] = field(default_factory=list)

    def tell(self, code: str, question: str = "", **params: object) -> None:
        note = Note(code, question=question, params=params)
        if note not in self.notes:
            self.notes.append(note)

    def question(self, prompt: Prompt, key: Key) -> list[str]:
        """The lines of one question, each followed by the blank that ends it; none where GIFT has no such thing."""
        if prompt.retired:
            self.tell("retired", prompt.id)
            return []
        ways: dict[str, Callable[[Prompt, Key], Iterable[str]]] = {
            "single_choice": self._choice,
            "multiple_choice": self._choice,
            "true_false": self._true_false,
            "matching": self._matching,
            "ordering": self._ordering,
            "short_answer": self._short,
            "number": self._number,
            "reflection": self._reflection,
        }
        if prompt.kind == "cloze":
            self._losses(prompt)
            return self._cloze(prompt, key)
        if prompt.kind not in ways:
            self.tell("kind", prompt.id, kind=KINDS[prompt.kind].words)
            return []
        self._losses(prompt)
        answers = [*ways[prompt.kind](prompt, key), *self._general(prompt, key.explanation, key.sample)]
        return [f"\n::{escaped(prompt.id)}::[html]{self._asked(prompt)} {{", *(f"  {line}" for line in answers), "}"]

    def _losses(self, prompt: Prompt) -> None:
        if prompt.hints:
            self.tell("hint", prompt.id, count=len(prompt.hints))
        if KINDS[prompt.kind].scored and prompt.points != 1:
            self.tell("points", prompt.id, value=f"{prompt.points:g}")
        for name, spellings in _OPTIONS.items():
            if name not in ("shuffle", "scoring") and getattr(prompt, name):
                self.tell("option", prompt.id, name=spellings)
        if prompt.kind in _SHUFFLED and not prompt.shuffle:
            self.tell("option", prompt.id, name=_OPTIONS["shuffle"])

    def _asked(self, prompt: Prompt) -> str:
        title = self._html(prompt, prompt.title)
        stem = self._html(prompt, prompt.stem)
        return f"<p>{title}</p>{stem}" if stem else title

    def _general(self, prompt: Prompt, explanation: Html, sample: Html = b"") -> Iterable[str]:
        if sample:
            self.tell("sample", prompt.id)
        said = self._html(prompt, b"\n".join(part for part in (explanation, sample) if part))
        return [f"####[html]{said}"] if said else []

    def _choice(self, prompt: Prompt, key: Key) -> Iterable[str]:
        share = 100 / max(len(key.solution), 1)
        several = prompt.kind == "multiple_choice"
        if several and not key.partial:
            self.tell("all_or_nothing", prompt.id)
        for n, (item, said) in enumerate(zip(prompt.items, key.feedback, strict=True)):
            right = n in key.solution
            mark = f"~%{_percent(share if right else -share)}%" if several else "=" if right else "~"
            feedback = self._html(prompt, said)
            yield f"{mark}{self._html(prompt, item)}" + (f"#[html]{feedback}" if feedback else "")

    def _true_false(self, prompt: Prompt, key: Key) -> Iterable[str]:
        yield "TRUE" if key.solution == (1,) else "FALSE"

    def _matching(self, prompt: Prompt, key: Key) -> Iterable[str]:
        if not key.partial:
            self.tell("all_or_nothing", prompt.id)
        for item, target in zip(prompt.items, key.solution, strict=True):
            yield f"={self._html(prompt, item)} -> {self._html(prompt, prompt.targets[target])}"
        for n, target_html in enumerate(prompt.targets):
            if n not in key.solution:
                self.tell("distractor", prompt.id, text=words(target_html))

    def _ordering(self, prompt: Prompt, key: Key) -> Iterable[str]:
        self.tell("ordering", prompt.id)
        if not key.partial:
            self.tell("all_or_nothing", prompt.id)
        for rank, item in enumerate(key.solution, 1):
            yield f"={rank} -> {self._html(prompt, prompt.items[item])}"

    def _short(self, prompt: Prompt, key: Key) -> Iterable[str]:
        for word in key.accepted[0] if key.accepted else ():
            yield f"={escaped(word)}"

    def _number(self, prompt: Prompt, key: Key) -> Iterable[str]:
        low, high = key.bounds
        yield f"#{low}" if low == high else f"#{low}..{high}"

    def _reflection(self, prompt: Prompt, key: Key) -> Iterable[str]:
        return []

    def _cloze(self, prompt: Prompt, key: Key) -> list[str]:
        """One question for each gap; the other gaps are shown as lines to fill."""
        count = len(prompt.menus)
        if count > 1:
            self.tell("split", prompt.id, count=count)
        if key.partial:
            self.tell("option", prompt.id, name=_OPTIONS["scoring"])
        lines = []
        for gap in range(count):
            text = self._html(prompt, prompt.stem)
            for n, piece in enumerate(prompt.pieces):
                text += self._html(prompt, piece)
                if n < count:
                    text += f" {{{self._gap(prompt, key, n)}}} " if n == gap else " _____ "
            general = "".join(self._general(prompt, key.explanation))
            if general:
                at = text.rindex("}") if "}" in text else len(text)
                text = text[:at] + general + text[at:]
            name = prompt.id if count == 1 else f"{prompt.id}-{gap + 1}"
            lines.append(f"\n::{escaped(name)}::[html]<p>{self._html(prompt, prompt.title)}</p><p>{text}</p>")
        return lines

    def _gap(self, prompt: Prompt, key: Key, n: int) -> str:
        menu = prompt.menus[n]
        if menu:
            right = key.solution[n] if n < len(key.solution) else 0
            return " ".join(("=" if m == right else "~") + escaped(words(option)) for m, option in enumerate(menu))
        return " ".join("=" + escaped(word) for word in (key.accepted[n] if n < len(key.accepted) else ()))

    def _html(self, prompt: Prompt, html: Html) -> str:
        """HTML with its tags alone, escaped. Images and inner links leave their words."""
        links: list[bool] = []

        def tag(found: re.Match[str]) -> str:
            closing, name, attributes = found[1], found[2], found[3]
            if name == "img":
                source = re.search(r'src="([^"]*)"', attributes)
                self.tell("image", prompt.id, source=source[1] if source else "?")
                alt = re.search(r'alt="([^"]*)"', attributes)
                return alt[1] if alt else ""
            if name == "a":
                if closing:
                    return "</a>" if links and links.pop() else ""
                outward = _OUTWARD.search(attributes)
                links.append(bool(outward))
                if outward:
                    return f'<a href="{outward[1]}">'
                target = re.search(r'href="([^"]*)"', attributes)
                self.tell("link", prompt.id, target=target[1] if target else "?")
                return ""
            if name in ("div", "span", "cite"):
                return "<p>" if name == "div" and not closing else "</p>" if name == "div" else ""
            return f"<{closing}{name}>"

        return escaped(_TAG.sub(tag, html.decode()).strip())


def words(html: Html) -> str:
    """The words alone."""
    return _line(unescape(_TAG.sub("", html.decode())))


def _percent(share: float) -> str:
    return f"{share:.5f}".rstrip("0").rstrip(".")
