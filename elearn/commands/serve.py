"""Commands that serve pages or work behind them: run, work, preview."""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from elearn import usage
from elearn.commands.common import done, open_site, read_settings
from elearn.config import SettingsError

PREVIEW_PORT = "8090"
"""So that a preview runs beside `elearn run` on one machine."""


def run(given: argparse.Namespace) -> int:
    from elearn.running import publish_and_tell, welcome
    from elearn.serving import hold, refuse_busy_port, serve
    from elearn.working import beside

    settings = read_settings(given)
    if not settings.base_url and not settings.loopback:
        raise SettingsError(
            "Pour servir au-delà de cette machine, indiquez l'adresse du site dans ELEARN_BASE_URL.",
            "To serve beyond this machine, give the site's address in ELEARN_BASE_URL.",
        )
    refuse_busy_port(settings.host, settings.port, bool(settings.base_url))
    with open_site(settings) as app:
        hold(settings.instance)
        publish_and_tell(settings)
        app.extensions["shelf"].current()  # loaded before the fork: every worker shares it
        welcome(settings)
    with beside(settings):
        serve(app, settings)
    return 0


def work(given: argparse.Namespace) -> int:
    from elearn import working
    from elearn.logs import begin
    from elearn.serving import hold

    settings = read_settings()
    begin()
    with open_site(settings):
        hold(settings.instance)
        working.work(settings, once=given.once, beside=given.beside)
    return done(*usage.WORKED_ONCE) if given.once else 0


def preview(given: argparse.Namespace) -> int:
    """A throwaway site in a temporary folder; another process publishes to it at each save."""
    from elearn.running import DEMO, welcome
    from elearn.serving import refuse_busy_port, serve

    with tempfile.TemporaryDirectory(prefix="elearn-preview-") as folder:
        asked = read_settings()
        content = given.content or str(asked.content)
        if not given.content:
            Path(folder, "instance").mkdir(mode=0o700)
            Path(folder, "instance", "content").symlink_to(asked.own_content.resolve())
        os.environ.update(
            ELEARN_CONTENT=str(Path(content).resolve()),
            ELEARN_INSTANCE=f"{folder}/instance",
            ELEARN_KEYS=f"{folder}/keys",
            ELEARN_DATABASE_URL="",
            ELEARN_BASE_URL="",
            ELEARN_WORKERS="1",
            ELEARN_PORT=os.environ.get("ELEARN_PORT") or PREVIEW_PORT,
        )
        settings = read_settings(given)
        refuse_busy_port(settings.host, settings.port)
        with open_site(settings, preview=True) as app:
            welcome(settings, DEMO[:1])
        watcher = subprocess.Popen([sys.executable, "-m", "elearn.cli", "publish", "--watch", "--trial"])
        try:
            serve(app, settings, quiet=True)
        finally:
            watcher.send_signal(signal.SIGTERM)
            watcher.wait(timeout=10)
    return 0
