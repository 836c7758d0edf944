"""A new course, unit or question among the files of a site: which files to write, and what is left to add by hand.

Pure: files in, files out. Nothing that exists is changed but the list that names what is new, and the end of a unit.
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass

from elearn.core import skeletons
from elearn.core.fields import RESERVED, UNIT_ID
from elearn.core.listed import COURSES, UNITS, with_listed
from elearn.core.new_ids import NewIds
from elearn.core.parse import Draft, parse_unit
from elearn.core.rules import ERROR
from elearn.core.site_files import SiteFile, read_site
from elearn.core.source import Files, decode
from elearn.core.strict_yaml import read
from elearn.core.typography import fold

_COURSE = re.compile(r"courses/([^/]+)/course\.yaml")
_UNIT = re.compile(r"courses/([^/]+)/([^/]+)/([a-z]{2})\.md")
_ID = re.compile(r"^id[ \t]*:[ \t]*[\"']?([a-z][a-z0-9-]*)", re.MULTILINE)


class NotBegun(Exception):
    """Nothing was made. `code`: bad_id, taken, no_course, no_unit, unknown_kind, unclear; `what`: of it."""

    def __init__(self, code: str, what: str) -> None:
        super().__init__(f"{code}: {what}")
        self.code, self.what = code, what


@dataclass(frozen=True, slots=True)
class Begun:
    """`files`: path -> bytes to write; `path`: the one to open. `by_hand`: (file, key, id) that no edit could add."""

    path: str
    files: Mapping[str, bytes]
    by_hand: tuple[str, str, str] | None = None


def new_course(files: Files, own: Files, id: str, title: str, lang: str, year: int) -> Begun:
    """`own`: the files of the folder that is written, the last of the layers in `files`. `lang` may be empty."""
    _check_id(id)
    path = f"courses/{id}/course.yaml"
    if path in files or id in courses(files):
        raise NotBegun("taken", id)
    site = site_of(files)
    languages = site.languages if "site.yaml" in files else (lang or "fr",)
    text = skeletons.course(id, title or _said(id), lang or languages[0], languages, f"{year}-1")
    made = {path: text.encode()}
    if "site.yaml" not in files:
        made["site.yaml"] = skeletons.site(languages, id).encode()
    elif "site.yaml" in own:
        return _listed(Begun(path, made), "site.yaml", own["site.yaml"], COURSES, id)
    return Begun(path, made)


def new_unit(files: Files, course: str, id: str, title: str, lang: str, ids: NewIds, exam: bool = False) -> Begun:
    """`course`: its id or its folder."""
    _check_id(id)
    known = courses(files)
    folder = known.get(course) or (course if f"courses/{course}/course.yaml" in files else "")
    if not folder:
        raise NotBegun("no_course", course)
    if any(id == other for other in units(files).values()):
        raise NotBegun("taken", id)
    first = site_of(files).source_language
    beside = {found[2] for path in files if (found := _UNIT.fullmatch(path)) and found[1] == folder}
    numbers = [int(found[0]) for name in beside if (found := re.match(r"[0-9]{1,3}(?=-)", name))]
    path = f"courses/{folder}/{max(numbers, default=0) + 1:02}-{id}/{first}.md"
    text = skeletons.unit(id, title or _said(id), lang or first, ids, exam)
    course_file = f"courses/{folder}/course.yaml"
    return _listed(Begun(path, {path: text.encode()}), course_file, files[course_file], UNITS, id)


def new_question(files: Files, unit: str, word: str, lang: str, ids: NewIds) -> Begun:
    """At the end of a unit, given by its id, `course/unit` or its path; in its source language alone."""
    kind = skeletons.kind_named(word)
    if kind is None:
        raise NotBegun("unknown_kind", word)
    first = site_of(files).source_language
    path = _path_of(files, unit, first)
    before = _draft(path, files[path], first)
    lang = lang or ("en" if before.front.written.get("title") == "title" else first)
    section = "" if before.outline.screens else skeletons.with_ids("## Questions {#s-1}\n\n", ids)
    text = files[path].decode("utf-8") if before.sound else ""
    ending = next((end for end in ("\r\n", "\n", "\r") if end in text), "\n")
    added = ("\n\n" + section + skeletons.question(kind, lang, ids)).replace("\n", ending)
    body = (text.rstrip() + added).encode()
    after = _draft(path, body, first)
    if not before.sound or _errors(after) > _errors(before) or _asked(after) <= _asked(before):
        raise NotBegun("unclear", path)
    return Begun(path, {path: body})


def slug(title: str) -> str:
    """An id proposed for a title: plain letters, digits and hyphens; empty where none can be made."""
    made = re.sub(r"[^a-z0-9]+", "-", fold(title).replace("œ", "oe").replace("æ", "ae")).lstrip("-0123456789")[:60]
    return made.rstrip("-") if UNIT_ID.fullmatch(made.rstrip("-")) else ""


def courses(files: Files) -> dict[str, str]:
    """Id -> folder of each course."""
    found = ((_ID.search(body.decode("utf-8", "replace")), _COURSE.fullmatch(path)) for path, body in files.items())
    return {id[1]: where[1] for id, where in found if id and where}


def units(files: Files) -> dict[str, str]:
    """Path -> id of each unit, by the files that say one."""
    found = {path: _ID.search(files[path][:2000].decode("utf-8", "replace")) for path in files if _UNIT.fullmatch(path)}
    return {path: id[1] for path, id in found.items() if id}


def site_of(files: Files) -> SiteFile:
    if "site.yaml" not in files:
        return SiteFile()
    source = decode("site.yaml", files["site.yaml"])
    return read_site(source, read(source))


def _check_id(id: str) -> None:
    if not UNIT_ID.fullmatch(id) or id in RESERVED:
        raise NotBegun("bad_id", id)


def _said(id: str) -> str:
    return id.replace("-", " ").capitalize()


def _listed(begun: Begun, path: str, body: bytes, keys: tuple[str, ...], id: str) -> Begun:
    listing = with_listed(body, keys, id)
    if listing is None:
        return Begun(begun.path, begun.files, (path, keys[0], id))
    return Begun(begun.path, {**begun.files, path: listing})


def _path_of(files: Files, unit: str, first: str) -> str:
    if _UNIT.fullmatch(unit) and unit in files:
        return unit
    course, _, id = unit.rpartition("/")
    folders = {course, courses(files).get(course, course)}
    for path, known in units(files).items():
        where = path.split("/")[1]
        if path.endswith(f"/{first}.md") and known == id and (not course or where in folders):
            return path
    raise NotBegun("no_unit", unit)


def _draft(path: str, body: bytes, lang: str) -> Draft:
    return parse_unit(path, body, lang, datetime.date.min)


def _errors(draft: Draft) -> int:
    return sum(problem.severity == ERROR for problem in draft.source.problems)


def _asked(draft: Draft) -> int:
    return len(draft.outline.questions)
