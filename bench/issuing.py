"""Part of `make bench`: what one attestation costs, by part, and 1,000 of them by the command's own function.

Signing makes two variants; the database writes one attestation, its holding, both credentials and an address.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from flask import Flask

from elearn.app import create_app
from elearn.config import Settings
from elearn.core.attestations import load
from elearn.services import credentials, issuing, pdf, transaction
from elearn.services.audit import By
from elearn.store import issuing as store
from elearn.store.attestations import one_of
from elearn.store.base import db, now
from elearn.store.credentials import current
from elearn.store.upgrade import upgrade
from tests.completed import fill
from tests.site import environment

PEOPLE, TIMES = 1000, 50


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="elearn-bench-") as folder, site(Path(folder)) as app:
        fill(app, PEOPLE)
        with db.engine.connect() as connection:
            people = store.everyone(connection, "reperes")
        edition = app.extensions["shelf"].current()
        secret, address = app.config["ELEARN_SECRET"], app.config["ELEARN"].address
        began = time.perf_counter()
        outcome = issuing.issue_all(people, "reperes", edition, secret, address, By(now()), told)
        took = time.perf_counter() - began
        print(f"\n{len(outcome.issued)} attestations: {took:.1f} s, {1000 * took / len(outcome.issued):.1f} ms each")
        parts(outcome.issued[0], address)
    return 0


def parts(attestation: str, address: str) -> None:
    with db.engine.connect() as connection:
        row, signed = one_of(connection, attestation), current(connection, attestation, "real")
    facts = load(row.facts)
    tell("signing, both variants", lambda: credentials.prepare(facts, "site", address, now()))
    tell("PDF, signed file attached", lambda: pdf.attestation(facts, "real", "0" * 26, address, credential=signed.body))
    made = iter([credentials.prepare(facts, "site", address, now()) for _ in range(TIMES)])
    tell(
        "database, both credentials",
        lambda: transaction.run(lambda tx: credentials.store(tx, attestation, next(made), now())),
    )


def tell(what: str, deed: Callable[[], object]) -> None:
    """The median of TIMES, in milliseconds."""
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        deed()
        times.append(time.perf_counter() - began)
    print(f"  {what:<28}{1000 * median(times):7.1f} ms")


def told(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r  {done} / {of}", end="", file=sys.stderr)


@contextmanager
def site(folder: Path) -> Iterator[Flask]:
    settings = Settings.from_env(environment(folder))
    settings.make_folders()
    app = create_app(settings)
    with app.app_context():
        upgrade(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
