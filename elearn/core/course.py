"""Frozen records of what was published: site, courses, units, sections. No rule lives here, no file is opened.

A compiled unit is one language of one unit: HTML is cleaned, prompts and keys are apart, and scoring always comes
from the source language. These records are what an edition stores (`dump`, `load`).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, TypeAdapter

from elearn.core.questions.base import Html, Key, Prompt

FORMAT = 1
"""Number of the stored form of these records; part of every document's hash."""

Text = Mapping[str, str]
"""The same words in each language: {"fr": …, "en": …}."""


@dataclass(frozen=True, slots=True)
class Prose:
    html: Html
    lang: str


@dataclass(frozen=True, slots=True)
class Pool:
    """Questions of which each person is asked `draw` (core.drawing). `html`: its heading and what stands before them.
    `source`: the shared pool that some of them come from, where there is one; their ids begin with `<source>--`."""

    id: str
    title: str
    lang: str
    html: Html
    draw: int
    prompts: tuple[Prompt, ...]
    source: str = ""

    @property
    def open(self) -> tuple[Prompt, ...]:
        """Those that can be drawn."""
        return tuple(prompt for prompt in self.prompts if not prompt.retired)


Block = Annotated[Pool | Prompt | Prose, Field(union_mode="left_to_right")]


@dataclass(frozen=True, slots=True)
class Section:
    """One `##` screen: prose, questions and pools in the order they were written. `lang`: of the title. `outdated`: ids
    of the translated blocks, this section's own for its prose, whose source has changed since. `regions`: whom it is
    meant for, empty for everyone; what is meant for some never counts."""

    id: str
    title: str
    lang: str
    blocks: tuple[Block, ...] = ()
    outdated: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    @property
    def pools(self) -> tuple[Pool, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Pool))

    @property
    def questions(self) -> tuple[Prompt, ...]:
        """Every question, those of pools and the retired ones too."""
        found: list[Prompt] = []
        for block in self.blocks:
            if isinstance(block, Pool):
                found += block.prompts
            elif isinstance(block, Prompt):
                found.append(block)
        return tuple(found)

    @property
    def prompts(self) -> tuple[Prompt, ...]:
        return tuple(prompt for prompt in self.questions if not prompt.retired)


@dataclass(frozen=True)
class Unit:
    """One language of one unit. `opening`: what stands before the first section, in `opening_lang` where it is not in
    the unit's language, `opening_outdated` where its source has changed since. `keys`, `fingerprints`: by question;
    a fingerprint is the SHA-256 of the question (prompt and key) that a step was marked against. `minutes`: planned.
    `exam`: it is sat, not practised: handed in whole and marked once; `sittings`: how many times at most, None for as
    many as one likes."""

    id: str
    course: str
    lang: str
    title: str
    minutes: int
    licence: str
    status: str
    authors: tuple[str, ...]
    summary: str = ""
    reviewers: tuple[str, ...] = ()
    translators: tuple[str, ...] = ()
    competencies: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()
    reviewed_on: str = ""
    content_note: str = ""
    pass_mark: int | None = None
    opening: Html = b""
    sections: tuple[Section, ...] = ()
    references: tuple[Html, ...] = ()
    footnotes: Html = b""
    glossary: tuple["GlossaryEntry", ...] = ()
    keys: Mapping[str, Key] = field(default_factory=dict)
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT
    opening_lang: str = ""
    opening_outdated: bool = False
    exam: bool = False
    sittings: int | None = None

    def section(self, section_id: str) -> Section | None:
        return next((section for section in self.sections if section.id == section_id), None)

    def prompt(self, question_id: str) -> Prompt | None:
        return next((prompt for prompt in self.prompts if prompt.id == question_id), None)

    @property
    def prompts(self) -> tuple[Prompt, ...]:
        return tuple(prompt for _, prompt in self.placed)

    @cached_property
    def placed(self) -> tuple[tuple[str, Prompt], ...]:
        """Each question with the id of its section. Kept: every answer that is given asks it of every unit."""
        return tuple((section.id, prompt) for section in self.sections for prompt in section.prompts)


@dataclass(frozen=True, slots=True)
class Rule:
    """When a course is complete. `units`: ids that count, in order; `pass_mark`: percent, for each unit's quiz, unless
    the unit sets its own; `hours`: planned hours by kind, not measured; `exam`: the unit that is the final exam, empty
    where there is none."""

    version: str
    units: tuple[str, ...]
    pass_mark: int
    hours: Mapping[str, float] = field(default_factory=dict)
    exam: str = ""


def _said(kept: Any) -> Any:
    """Editions published before these words had languages kept one text, in French."""
    return {"fr": kept} if isinstance(kept, str) else kept


Said = Annotated[Text, BeforeValidator(_said)]


@dataclass(frozen=True, slots=True)
class Credit:
    """Who made a course; `hats`: from which places, such as peer and trainer."""

    name: str
    role: Said = field(default_factory=dict)
    hats: Said = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReaderReview:
    """A reading by someone of the field. `by` and `on` empty: still owed. `units`: those it is about, empty for the
    whole course; `before_opening`: a site may keep them closed until it was made (core.adoption)."""

    kind: Text
    by: str = ""
    on: str = ""
    units: tuple[str, ...] = ()
    before_opening: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    id: str
    title: Text
    discreet_title: Text
    summary: Text
    units: tuple[str, ...]
    rule: Rule
    open: bool = True
    prerequisites: tuple[str, ...] = ()
    disclaimer: Text = field(default_factory=dict)
    credits: tuple[Credit, ...] = ()
    reviews: tuple[ReaderReview, ...] = ()
    contact: str = ""
    issue: str = "automatic"
    valid_months: int | None = None
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """`lang`: the source language where an entry is not translated yet."""

    id: str
    term: str
    html: Html
    lang: str = ""


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A row of `help-lines.yaml`. `checked_on` empty: not yet checked by this site."""

    region: str
    order: int
    kind: str
    name: Text
    tel: str = ""
    sms: str = ""
    chat: str = ""
    hours: Text = field(default_factory=dict)
    languages: str = ""
    free: bool | None = None
    note: Text = field(default_factory=dict)
    url: str = ""
    source: str = ""
    checked_on: str = ""


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """A row of `directory.yaml`: a group, a community, a service or a job. `regions` empty: everywhere; `mode`: online,
    in_person, phone or mixed; `link` empty: its address is not known for certain; `checked_on` empty: not yet checked
    by this site."""

    kind: str
    name: Text
    link: str = ""
    regions: tuple[str, ...] = ()
    mode: str = ""
    audience: Text = field(default_factory=dict)
    languages: str = ""
    note: Text = field(default_factory=dict)
    checked_on: str = ""


@dataclass(frozen=True, slots=True)
class Issuer:
    name: Text
    url: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    languages: tuple[str, ...]
    source_language: str
    courses: tuple[str, ...]
    issuer: Issuer
    competencies: Mapping[str, Text] = field(default_factory=dict)
    glossary: Mapping[str, tuple[GlossaryEntry, ...]] = field(default_factory=dict)
    help_lines: tuple[HelpLine, ...] = ()
    directory: tuple[DirectoryEntry, ...] = ()
    format: int = FORMAT


Record = TypeVar("Record", Site, Course, Unit, tuple[HelpLine, ...])


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def _adapter(shape: Any) -> TypeAdapter[Any]:
    if shape not in _ADAPTERS:
        _ADAPTERS[shape] = TypeAdapter(shape)
    return _ADAPTERS[shape]


def dump(record: Site | Course | Unit) -> bytes:
    """The bytes an edition stores: the same record gives the same bytes."""
    return _adapter(type(record)).dump_json(record)


def dump_help_lines(lines: tuple[HelpLine, ...]) -> bytes:
    return _adapter(tuple[HelpLine, ...]).dump_json(lines)


def load(shape: type[Record], body: bytes) -> Record:
    """A record from stored bytes. pydantic's ValidationError where they are not of this shape."""
    record: Record = _adapter(shape).validate_json(body)
    return record


def fingerprint(prompt: Prompt, key: Key) -> str:
    """SHA-256 (hex) of a question: what was asked, what was right and what was said of it.

    What has its default is left out, so that a field added to the format changes no question written before.
    """
    both = _adapter(tuple[Prompt, Key]).dump_json((prompt, key), exclude_defaults=True)
    return hashlib.sha256(both).hexdigest()


def in_language(text: Text, lang: str, source: str = "fr") -> str:
    """The words in `lang`, else in the source language, else whatever there is."""
    return text.get(lang) or text.get(source) or next(iter(text.values()), "")
