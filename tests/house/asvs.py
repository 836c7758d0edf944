"""docs/security.md: what OWASP ASVS 5.0 asks of a site like this one, at levels 1 and 2, and which test proves it.

A test proves an item by its name: `test_asvs_<chapter>_<section>_<item>_<words>`. A line that no test can show, or
that does not apply, says why. The sentences are ours; the standard's own are at https://owasp.org/ASVS.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

CHAPTERS = {
    1: "Encoding and cleaning",
    2: "Validation and the rules of the business",
    3: "The browser",
    4: "Requests",
    5: "Files",
    6: "Signing in",
    7: "Sessions",
    8: "Who may do what",
    9: "Tokens that carry their own proof",
    11: "Cryptography",
    12: "Lines between machines",
    13: "Configuration",
    14: "Protection of data",
    15: "Code and what it is made of",
    16: "Logs and errors",
}


@dataclass(frozen=True)
class Line:
    """`items`: numbers of the standard. `asked`: in our words. `why`: instead of a test, or beside it."""

    items: tuple[str, ...]
    asked: str
    why: str = ""


def line(items: str, asked: str, why: str = "") -> Line:
    return Line(tuple(items.split()), asked, why)


LINES: tuple[Line, ...] = (
    line("1.2.1 1.2.2", "What is shown is escaped for where it stands; links lead to known schemes only."),
    line("1.2.4", "No statement to the database is put together from pieces of text."),
    line("1.2.10", "A name in a table for spreadsheets is never run as a formula (level 3, taken)."),
    line(
        "1.3.1 1.3.5", "Markdown and the HTML made of it are cleaned by a kept library, with a list of what may stay."
    ),
    line("1.3.4", "No SVG of others is shown as a document or inside a page."),
    line("1.3.6", "The server fetches no address that a person gave."),
    line("1.3.7", "No template is made from what somebody typed."),
    line("1.3.11", "Nothing typed becomes a header of a message."),
    line("1.5.2", "No reader that makes objects from bytes: no pickle, no full YAML, no evaluation."),
    line("2.2.1 2.2.2 2.2.3", "Every form is checked on the server, fields that belong together as well."),
    line("2.3.1", "Steps are done in their order: nothing is issued before the course is complete."),
    line("2.3.2", "What may be done often has a bound: tries, links, places, sizes."),
    line("2.3.3", "One deed is one transaction: done whole or not at all."),
    line("2.3.4", "Limited things, such as the places of an invitation, are never given out twice."),
    line("2.4.1", "Robots are slowed before they do harm; a class that comes together is not."),
    line("3.2.1", "Nothing uploaded is ever shown as a page of this site."),
    line("3.3.1 3.3.2 3.3.3 3.3.4", "The session's cookie is Secure, HttpOnly, SameSite=Lax, and bound to the host."),
    line("3.4.1", "Browsers are told to use TLS only, for a year, with subdomains."),
    line("3.4.3", "A policy with a new nonce for each answer says which scripts may run (the form of level 3)."),
    line("3.4.4", "Browsers do not guess the type of a file."),
    line("3.4.5", "No address of a page is told to other sites."),
    line("3.4.6", "No other site shows a page of this one inside its own."),
    line("3.4.8", "A page opened from another site shares no window with it (level 3, taken)."),
    line(
        "3.5.1 3.5.3", "What changes something needs a token and comes from a page of this site; a GET changes nothing."
    ),
    line("3.7.2", "No link of this site sends people on to another one."),
    line("4.1.1", "Each answer says its type, and texts their character set."),
    line("4.1.3", "What a proxy says of the visitor is believed from that proxy only."),
    line("5.1.1 5.2.1 5.2.2 5.2.3", "Files are taken by kind, size and number, and looked at before they are kept."),
    line("5.3.1 5.3.2", "Files are kept under names of our own, where no server runs them."),
    line("5.4.1 5.4.2", "A download has a name of our own, and nothing that a person typed in its header."),
    line("6.1.1", "How sign-in is slowed is written down, and nobody can lock another out."),
    line(
        "6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.2.9 6.2.10 6.2.11 6.2.12",
        "Passwords: 12 signs or more, up to 200; no rules of composition, no forced change; pasting and managers work; "
        "common words and one's own names are refused.",
    ),
    line("6.3.1 6.3.2", "Guessing passwords is slowed; there is no account that comes with the site."),
    line("6.3.3", "A second factor is offered to everyone and required of admins on a real site."),
    line("6.3.7", "People are told when a secret of theirs was changed (level 3, taken)."),
    line("6.3.8", "No answer tells whether an account or an invitation exists (level 3, taken)."),
    line(
        "6.4.1 6.4.2 6.4.3",
        "First and lost passwords: links that work once and not for long, no secret question, no way round.",
    ),
    line(
        "6.5.1 6.5.2 6.5.3 6.5.5",
        "Codes work once, are kept as hashes, come from the system's randomness, and end soon.",
    ),
    line("7.2.1 7.2.2 7.2.3 7.2.4", "Sessions are kept on the server, 128 bits or more, new at each sign-in."),
    line(
        "7.1.1 7.3.1 7.3.2", "A session ends when nobody is there, and after a time in any case; both are written down."
    ),
    line("7.4.1 7.4.2 7.4.3 7.4.5", "A session that was ended is refused: sign-out, new password, suspension."),
    line("7.5.1 7.5.2", "Deeds on an account's doors ask for the password again; people see and end their sessions."),
    line("8.1.1 8.1.2", "Who may do what is written down: docs/access.md."),
    line("8.2.1 8.2.2 8.2.3 8.3.1", "Each route, each thing and each field asks who may, in the query itself."),
    line(
        "8.4.1",
        "Several organisations on one site do not see each other's people.",
        "An organisation only gives its name to a cohort; it has no accounts. What is kept apart are cohorts: "
        "those who lead one see no other (8.2.2).",
    ),
    line(
        "9.1.1 9.2.1 9.2.2",
        "Signed tokens say what they are for and end.",
        "There is none: each link is a random code whose purpose and end stand in the database (6.4.1, 6.5.1).",
    ),
    line("11.1.1 11.1.2", "It is written down which keys there are, what each is for and how they are replaced."),
    line(
        "11.2.1 11.2.2",
        "Ciphers come from one kept library; what is sealed says by which key, so that it can be replaced.",
    ),
    line(
        "11.3.2 11.3.3",
        "What is private is sealed with AES-256-GCM, and a value that was moved or changed does not open.",
    ),
    line(
        "11.4.2",
        "Passwords are kept by a function that is slow by design.",
        "scrypt with N = 2^15, r = 8, p = 3, one of OWASP's equal choices, from the library that is there already.",
    ),
    line("11.5.1", "Codes that must not be guessed have 128 random bits."),
    line(
        "12.2.1 12.3.1",
        "Lines outside, and to the database, are encrypted.",
        "TLS is the proxy's work (docs/running.md); with a real address the site asks for https only. "
        "SQLite is a file; for PostgreSQL on another machine its address says sslmode.",
    ),
    line(
        "13.2.2",
        "Services run with the rights that they need.",
        "SQLite has no roles: its files belong to the site's own user and are closed to others. On PostgreSQL one role "
        "owns the tables, since the site upgrades itself; it needs no right beyond its own database.",
    ),
    line("13.3.1", "Keys stand outside the code and apart from the data."),
    line(
        "13.4.1 13.4.2 13.4.3 13.4.4 13.4.5",
        "No repository, debug page, list of files, TRACE or metrics is open to visitors.",
    ),
    line("14.1.1 14.1.2", "Each column of each table says its class, purpose, time and end."),
    line("14.2.1", "Nothing sensitive stands in an address, but for codes that are made to be one."),
    line("14.2.3", "No page asks anything of another site."),
    line("14.2.7", "What has run its time goes by itself (level 3, taken)."),
    line(
        "14.2.8",
        "Files that people give lose what they say of their maker (level 3, taken).",
        "People give no file. Images of a course come from its folder, which its authors publish on purpose.",
    ),
    line(
        "14.3.1 14.3.2 14.3.3",
        "Signing out clears the browser; pages with personal things are not kept; no private text is stored in it.",
    ),
    line("15.1.1 15.1.2 15.2.1", "Packages are listed with their hashes; known weaknesses have a delay."),
    line("15.1.3 15.2.2", "What costs much is bounded: sizes, hashing, hostile texts."),
    line("15.3.1 15.3.3", "A form sets the fields that it offers, and a page shows the fields that it needs."),
    line("16.1.1 16.2.1 16.2.2 16.2.5", "What is logged is a closed list, in UTC, without secrets, names or texts."),
    line("16.3.1 16.3.2 16.3.3 16.3.4", "Sign-ins, refusals, attempts to get round and errors are logged."),
    line("16.4.1 16.4.2", "Nobody writes lines of their own into the log, nor takes one away unseen."),
    line(
        "16.5.1 16.5.2 16.5.3",
        "An error tells nothing of the inside; without its database the site says so and opens nothing.",
    ),
)

NAME = re.compile(r"test_asvs_(\d+)_(\d+)_(\d+)_(\w+)")

HEAD = """\
# Statement of security

What [OWASP ASVS 5.0](https://owasp.org/ASVS) asks at levels 1 and 2 of a site like this one, with a few lines of level
3 taken because of what people write here. Each line names the tests that prove it, which run at each change, or says
why there is none. The sentences are ours. This page is made from `tests/house/asvs.py`:
`ELEARN_UPDATE=1 .venv/bin/pytest tests/house/test_asvs.py` writes it anew.

Nobody from outside has looked at this site yet: it is a statement of its makers. Not on the list, since nothing here
does it: OAuth, SAML, LDAP, XPath, GraphQL, WebRTC, WebSocket.
"""

Tests = Mapping[str, list[tuple[str, str]]]
"""Item -> (file, words of the test's name)."""


def tests_in(sources: Mapping[str, str]) -> Tests:
    """Every test named after an item. `sources`: path -> text."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path, text in sorted(sources.items()):
        for node in ast.walk(ast.parse(text)):
            name = NAME.fullmatch(node.name) if isinstance(node, ast.FunctionDef) else None
            if name:
                found.setdefault(".".join(name.groups()[:3]), []).append((path, name[4].replace("_", " ")))
    return found


def gaps(lines: tuple[Line, ...], tests: Tests) -> list[str]:
    """Lines that have neither a test nor a reason, and tests named after an item that no line has."""
    bare = [
        f"{' '.join(one.items)}: no test test_asvs_{one.items[0].replace('.', '_')}_… and no reason ({one.asked})"
        for one in lines
        if not one.why and not any(item in tests for item in one.items)
    ]
    known = {item for one in lines for item in one.items}
    return bare + [f"{item} is named by a test and stands in no line" for item in sorted(set(tests) - known)]


def page(lines: tuple[Line, ...], tests: Tests) -> str:
    return HEAD + "".join(_page(lines, tests))


def _page(lines: tuple[Line, ...], tests: Tests) -> Iterator[str]:
    for chapter, title in CHAPTERS.items():
        yield f"\n## {chapter}. {title}\n| Items | Asked | Shown by |\n|---|---|---|\n"
        for one in lines:
            if int(one.items[0].partition(".")[0]) == chapter:
                yield f"| {', '.join(one.items)} | {one.asked} | {_shown(one, tests)} |\n"


def _shown(one: Line, tests: Tests) -> str:
    said = [f"{item} {words} (`{path}`)" for item in one.items for path, words in tests.get(item, [])]
    if one.why:
        said.append(one.why)
    bare = [item for item in one.items if item not in tests]
    if said and bare and not one.why:
        said.append(f"Without a test of their own: {', '.join(bare)}")
    return "<br>".join(said)
