"""The command `translate`: a skeleton to begin with, how far a translation is, and what was noted as read."""

import argparse
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from elearn import usage
from elearn.commands.common import read_settings, refuse
from elearn.store.content_folder import Layers, path_of, read_folder, read_layers
from elearn.terminal import BLUE, DIM, GREEN, RED, paint, say, tell

if TYPE_CHECKING:
    from elearn.core.parse import Draft
    from elearn.core.translating import Standing

_COLOURS = {"missing": RED, "moved": RED, "outdated": RED, "unread": BLUE, "current": GREEN}


@dataclass(frozen=True, slots=True)
class _Place:
    """A unit and one translation of it. `folder`: where its files are on this machine."""

    name: str
    lang: str
    folder: Path
    source: "Draft"
    translation: "Draft | None"
    noted: Mapping[str, str]

    @property
    def path(self) -> Path:
        return self.folder / f"{self.lang}.md"


def translate(given: argparse.Namespace) -> int:
    from elearn.core.translating import MISSING, all_digests, skeleton, standings

    place = _find(given)
    if place is None:
        return 1
    if place.translation is None:
        place.path.write_text(skeleton(place.source), encoding="utf-8")
        _note(place, all_digests(place.source))
        tell(paint(say(*usage.skeleton_made(str(path_of(place.path.name, [place.folder])))), GREEN))
        return 0
    found = standings(place.source, place.translation, place.noted)
    if given.reviewed is not None:
        unknown = [name for name in given.reviewed if name not in {one.id for one in found}]
        if unknown:
            return refuse(*usage.no_such_block(unknown[0], [one.id for one in found]))
        ready = [one.id for one in found if one.state != MISSING and one.id in (given.reviewed or [one.id])]
        present = all_digests(place.source)
        noted = {**place.noted, **{name: present[name] for name in ready}}
        _note(place, noted)
        found = standings(place.source, place.translation, noted)
        tell(say(*usage.blocks_noted(len(ready))))
    _tell(place, found)
    return 0


def _find(given: argparse.Namespace) -> _Place | None:
    """The unit by the ids of its course and itself, or by the names of their folders. None once what lacks is told."""
    from elearn.core.reading import Reading
    from elearn.core.source import decode
    from elearn.core.strict_yaml import read
    from elearn.core.translating import read_sync

    settings = read_settings()
    folders: Sequence[Path] = (Path(given.content),) if given.content else settings.layers
    layers = Layers(read_folder(folders[0])) if given.content else read_layers(folders)
    reading = Reading(layers.files, dt.datetime.now(dt.UTC).date(), layers.added)
    reading.read()
    units = {}
    for files in reading.units.values():
        path = files.source.source.path
        units[f"{files.course}/{files.source.front.id}"] = files
        units["/".join(path.split("/")[1:3])] = files
    unit = units.get(given.unit.strip("/"))
    if unit is None:
        named = [name for name, one in units.items() if name == f"{one.course}/{one.source.front.id}"]
        refuse(*usage.no_unit(given.unit, named))
        return None
    first, *others = reading.site.languages
    lang = given.lang or (others[0] if others else "")
    if lang not in others:
        refuse(*usage.no_language(lang or "en", first, others))
        return None
    if not unit.source.sound:
        refuse(*usage.unreadable_source(path_of(unit.source.source.path, folders)))
        return None
    path = unit.source.source.path
    sync = path.removesuffix(f"{first}.md") + f"{lang}.sync.yaml"
    noted = read_sync(read(decode(sync, layers.files[sync]))) if sync in layers.files else {}
    name = f"{unit.course}/{unit.source.front.id}"
    folder = Path(path_of(path, folders)).parent
    return _Place(name, lang, folder, unit.source, unit.translations.get(lang), noted)


def _note(place: _Place, noted: Mapping[str, str]) -> None:
    from elearn.core.translating import blocks, sync_text

    kept = {name: noted[name] for name in blocks(place.source) if name in noted}
    (place.folder / f"{place.lang}.sync.yaml").write_text(sync_text(kept), encoding="utf-8")


def _tell(place: _Place, found: "Sequence[Standing]") -> None:
    from elearn.core.translating import OPENING, STATES

    tell(say(f"{place.name} en « {place.lang} » :", f"{place.name} in “{place.lang}”:"))
    wide = max(len(say(*words)) for words in usage.STANDINGS.values())
    for one in found:
        where = paint(f"{path_of(place.path.name, [place.folder])}:{one.line}", DIM) if one.line else ""
        name = say("ouverture et en-tête", "opening and header") if one.id == OPENING else one.id
        tell(f"  {paint(say(*usage.STANDINGS[one.state]).ljust(wide), _COLOURS[one.state])}  {name}  {where}".rstrip())
    counts = {state: sum(one.state == state for one in found) for state in STATES}
    tell(say(*usage.translated(counts)))
    if counts["moved"] or counts["outdated"] or counts["unread"]:
        tell(paint(say(*usage.note_reviewed(place.name, place.lang)), DIM))
