"""The YAML files of a site -> records: site, course, competencies, help lines, directory."""

from dataclasses import dataclass, field

from elearn.core.course import Course, Credit, DirectoryEntry, HelpLine, Issuer, ReaderReview, Rule
from elearn.core.fields import Fields
from elearn.core.regions import REGIONS
from elearn.core.source import Source
from elearn.core.strict_yaml import Node, Sequence, Table
from elearn.core.typography import french_spaces, nearest

SITE = {
    "languages": ("langues", "languages"),
    "source_language": ("langue_source", "source_language"),
    "courses": ("cours", "courses"),
    "issuer": ("emetteur", "issuer"),
}
COURSE = {
    "id": ("id",),
    "title": ("titre", "title"),
    "discreet_title": ("titre_discret", "discreet_title"),
    "summary": ("resume", "summary"),
    "open": ("ouvert", "open"),
    "units": ("unites", "units"),
    "prerequisites": ("prerequis", "prerequisites"),
    "disclaimer": ("mention", "disclaimer"),
    "credits": ("credits",),
    "reviews": ("relectures", "reviews"),
    "contact": ("contact",),
    "rule": ("regle", "rule"),
    "issue": ("delivrance", "issue"),
    "valid_months": ("validite_mois", "valid_months"),
}
RULE = {
    "version": ("version",),
    "units": ("unites", "units"),
    "pass_mark": ("seuil", "pass_mark"),
    "exam": ("examen", "exam"),
    "hours": ("heures", "hours"),
    "issue": ("delivrance", "issue"),
}
HOURS = {
    "theory": ("theorie", "theory"),
    "workshop": ("atelier", "workshop"),
    "personal_work": ("travail_personnel", "personal_work"),
    "practicum": ("stage", "practicum"),
    "supervision": ("supervision",),
    "ethics": ("ethique", "ethics"),
}
REVIEW = {
    "kind": ("genre", "kind"),
    "by": ("par", "by"),
    "on": ("le", "on"),
    "units": ("unites", "units"),
    "before_opening": ("avant_ouverture", "before_opening"),
}
LATER = (
    *("engagement", "commitment", "stage", "practicum", "declarations"),
    *("renouvellement", "renewal"),
)
HELP = {name: (name,) for name in HelpLine.__dataclass_fields__}
DIRECTORY = {
    "kind": ("genre", "kind"),
    "name": ("nom", "name"),
    "link": ("lien", "link"),
    "regions": ("region", "regions"),
    "mode": ("mode",),
    "audience": ("public", "audience"),
    "languages": ("langues", "languages"),
    "note": ("note",),
    "checked_on": ("verifie_le", "checked_on"),
}
ENTRY_KINDS = {
    "groupe": "group",
    "group": "group",
    "communaute": "community",
    "community": "community",
    "service": "service",
    "emploi": "job",
    "job": "job",
}
MODES = {
    "en ligne": "online",
    "online": "online",
    "sur place": "in_person",
    "in person": "in_person",
    "telephone": "phone",
    "phone": "phone",
    "mixte": "mixed",
    "mixed": "mixed",
}
ISSUES = {"automatique": "automatic", "automatic": "automatic", "approbation": "approval", "approval": "approval"}


@dataclass(frozen=True, slots=True)
class SiteFile:
    languages: tuple[str, ...] = ("fr",)
    source_language: str = "fr"
    courses: tuple[str, ...] | None = None
    issuer: Issuer = field(default_factory=lambda: Issuer({}))
    places: dict[str, tuple[int, int]] = field(default_factory=dict)


def read_site(source: Source, node: Node | None) -> SiteFile:
    """Languages, the source one first; the courses in the order the catalogue shows them."""
    fields = Fields(source, node, SITE)
    fields.place = (1, 1)
    fields.require("languages", "courses", shown={"languages": "langues", "courses": "cours"})
    languages = tuple(lang for lang in fields.texts("languages") if _is_language(fields, lang)) or ("fr",)
    first = fields.text("source_language", languages[0])
    if first not in languages:
        fields.refuse("source_language", variant="choice", expected=", ".join(languages))
        first = languages[0]
    languages = (first, *(lang for lang in languages if lang != first))
    issuer = Fields(source, fields.node("issuer"), {"name": ("nom", "name"), "url": ("site", "url")})
    named = Issuer(issuer.words("name", languages), issuer.link("url"))
    courses = fields.texts("courses") if fields.has("courses") else None
    return SiteFile(languages, first, courses, named, fields.places("courses"))


def _is_language(fields: Fields, lang: str) -> bool:
    if len(lang) == 2 and lang.isascii() and lang.isalpha() and lang.islower():
        return True
    fields.refuse("languages", variant="choice", value=lang, expected="fr, en, …")
    return False


@dataclass(slots=True)
class CourseFile:
    """A course as written, with the places of the ids it names. `course` is None where it has no id."""

    source: Source
    folder: str
    course: Course | None
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    rule_places: dict[str, tuple[int, int]] = field(default_factory=dict)
    prerequisite_places: dict[str, tuple[int, int]] = field(default_factory=dict)
    exam_place: tuple[int, int] = (1, 1)


def read_course(source: Source, node: Node | None, folder: str, languages: tuple[str, ...]) -> CourseFile:
    """A course and its rule. What the app cannot keep yet is refused (E102, E106)."""
    fields = Fields(source, node, COURSE, LATER)
    fields.place = (1, 1)
    names = {"title": "titre", "units": "unites", "rule": "regle"}
    fields.require("id", "title", "units", "rule", shown=names)
    issue = fields.choice("issue", ISSUES, "automatic")
    units = _once(fields, "units")
    rule, rule_places, exam_place = _rule(fields, units)
    title = _words(fields, "title", languages)
    course = Course(
        id=fields.identity(),
        title=title,
        discreet_title=_words(fields, "discreet_title", languages) or title,
        summary=_words(fields, "summary", languages),
        units=units,
        rule=rule,
        open=fields.boolean("open", True),
        prerequisites=fields.texts("prerequisites"),
        disclaimer=_words(fields, "disclaimer", languages),
        credits=tuple(_credits(fields, languages)),
        reviews=tuple(_reviews(fields, languages, units)),
        contact=fields.text("contact"),
        issue=issue,
        valid_months=fields.number("valid_months", 1, 240),
    )
    places, needs = fields.places("units"), fields.places("prerequisites")
    return CourseFile(source, folder, course if course.id else None, places, rule_places, needs, exam_place)


def read_competencies(source: Source, node: Node | None, languages: tuple[str, ...]) -> dict[str, dict[str, str]]:
    keys = {name: (name,) for name in node.pairs} if isinstance(node, Table) else {}
    fields = Fields(source, node, keys)
    return {name: _words(fields, name, languages) for name in keys}


def read_help_lines(source: Source, node: Node | None, languages: tuple[str, ...]) -> tuple[HelpLine, ...]:
    """The help lines by region and order."""
    top = Fields(source, node, {"lines": ("lines", "lignes")})
    lines = [_help_line(source, item, languages) for item in top.tables("lines")]
    return tuple(sorted(lines, key=lambda line: (line.region, line.order)))


def _help_line(source: Source, item: Node, languages: tuple[str, ...]) -> HelpLine:
    row = Fields(source, item, HELP)
    row.require("region", "kind", "name")
    free = row.boolean("free", False) if row.has("free") else None
    return HelpLine(
        region=row.text("region"),
        order=row.number("order", 0, 999) or 0,
        kind=row.text("kind"),
        name=_words(row, "name", languages),
        tel=row.text("tel"),
        sms=row.text("sms"),
        chat=row.link("chat"),
        hours=_words(row, "hours", languages),
        languages=", ".join(row.texts("languages")),
        free=free,
        note=_words(row, "note", languages),
        url=row.link("url"),
        source=row.text("source"),
        checked_on=row.date("checked_on"),
    )


def read_directory(source: Source, node: Node | None, languages: tuple[str, ...]) -> tuple[DirectoryEntry, ...]:
    """Groups, communities, services and jobs, in the order of the file."""
    top = Fields(source, node, {"entries": ("entrees", "entries")})
    return tuple(_entry(source, item, languages) for item in top.tables("entries"))


def _entry(source: Source, item: Node, languages: tuple[str, ...]) -> DirectoryEntry:
    row = Fields(source, item, DIRECTORY)
    row.require("kind", "name", shown={"kind": "genre", "name": "nom"})
    named = () if row.text_is("regions", ("toutes", "all", "")) else row.texts("regions")
    unknown = next((region for region in named if region not in REGIONS), "")
    if unknown:
        row.refuse("regions", variant="choice", value=unknown, expected=", ".join(("toutes", *REGIONS)))
    return DirectoryEntry(
        kind=row.choice("kind", ENTRY_KINDS, ""),
        name=_words(row, "name", languages),
        link=row.link("link"),
        regions=named,
        mode=row.choice("mode", MODES, ""),
        audience=_words(row, "audience", languages),
        languages=", ".join(row.texts("languages")),
        note=_words(row, "note", languages),
        checked_on=row.date("checked_on"),
    )


def _words(fields: Fields, name: str, languages: tuple[str, ...]) -> dict[str, str]:
    """Words by language; those of the source language must be there when any are."""
    words = fields.words(name, languages)
    if words and languages[0] not in words:
        fields.refuse(name, "E103", "words", lang=languages[0])
    return {lang: french_spaces(text) if lang == "fr" else text for lang, text in words.items()}


def _once(fields: Fields, name: str) -> tuple[str, ...]:
    """A list of ids; one written twice is told at its second place (E510)."""
    node = fields.node(name)
    seen: dict[str, None] = {}
    for item in node.items if isinstance(node, Sequence) else ():
        text = getattr(item, "text", "").strip()
        if text in seen:
            fields.source.report("E510", item.line, item.column, variant="twice", id=text)
        seen[text] = None
    return tuple(dict.fromkeys(fields.texts(name)))


def _rule(course: Fields, units: tuple[str, ...]) -> tuple[Rule, dict[str, tuple[int, int]], tuple[int, int]]:
    """The rule, where it names each unit, and where it names its exam."""
    fields = Fields(course.source, course.node("rule"), RULE, LATER)
    if course.has("rule"):
        fields.require("version", "pass_mark", shown={"pass_mark": "seuil"})
    fields.choice("issue", ISSUES, "automatic")
    counted = units if fields.text_is("units", ("toutes", "all", "")) else fields.texts("units")
    hours = Fields(course.source, fields.node("hours"), HOURS)
    planned = {name: hours.decimal(name, 5000) for name in HOURS}
    rule = Rule(
        version=fields.text("version"),
        units=counted,
        pass_mark=fields.number("pass_mark", 0, 100) or 0,
        hours={name: value for name, value in planned.items() if value is not None},
        exam=fields.text("exam"),
    )
    return rule, fields.places("units"), fields.at("exam")


def _credits(course: Fields, languages: tuple[str, ...]) -> list[Credit]:
    found = []
    for item in course.tables("credits"):
        row = Fields(course.source, item, {"name": ("nom", "name"), "role": ("role",), "hats": ("chapeaux", "hats")})
        row.require("name", shown={"name": "nom"})
        found.append(Credit(row.text("name"), _words(row, "role", languages), _words(row, "hats", languages)))
    return found


def _reviews(course: Fields, languages: tuple[str, ...], units: tuple[str, ...]) -> list[ReaderReview]:
    found = []
    for item in course.tables("reviews"):
        row = Fields(course.source, item, REVIEW)
        row.require("kind", shown={"kind": "genre"})
        about = row.texts("units")
        for name, place in row.places("units").items():
            if name not in units:
                course.source.report("E510", *place, id=name, near=nearest(name, units))
        kind, first = _words(row, "kind", languages), row.boolean("before_opening", False)
        found.append(ReaderReview(kind, row.text("by"), row.date("on"), about, first))
    return found
