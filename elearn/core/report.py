"""Problems as people and programs read them: `path:line:col: CODE message`, and the list behind `--json`."""

from collections.abc import Iterable

from elearn.core.rules import Problem


def as_text(problems: Iterable[Problem], lang: str = "fr") -> str:
    """One line a problem, in the order given."""
    return "\n".join(f"{p.path}:{p.line}:{p.column}: {p.code} {p.message(lang)}" for p in problems)


def as_json(problems: Iterable[Problem], lang: str = "fr") -> list[dict[str, object]]:
    """The same as plain values: path, line, column, code, severity, message, fixable."""
    return [
        {
            "path": problem.path,
            "line": problem.line,
            "column": problem.column,
            "code": problem.code,
            "severity": problem.severity,
            "message": problem.message(lang),
            "fixable": problem.fixable,
        }
        for problem in problems
    ]
