"""What may be written from the pages: names, first texts, and small edits of a header or a list.

Pure. An edit changes the one line it is about and never rewrites prose; what it gives is checked like all the rest.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LONGEST = 200_000
"""Bytes of a text: as many as the checker allows."""
NAME = r"[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.)){0,78}[A-Za-z0-9]|[A-Za-z0-9]"
_UNIT = rf"courses/(?P<course>{NAME})/(?P<folder>{NAME})"
UNIT_TEXT = re.compile(rf"{_UNIT}/(?P<lang>[a-z]{{2}})\.md")
COURSE_FILE = re.compile(rf"courses/(?P<course>{NAME})/course\.yaml")
_MEDIA = re.compile(rf"(?:{_UNIT}|pools/(?:{NAME}))/media/(?:{NAME})")
_SYNC = re.compile(rf"{_UNIT}/[a-z]{{2}}\.sync\.yaml")
_SHARED = re.compile(rf"(?:glossary|pools/(?:{NAME}))/[a-z]{{2}}\.md|(?:competencies|references|directory)\.yaml")
_SITE = re.compile(r"site\.yaml|help-lines\.yaml")
UNIT_FOLDER = re.compile(_UNIT)


def is_name(path: str, whole_site: bool = False) -> bool:
    """May this path be written? `whole_site`: also what rules the site itself, its languages and its help lines."""
    known = (UNIT_TEXT, COURSE_FILE, _MEDIA, _SYNC, _SHARED, *((_SITE,) if whole_site else ()))
    return len(path) <= 300 and any(one.fullmatch(path) for one in known)


def is_text(path: str) -> bool:
    return path.endswith((".md", ".yaml"))


def slug(words: str) -> str:
    """An id made of a title: lower case without accents, words joined by hyphens; empty where no letter is left."""
    plain = unicodedata.normalize("NFKD", words.casefold().replace("œ", "oe").replace("æ", "ae"))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    found = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
    return re.sub(r"^[0-9-]+", "", found)[:40].strip("-")


def folder_for(unit: str, folders: Iterable[str]) -> str:
    """`04-parler`: one more than the highest number among the folders that are there."""
    numbers = [int(match[0]) for one in folders if (match := re.match(r"[0-9]{1,4}", one))]
    return f"{max(numbers, default=0) + 1:02}-{unit}"


@dataclass(frozen=True, slots=True)
class First:
    """What a person says of a unit or a course before it is there."""

    id: str
    title: str
    author: str = ""


FIRST_UNIT = """\
---
id: {id}
titre: {title}
duree: 15 min
auteurs: [{author}]
licence: CC-BY-SA-4.0
statut: brouillon
---

> [!IMPORTANT]
> **L'essentiel**
>
> - Écrivez ici ce que l'on doit retenir, en trois ou quatre lignes.

## Première section {{#premiere-section}}

Écrivez ici votre texte. Une section tient sur un écran : une idée, pas deux.

### Question : remplacez cet énoncé par le vôtre {{.choix-unique #premiere-question}}

- ( ) Une réponse qui ne convient pas.
  > Pas encore : dites ici pourquoi.
- (x) La réponse qui convient.
  > Oui : dites ici pourquoi.

> **Explication :** ce que l'on comprend en y réfléchissant.
"""

FIRST_COURSE = """\
id: {id}
titre: {{{titles}}}
unites: []
regle:
  version: 2026-1
  unites: toutes
  seuil: 60
"""


def first_unit(asked: First) -> str:
    return FIRST_UNIT.format(id=asked.id, title=_quoted(asked.title), author=_quoted(asked.author))


def first_course(asked: First, languages: Iterable[str]) -> str:
    """The same title in each language of the site, until someone translates it."""
    titles = ", ".join(f"{lang}: {_quoted(asked.title)}" for lang in languages)
    return FIRST_COURSE.format(id=asked.id, titles=titles)


def first_translation(source: str) -> str:
    """A copy to write over: of the header, what a translation says for itself; then the text, ids and all."""
    header, body = _parts(source)
    kept = re.compile(r"(titre|title|resume|summary|avertissement|content_note)\s*:")
    lines = [line for line in header if kept.match(line)]
    return "\n".join(["---", *lines, "---", *body])


def id_of(text: str) -> str:
    """The id that a header gives, empty where there is none."""
    found = [match[1] for line in _parts(text)[0] if (match := re.match(r"id\s*:\s*[\"']?([a-z][a-z0-9-]*)", line))]
    return found[0] if found else ""


def title_of(text: str) -> str:
    """The title that a header gives, as it is written but for its quotes."""
    found = [match[1] for line in _parts(text)[0] if (match := re.match(r"(?:titre|title)\s*:\s*(.+)", line))]
    return found[0].strip().strip("\"'") if found else ""


STATUS = {"published": ("publie", "published"), "draft": ("brouillon", "draft")}


def with_status(text: str, status: str, add: bool = True) -> str:
    """The text with another status in its header, in the spelling it uses. `add`: also where it has none."""
    french, english = STATUS[status]
    header, body = _parts(text)
    if not header:
        return text
    for number, line in enumerate(header):
        if match := re.match(r"(statut|status)(\s*:\s*)", line):
            header[number] = match[1] + match[2] + (french if match[1] == "statut" else english)
            break
    else:
        if not add:
            return text
        header.append(f"statut: {french}")
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    ending = "\r\n" if "\r\n" in text else "\n"
    return mark + ending.join(["---", *header, "---", *body])


def with_item(text: str, keys: tuple[str, ...], item: str) -> str:
    """A YAML text with one more item at the end of the list `keys` names; the same text where there is no such list."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        match = re.match(rf"(?:{'|'.join(keys)})\s*:\s*(.*)$", line.rstrip("\r"))
        if match:
            rest = match[1].partition(" #")[0].strip()
            return "\n".join(_in_brackets(lines, number, item) if rest.startswith("[") else _below(lines, number, item))
    return text


def _in_brackets(lines: list[str], number: int, item: str) -> list[str]:
    for n in range(number, len(lines)):
        before, bracket, after = lines[n].rpartition("]")
        if bracket:
            empty = before.rstrip().endswith("[")
            lines[n] = f"{before.rstrip().rstrip(',')}{'' if empty else ', '}{item}]{after}"
            break
    return lines


def _below(lines: list[str], number: int, item: str) -> list[str]:
    last, indent = number, "  "
    for n in range(number + 1, len(lines)):
        match = re.match(r"(\s*)- ", lines[n])
        if match:
            last, indent = n, match[1]
        elif lines[n].strip() and not lines[n].lstrip().startswith("#"):
            break
    return [*lines[: last + 1], f"{indent}- {item}", *lines[last + 1 :]]


def _parts(text: str) -> tuple[list[str], list[str]]:
    """The lines of the header, and those of the text; no header where it is not closed."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    if lines[0].rstrip() == "---":
        for number, line in enumerate(lines[1:], 1):
            if line.rstrip() == "---":
                return lines[1:number], lines[number + 1 :]
    return [], lines


def _quoted(words: str) -> str:
    """Words as a YAML text, whatever signs they hold."""
    return json.dumps(words, ensure_ascii=False)


def listed(files: Mapping[str, bytes], new: Iterable[tuple[str, str]]) -> dict[str, bytes]:
    """course.yaml of each course whose list lacks a unit of `new` (course folder, unit id), with it at the end."""
    changed: dict[str, bytes] = {}
    for course, unit in new:
        path = f"courses/{course}/course.yaml"
        body = changed.get(path, files.get(path, b""))
        text = body.decode("utf-8", "replace")
        if unit and text and not re.search(rf"(?<![a-z0-9-]){re.escape(unit)}(?![a-z0-9-])", _units_of(text)):
            changed[path] = with_item(text, ("unites", "units"), unit).encode()
    return changed


def _units_of(text: str) -> str:
    """The part of a course.yaml that names its units."""
    found: list[str] = []
    for line in text.splitlines():
        if re.match(r"(?:unites|units)\s*:", line):
            found.append(line)
        elif found and line[:1] not in ("", " ", "\t", "-", "#", "]"):
            break
        elif found:
            found.append(line)
    return "\n".join(found)
