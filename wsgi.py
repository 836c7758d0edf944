"""The site for any WSGI server: `wsgi:app`. Settings come from the environment."""

import os

from elearn import logs
from elearn.app import create_app
from elearn.config import Settings

logs.begin()
app = create_app(Settings.from_env(os.environ))
