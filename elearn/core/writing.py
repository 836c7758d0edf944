"""A unit as written -> the text of its file, in the one form this house writes. Pure text; nothing is checked here."""

import re
from collections.abc import Iterable, Mapping, Sequence

from elearn.core.as_written import Answer, Pair, Pool, Question, Section, Step, Unit
from elearn.core.braces import END, OPTIONS, POOL
from elearn.core.frontmatter import KEYS, STATUSES, FrontMatter
from elearn.core.questions import KINDS
from elearn.core.questions.blocks import LABELS

LANGUAGES = ("fr", "en")
_KIND_WORDS = {"pool": POOL, "end": END, **{name: kind.words for name, kind in KINDS.items()}}
_SCORING = {True: ("partiel", "partial"), False: ("tout-ou-rien", "all-or-nothing")}
_YES = {True: ("oui", "yes"), False: ("non", "no")}
_TRUTH = {"true": ("vrai", "true"), "false": ("faux", "false")}
_SAFE = re.compile(r"[^\W_](?:[\w .'’()/-]*[\w.'’()/-])?")
_STARTS_BLOCK = re.compile(r"(?:[-+*][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]|>|`{3}|~{3}|\||\t| {4}|\[\^)")


def write(unit: Unit, lang: str = "fr") -> str:
    """The whole file, its words in French or English (equal in rank)."""
    tongue = LANGUAGES.index(lang)
    parts = [_front(unit.front, tongue), f"# {_line(unit.front.title)}", unit.opening.strip("\n")]
    parts += [_section(section, tongue) for section in unit.sections]
    return _joined(parts) + "\n"


def scalar(text: str) -> str:
    """A text as a YAML value: bare where nothing in it could be read otherwise, else between straight quotes."""
    if _SAFE.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\x{ord(c):02x}" for c in escaped) + '"'


def escape(text: str) -> str:
    """Plain words as Markdown that shows exactly them."""
    return escape_starts(escape_marks(text))


def escape_marks(text: str) -> str:
    """The same for words in the midst of a line."""
    return re.sub(r"[\\`*_{}\[\]<>#|~&@!$]", lambda found: "\\" + found[0], text)


def escape_starts(text: str) -> str:
    """The same for what would begin a block where it begins a line."""
    text = re.sub(r"(?m)^(\s*)([-+=:])", r"\1\\\2", text)
    return re.sub(r"(?m)^(\s*\d{1,9})([.)])", r"\1\\\2", text)


def escape_item(text: str) -> str:
    """The same for what would be read as a box where it begins an item of a list."""
    return re.sub(r"\A\\?([(\[])", lambda found: f"&#{ord(found[1])};", text)


def _joined(blocks: Iterable[str]) -> str:
    return "\n\n".join(block for block in blocks if block)


def _line(text: str) -> str:
    return " ".join(text.split())


# --- header


def _front(front: FrontMatter, tongue: int) -> str:
    lines = ["---"]
    for name, spellings in KEYS.items():
        value = getattr(front, "minutes" if name == "duration" else name, None)
        default = getattr(FrontMatter(), "minutes" if name == "duration" else name, None)
        said = value != default or name in front.written or (name == "status" and front.id)
        if value is not None and said:
            lines.append(f"{spellings[tongue % len(spellings)]}: {_value(name, value, tongue)}")
    return "\n".join([*lines, "---"])


def _value(name: str, value: object, tongue: int) -> str:
    if isinstance(value, bool):
        return _YES[value][tongue]
    if isinstance(value, tuple):
        return "[" + ", ".join(scalar(str(item)) for item in value) + "]"
    if name == "duration":
        return _duration(int(str(value)))
    if name == "status":
        return [word for word, meant in STATUSES.items() if meant == value][tongue]
    return scalar(str(value))


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part) or "0 min"


# --- body


def _section(section: Section, tongue: int) -> str:
    blocks = [f"## {_line(section.title)} {{#{section.id}}}"]
    asked = False
    for part in section.parts:
        if isinstance(part, str):
            # A question runs to the next heading: a break closes it before prose.
            blocks += (["***"] if asked else []) + [part.strip("\n")]
        else:
            blocks.append(_pool(part, tongue) if isinstance(part, Pool) else _question(part, tongue, 3))
        asked = not isinstance(part, str)
    return _joined(blocks)


def _pool(pool: Pool, tongue: int) -> str:
    options: dict[str, object] = {}
    if pool.draw is not None:
        options["draw"] = pool.draw
    if pool.source:
        options["source"] = pool.source
    heading = _heading(3, pool.title, "pool", pool.id, options, tongue)
    return _joined([heading, pool.text.strip("\n"), *(_question(question, tongue, 4) for question in pool.questions)])


def _question(question: Question, tongue: int, level: int) -> str:
    heading = _heading(level, question.title, question.kind, question.id, question.options, tongue)
    labels = [("hint", hint) for hint in question.hints]
    labels += [("explanation", question.explanation), ("sample", question.sample)]
    return _joined(
        [
            heading,
            question.stem.strip("\n"),
            _answers(question, tongue),
            *(_label(name, text, tongue) for name, text in labels if text),
            *(_step(step, tongue, level + 1) for step in question.steps),
        ]
    )


def _heading(level: int, title: str, kind: str, id: str, options: Mapping[str, object], tongue: int) -> str:
    words = [f".{_KIND_WORDS[kind][tongue]}" if kind else "", f"#{id}" if id else ""]
    words += [_option(name, value, tongue) for name, value in options.items()]
    return f"{'#' * level} {_line(title)} {{{' '.join(word for word in words if word)}}}"


def _option(name: str, value: object, tongue: int) -> str:
    spellings = OPTIONS.get(name, (name,))
    key = spellings[tongue % len(spellings)]
    if name == "scoring" and isinstance(value, bool):
        return f"{key}={_SCORING[value][tongue]}"
    if name == "visible":
        return f"{key}={('moi', 'me')[tongue]}"
    if isinstance(value, bool):
        return f"{key}={_YES[value][tongue]}"
    if isinstance(value, tuple):
        return f"{key}={','.join(map(str, value))}"
    return f"{key}={value:g}" if isinstance(value, float) else f"{key}={value}"


def _answers(question: Question, tongue: int) -> str:
    if question.answers:
        survey = question.kind == "survey"
        box = "[]" if question.kind == "multiple_choice" or (survey and question.several) else "()"
        # Two lists with the same mark would be one: another mark parts the answers from a list of the stem.
        bullet = "*" if re.search(r"(?m)^ {0,3}- ", question.stem) else "-"
        return "\n".join(_answer(answer, bullet, box, tongue) for answer in question.answers)
    if question.items:
        dot = ")" if re.search(r"(?m)^ {0,3}\d{1,9}\. ", question.stem) else "."
        return "\n".join(f"{n}{dot} {_indented(item, 3)}" for n, item in enumerate(question.items, 1))
    if question.pairs:
        return _table(question.head, question.pairs)
    if question.accepted:
        listed = "\n".join(f"> - {escape_item(escape(words))}" for words in question.accepted)
        return f"> **{_label_word('accepted', tongue)}**\n>\n{listed}"
    if question.answer:
        return _label("answer", _TRUTH.get(question.answer, (question.answer,) * 2)[tongue], tongue)
    return ""


def _answer(answer: Answer, bullet: str, box: str, tongue: int) -> str:
    first, gap, rest = answer.text.strip("\n").partition("\n\n")
    fixed = f" {{{('.fixe', '.fixed')[tongue]}}}" if answer.fixed else ""
    text = f"{bullet} {box[0]}{'x' if answer.right else ' '}{box[1]} {_indented(first + fixed + gap + rest, 2)}"
    if answer.feedback:
        text += ("\n\n" if gap else "\n") + "  " + _indented(_quoted(answer.feedback), 2)
    return text


def _table(head: tuple[str, str], pairs: Sequence[Pair]) -> str:
    rows = [head, *((pair.left, pair.right) for pair in pairs)]
    lines = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], "| --- | --- |", *lines[1:]])


def _cell(text: str) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", _line(text))


def _step(step: Step, tongue: int, level: int) -> str:
    options = {} if step.points is None else {"points": step.points}
    return _joined(
        [
            _heading(level, step.title, "end" if step.end else "", step.id, options, tongue),
            step.text.strip("\n"),
            "\n".join(f"- [{words}](#{target})" for words, target in step.choices),
            _label("explanation", step.explanation, tongue) if step.explanation else "",
        ]
    )


def _label_word(name: str, tongue: int) -> str:
    word = LABELS[name][tongue]
    return word[0].upper() + word[1:] + (" :", ":")[tongue]


def _label(name: str, text: str, tongue: int) -> str:
    """A labelled quote. A text that begins with a list, a table or code stands below its label."""
    text = text.strip("\n")
    between = "\n\n" if _STARTS_BLOCK.match(text) else " "
    return _quoted(f"**{_label_word(name, tongue)}**{between}{text}")


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in text.strip("\n").split("\n"))


def _indented(text: str, by: int) -> str:
    """Every line but the first moved to the right."""
    return text.replace("\n", "\n" + " " * by).replace("\n" + " " * by + "\n", "\n\n")
