"""Start-up checks: a process with a dangerous configuration does not start, and says all that is wrong.

`refuse_dangerous_start()` is called by everything that serves or works (WSGI, worker, demo) once the database is
migrated. The checks that need no database also run in `manage.py check`, the others with `--database default`.
Proved by tests/unit/test_start_checks.py, one negative test each (criterion 37).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import checks as django_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.models import CheckConstraint
from django.urls import URLPattern, URLResolver, get_resolver
from django.views.static import serve

from cms import search_credentials
from cms.settings.env import SQLITE_PRAGMAS
from records import checks as records_checks
from records.checks import open_to_others

Check = Callable[[], Iterator[str]]
#: What SQLite answers for the values we ask for by name.
PRAGMA_ANSWERS = {"FULL": "2", "ON": "1", "OFF": "0", "WAL": "wal"}
GUARDIAN_ANONYMOUS = "AnonymousUser"
#: What the admin's own choosers ask, behind the admin's login; it is not the content API.
ADMIN_API = re.compile(r"wagtail\.(admin|\w+\.api\.admin)\.")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
SERVING_ROLES = frozenset({"all", "public", "editor", "desk"})


class DangerousStart(ImproperlyConfigured):
    """The process must not start; `faults` are the sentences, all of them."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = list(faults)
        super().__init__("Custodia no arranca:\n" + "\n".join(f"- {fault}" for fault in faults))


# Settings ---------------------------------------------------------------------------------------
def debug_on() -> Iterator[str]:
    if settings.DEBUG:
        yield "DEBUG está encendido: las páginas de fallo mostrarían datos"


def open_files() -> Iterator[str]:
    """The installation's folder, database and secrets are their owner's alone."""
    for place in private_files():
        if open_to_others(place):
            yield f"{place} queda abierto a otras personas de la máquina (0700 las carpetas, 0600 los archivos)"


def served_custody() -> Iterator[str]:
    """Nothing that must stay private lies inside a folder that is served as static or media files."""
    for served in served_places():
        for private in private_places():
            if private.is_relative_to(served):
                yield f"{private} quedaría servido por estar dentro de {served}"


def guardian_shortcuts() -> Iterator[str]:
    """guardian stores grants: no anonymous person, no legacy union of global permissions (GHSA-5729-mvhf-9gq4)."""
    if settings.ANONYMOUS_USER_NAME is not None:
        yield "ANONYMOUS_USER_NAME debe ser None: un permiso suelto abriría una pieza a todo el mundo"
    for name in dir(settings):
        if name.startswith("GUARDIAN_LEGACY") and getattr(settings, name):
            yield f"{name} debe quedar apagado"


def production_walls() -> Iterator[str]:
    """What only the demo may do: plain HTTP, open cookies, a password from the environment, quick hashes."""
    if settings.PROFILE != "production":
        return
    for name in ("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"):
        if not getattr(settings, name):
            yield f"{name} debe estar encendido: en producción no se habla HTTP sin cifrar"
    if not settings.MFA_REQUIRED_ROLES:
        yield "MFA_REQUIRED_ROLES está vacío: quien lee lo reservado debe entrar con un segundo factor"
    if settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN or not settings.CONFIRM_SECONDS:
        yield "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN y CONFIRM_SECONDS = 0 son solo de la demostración"
    if getattr(settings, "DEMO_PASSWORD", ""):
        yield "DEMO_PASSWORD es solo de la demostración"
    if any("MD5" in hasher for hasher in settings.PASSWORD_HASHERS):
        yield "PASSWORD_HASHERS admite claves de cálculo rápido"


# Addresses --------------------------------------------------------------------------------------
def open_mail() -> Iterator[str]:
    """How many of a reader's documents are new travels protected, and so does the link that ends her mails."""
    if settings.PROFILE != "production" or not settings.MAIL_ON:
        return
    if settings.MAIL_SECURITY == "none" and settings.EMAIL_HOST not in LOOPBACK:
        yield "MAIL_SECURITY=none solo se admite con un servidor de correo de esta misma máquina"
    if not settings.EMAIL_BACKEND.endswith(".smtp.EmailBackend"):
        yield "EMAIL_BACKEND debe entregar los correos a un servidor: en archivos es de la demostración"


def mail_off() -> Iterator[str]:
    """Told before deploying: alerts by mail are asked for in vain."""
    if not settings.MAIL_ON:
        yield "MAIL_HOST no está: los avisos quedan en la bandeja y ningún correo sale"


def mounted_api() -> Iterator[str]:
    """Wagtail's content API is a second door with its own rules; the admin's inner one is not it."""
    if any(name.startswith("wagtail.api") for name in settings.INSTALLED_APPS):
        yield "la API de Wagtail está instalada"
    if any(is_wagtail_api(view) for view in routed_views()):
        yield "la API de Wagtail está montada en las direcciones"


def served_media() -> Iterator[str]:
    """Media are handed out by views that decide, never by a folder (renditions of private images leak)."""
    if any(inspect.unwrap(view) is serve for view in routed_views()):
        yield "hay una carpeta servida directamente en las direcciones (django.views.static.serve)"
    if settings.MEDIA_URL.startswith(settings.STATIC_URL):
        yield "MEDIA_URL queda dentro de STATIC_URL"


# Database ---------------------------------------------------------------------------------------
def wrong_pragmas() -> Iterator[str]:
    """SQLite holds what we lean on only if this connection really has it (D15)."""
    if connection.vendor != "sqlite":
        return
    for name, value in SQLITE_PRAGMAS:
        answer = asked(f"PRAGMA {name}")
        if answer != PRAGMA_ANSWERS[value] and not (name == "journal_mode" and in_memory()):
            yield f"SQLite tiene {name}={answer}; debe ser {value}"


def absent_constraints() -> Iterator[str]:
    """Every check constraint of our models exists below the code, the ban on superusers among them."""
    missing = sorted(declared_constraints() - existing_constraints())
    if missing:
        yield f"la base de datos no tiene las restricciones: {', '.join(missing)}"


def dangerous_people() -> Iterator[str]:
    people = get_user_model().objects
    if people.filter(is_superuser=True).exists():
        yield "hay una persona con poderes de superusuario"
    if people.filter(username=GUARDIAN_ANONYMOUS).exists():
        yield "existe la persona anónima de guardian (AnonymousUser)"


SETTINGS_CHECKS: Sequence[Check] = (
    debug_on,
    open_files,
    served_custody,
    guardian_shortcuts,
    production_walls,
    open_mail,
    *records_checks.SETTINGS_CHECKS,
)
ADDRESS_CHECKS: Sequence[Check] = (mounted_api, served_media)
DATABASE_CHECKS: Sequence[Check] = (
    wrong_pragmas,
    absent_constraints,
    dangerous_people,
    *records_checks.DATABASE_CHECKS,
)


def refuse_dangerous_start() -> None:
    """Raise `DangerousStart` naming every fault of this process's settings, addresses and database."""
    faults = [fault for check in SETTINGS_CHECKS for fault in check()]
    if settings.SITE_ROLE in SERVING_ROLES:
        faults += [fault for check in ADDRESS_CHECKS for fault in check()]
    faults += database_faults()
    faults += search_credentials.faults()
    if faults:
        raise DangerousStart(faults)
    if settings.SITE_ROLE in records_checks.OPENING_ROLES:
        records_checks.look_at_ledger()


def database_faults() -> list[str]:
    """Faults of the live database; one that does not answer or is not migrated is a fault itself."""
    try:
        return [fault for check in DATABASE_CHECKS for fault in check()]
    except DatabaseError as problem:
        return [f"la base de datos no responde o no está al día (manage.py migrate): {problem}"]


# Registered with Django's own checks ------------------------------------------------------------
@django_checks.register("custodia")
def check_settings(**_options: Any) -> list[django_checks.CheckMessage]:
    return [error(check, fault) for check in (*SETTINGS_CHECKS, *ADDRESS_CHECKS) for fault in check()]


@django_checks.register("custodia", deploy=True)
def warn_before_deploying(**_options: Any) -> list[django_checks.CheckMessage]:
    return [
        django_checks.Warning(told, id=f"custodia.{check.__name__}")
        for check in (mail_off, *search_credentials.WARNINGS, *records_checks.DEPLOY_WARNINGS)
        for told in check()
    ]


@django_checks.register("custodia", deploy=True)
def check_search(**_options: Any) -> list[django_checks.CheckMessage]:
    """The servers are asked before deploying and at each start, not by every command."""
    return [error(search_credentials.faults, fault) for fault in search_credentials.faults()]


@django_checks.register(django_checks.Tags.database)
def check_database(databases: Any = None, **_options: Any) -> list[django_checks.CheckMessage]:
    if not databases:
        return []
    return [django_checks.Error(fault, id="custodia.database") for fault in database_faults()]


def error(check: Check, fault: str) -> django_checks.Error:
    return django_checks.Error(fault, id=f"custodia.{getattr(check, '__name__', 'check')}")


# What the checks look at ------------------------------------------------------------------------
def private_places() -> Iterator[Path]:
    """Folders that only decisions may open: bytes, indexes, page images, uploads in flight, and the home itself."""
    yield settings.CUSTODIA_HOME
    yield Path(settings.RECORDS["PAGE_CACHE"])
    yield Path(settings.FILE_UPLOAD_TEMP_DIR)
    yield from records_checks.copy_roots().values()
    for place in (records_checks.store_root(), *search_places()):
        if place:
            yield Path(place)


def search_places() -> Iterator[Any]:
    """Folders of engines that keep their index on this machine."""
    for engine in (settings.SEARCH["ENGINE"], *settings.SEARCH.get("ENGINES", {}).values()):
        if isinstance(engine, dict):
            yield engine.get("OPTIONS", {}).get("path")


def private_files() -> Iterator[Path]:
    home = settings.CUSTODIA_HOME
    yield home
    yield home / "secret_key"
    yield from sorted((home / "keys").glob("**/*")) if (home / "keys").is_dir() else ()
    if connection.vendor == "sqlite" and not in_memory():
        file = Path(str(connection.settings_dict["NAME"]))
        yield from (file.with_name(file.name + suffix) for suffix in ("", "-wal", "-shm"))


def served_places() -> Iterator[Path]:
    roots = (settings.STATIC_ROOT, settings.MEDIA_ROOT, getattr(settings, "WHITENOISE_ROOT", None))
    yield from (Path(root).absolute() for root in (*roots, *settings.STATICFILES_DIRS) if root)


def in_memory() -> bool:
    return "memory" in str(connection.settings_dict["NAME"])


def asked(question: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return str(cursor.fetchone()[0])


def declared_constraints() -> set[str]:
    return {
        str(constraint.name)
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint)
    }


def existing_constraints() -> set[str]:
    """Names of the check constraints in force: PostgreSQL lists them, SQLite keeps them in each table's text."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'c' AND convalidated")
            return {str(row[0]) for row in cursor.fetchall()}
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table'")
        text = "\n".join(str(row[0]) for row in cursor.fetchall())
    return {name for name in declared_constraints() if f'CONSTRAINT "{name}"' in text}


def routed_views() -> Iterator[Callable[..., Any]]:
    """Every view the process answers with, whatever its nesting."""
    pending: list[URLPattern | URLResolver] = list(get_resolver().url_patterns)
    while pending:
        entry = pending.pop()
        if isinstance(entry, URLResolver):
            pending += entry.url_patterns
        else:
            yield entry.callback


def is_wagtail_api(view: Callable[..., Any]) -> bool:
    shown = getattr(view, "cls", None) or getattr(view, "view_class", None) or inspect.unwrap(view)
    if ADMIN_API.match(getattr(shown, "__module__", "")):
        return False
    family = shown.__mro__ if inspect.isclass(shown) else (shown,)
    return any(getattr(member, "__module__", "").startswith("wagtail.api") for member in family)
