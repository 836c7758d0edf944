"""/media/: files of units under the name of their content, whole or in part, and nothing else of the instance."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from werkzeug.datastructures import Headers

if TYPE_CHECKING:
    from flask import Flask

SOUND = b"ID3" + bytes(range(256)) * 20
DIGEST = hashlib.sha256(SOUND).hexdigest()
TYPES = {
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "m4a": "audio/mp4",
    "wav": "audio/wav",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "vtt": "text/vtt; charset=utf-8",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
}


@pytest.fixture
def served(site: Flask) -> Flask:
    folder = site.config["ELEARN"].instance / "media"
    folder.mkdir(exist_ok=True)
    for suffix in (*TYPES, "svg", "html", "yaml"):
        (folder / f"{DIGEST}.{suffix}").write_bytes(SOUND)
    (folder / "secret.mp3").write_bytes(SOUND)
    return site


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: Headers


def ask(app: Flask, path: str, **headers: str) -> Answer:
    """What the site answers, the file closed as a server does."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    with app.test_client().get(path, headers=sent) as answer:
        return Answer(answer.status_code, answer.data, answer.headers)


@pytest.mark.parametrize("suffix", TYPES)
def test_it_works(served: Flask, suffix: str) -> None:
    answer = ask(served, f"/media/{DIGEST}.{suffix}")

    assert (answer.status, answer.body) == (200, SOUND)
    assert answer.headers["Content-Type"] == TYPES[suffix]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "part", "told"),
    [
        ("bytes=0-9", SOUND[:10], f"bytes 0-9/{len(SOUND)}"),
        ("bytes=5000-", SOUND[5000:], f"bytes 5000-{len(SOUND) - 1}/{len(SOUND)}"),
        ("bytes=-3", SOUND[-3:], f"bytes {len(SOUND) - 3}-{len(SOUND) - 1}/{len(SOUND)}"),
    ],
)
def test_a_player_may_ask_for_a_part_so_that_one_can_seek(served: Flask, asked: str, part: bytes, told: str) -> None:
    answer = ask(served, f"/media/{DIGEST}.mp3", Range=asked)

    assert (answer.status, answer.body) == (206, part)
    assert answer.headers["Content-Range"] == told and answer.headers["Accept-Ranges"] == "bytes"


def test_a_part_that_is_not_there_is_refused(served: Flask) -> None:
    answer = ask(served, f"/media/{DIGEST}.mp3", Range="bytes=99999-")

    assert answer.status == 416


def test_a_browser_that_has_the_file_is_not_sent_it_again(served: Flask) -> None:
    answer = ask(served, f"/media/{DIGEST}.png", If_None_Match=f'"{DIGEST}"')

    assert (answer.status, answer.body) == (304, b"")


@pytest.mark.parametrize(
    "name",
    [
        "0" * 64 + ".mp3",
        f"{DIGEST}.svg",
        f"{DIGEST}.html",
        f"{DIGEST}.yaml",
        f"{DIGEST}.MP3",
        f"{DIGEST.upper()}.mp3",
        DIGEST,
        "secret.mp3",
        "",
        "../elearn.sqlite",
        "..%2felearn.sqlite",
        "%2e%2e/elearn.sqlite",
        "..%5celearn.sqlite",
        f"../media/{DIGEST}.mp3/..%2f..%2felearn.sqlite",
        f"{DIGEST}.mp3%00.png",
        f"{DIGEST}.mp3%0a",
    ],
)
def test_nothing_else_is_there(served: Flask, name: str) -> None:
    assert ask(served, f"/media/{name}").status in (400, 404)


def test_pages_may_play_what_is_ours_alone(served: Flask) -> None:
    policy = ask(served, "/learning/").headers["Content-Security-Policy"]

    assert "media-src 'self';" in policy and "default-src 'none'" in policy
