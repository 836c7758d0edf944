"""Keys replaced: everything opens afterwards, nothing with the former data key; interrupted, it goes on."""

import datetime as dt
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import LargeBinary, insert, select, update

from elearn.config import SettingsError
from elearn.core.sealing import BrokenSeal
from elearn.keyring import NEXT_SECRET, Keyring, file_of
from elearn.services import addresses, invitations, key_check, keys, rotation, transaction
from elearn.services.reflections import Whose, save
from elearn.store.accounts import Person, SecondFactor, token_hash
from elearn.store.base import Base, db
from elearn.store.cohorts import Invitation, invited
from elearn.store.learning import DataKey, Reflection
from elearn.store.mail import MailAddress, OutboxMessage
from tests import world

AT = world.AT
LATER = AT + dt.timedelta(days=1)


def person(number: int) -> dict[str, object]:
    return {"id": number, "sign_in_name": f"p{number}", "sign_in_key": f"p{number}", "chosen_name": "P",
            "password_hash": "-", "role": "trainee", "locale": "fr", "demo": False, "created_at": AT}  # fmt: skip


@pytest.fixture
def filled(app: Flask) -> Flask:
    """Two people: Benoît with one of everything that is sealed, Chloé with a text."""

    def work(tx) -> None:  # type: ignore[no-untyped-def]
        tx.execute(insert(Person), [person(1), person(2)])
        save(tx, Whose(1, "reperes", "ecouter", "une-fois", 0), "ce jour-là", AT)
        save(tx, Whose(2, "reperes", "ecouter", "une-fois", 0), "un autre jour", AT)
        key_id, sealed = keys.seal_for(tx, 1, b"benoit@example.org", "mail_address", "1", AT)
        lookup = keys.address_lookup("benoit@example.org")
        tx.execute(insert(MailAddress).values(person_id=1, key_id=key_id, sealed=sealed, lookup=lookup, given_at=AT))
        key_id, sealed = keys.seal_for(tx, 1, b"JBSWY3DP", "second_factor", "1", AT)
        tx.execute(insert(SecondFactor).values(person_id=1, key_id=key_id, sealed=sealed))
        for uid, plain in (("A" * 26, b'{"to": "x"}'), ("B" * 26, b"")):
            key_id, sealed = keys.seal_for(tx, 1, plain, "outbox_message", uid, AT)
            values = {"uid": uid, "person_id": 1, "kind": "x", "locale": "fr", "key_id": key_id, "next_at": AT}
            tx.execute(insert(OutboxMessage).values(**values, sealed=sealed if plain else b"", made_at=AT))

    with app.app_context():
        transaction.run(work)
    return app


def opened() -> dict[str, bytes]:
    """Everything sealed, opened. BrokenSeal where one does not."""

    def work(tx):  # type: ignore[no-untyped-def]
        found = {}
        for one in rotation.SEALED:
            for row in tx.execute(select(one.model)).scalars():
                if row.sealed:
                    name = f"{one.table}/{one.row(row)}" if one.table != "reflection" else f"reflection/{row.person_id}"
                    found[name] = keys.unseal_for(tx, row.person_id, row.key_id, row.sealed, one.table, one.row(row))
        return found

    return transaction.run(work)


EVERYTHING = {
    "reflection/1": "ce jour-là".encode(),
    "reflection/2": b"un autre jour",
    "mail_address/1": b"benoit@example.org",
    "second_factor/1": b"JBSWY3DP",
    f"outbox_message/{'A' * 26}": b'{"to": "x"}',
}


def test_everything_opens_after_a_rotation_and_the_former_key_is_free(filled: Flask) -> None:
    with filled.app_context():
        before = dict(db.session.execute(select(DataKey.person_id, DataKey.id)).all())
        db.session.remove()
        told: list[tuple[int, int]] = []
        assert rotation.rotate(LATER, lambda done, of: told.append((done, of))) == rotation.Rotated(
            "reflections-2", 2, 0
        )
        assert told == [(1, 2), (2, 2)]
        assert opened() == EVERYTHING
        assert rotation.wrapped_by() == {"reflections-2": 2}
        after = dict(db.session.execute(select(DataKey.person_id, DataKey.id)).all())
        assert not set(before.values()) & set(after.values())


def test_a_second_run_has_nothing_to_do_for_an_hour(filled: Flask) -> None:
    with filled.app_context():
        assert rotation.is_due(LATER)
        rotation.rotate(LATER)
        assert not rotation.is_due(LATER + dt.timedelta(minutes=59))
        assert rotation.is_due(LATER + dt.timedelta(minutes=61))


def test_an_interrupted_rotation_goes_on_with_the_same_key(filled: Flask) -> None:
    class Killed(Exception):
        pass

    def stop(_done: int, _of: int) -> None:
        raise Killed

    with filled.app_context():
        with pytest.raises(Killed):
            rotation.rotate(LATER, stop)
        assert rotation.wrapped_by() == {"reflections-1": 1, "reflections-2": 1}
        assert opened() == EVERYTHING
        assert rotation.is_due(LATER)
        assert rotation.rotate(LATER) == rotation.Rotated("reflections-2", 1, 0)
        assert opened() == EVERYTHING


def test_what_does_not_open_is_left_with_its_key(filled: Flask) -> None:
    with filled.app_context():
        transaction.run(
            lambda tx: tx.execute(update(Reflection).where(Reflection.person_id == 2).values(sealed=b"x" * 40))
        )
        assert rotation.rotate(LATER) == rotation.Rotated("reflections-2", 1, 1)
        assert rotation.wrapped_by() == {"reflections-1": 1, "reflections-2": 1}
        with pytest.raises(BrokenSeal):
            opened()
        assert rotation.is_due(LATER)


def test_writing_goes_on_after_the_former_key_is_gone(filled: Flask) -> None:
    with filled.app_context():
        rotation.rotate(LATER)
        (keys.keyring().folder / "reflections").unlink()
        transaction.run(lambda tx: save(tx, Whose(1, "reperes", "ecouter", "une-fois", 1), "plus tard", LATER))
        assert opened()["reflection/1"] == b"plus tard"


def test_a_key_that_was_put_aside_is_never_made_anew(filled: Flask) -> None:
    with filled.app_context():
        rotation.rotate(LATER)
        folder = keys.keyring().folder
    (folder / "reflections").unlink()
    ring = Keyring(folder, strict=False)
    assert ring.names() == ["secret", "audit", "reflections-2"]
    with pytest.raises(Exception, match="reflections-1"):
        ring.outer("reflections-1")
    assert not (folder / "reflections").exists()


def test_the_secret_is_replaced_and_addresses_are_found_again(filled: Flask) -> None:
    with filled.app_context():
        folder = keys.keyring().folder
        former = (folder / "secret").read_bytes()
        key_check.check_keys(keys.keyring(), db.engine, AT)
        assert rotation.rotate_secret(LATER) == 1
        assert (folder / "secret").read_bytes() == former
        assert key_check.finish_secret(folder, db.engine, LATER)
        coming = (folder / "secret").read_bytes()
        assert coming != former and not (folder / NEXT_SECRET).exists()
        assert [path.read_bytes() for path in (folder / "retired").iterdir()] == [former]
        key_check.check_keys(Keyring(folder), db.engine, LATER)
        stored = db.session.execute(select(MailAddress.lookup)).scalar_one()
        assert stored == keys.address_lookup("Benoit@example.org", coming)
        assert keys.address_lookup("a@example.org") == addresses.lookup_of("a@example.org"), "one rule"
        assert not key_check.finish_secret(folder, db.engine, LATER)


def test_with_the_former_secret_no_invitation_opens_any_more(filled: Flask) -> None:
    """Whoever has a stolen database and the former secret can make its codes: they let nobody in now."""

    def invitation(tx) -> None:  # type: ignore[no-untyped-def]
        values = {"course": "reperes", "most": 5, "used": 0, "made_by": 1, "made_at": AT}
        ends = {"expires_at": LATER + dt.timedelta(days=9)}
        tx.execute(insert(Invitation).values(id=token_hash(code), uid="U" * 26, nonce="n", **values, **ends))

    with filled.app_context():
        code = invitations.code("n")
        transaction.run(invitation)
        rotation.rotate_secret(LATER)
        with db.engine.connect() as connection:
            row = invited(connection, code)
    assert row is None or invitations.state(row, LATER) == "closed"
    with filled.app_context(), db.engine.connect() as connection:
        shown = connection.execute(select(Invitation.closed_at)).scalar_one()
    assert shown == LATER, "its page says so, and shows no code that does not work"


def test_a_secret_that_the_database_has_not_moved_to_stays_aside(filled: Flask) -> None:
    """Killed before the transaction was committed: the former secret goes on, and the command can be run again."""
    with filled.app_context():
        folder = keys.keyring().folder
        key_check.check_keys(keys.keyring(), db.engine, AT)
        (folder / NEXT_SECRET).write_bytes(bytes(range(32)))
        assert not key_check.finish_secret(folder, db.engine, LATER)
        key_check.check_keys(Keyring(folder), db.engine, LATER)
        assert rotation.rotate_secret(LATER) == 1
        assert key_check.finish_secret(folder, db.engine, LATER)
        assert (folder / "secret").read_bytes() == bytes(range(32))


@pytest.mark.parametrize("name", ["secret", "audit", "reflections"])
def test_a_folder_with_another_key_is_refused_before_anything(filled: Flask, name: str) -> None:
    with filled.app_context():
        folder: Path = keys.keyring().folder
        key_check.check_keys(keys.keyring(), db.engine, AT)
        key_check.check_keys(Keyring(folder), db.engine, LATER)
        (folder / name).write_bytes(bytes(range(40, 72)))
        with pytest.raises(SettingsError) as refusal:
            key_check.check_keys(Keyring(folder), db.engine, LATER)
    assert str(folder / name) in refusal.value.fr and "is not this site's" in refusal.value.en


def test_every_sealed_column_is_rotated() -> None:
    sealed = {
        table.name
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary) and column.name == "sealed"
    }
    sealed.remove("issuer_key")  # no person's: services.issuers.rewrap, tested below
    assert sealed == {one.table for one in rotation.SEALED} == {one.model.__tablename__ for one in rotation.SEALED}


def test_a_real_site_does_not_start_while_a_key_that_wraps_something_is_missing(filled: Flask) -> None:
    with filled.app_context():
        folder: Path = keys.keyring().folder
        rotation.rotate(LATER)
        newest = folder / file_of(keys.keyring().current())
        aside = newest.rename(newest.with_name("aside"))
        key_check.check_keys(Keyring(folder, strict=False), db.engine, LATER)
        with pytest.raises(SettingsError) as refusal:
            key_check.check_keys(Keyring(folder), db.engine, LATER)
        assert str(newest) in refusal.value.fr and "is missing" in refusal.value.en
        aside.rename(newest)
        key_check.check_keys(Keyring(folder), db.engine, LATER)
