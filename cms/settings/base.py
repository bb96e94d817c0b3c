"""What every profile shares. Profiles add only what differs; variables are read in env.py alone."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from cms.settings import engines, env

ROOT = Path(__file__).resolve().parent.parent.parent

environment = env.Environment()
CUSTODIA_HOME: Path = environment.read("CUSTODIA_HOME", env.path, ROOT / "var")
CUSTODIA_PORT: int = environment.read("CUSTODIA_PORT", env.port, 8000)
SITE_ROLE: str = environment.read("SITE_ROLE", env.role, "all")
DATABASES: dict[str, dict[str, Any]] = {
    "default": environment.read("DATABASE_URL", env.database, env.sqlite(CUSTODIA_HOME / "custodia.sqlite3"))
}

#: Whose word about where a request comes from is believed; without it every address is the proxy's.
TRUSTED_PROXIES: list[str] = environment.read("TRUSTED_PROXIES", env.proxies, [])

PROFILE = "base"
DEBUG = False
CLOCK_OFFSET_ALLOWED = False
ALLOWED_HOSTS: list[str] = []

INSTALLED_APPS = [
    "cms.users",
    "cms.core",
    "cms.home",
    "cms.banco",
    "cms.norms",
    "cms.programmes",
    "cms.calls",
    "cms.transparency",
    "cms.publication",
    "cms.demo",
    "cms.notices",
    "records",
    "records.convenios",
    "search",
    "cms",
    "guardian",
    "django_tasks",
    "django_tasks_db",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cms.core.kept_pages.KeptPages",
    "csp.middleware.CSPMiddleware",
    "cms.core.middleware.EditorPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "records.acting.VisitMiddleware",
    "cms.users.limits.SessionLimits",
    "allauth.account.middleware.AccountMiddleware",
    "cms.users.middleware.DeskGate",
    "records.desk.lock.RollbackLock",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cms.core.middleware.PublicRedirects",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = f"cms.urls.{SITE_ROLE if SITE_ROLE in ('public', 'editor', 'desk') else 'all'}"
WSGI_APPLICATION = "cms.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# People -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "/cuenta/entrar/"
LOGIN_REDIRECT_URL = "/custodia/"
LOGOUT_REDIRECT_URL = "/"

# Entering: allauth leads it, with what is shown and kept decided in cms.users (ADR 29).
ACCOUNT_ADAPTER = "cms.users.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "cms.users.forms.EnterForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
# Its limits count in each process's memory; axes counts in the database.
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "cms.users.adapters.FactorAdapter"
MFA_FORMS = {
    "authenticate": "cms.users.forms.FactorForm",
    "authenticate_webauthn": "cms.users.forms.KeyForm",
    "activate_totp": "cms.users.forms.NewCodesForm",
    "add_webauthn": "cms.users.forms.NewKeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "Custodia"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
# Whoever manages factors confirms who she is as for an act of approval: cms.users.confirming.
MFA_REAUTHENTICATION_REQUIRED = False
#: Roles that enter with a second factor or not at all; the last two words are told by custody, not by a group.
MFA_REQUIRED_ROLES: tuple[str, ...] = (
    *("administrator", "contracts_head", "secretary_general"),
    *("custodian", "reserved_reader"),
)
#: Seconds: without asking for anything, since entering, between two notes of the last request, and since
#: the person last said who she is, for an act of approval.
SESSION_IDLE_SECONDS = 15 * 60
SESSION_WHOLE_SECONDS = 8 * 3600
SESSION_NOTE_SECONDS = 30
CONFIRM_SECONDS = 5 * 60

#: The institution's identity provider, if it has one; an empty issuer offers nothing. NAME is how people call it.
OIDC: dict[str, str] = {
    "ISSUER": environment.read("OIDC_ISSUER", env.authority, ""),
    "CLIENT_ID": environment.read("OIDC_CLIENT_ID", env.text, ""),
    "CLIENT_SECRET": environment.read("OIDC_CLIENT_SECRET", env.text, ""),
    "NAME": environment.read("OIDC_NAME", env.text, "cuenta institucional"),
}
environment.together("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")

# Lock-out, counted in the database by login and address together, and by address alone.
AXES_FAILURE_LIMIT = 5
ADDRESS_FAILURE_LIMIT = 30
AXES_COOLOFF_TIME = datetime.timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "ip_address"]
AXES_HANDLER = "cms.users.lockout.Lockout"
AXES_LOCKOUT_CALLABLE = "cms.users.lockout.same_answer"
# What was typed for a login may be a password: only its keyed digest is kept.
AXES_USERNAME_CALLABLE = "cms.users.lockout.digest_of_login"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "credential", "next", "csrfmiddlewaretoken"]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# guardian only stores grants (D3): no anonymous row, no answers of its own.
ANONYMOUS_USER_NAME: str | None = None
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_AUTO_PREFETCH = False
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]  # its backend is left out on purpose: it would answer has_perm

# Language and time ------------------------------------------------------------------------------
LANGUAGE_CODE = "es-co"
LANGUAGES = [("es-co", "Español (Colombia)")]
#: What the page editor's own Spanish leaves in another language.
LOCALE_PATHS = [ROOT / "cms" / "locale"]
TIME_ZONE = "America/Bogota"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Files ------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = CUSTODIA_HOME / "static"
STATICFILES_DIRS = [ROOT / "cms" / "static"]
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = CUSTODIA_HOME / "public-media"
MEDIA_URL = "/imagenes/"
FILE_UPLOAD_TEMP_DIR = CUSTODIA_HOME / "incoming"
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_NUMBER_FILES = 100
# Any form can be sent files, the login's too: only filing takes large ones, with handlers of its own.
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "cms.core.uploads.ModestUpload",
]

RECORDS: dict[str, Any] = {
    "STORE": {
        "BACKEND": "records.storage.filesystem.FilesystemStore",
        "OPTIONS": {"root": CUSTODIA_HOME / "store"},
    },
    # A second copy protects from the loss of a disk only when COPIES_FOLDER lies on another one.
    "COPIES": {
        "copies": {
            "BACKEND": "records.storage.filesystem.FilesystemStore",
            "OPTIONS": {"root": environment.read("COPIES_FOLDER", env.path, CUSTODIA_HOME / "copies")},
        },
    },
    "FIXITY": {"DAYS": 90, "SEALED_DAYS": 30, "BYTES_PER_SECOND": 64 * 1024**2},
    # What one person reads in an hour through the desk; beyond it she waits, and the custodian is told.
    "BULK_READING": {"PIECES": 200, "BYTES": 1024**3, "SECONDS": 3600},
    "MAX_UPLOAD_BYTES": 2 * 1024**3,
    "PAGE_CACHE": CUSTODIA_HOME / "renditions",
    "PAGE_CACHE_BYTES": 4 * 1024**3,
    "ARRIVALS": CUSTODIA_HOME / "arrivals",
    "DRAFTS": {"MOST": 500, "MOST_BYTES": 20 * 1024**3, "DAYS": 7, "WAITING_DAYS": 30},
    "QUARANTINE": CUSTODIA_HOME / "quarantine",
    "QUARANTINE_BYTES": 4 * 1024**3,
    "QUARANTINE_DAYS": 30,
    "SCANNER": environment.read("MALWARE_SCANNER", env.scanner, ""),
    "SCANNER_SECONDS": 60,
    "SCANNED_INSIDES": {"FILES": 300, "BYTES": 512 * 1024**2},
    "SIGNING_KEY": CUSTODIA_HOME / "keys" / "custodia-ed25519.pem",
    "WITNESS": CUSTODIA_HOME / "witness",
    "LOOK_SECONDS": 15.0,
    # Of an address the ledger keeps the network alone: who it was is told by the person and the session (Ley 1581).
    "LEDGER_ADDRESSES": "network",
    "GRANT_DAYS": {"ORDINARY": 5 * 366, "CASE": 366},
    "CERTIFICATES": CUSTODIA_HOME / "certificates",
    "CERTIFICATE_DAYS": 7,
    # A project is shown once the committee approved its entry to the Banco.
    "BANK_ENTRY_FIRST": True,
    "SIGNATURE_ROOTS": environment.read("SIGNATURE_ROOTS", env.certificates, None),
    "INDEX_SIGNING": {
        "KEY": environment.read("INDEX_KEY", env.path, CUSTODIA_HOME / "keys" / "indice.pem"),
        "CERTIFICATE": environment.read("INDEX_CERTIFICATE", env.path, CUSTODIA_HOME / "keys" / "indice.pem"),
        "SELF_SIGNED": False,
        "AUTHORITY": environment.read("TIMESTAMP_AUTHORITY", env.authority, ""),
        "SECONDS": 15,
    },
    "REQUIRE_ISOLATED_CELL": False,
    "CONFIRM_IDENTITY": "cms.users.confirming.confirmed",
}
#: Copies of what is public, the only files that the public process serves: it needs no right on the store (D1, D2).
PUBLISHED_FILES = CUSTODIA_HOME / "published"
SEARCH: dict[str, Any] = engines.search(environment, CUSTODIA_HOME)
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "reading"]}}

# Mail -------------------------------------------------------------------------------------------
#: Without a server no mail leaves: alerts stay at the desk, which says so, and so does the state of the service.
EMAIL_HOST: str = environment.read("MAIL_HOST", env.mail_host, "")
EMAIL_PORT: int = environment.read("MAIL_PORT", env.port, 587)
MAIL_SECURITY: str = environment.read("MAIL_SECURITY", env.mail_security, "starttls")
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL_SECURITY == "starttls", MAIL_SECURITY == "tls"
EMAIL_HOST_USER: str = environment.read("MAIL_USER", env.text, "")
EMAIL_HOST_PASSWORD: str = environment.read("MAIL_PASSWORD", env.text, "")
DEFAULT_FROM_EMAIL: str = environment.read("MAIL_FROM", env.mail_address, "custodia@localhost")
SITE_ADDRESS: str = environment.read("SITE_ADDRESS", env.site, f"http://127.0.0.1:{CUSTODIA_PORT}")
environment.needs("MAIL_HOST", "MAIL_FROM", "SITE_ADDRESS")
environment.together("MAIL_USER", "MAIL_PASSWORD")
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
#: Seconds that a server may take for each exchange.
EMAIL_TIMEOUT = 15
MAIL_ON = bool(EMAIL_HOST)

# What is kept in the memory of each process -----------------------------------------------------
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # Public pages until anything public changes (ADR 53): at most 400, of 256 KiB at most.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "TIMEOUT": 600,
        "OPTIONS": {"MAX_ENTRIES": 400},
    },
    # Those with a question or a day in their address, which whoever asks may make up without end.
    "asked_pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "asked-pages",
        "TIMEOUT": 600,
        "OPTIONS": {"MAX_ENTRIES": 200},
    },
}

# Open data and its API ----------------------------------------------------------------------------
#: Requests of one address in a minute, counted in each process: a script that reads everything stays below.
PUBLIC_READS_A_MINUTE = 600

# Wagtail ----------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Custodia"
WAGTAILADMIN_BASE_URL = f"http://127.0.0.1:{CUSTODIA_PORT}"
WAGTAILADMIN_LOGIN_URL = LOGIN_URL
WAGTAIL_FRONTEND_LOGIN_URL = LOGIN_URL
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
#: One office, one clock; the whole list holds names that browsers refuse.
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
WAGTAIL_GRAVATAR_PROVIDER_URL = None
# Pictures: made anew when they are sent (cms.core.pictures); forty million points take 160 MB to open.
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.core.pictures.PictureForm"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000

# Browser walls ----------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [NONE],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "cms.users.resuming.csrf_failure"

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "cms.core.logs.Calm", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Who was refused is told by the ledger; a line for each would only help to fill the disk.
    # Django's own would also mail each fault with all that its functions held.
    "loggers": {"axes": {"level": "ERROR"}, "django": {"handlers": [], "level": "INFO"}},
}
