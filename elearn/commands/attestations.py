"""Commands on attestations: issue, revoke, verify a file, the keys that sign, the lists of revocations."""

import argparse
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from elearn import usage
from elearn.commands.common import done, open_site, read_settings, refuse
from elearn.terminal import DIM, GREEN, RED, Bar, language, paint, say, tell

LARGEST_ANSWER = 1_000_000
PATIENCE = 10
UNDECIDED = ("unreadable", "heavy", "busy", "no credential", "no status", "no issuer", "foreign")
"""Outcomes of `elearn verify` that say nothing of the attestation itself: exit status 2."""


def issue(given: argparse.Namespace) -> int:
    """For everyone who is complete and has confirmed a name. Interrupted, it goes on where it stopped."""
    from elearn.services import issuing
    from elearn.services.audit import By
    from elearn.store import issuing as store
    from elearn.store.base import db, now

    settings = read_settings()
    with open_site(settings) as app:
        edition = app.extensions["shelf"].current()
        if edition is None or given.course not in edition.courses:
            return refuse(*usage.no_such_course(given.course, sorted(edition.courses) if edition else []))
        with db.engine.connect() as connection:
            people = store.everyone(connection, given.course)
        ready = [one for one in people if one.ready]
        if given.dry_run:
            return done(*usage.would_issue(len(ready), len(people) - len(ready)))
        secret, by = app.config["ELEARN_SECRET"], By(now())
        bar = Bar(say("attestations", "attestations"))
        outcome = issuing.issue_all(ready, given.course, edition, secret, settings.address, by, bar)
    return done(*usage.issued(len(outcome.issued), len(people) - len(ready) + len(outcome.not_yet)))


def revoke(given: argparse.Namespace) -> int:
    """Announced, so that its holder is told first; with --now, at once. Twice does no more than once."""
    from elearn.services import lifecycle
    from elearn.services.audit import By
    from elearn.store.base import now

    settings = read_settings()
    with open_site(settings):
        try:
            if given.now:
                changed = lifecycle.revoke(given.attestation, given.reason, settings.address, By(now()))
                return done(*(usage.REVOKED if changed else usage.REVOKED_BEFORE))
            due = lifecycle.announce(given.attestation, given.reason, By(now()))
            if due <= now():
                lifecycle.revoke(given.attestation, given.reason, settings.address, By(now()))
                return done(*usage.REVOKED)
        except lifecycle.NotStanding:
            return done(*usage.REVOKED_BEFORE)
        except LookupError:
            return refuse(*usage.no_such_attestation(given.attestation))
    return done(*usage.revocation_announced(due))


def verify(given: argparse.Namespace) -> int:
    """Exit status: 0 it stands, 1 it does not, 2 that could not be told. Needs no site and no database."""
    import datetime as dt

    from elearn.core.credentials import identity_hash
    from elearn.core.verdicts import GOOD, PROVED, Verdict, words
    from elearn.services import attached, verification

    try:
        credential = attached.read(Path(given.file).read_bytes())
        verdict = verification.check(credential, _finder(given), dt.datetime.now(dt.UTC))
    except OSError:
        return _told(2, *usage.no_such_file(given.file))
    except attached.NotRead as problem:
        verdict = Verdict(problem.outcome)
    short, sentence = words(verdict.outcome, language())
    code = 0 if verdict.outcome == GOOD else 2 if verdict.outcome in UNDECIDED else 1
    same = (
        identity_hash(given.name, verdict.hashed[1]) == verdict.hashed[0] if given.name and verdict.hashed[0] else None
    )
    if given.json:
        tell(json.dumps(asdict(verdict) | {"name_matches": same}, ensure_ascii=False, indent=2))
        return code
    tell(f"{paint(short, GREEN if code == 0 else RED)}  {sentence}")
    if verdict.outcome in PROVED:
        for label, value in usage.told_of(asdict(verdict)):
            tell(f"  {paint(label, DIM)} {value}")
        if same is not None:
            tell("  " + say(*(usage.SAME_NAME if same else usage.OTHER_NAME)))
    return code


def rotate_keys(given: argparse.Namespace) -> int:
    """A new key for an issuer; what a compromised one signed is signed again, and goes on where it stopped."""
    from elearn.services import credentials, issuers, status_lists
    from elearn.services.audit import By
    from elearn.store.base import db, now
    from elearn.store.credentials import keys_of

    settings = read_settings()
    with open_site(settings):
        with db.engine.connect() as connection:
            keys = keys_of(connection, given.issuer)
        if not keys:
            return refuse(*usage.no_such_issuer(given.issuer))
        again = [one for one in keys if one.name == given.compromised and one.state == "compromised"]
        fresh = any(one.state == "active" and now() - one.made_at < usage.KEY_IS_FRESH for one in keys)
        if not given.compromised and fresh and not given.again:
            return done(*usage.NOTHING_TO_ROTATE)
        try:
            name = "" if again else issuers.renew_key(given.issuer, By(now()), given.compromised or "")
        except LookupError:
            return refuse(*usage.no_such_issuer_key(given.compromised, [one.name for one in keys]))
        count = credentials.sign_again(settings.address, By(now()), Bar(say("signatures", "signatures")))
        status_lists.sign(given.issuer, settings.address, now())
    return done(*usage.issuer_key_renewed(name, count))


def status_lists(_given: argparse.Namespace) -> int:
    """Sign every list of revocations anew: the upkeep does so daily, this is for a site whose upkeep stood still."""
    from sqlalchemy import select

    from elearn.services import status_lists as deeds
    from elearn.store.base import db, now
    from elearn.store.credentials import StatusList

    settings = read_settings()
    with open_site(settings):
        with db.engine.connect() as connection:
            slugs = list(connection.execute(select(StatusList.issuer).distinct()).scalars())
        count = sum(deeds.sign(slug, settings.address, now()) for slug in slugs)
    return done(*usage.lists_signed(count))


def organisation_list(_given: argparse.Namespace) -> int:
    from elearn.store import cohorts
    from elearn.store.base import db

    with open_site(read_settings()), db.engine.connect() as connection:
        rows = cohorts.organisations(connection, (), 0, 1000)
    for row in rows:
        issues = say("délivre", "issues") if row.slug and row.agreement and not row.closed_at else "–"
        tell(f"{row.uid}  {row.slug or '–':<20} {issues:<10} {row.name_fr}")
    return 0 if rows else done("Aucune organisation.", "No organisation.")


def organisation_add(given: argparse.Namespace) -> int:
    from elearn.services import organisations
    from elearn.services.accounts import Unacceptable
    from elearn.services.audit import By
    from elearn.store.base import now

    details = organisations.Details(
        name_fr=given.name,
        name_en=given.name_en or "",
        web=given.web or "",
        slug=given.slug or "",
        agreement=given.agreement or "",
        signatory=given.signatory or "",
        role_fr=given.role or "",
    )
    with open_site(read_settings()):
        try:
            uid = organisations.add(details, By(now()))
        except Unacceptable as problem:
            return refuse(*usage.bad_organisation(problem.field, problem.code))
    return done(f"Organisation ajoutée : {uid}", f"Organisation added: {uid}")


def _told(code: int, fr: str, en: str) -> int:
    tell(paint(say(fr, en), RED))
    return code


def _finder(given: argparse.Namespace) -> Callable[[str], dict[str, Any] | None]:
    """From the files that were given, and from the network for the rest; from files alone with --offline."""

    def find(url: str) -> dict[str, Any] | None:
        file = given.did if url.endswith("/did.json") else given.status
        if file:
            return _parsed(Path(file).read_bytes())
        return None if given.offline else _fetched(url)

    return find


def _fetched(url: str) -> dict[str, Any] | None:
    """By https alone, but for one's own machine; a bounded answer, within a bounded time."""
    if not url.startswith(("https://", "http://localhost:", "http://localhost/")):
        return None
    asked = urllib.request.Request(url, headers={"Accept": "application/json, */*"})  # noqa: S310 - told apart above
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310
            return _parsed(answer.read(LARGEST_ANSWER))
    except (urllib.error.URLError, OSError, ValueError):
        return None


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
