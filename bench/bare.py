"""The yardstick: what anyone would write first. A page with Flask-Login and two queries; a form that marks one answer
and commits. Same server, same number of workers, same durability of SQLite as elearn.

    python -m bench.bare PORT FOLDER
"""

import sys
from typing import Any

from flask import Flask, redirect, render_template, request
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader
from sqlalchemy import event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.wrappers import Response

from elearn.config import Settings
from elearn.serving import serve


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ unit.title }}</title></head>
<body><header><p>{{ person.name }}</p></header><main><h1>{{ unit.title }}</h1>{{ unit.body|safe }}
<form method="post" action="/answers"><input type="radio" name="answer" value="0"><button>Go</button></form>
</main></body></html>"""


class Person(UserMixin, db.Model):  # type: ignore[name-defined,misc]
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Unit(db.Model):  # type: ignore[name-defined,misc]
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    body: Mapped[str]
    right: Mapped[int]


class Given(db.Model):  # type: ignore[name-defined,misc]
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int]
    unit_id: Mapped[int]
    answer: Mapped[int]
    mark: Mapped[float]


def make(folder: str) -> Flask:
    app = Flask("bare")
    app.config.update(SECRET_KEY="bench", SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder}/bare.sqlite")
    app.jinja_loader = DictLoader({"unit.html": PAGE})
    db.init_app(app)
    login = LoginManager(app)

    @login.user_loader
    def load(person: str) -> Person | None:
        return db.session.get(Person, int(person))

    @app.get("/enter/<int:person>")
    def enter(person: int) -> str:
        login_user(db.session.get_one(Person, person))
        return "in"

    @app.get("/unit")
    @login_required
    def unit() -> str:
        found = db.session.execute(select(Unit).where(Unit.id == 1)).scalar_one()
        return render_template("unit.html", unit=found, person=current_user)

    @app.post("/answers")
    @login_required
    def answers() -> Response:
        found = db.session.execute(select(Unit).where(Unit.id == 1)).scalar_one()
        answer = int(request.form["answer"])
        db.session.add(Given(person_id=current_user.id, unit_id=1, answer=answer, mark=float(answer == found.right)))
        db.session.commit()
        return redirect("/unit", 303)

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    with app.app_context():
        event.listen(db.engine, "connect", _durable)
        db.create_all()
        db.session.add_all([Person(id=number, name="Benoît") for number in range(1, 201)])
        db.session.add(Unit(id=1, title="A unit", body="<p>" + "Quelques mots de prose. " * 300 + "</p>", right=1))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return app


def _durable(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


if __name__ == "__main__":
    serve(make(sys.argv[2]), Settings.from_env({}, port=sys.argv[1]))
