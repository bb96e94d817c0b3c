"""The demo: everything in one folder, one process group, plain HTTP on loopback, a clock of its own."""

from __future__ import annotations

from pathlib import Path

from cms.settings import env
from cms.settings.base import *
from cms.settings.base import CUSTODIA_HOME, DATABASES, RECORDS, environment
from cms.settings.home import local_secret, prepare_home, private_file

PROFILE = "demo"
CLOCK_OFFSET_ALLOWED = True
RECORDS["INDEX_SIGNING"]["SELF_SIGNED"] = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
DEMO_PASSWORD: str = environment.read("DEMO_PASSWORD", env.text, "")
environment.finish()

prepare_home(CUSTODIA_HOME)
SECRET_KEY = local_secret(CUSTODIA_HOME)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    private_file(Path(DATABASES["default"]["NAME"]))
# The demo is walked with the one password it prints; factors work for who adds one.
MFA_REQUIRED_ROLES = ()
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
# Mails are files, to be read in the folder of the installation.
MAIL_ON = True
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = CUSTODIA_HOME / "mail"
