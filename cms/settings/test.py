"""Tests: the demo's shape on a throw-away folder, or on the database that DATABASE_URL names."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ.setdefault("CUSTODIA_HOME", tempfile.mkdtemp(prefix="custodia-test-"))

from cms.settings.base import *  # noqa: E402, F403
from cms.settings.base import CUSTODIA_HOME, environment  # noqa: E402
from cms.settings.home import prepare_home  # noqa: E402

PROFILE = "test"
environment.finish()
prepare_home(Path(CUSTODIA_HOME))

SECRET_KEY = "solo-para-pruebas-" + "x" * 40
CLOCK_OFFSET_ALLOWED = True
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
