"""Production: nothing by default; each role states its database, secret and hosts, or does not start."""

from __future__ import annotations

from cms.settings import env
from cms.settings.base import *
from cms.settings.base import CUSTODIA_HOME, DATABASES, RECORDS, environment
from cms.settings.home import prepare_home

PROFILE = "production"
SECRET_KEY: str = environment.read("SECRET_KEY", env.secret)
ALLOWED_HOSTS = environment.read("ALLOWED_HOSTS", env.hosts)
SITE_ROLE = environment.read("SITE_ROLE", env.role)
DATABASES["default"] = environment.read("DATABASE_URL", env.database)
environment.forbid("DEMO_PASSWORD", "es solo de la demostración")
environment.finish()
prepare_home(CUSTODIA_HOME)

# `collectstatic` names each file by its digest, to be kept for ever, and compresses it with gzip and brotli.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = False
RECORDS["REQUIRE_ISOLATED_CELL"] = True
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-custodia"
CSRF_COOKIE_NAME = "__Host-custodia-csrf"
