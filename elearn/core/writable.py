"""What may be written from the pages: names, first texts, and small edits of a header or a list.

Pure. An edit changes the one line it is about and never rewrites prose; what it gives is checked like all the rest.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from elearn.core import skeletons
from elearn.core.listed import UNITS, with_listed
from elearn.core.listed import listed as units_of
from elearn.core.new_ids import NewIds

LONGEST = 200_000
"""Bytes of a text: as many as the checker allows."""
TAKEN = frozenset(
    {".md", ".yaml", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif"}
    | {".mp3", ".ogg", ".oga", ".m4a", ".wav", ".mp4", ".webm", ".vtt"}
)
"""Ends of the names of files that are taken in."""
NAME = r"[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.)){0,78}[A-Za-z0-9]|[A-Za-z0-9]"
_UNIT = rf"courses/(?P<course>{NAME})/(?!course\.yaml(?:/|$))(?P<folder>{NAME})"
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


def rules_site(path: str) -> bool:
    return bool(_SITE.fullmatch(path))


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
    summary: str = ""
    exam: bool = False


def first_unit(asked: First, lang: str, ids: NewIds) -> str:
    signed = f"[{skeletons.quoted(asked.author)}]"
    lines = skeletons.unit(asked.id, asked.title, lang, ids, asked.exam).split("\n")
    return "\n".join(re.sub(r"^(auteurs|authors): .*", lambda key: f"{key[1]}: {signed}", line) for line in lines)


def first_course(asked: First, languages: Sequence[str], version: str) -> str:
    """The same words in each language of the site, until someone translates it."""
    return skeletons.course(asked.id, asked.title, languages[0], languages, version, asked.summary)


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


def _parts(text: str) -> tuple[list[str], list[str]]:
    """The lines of the header, and those of the text; no header where it is not closed."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    if lines[0].rstrip() == "---":
        for number, line in enumerate(lines[1:], 1):
            if line.rstrip() == "---":
                return lines[1:number], lines[number + 1 :]
    return [], lines


def listed(files: Mapping[str, bytes], new: Iterable[tuple[str, str]]) -> dict[str, bytes]:
    """course.yaml of each course whose list lacks a unit of `new` (course folder, unit id), with it at the end."""
    changed: dict[str, bytes] = {}
    for course, unit in new:
        path = f"courses/{course}/course.yaml"
        body = changed.get(path, files.get(path, b""))
        if unit not in (units_of(body, UNITS) or ()):
            after = with_listed(body, UNITS, unit)
            changed |= {path: after} if after else {}
    return changed
