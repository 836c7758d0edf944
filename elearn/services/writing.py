"""Writing in the pages: drafts apart from what is published, one unit or everything brought into force, and back.

Drafts lie in a folder of their own, over the site's content: no start of the site and no `elearn publish` reads them.
Whoever writes takes turns, so that nothing of two at once is lost.
"""

import contextlib
import datetime as dt
import fcntl
import hashlib
import random
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from elearn.config import Settings
from elearn.core import fixing
from elearn.core.check import SiteBuild, check_site
from elearn.core.kept import Memory
from elearn.core.listed import COURSES, with_listed
from elearn.core.new_ids import NewIds, made_ids
from elearn.core.parse import Draft, parse_unit
from elearn.core.rules import ERROR, Problem
from elearn.core.source import decode, readable
from elearn.core.strict_yaml import read
from elearn.core.translating import MISSING, all_digests, read_sync, skeleton, standings, sync_text
from elearn.core.writable import (
    COURSE_FILE,
    LONGEST,
    TAKEN,
    UNIT_TEXT,
    First,
    first_course,
    first_unit,
    folder_for,
    id_of,
    is_name,
    is_text,
    listed,
    rules_site,
    with_status,
)
from elearn.services.media import FOLDER, pointed
from elearn.services.publishing import Outcome, publish_files
from elearn.store.base import db
from elearn.store.content_folder import fits, limit_of, read_folder, read_layers, size_of
from elearn.store.editions import sources
from elearn.store.own_folders import put_file, remove_file, state
from elearn.store.zip_files import read_zip

LOCK = ".writing.lock"
TRIES = 3
OFFICE = (".doc", ".docx", ".odt", ".rtf", ".pages")
KEPT = Memory()
"""Units as this process compiled them: the desk, a proposal and its publication are mostly the same ones."""
ROOM = 100_000_000
"""Bytes of all drafts together: each worker holds them in memory while someone writes."""


class StaleBase(Exception):
    """Someone else saved this text meanwhile. `theirs`: what stands there now; `base`: SHA-256 of its bytes."""

    def __init__(self, theirs: bytes = b"") -> None:
        super().__init__("stale base")
        self.theirs, self.base = as_text(theirs) or "", digest(theirs)


class Refused(Exception):
    """`code`: name, long, heavy, full, taken, needed, unnamed, word, absent, drafted, unreadable, site.

    `what`: the path or words it is about.
    """

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(f"{code}: {what}")
        self.code, self.what = code, what


@dataclass(frozen=True)
class Desk:
    """Everything as one is writing it. `files`: drafts over what is in force; `drafted`: the drafts alone, by path."""

    files: Mapping[str, bytes]
    in_force: Mapping[str, bytes]
    drafted: Mapping[str, bytes]
    added: tuple[str, ...]
    build: SiteBuild

    def text(self, path: str) -> str | None:
        """A text to write on, None where there is no such file or its bytes are not text."""
        body = self.files.get(path) if is_text(path) else None
        return as_text(body) if body is not None else None

    def problems(self, path: str) -> list[Problem]:
        return [problem for problem in self.build.problems if problem.path == path]

    def folders(self, course: str) -> list[str]:
        """The unit folders of a course folder, sorted."""
        matches = (UNIT_TEXT.fullmatch(path) for path in self.files)
        return sorted({match["folder"] for match in matches if match and match["course"] == course})


@dataclass(frozen=True)
class Proposal:
    """What would be in force. `changed`: path -> bytes to write into the site's own content; `drafts`: those that are
    none afterwards; `base`: names what was in force when this was made; `digest` names what would be."""

    files: Mapping[str, bytes]
    added: tuple[str, ...]
    changed: Mapping[str, bytes]
    build: SiteBuild
    base: str
    drafts: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        return digest_of(self.files)


@dataclass(frozen=True)
class Sent:
    """A file that someone sends, and where to. `lang`: of a lone text; `replace`: also where a draft stands."""

    name: str
    body: bytes = field(repr=False)
    course: str = ""
    lang: str = "fr"
    replace: bool = False
    whole_site: bool = False


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def digest_of(files: Mapping[str, bytes]) -> str:
    """One name for a whole folder: SHA-256 over the paths and the digests of their files."""
    lines = "".join(f"{path}\0{digest(body)}\n" for path, body in sorted(files.items()))
    return digest(lines.encode())


def as_text(body: bytes) -> str | None:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def as_bytes(text: str) -> bytes:
    """As a text is kept: lines end with LF, whatever the browser sent, and the last one ends too."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    return (plain + "\n").encode("utf-8", "replace") if plain else b""


def desk(settings: Settings, today: dt.date) -> Desk:
    """Read once and kept until a file changes."""
    folders = (*settings.layers, settings.drafts)
    return _desk(folders, state(folders), today)


@lru_cache(maxsize=1)
def _desk(folders: tuple[Path, ...], _state: object, today: dt.date) -> Desk:
    below = read_layers(folders[:-1])
    drafted = read_folder(folders[-1]) if folders[-1].is_dir() else {}
    whole = below.under(drafted)
    files = whole.files | listed(whole.files, _new_units(drafted, whole.files))
    return Desk(files, below.files, drafted, whole.added, check_site(files, today, whole.added, kept=KEPT))


def _new_units(paths: Iterable[str], files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Course folder and id of each unit of which a text is among these paths."""
    for path in sorted(paths):
        match = UNIT_TEXT.fullmatch(path)
        if match and (unit := id_of(files[path].decode("utf-8", "replace"))):
            yield match["course"], unit


# --- writing


def save(settings: Settings, path: str, text: str, base: str, whole_site: bool = False) -> None:
    """Keep a text as a draft. `base`: SHA-256 of the text that the form was made from, empty for a new one.

    StaleBase where another text stands there meanwhile; Refused (name, long).
    """
    if not is_name(path, whole_site) or not is_text(path):
        raise Refused("name", path)
    body = as_bytes(text)
    if len(body) > LONGEST:
        raise Refused("long", path)
    with turn(settings):
        stands = _stands(settings, path)
        if stands is not None and digest(stands) != base and stands != body:
            raise StaleBase(stands)
        _keep(settings, path, body)


def repair(settings: Settings, path: str, text: str, base: str, today: dt.date, whole_site: bool = False) -> str:
    """Keep a text as `save` does, repaired as `elearn fix` would; what is kept. The same text sent twice is repaired
    the same: its new ids are drawn from it."""
    body = as_bytes(text)
    if len(body) > LONGEST:
        raise Refused("long", path)
    there = desk(settings, today)
    files = {**there.files, path: body}
    drawn = random.Random(digest(body))  # noqa: S311 - an id is no secret
    taken = made_ids(one for name, one in files.items() if name.endswith(".md"))
    first = there.build.site.source_language if there.build.site else "fr"
    made = list(fixing.repair(files, first, NewIds(drawn.randrange, taken), [path]))
    mended = made[0].body.decode("utf-8") if made else text
    save(settings, path, mended, base, whole_site)
    return mended


def begin_translation(there: Desk, path: str, today: dt.date) -> str | None:
    """A copy of the source to write over, ids and all; None where there is no source, or no such language."""
    source = _source_of(there, path, today)
    return skeleton(source) if source is not None and path not in there.files else None


def note_read(settings: Settings, path: str, today: dt.date, whole: bool) -> None:
    """Note beside a translation what its blocks were made from: all of them when it is new, and when someone says to
    have read the `whole` of it against the source. What still says the source's own words is never noted as read."""
    with turn(settings):
        there = desk(settings, today)
        source, match = _source_of(there, path, today), UNIT_TEXT.fullmatch(path)
        if source is None or match is None:
            return
        sync = path.removesuffix(".md") + ".sync.yaml"
        present, noted = all_digests(source), _noted(there, sync)
        if sync in there.files and not whole:
            return
        if sync in there.files:
            translation = parse_unit(path, there.files[path], match["lang"], today, True)
            ready = [one.id for one in standings(source, translation, noted) if one.state != MISSING]
            present = noted | {name: present[name] for name in ready}
        _keep(settings, sync, sync_text(present).encode())


def _source_of(there: Desk, path: str, today: dt.date) -> Draft | None:
    """The source of a translation that this site may have; None for a source itself and for anything else."""
    match, site = UNIT_TEXT.fullmatch(path), there.build.site
    if match is None or site is None or match["lang"] not in site.languages or match["lang"] == site.source_language:
        return None
    original = path.rpartition("/")[0] + f"/{site.source_language}.md"
    body = there.files.get(original)
    return parse_unit(original, body, site.source_language, today) if body is not None else None


def _noted(there: Desk, sync: str) -> dict[str, str]:
    source = decode(sync, there.files.get(sync, b""))
    return read_sync(read(source)) if readable(source) else {}


def new_ids(there: Desk) -> NewIds:
    """Ids that no text here has."""
    return NewIds(secrets.randbelow, made_ids(body for path, body in there.files.items() if path.endswith(".md")))


def discard(settings: Settings, path: str) -> None:
    """Take a draft away: what is in force stands again. Of a unit that was never published nothing is left."""
    if not is_name(path, True):
        raise Refused("name", path)
    with turn(settings):
        remove_file(settings.drafts, path)


def new_course(settings: Settings, asked: First, languages: Sequence[str], today: dt.date) -> str:
    """The folder of a new course, kept as a draft. Refused (needed, taken)."""
    if not asked.id or not asked.title:
        raise Refused("needed", "title")
    with turn(settings):
        taken = {match["course"] for path in desk(settings, today).files if (match := COURSE_FILE.fullmatch(path))}
        if asked.id in taken:
            raise Refused("taken", asked.id)
        put_file(
            settings.drafts,
            f"courses/{asked.id}/course.yaml",
            first_course(asked, languages, f"{today.year}-1").encode(),
        )
    return asked.id


def new_unit(settings: Settings, course: str, asked: First, lang: str, today: dt.date) -> str:
    """The path of a new unit's text, kept as a draft that passes the check. Refused (needed, absent, taken)."""
    if not asked.id or not asked.title:
        raise Refused("needed", "title")
    with turn(settings):
        there = desk(settings, today)
        if f"courses/{course}/course.yaml" not in there.files:
            raise Refused("absent", course)
        if asked.id in {unit for _course, unit in _new_units(there.files, there.files)}:
            raise Refused("taken", asked.id)
        path = f"courses/{course}/{folder_for(asked.id, there.folders(course))}/{lang}.md"
        put_file(settings.drafts, path, first_unit(asked, lang, new_ids(there)).encode())
    return path


def take_in(settings: Settings, sent: Sent, today: dt.date) -> list[str]:
    """What was sent becomes drafts, all of it or nothing: the paths. HostileArchive; Refused (name, unreadable, absent,
    drafted, site, long, heavy, full)."""
    with turn(settings):
        there = desk(settings, today)
        files = dict(_placed(there, sent))
        if not sent.whole_site and files.get("site.yaml") == whole_content(there).get("site.yaml"):
            files.pop("site.yaml", None)  # as it was given out: nothing that its sender changed
        for path, body in files.items():
            if not is_name(path, whole_site=True):
                raise Refused("name", path)
            if not is_name(path, sent.whole_site) and there.files.get(path) != body:
                raise Refused("site", path)
            if is_text(path) and (len(body) > LONGEST or as_text(body) is None):
                raise Refused("long" if len(body) > LONGEST else "unreadable", path)
            if len(body) > limit_of(path):
                raise Refused("heavy", path)
        lost = [path for path, body in files.items() if path in there.drafted and there.drafted[path] != body]
        if lost and not sent.replace:
            raise Refused("drafted", lost[0])
        if size_of({**there.drafted, **files}) > ROOM or not fits({**there.files, **files}):
            raise Refused("full", sent.name)
        taken = [path for path, body in files.items() if there.files.get(path) != body]
        for path in taken:
            _keep(settings, path, files[path])
    return taken


def _placed(there: Desk, sent: Sent) -> Iterator[tuple[str, bytes]]:
    """Where each file goes: a whole site's own paths, or one unit's in the course that was chosen."""
    if sent.name.lower().endswith(OFFICE):
        raise Refused("word", sent.name)
    if not sent.body.startswith(b"PK"):
        if not sent.name.lower().endswith(".md"):
            raise Refused("unreadable", sent.name)
        text = as_text(sent.body)
        if text is None:
            raise Refused("unreadable", sent.name)
        if not id_of(text):
            raise Refused("unnamed", sent.name)
        yield f"{_unit_folder(there, sent.course, id_of(text))}/{sent.lang}.md", sent.body
        return
    files = _without_outer_folder(read_zip(sent.body, TAKEN))
    if any(is_name(path, whole_site=True) for path in files):
        yield from files.items()
        return
    texts = {path: as_text(body) for path, body in files.items() if "/" not in path and path.endswith(".md")}
    named = [id_of(text) for text in texts.values() if text and id_of(text)]
    if not texts:
        raise Refused("unreadable", sent.name)
    if not named:
        raise Refused("unnamed", sent.name)
    folder = _unit_folder(there, sent.course, named[0])
    for path, body in files.items():
        yield f"{folder}/{path}", body


def _without_outer_folder(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Most tools put everything into one folder of the archive's name; `courses` and the like are not such a one."""
    first = {path.partition("/")[0] for path in files}
    alone = next(iter(first)) if len(first) == 1 else ""
    inner = {path.partition("/")[2]: body for path, body in files.items()}
    if not alone or "" in inner or alone in ("courses", "glossary", "pools", "media"):
        return dict(files)
    return inner


def _unit_folder(there: Desk, course: str, unit: str) -> str:
    if f"courses/{course}/course.yaml" not in there.files:
        raise Refused("absent", course)
    for path in there.files:
        match = UNIT_TEXT.fullmatch(path)
        if match and match["course"] == course and id_of(there.files[path].decode("utf-8", "replace")) == unit:
            return path.rpartition("/")[0]
    return f"courses/{course}/{folder_for(unit, there.folders(course))}"


def whole_content(there: Desk) -> dict[str, bytes]:
    """The content folder as one would put it in git: drafts too, and every course in the list of site.yaml."""
    files = dict(there.files)
    site = files.get("site.yaml", b"")
    for folder in there.added:
        name = next((one.id for one in there.build.courses if folder.endswith("/" + one.id)), folder.rpartition("/")[2])
        site = with_listed(site, COURSES, name) or site
    return files | ({"site.yaml": site} if there.added else {})


# --- into force


def proposal(there: Desk, scope: str, today: dt.date, show: bool = True, whole_site: bool = True) -> Proposal:
    """What publishing would put in force: the drafts of a unit folder, or all of them (`scope` empty).

    `show`: a unit published by itself is shown to trainees, whatever status its draft has. `whole_site`: may who
    publishes change what rules the site itself? Drafts of that stay drafts otherwise.
    """
    drafts = {path: body for path, body in there.drafted.items() if _within(path, scope)}
    drafts = {path: body for path, body in drafts.items() if whole_site or not rules_site(path)}
    changed = dict(drafts)
    if scope:
        course = f"courses/{scope.split('/')[1]}/course.yaml"
        if course in there.drafted and course not in there.in_force:
            changed[course] = there.drafted[course]
        changed |= _with_status(scope, {**there.in_force, **changed}, "published") if show else {}
    taken = {path: there.drafted[path] for path in changed if path in there.drafted}
    return _proposed(there, changed, drafts | taken, today)


def withdrawal(there: Desk, scope: str, today: dt.date) -> Proposal:
    """The unit as it is in force, but that trainees no longer see it. Drafts stay drafts."""
    return _proposed(there, _with_status(scope, there.in_force, "draft"), {}, today)


def _proposed(there: Desk, changed: Mapping[str, bytes], drafts: Mapping[str, bytes], today: dt.date) -> Proposal:
    files = {**there.in_force, **changed}
    new = listed(files, _new_units(changed, files))
    added = tuple(one for one in there.added if f"{one}/course.yaml" in files)
    whole = files | new
    build = check_site(whole, today, added, kept=KEPT)
    return Proposal(whole, added, dict(changed) | new, build, digest_of(there.in_force), drafts)


def _within(path: str, scope: str) -> bool:
    return not scope or path.startswith(scope + "/")


def _with_status(scope: str, files: Mapping[str, bytes], status: str) -> dict[str, bytes]:
    """The texts of a unit with another status, where that changes them. A translation inherits it from its source."""
    changed = {}
    for path, body in files.items():
        text = as_text(body) if _within(path, scope) and UNIT_TEXT.fullmatch(path) else None
        if text is not None:
            other = with_status(text, status, add=bool(id_of(text))).encode()
            if other != text.encode():
                changed[path] = other
    return changed


@dataclass(frozen=True)
class Deed:
    """Who brings a proposal into force (Person.id), when, why, and what was decided for answers given before.
    `restores`: the edition it brings back."""

    person: int
    at: dt.datetime
    note: str = ""
    decisions: Mapping[str, str] = field(default_factory=dict)
    restores: int | None = None


def put_in_force(settings: Settings, proposed: Proposal, deed: Deed, gone: Iterable[str] = ()) -> Outcome:
    """Write the proposal into the site's own content and publish it; an error puts everything back.

    Written first: a site that is killed in between publishes the same when it starts. `gone`: paths of the site's own
    content to take away. StaleBase where something else came into force since the proposal was made.
    """
    own = settings.own_content
    errors = tuple(one for one in proposed.build.problems if one.severity == ERROR)
    if errors:
        return Outcome(None, False, proposed.build.problems)
    with turn(settings):
        if digest_of(read_layers(settings.layers).files) != proposed.base:
            raise StaleBase
        touched = {**proposed.changed, **dict.fromkeys(gone)}
        before = {path: (own / path).read_bytes() for path in touched if (own / path).is_file()}
        try:
            for path, body in touched.items():
                _put(own, path, body)
            outcome = publish_files(
                proposed.files,
                settings.instance,
                deed.at,
                proposed.added,
                by=deed.person,
                note=deed.note,
                decisions=deed.decisions,
                restores=deed.restores,
                kept=KEPT,
            )
        except BaseException:
            _put_back(own, touched, before)
            raise
        if any(problem.severity == ERROR for problem in outcome.problems):
            _put_back(own, touched, before)
            return outcome
        for path, body in proposed.drafts.items():
            if (settings.drafts / path).is_file() and (settings.drafts / path).read_bytes() == body:
                remove_file(settings.drafts, path)
        _list_in_drafts(settings, proposed)
    return outcome


def bring(settings: Settings, make: Callable[[], tuple[Proposal, Iterable[str]]], deed: Deed) -> Outcome:
    """The same for a proposal that is made again where something else came into force meanwhile."""
    for _ in range(TRIES):
        proposed, gone = make()
        with contextlib.suppress(StaleBase):
            return put_in_force(settings, proposed, deed, gone)
    raise StaleBase


def _list_in_drafts(settings: Settings, proposed: Proposal) -> None:
    """A course.yaml that is still a draft names the units that were published before it."""
    drafted = read_folder(settings.drafts) if settings.drafts.is_dir() else {}
    for path, body in listed(drafted, _new_units(proposed.changed, proposed.files)).items():
        put_file(settings.drafts, path, body)


def earlier(
    settings: Settings, number: int, today: dt.date, whole_site: bool = True
) -> tuple[Proposal, tuple[str, ...]]:
    """The texts of an earlier edition again, and what of the site's own content goes with that. LookupError where there
    is no such edition. What was shipped since and did not exist then stays: nothing here takes it away.

    `whole_site`: also what rules the site itself; that stays as it is otherwise.
    """
    with db.engine.connect() as connection:
        then = {path: _in_full(settings, path, body) for path, body in sources(connection, number).items()}
    if not then:
        raise LookupError(number)
    in_force = read_layers(settings.layers).files
    if not whole_site:
        then = {path: body for path, body in then.items() if not rules_site(path)}
        then |= {path: body for path, body in in_force.items() if rules_site(path)}
    shipped = read_layers(settings.layers[:1]).files
    own = read_folder(settings.own_content) if settings.own_content.is_dir() else {}
    gone = tuple(path for path in own if path not in then or shipped.get(path) == then[path])
    files = shipped | then
    changed = {path: body for path, body in then.items() if shipped.get(path) != body}
    courses = {path.rpartition("/")[0] for path in changed if COURSE_FILE.fullmatch(path)}
    added = () if "site.yaml" in changed else tuple(sorted(courses))
    return Proposal(files, added, changed, check_site(files, today, added, kept=KEPT), digest_of(in_force)), gone


def _in_full(settings: Settings, path: str, body: bytes) -> bytes:
    """The file itself, where an edition holds only the name under which the instance keeps it. LookupError."""
    name = None if is_text(path) else pointed(body)
    if name is None:
        return body
    kept = settings.instance / FOLDER / name
    if not kept.is_file():
        raise LookupError(path)
    return kept.read_bytes()


def _put(folder: Path, path: str, body: bytes | None) -> None:
    if body is None:
        remove_file(folder, path)
    else:
        put_file(folder, path, body)


def _put_back(own: Path, touched: Iterable[str], before: Mapping[str, bytes]) -> None:
    for path in touched:
        _put(own, path, before.get(path))


def _stands(settings: Settings, path: str) -> bytes | None:
    """The file as it is being written, read anew: the desk may have been read before one's turn came."""
    return _uppermost((*settings.layers, settings.drafts), path)


def _uppermost(folders: Sequence[Path], path: str) -> bytes | None:
    """The file of the uppermost folder that has one; the lowest folder comes first."""
    found = next((folder / path for folder in reversed(folders) if (folder / path).is_file()), None)
    return found.read_bytes() if found is not None else None


def _keep(settings: Settings, path: str, body: bytes) -> None:
    """As a draft; a draft that says what is in force already is none."""
    if _uppermost(settings.layers, path) == body:
        remove_file(settings.drafts, path)
    else:
        put_file(settings.drafts, path, body)


@contextlib.contextmanager
def turn(settings: Settings) -> Iterator[None]:
    """Whoever writes drafts or content, or must not read content half written, waits here."""
    with (settings.instance / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
