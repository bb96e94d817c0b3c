"""The demo: everything in one folder, one process group, plain HTTP on loopback, a clock of its own."""

from __future__ import annotations

from cms.settings import env
from cms.settings.base import *  # noqa: F403
from cms.settings.base import CUSTODIA_HOME, environment
from cms.settings.home import local_secret

PROFILE = "demo"
CLOCK_OFFSET_ALLOWED = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
DEMO_PASSWORD: str = environment.read("DEMO_PASSWORD", env.text, "")
environment.finish()

SECRET_KEY = local_secret(CUSTODIA_HOME)
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = CUSTODIA_HOME / "mail"
