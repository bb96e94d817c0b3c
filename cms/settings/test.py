"""Tests: the demo's shape on a throw-away folder, or on the database that DATABASE_URL names."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile


def throwaway_home() -> None:
    """A folder for this process alone, never the one the shell names; children it starts share it.

    Parallel workers inherit the controller's environment, so the mark tells whose folder it is.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    if os.environ.get("CUSTODIA_TEST_WORKER") == worker:
        return
    folder, maker = tempfile.mkdtemp(prefix="custodia-test-"), os.getpid()
    os.environ.update(CUSTODIA_HOME=folder, CUSTODIA_TEST_WORKER=worker)
    atexit.register(remove_if_maker, folder, maker)


def remove_if_maker(folder: str, maker: int) -> None:
    """Forked children inherit the duty to clean up, and must leave it to the process that made the folder."""
    if os.getpid() == maker:
        shutil.rmtree(folder, ignore_errors=True)


throwaway_home()

from cms.settings.base import *
from cms.settings.base import CUSTODIA_HOME, RECORDS, environment
from cms.settings.home import prepare_home

PROFILE = "test"
environment.finish()
prepare_home(CUSTODIA_HOME)

SECRET_KEY = "solo-para-pruebas-" + "x" * 40
CLOCK_OFFSET_ALLOWED = True
RECORDS["INDEX_SIGNING"]["SELF_SIGNED"] = True
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Tests switch the factor on where they look at it.
MFA_REQUIRED_ROLES = ()
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
MAIL_ON = True
SITE_ADDRESS = "http://testserver"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Pages are kept where a test looks at that.
KEEPS_NOTHING = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
CACHES = {**CACHES, "pages": KEEPS_NOTHING, "asked_pages": KEEPS_NOTHING}
# The desk's lock looks when a test asks it to.
RECORDS = {**RECORDS, "LOOK_SECONDS": 1e9}
