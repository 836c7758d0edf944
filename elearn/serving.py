"""`elearn run`: the production server. One blocking thread a worker; a worker that dies is replaced at once.

The app is imported once, before the fork, so that workers share its memory (macOS spawns: each imports its own).
granian stops the whole server when one worker dies twice within seconds; see `_keep_replacing` (docs/adr/0007).
"""

import contextlib
import errno
import fcntl
import gc
import logging
import multiprocessing
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from elearn.config import ROOT, Settings, SettingsError
from elearn.logs import begin as write_log
from elearn.store.schema import others_connected

TARGET = "wsgi:app"
WATCH_EVERY = 1.0
LOCK = ".serving"
"""A file of the instance that whatever serves it holds, shared; a restore wants it alone."""

App = Callable[..., Any]


def serve(app: App, settings: Settings, quiet: bool = False) -> None:
    """Serve until SIGINT or SIGTERM. SettingsError where the port cannot be had. `quiet`: only what goes wrong is
    logged, for who writes beside a preview."""
    refuse_busy_port(settings.host, settings.port, bool(settings.base_url))
    write_log(logging.WARNING if quiet else logging.INFO)
    server = Granian(
        TARGET,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=settings.workers,
        blocking_threads=1,
        backlog=1024,
        respawn_failed_workers=True,
        respawn_interval=0.01,
        workers_kill_timeout=6,  # a deed gives up after five seconds; a worker told to stop while it starts is deaf
        log_level=LogLevels.critical,
        working_dir=ROOT,
    )
    _keep_replacing(server)
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork", force=True)
        gc.collect()
        gc.freeze()
        server.serve(target_loader=partial(_already_loaded, app), wrap_loader=False)
    else:
        server.serve()


def refuse_busy_port(host: str, port: int, real: bool = False) -> None:
    """SettingsError where another program listens. granian itself would share the port with it and say nothing.

    `real`: a proxy expects the site on this port, so that taking another one is no way out.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise _cannot_listen(error, host, port, real) from error


def hold(instance: Path, alone: bool = False) -> int:
    """Hold an instance until the process ends: beside others that serve it, or `alone`. SettingsError where taken."""
    handle = os.open(instance / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        if alone:
            raise still_running() from error
        raise SettingsError(
            "Une restauration ou une mise à jour est en cours : attendez qu'elle finisse, puis réessayez.",
            "A restore or an upgrade is under way: wait until it ends, then try again.",
        ) from error
    return handle


def refuse_while_serving(settings: Settings) -> None:
    """SettingsError where something answers at the site's address or, on PostgreSQL, is connected to its database."""
    with contextlib.suppress(OSError), socket.create_connection((settings.host, settings.port), timeout=2):
        raise still_running()
    if settings.database_url.startswith("postgresql"):
        engine = create_engine(settings.database_url, poolclass=NullPool, hide_parameters=True)
        with contextlib.suppress(DBAPIError), engine.connect() as connection:
            if others_connected(connection):
                raise still_running()


def still_running() -> SettingsError:
    return SettingsError(
        "Le site tourne encore : arrêtez-le (« systemctl stop elearn », ou Ctrl-C), puis réessayez. Rien n'est changé.",
        "The site still runs: stop it (“systemctl stop elearn”, or Ctrl-C), then try again. Nothing was changed.",
    )


def _cannot_listen(error: OSError, host: str, port: int, real: bool) -> SettingsError:
    other = port + 1 if port < 65535 else 8080
    if error.errno == errno.EADDRINUSE and real:
        return SettingsError(
            f"Le port {port} est déjà pris : « systemctl status elearn » dit si le site tourne déjà ; sinon arrêtez "
            f"l'autre programme, que montre « ss -ltnp ».",
            f"Port {port} is already in use: “systemctl status elearn” says whether the site runs already; if not, "
            f"stop the other program, which “ss -ltnp” shows.",
        )
    if error.errno == errno.EADDRINUSE:
        return SettingsError(
            f"Le port {port} est déjà pris par un autre programme : lancez « make run PORT={other} ».",
            f"Port {port} is already in use by another program: run “make run PORT={other}”.",
        )
    if error.errno == errno.EACCES:
        return SettingsError(
            f"Le port {port} est réservé au système : choisissez-en un au-dessus de 1023, « make run PORT=8080 ».",
            f"Port {port} is kept for the system: choose one above 1023, “make run PORT=8080”.",
        )
    return SettingsError(
        f"Impossible d'écouter sur {host}, port {port} ({error.strerror}) : vérifiez ELEARN_HOST et ELEARN_PORT.",
        f"Cannot listen on {host}, port {port} ({error.strerror}): check ELEARN_HOST and ELEARN_PORT.",
    )


def _already_loaded(app: App) -> App:
    return app


class _Forgets(dict[int, float]):
    """granian notes here when it replaced a worker, and quits when one dies again within 5.5 s. So: note nothing."""

    def __setitem__(self, worker: int, moment: float) -> None:
        pass


def _keep_replacing(server: Any) -> None:
    """An undocumented hook of granian, pinned for this; tests/faults kills workers to keep it honest."""
    server.respawned_wrks = _Forgets()
    threading.Thread(target=_watch, args=(server,), daemon=True, name="elearn-watch").start()


def _watch(server: Any) -> None:
    """Two workers that die at one moment can make granian overlook one: a worker found dead twice is told again."""
    dead_before: set[int] = set()
    while not server.interrupt_signal:
        time.sleep(WATCH_EVERY)
        dead: set[int] = set()
        with contextlib.suppress(ValueError, IndexError):
            dead = {worker.idx for worker in list(server.wrks) if not worker.is_alive()}
        overlooked = (dead & dead_before) - set(server.interrupt_children)
        if overlooked or (dead and server.interrupt_children):
            server.interrupt_children.extend(overlooked)
            server.main_loop_interrupt.set()
        dead_before = dead
