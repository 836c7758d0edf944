"""The content folder is read whole and bounded, and nothing outside it is ever read."""

from pathlib import Path

import pytest

from elearn.store import content_folder
from elearn.store.content_folder import ContentFolderError, Meanwhile, read_folder, write_file


def test_it_works(tmp_path: Path) -> None:
    (tmp_path / "courses" / "a" / "media").mkdir(parents=True)
    (tmp_path / "courses" / "a" / "fr.md").write_text("é", encoding="utf-8")
    (tmp_path / "courses" / "a" / "media" / "x.PNG").write_bytes(b"png")
    (tmp_path / "site.yaml").write_text("a: b", encoding="utf-8")

    files = read_folder(tmp_path)

    assert files == {"courses/a/fr.md": "é".encode(), "courses/a/media/x.PNG": b"png", "site.yaml": b"a: b"}
    assert list(files) == sorted(files)


def test_asvs_5_2_2_hidden_files_and_other_kinds_are_left_out(tmp_path: Path) -> None:
    for name in (".git/config.md", ".hidden.md", "LICENSE", "x.svg", "run.py", "a.md~"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")

    assert read_folder(tmp_path) == {}


@pytest.mark.parametrize("name", ["a.svg", "a.SVG", "media/a.svg", "a.svgz", "a.png.svg"])
def test_asvs_1_3_4_no_svg_of_an_author_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / name).write_text("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", encoding="utf-8")

    assert read_folder(tmp_path) == {}


def test_asvs_5_3_2_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    inside, outside = tmp_path / "content", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret.md").write_text("secret", encoding="utf-8")
    (inside / "link.md").symlink_to(outside / "secret.md")
    (inside / "folder").symlink_to(outside)
    (inside / "broken.md").symlink_to(outside / "absent.md")
    (inside / "own.md").write_text("own", encoding="utf-8")
    (inside / "same.md").symlink_to(inside / "own.md")

    assert read_folder(inside) == {"own.md": b"own", "same.md": b"own"}


def test_a_long_text_is_cut_where_the_checker_refuses_it(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"a" * 1_000_000)

    assert len(read_folder(tmp_path)["a.md"]) == content_folder.TEXT_LIMIT


@pytest.mark.parametrize(
    ("bound", "value", "code"),
    [("MOST_FILES", 1, "too_many"), ("TOTAL_LIMIT", 3, "too_large"), ("MEDIA_LIMIT", 1, "too_large")],
)
def test_asvs_5_2_1_a_folder_beyond_its_bounds_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, value: int, code: str
) -> None:
    monkeypatch.setattr(content_folder, bound, value)
    for name in ("a.md", "b.png"):
        (tmp_path / name).write_bytes(b"aa")

    with pytest.raises(ContentFolderError) as refused:
        read_folder(tmp_path)

    assert refused.value.code == code


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContentFolderError) as refused:
        read_folder(tmp_path / "absent")

    assert refused.value.code == "missing"


def laid(tmp_path: Path, own: dict[str, str]) -> content_folder.Layers:
    """A shipped folder of one course, and `own` over it."""
    for folder, files in (("shipped", {"site.yaml": "shipped", "courses/a/course.yaml": "a", "courses/a/x.md": "old"}),
                          ("own", own)):  # fmt: skip
        for path, text in files.items():
            (tmp_path / folder / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / path).write_text(text, encoding="utf-8")
    return content_folder.read_layers([tmp_path / "shipped", tmp_path / "own"])


def test_own_files_take_the_place_of_shipped_ones(tmp_path: Path) -> None:
    layers = laid(tmp_path, {"courses/a/x.md": "new", "glossary/fr.md": "mine"})
    assert layers.files["courses/a/x.md"] == b"new"
    assert layers.files["glossary/fr.md"] == b"mine"
    assert layers.files["site.yaml"] == b"shipped"
    assert layers.added == ()
    assert list(layers.files) == sorted(layers.files)


def test_own_courses_are_added_unless_own_site_yaml_says_which(tmp_path: Path) -> None:
    assert laid(tmp_path, {"courses/b/course.yaml": "b"}).added == ("courses/b",)
    layers = laid(tmp_path, {"site.yaml": "own"})
    assert (layers.added, layers.files["site.yaml"]) == ((), b"own")


def test_without_own_content_the_shipped_one_stands(tmp_path: Path) -> None:
    laid(tmp_path, {})
    layers = content_folder.read_layers([tmp_path / "shipped", tmp_path / "nowhere"])
    assert layers == content_folder.Layers(read_folder(tmp_path / "shipped"))
    with pytest.raises(ContentFolderError):
        content_folder.read_layers([tmp_path / "nowhere", tmp_path / "shipped"])


def test_a_problem_is_named_by_the_file_one_would_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    laid(tmp_path, {"courses/a/x.md": "new"})
    monkeypatch.chdir(tmp_path)
    folders = [tmp_path / "shipped", tmp_path / "own"]
    assert content_folder.path_of("courses/a/x.md", folders) == "own/courses/a/x.md"
    assert content_folder.path_of("site.yaml", folders) == "shipped/site.yaml"
    assert content_folder.path_of("nowhere.md", folders) == "shipped/nowhere.md"
    (tmp_path / "link").symlink_to(tmp_path / "own")
    assert content_folder.path_of("courses/a/x.md", [folders[0], tmp_path / "link"]) == "own/courses/a/x.md"


def test_a_file_is_written_whole_with_the_mode_it_had(tmp_path: Path) -> None:
    made = write_file(tmp_path, "courses/a/fr.md", b"un", None)
    made.chmod(0o640)

    write_file(tmp_path, "courses/a/fr.md", b"deux", b"un")

    assert made.read_bytes() == b"deux" and made.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in made.parent.iterdir()] == ["fr.md"]


@pytest.mark.parametrize("before", [None, b"autre"])
def test_a_file_that_changed_meanwhile_is_left(tmp_path: Path, before: bytes | None) -> None:
    (tmp_path / "fr.md").write_bytes(b"un")

    with pytest.raises(Meanwhile):
        write_file(tmp_path, "fr.md", b"deux", before)
    with pytest.raises(Meanwhile):
        write_file(tmp_path, "absent.md", b"deux", b"un")

    assert (tmp_path / "fr.md").read_bytes() == b"un" and not (tmp_path / "absent.md").exists()


def test_nothing_is_written_outside_the_folder(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "way").symlink_to(tmp_path)

    for path in ("../fr.md", "way/fr.md"):
        with pytest.raises(ContentFolderError):
            write_file(tmp_path / "content", path, b"un", None)

    assert not (tmp_path / "fr.md").exists()


@pytest.mark.parametrize(("name", "taken"), [("a.mp3", True), ("a.webm", True), ("a.png", False), ("a.vtt", False)])
def test_sounds_and_videos_may_be_longer_than_images(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, taken: bool
) -> None:
    monkeypatch.setattr(content_folder, "MEDIA_LIMIT", 10)
    monkeypatch.setattr(content_folder, "PLAYED_LIMIT", 50)
    (tmp_path / name).write_bytes(b"a" * 50)
    if taken:
        assert len(read_folder(tmp_path)[name]) == 50
        (tmp_path / name).write_bytes(b"a" * 51)
    with pytest.raises(ContentFolderError):
        read_folder(tmp_path)
