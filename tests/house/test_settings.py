"""Settings: defaults, what is refused and in which words, folders and keys that only their owner can read."""

import stat
import threading
from pathlib import Path

import pytest

from elearn.config import ROOT, Settings, SettingsError
from elearn.keyring import KEY_FILES, KEY_SIZE, Keyring, make_key


def made(folder: Path, **more: str) -> Settings:
    return Settings.from_env({}, instance=str(folder / "instance"), keys=str(folder / "keys"), **more)


def ring(settings: Settings) -> Keyring:
    return Keyring(settings.keys, strict=bool(settings.base_url))


def refused(environ: dict[str, str]) -> SettingsError:
    with pytest.raises(SettingsError) as refusal:
        Settings.from_env(environ)
    return refusal.value


def test_defaults_stand_in_the_clone() -> None:
    settings = Settings.from_env({})
    assert (settings.content, settings.instance, settings.keys) == (ROOT / "content", ROOT / "instance", ROOT / "keys")
    assert settings.database_url == f"sqlite:///{ROOT}/instance/elearn.sqlite"
    assert (settings.port, settings.workers, settings.proxies) == (8080, 2, 0)


def test_a_variable_counts_and_what_is_given_goes_first(tmp_path: Path) -> None:
    environ = {"ELEARN_PORT": "9000", "ELEARN_INSTANCE": str(tmp_path), "ELEARN_CONTENT": ""}
    assert Settings.from_env(environ).port == 9000
    assert Settings.from_env(environ, port="9001").port == 9001
    assert Settings.from_env(environ).database_url == f"sqlite:///{tmp_path}/elearn.sqlite"
    assert Settings.from_env(environ).content == ROOT / "content"


def test_a_folder_that_is_given_counts_from_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings.from_env({"ELEARN_CONTENT": "cours"}).content == tmp_path / "cours"


@pytest.mark.parametrize(("instance", "keys"), [("site", "site"), ("site", "site/keys"), ("keys/site", "keys")])
def test_asvs_13_3_1_keys_stand_apart_from_the_instance(tmp_path: Path, instance: str, keys: str) -> None:
    error = refused({"ELEARN_INSTANCE": str(tmp_path / instance), "ELEARN_KEYS": str(tmp_path / keys)})
    assert "deux dossiers séparés" in error.fr
    assert "two separate folders" in error.en


def test_a_link_does_not_hide_that_they_are_one_folder(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "keys").symlink_to(tmp_path / "site")
    assert "deux dossiers" in refused({"ELEARN_INSTANCE": f"{tmp_path}/site", "ELEARN_KEYS": f"{tmp_path}/keys"}).fr


@pytest.mark.parametrize("address", ["example.org", "http://example.org", "https://example.org/elearn", "https://"])
def test_an_address_is_https_without_a_path(address: str) -> None:
    assert address in refused({"ELEARN_BASE_URL": address}).en


@pytest.mark.parametrize("address", ["https://example.org/", "http://127.0.0.1:8080", "http://localhost:8080/"])
def test_an_address_is_kept_without_its_last_stroke(address: str) -> None:
    assert Settings.from_env({"ELEARN_BASE_URL": address}).base_url == address.rstrip("/")


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "８０８０"])
def test_a_port_is_a_number(port: str) -> None:
    assert "ELEARN_PORT" in refused({"ELEARN_PORT": port}).fr


@pytest.mark.parametrize(
    ("host", "base_url", "demonstration"),
    [
        ("127.0.0.1", "", True),
        ("::1", "", True),
        ("localhost", "", True),
        ("0.0.0.0", "", False),
        ("example.org", "", False),
        ("127.0.0.1", "https://example.org", False),
    ],
)
def test_a_demonstration_is_on_this_machine_only(host: str, base_url: str, demonstration: bool) -> None:
    environ = {"ELEARN_HOST": host, "ELEARN_BASE_URL": base_url}
    assert Settings.from_env(environ).demonstration is demonstration


def test_keys_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    settings = made(tmp_path)
    settings.make_folders()
    for name in KEY_FILES:
        key = ring(settings).key(name)
        assert len(key) == KEY_SIZE
        assert ring(settings).key(name) == key
        assert stat.S_IMODE((settings.keys / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.keys.stat().st_mode) == 0o700
    assert stat.S_IMODE(settings.instance.stat().st_mode) == 0o700
    assert len({ring(settings).key(name) for name in KEY_FILES}) == len(KEY_FILES)
    assert sorted(path.name for path in settings.keys.iterdir()) == sorted(KEY_FILES)


def test_asvs_13_3_1_a_real_site_never_makes_a_key_by_itself(tmp_path: Path) -> None:
    settings = made(tmp_path, base_url="https://example.org")
    with pytest.raises(SettingsError) as refusal:
        ring(settings).key("secret")
    assert "elearn keys new" in refusal.value.fr
    assert not (tmp_path / "keys" / "secret").exists()


def test_a_damaged_key_is_refused_and_left(tmp_path: Path) -> None:
    settings = made(tmp_path)
    settings.make_folders()
    (settings.keys / "secret").write_bytes(b"short")
    with pytest.raises(SettingsError, match="damaged"):
        ring(settings).key("secret")
    assert (settings.keys / "secret").read_bytes() == b"short"


def test_many_that_start_at_once_read_one_key(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "secret"
    barrier = threading.Barrier(8)
    read: list[bytes] = []
    wrote: list[bool] = []

    def start() -> None:
        barrier.wait()
        wrote.append(make_key(path))
        read.append(path.read_bytes())

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(read)) == 1
    assert wrote.count(True) == 1
