"""The outbox: states, tries and reply codes; never an address or a word of a message."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.browse import Browser
from tests.web.administration import account, logged, values
from tests.web.test_cost import counting

LIST = "/administration/outbox"


@pytest.fixture
def emile(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("Émile")


def put(app: Flask, state: str = "waiting", many: int = 1, trouble: str = "") -> str:
    """Messages to Rosa, by the function that deeds use; the uid of the last."""
    from elearn.services import outbox
    from elearn.services.transaction import run
    from elearn.store.accounts import Person
    from elearn.store.base import db, now
    from elearn.store.mail import OutboxMessage

    with app.app_context(), db.engine.connect() as connection:
        known = connection.execute(select(Person.uid).where(Person.sign_in_name == "rosa")).scalar()
    person = values(app, known or account(app, "rosa", "Rosa")).id
    with app.app_context():
        for _ in range(many):
            run(lambda tx: outbox.put(tx, person, "reset", now(), {"link": "https://canari"}, "rosa@canari.example"))
        with db.engine.begin() as connection:
            uid = connection.execute(select(OutboxMessage.uid).order_by(OutboxMessage.id.desc()).limit(1)).scalar_one()
            connection.execute(OutboxMessage.__table__.update().values(state=state, trouble=trouble, tries=2))
    return str(uid)


def message(app: Flask, uid: str) -> Any:
    from elearn.store.base import db
    from elearn.store.mail import OutboxMessage

    with app.app_context(), db.engine.connect() as connection:
        return connection.execute(select(OutboxMessage.__table__).where(OutboxMessage.uid == uid)).one()


def test_it_works(emile: Browser, site: Flask) -> None:
    assert "Aucun message ici." in emile.get(LIST).text
    put(site, "failed", trouble="550")
    page = emile.get(LIST)
    assert "Choisir un nouveau mot de passe" in page.text
    assert "Pas parti" in page.text and "550" in page.text
    assert "canari" not in page.response.get_data(as_text=True) and "rosa" not in page.text.casefold()


def test_without_a_server_it_says_where_messages_lie(emile: Browser) -> None:
    text = emile.get(LIST).text
    assert "Aucun serveur de courrier" in text and "ELEARN_MAIL_SERVER" in text


def test_by_state(emile: Browser, site: Flask) -> None:
    put(site, "failed")
    assert "1 message " in emile.get(f"{LIST}?state=failed").text
    assert "Aucun message ici." in emile.get(f"{LIST}?state=sent").text
    assert "1 message " in emile.get(f"{LIST}?state=nowhere").text


def test_try_again_and_give_up(emile: Browser, site: Flask) -> None:
    uid = put(site, "failed")
    page = emile.get(LIST).form("/retries").submit()
    assert "En attente" in page.text
    assert (message(site, uid).state, message(site, uid).tries) == ("waiting", 0)
    page = page.form("/dropping").submit()
    assert "Abandonné" in page.text
    assert (message(site, uid).state, message(site, uid).sealed) == ("dropped", b"")
    assert [deed for deed, _told, _facts in logged(site)][-2:] == ["message retried", "message dropped"]


def test_what_is_settled_stays_so(emile: Browser, site: Flask) -> None:
    uid = put(site)
    form = emile.get(LIST).form("/dropping")
    form.submit()
    assert form.submit().status == 409
    again = emile.send("post", f"{LIST}/{uid}/retries", form.values())
    assert again.status == 409 and "n'attend plus" in again.text
    assert message(site, uid).state == "dropped"


def test_an_unknown_message_is_not_found(emile: Browser) -> None:
    form = emile.get("/accounts/").form("/sign-out").values()
    assert emile.send("post", f"{LIST}/x/retries", form).status == 404
    assert emile.send("post", f"{LIST}/{'0' * 26}/dropping", form).status == 409


def test_pages_cost_the_same(emile: Browser, site: Flask) -> None:
    put(site, many=30)
    with counting(site) as statements:
        page = emile.get(f"{LIST}?page=2")
    assert "Page 2 sur 2" in page.text and len(page.all("tr")) == 6
    assert len(statements) == 3


def test_without_its_token_nothing_is_done(emile: Browser, site: Flask) -> None:
    uid = put(site, "failed")
    assert emile.get(LIST).form("/retries").submit(csrf_token="").status == 400
    assert message(site, uid).state == "failed"


def test_messages_of_an_erased_person_are_gone(emile: Browser, site: Flask) -> None:
    from elearn.store.accounts import Person
    from elearn.store.base import db

    put(site)
    with site.app_context(), db.engine.begin() as connection:
        connection.execute(Person.__table__.delete().where(Person.sign_in_name == "rosa"))
    assert "Aucun message ici." in emile.get(LIST).text
