"""A dangerous configuration does not start, and the refusal names every fault (criterion 37).

One negative test for each danger; the whole way, through WSGI in a process of its own, is in
tests/integration/test_start.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import UserSettingsHolder
from django.conf import settings as live_settings
from django.contrib.auth import get_user_model
from django.db import connection, connections
from django.db.utils import DatabaseError
from django.urls import path
from django.views.static import serve
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet

from cms import checks
from cms.settings import env
from records import checks as records_checks
from records import parsing, triggers

pytestmark = [pytest.mark.criterion(37)]


def said(check: Callable[[], Iterator[str]]) -> str:
    return " | ".join(check())


# Settings ---------------------------------------------------------------------------------------
def test_debug_is_refused(settings: Any) -> None:
    settings.DEBUG = True
    assert "DEBUG" in said(checks.debug_on)


@pytest.mark.parametrize("name", ["", "secret_key", "custodia.sqlite3", "custodia.sqlite3-wal", "keys/ledger.pem"])
def test_what_others_may_read_is_refused(settings: Any, monkeypatch: Any, tmp_path: Path, name: str) -> None:
    settings.CUSTODIA_HOME = home = tmp_path / "casa"
    (home / "keys").mkdir(parents=True)
    for place in ("secret_key", "custodia.sqlite3", "custodia.sqlite3-wal", "keys/ledger.pem"):
        (home / place).touch(mode=0o600)
    (home / "keys").chmod(0o700)
    home.chmod(0o700)
    monkeypatch.setattr(checks, "connection", embedded(home / "custodia.sqlite3"))
    assert said(checks.open_files) == ""
    (home / name).chmod(0o755 if (home / name).is_dir() else 0o644)
    assert str(home / name) in said(checks.open_files)


def test_an_open_store_is_refused(settings: Any, tmp_path: Path) -> None:
    settings.RECORDS = {**settings.RECORDS, "STORE": {"OPTIONS": {"root": tmp_path / "store"}}}
    (tmp_path / "store").mkdir(mode=0o700)
    assert str(tmp_path / "store") not in said(records_checks.open_store)
    (tmp_path / "store").chmod(0o750 | 0o005)
    assert str(tmp_path / "store") in said(records_checks.open_store)


@pytest.mark.parametrize("name", ["STATIC_ROOT", "MEDIA_ROOT", "WHITENOISE_ROOT"])
def test_custody_inside_a_served_folder_is_refused(settings: Any, name: str) -> None:
    assert said(checks.served_custody) == ""
    setattr(settings, name, settings.CUSTODIA_HOME)
    assert str(settings.CUSTODIA_HOME / "store") in said(checks.served_custody)


def test_guardians_anonymous_person_is_refused(settings: Any) -> None:
    settings.ANONYMOUS_USER_NAME = "AnonymousUser"
    assert "ANONYMOUS_USER_NAME" in said(checks.guardian_shortcuts)


def test_guardians_legacy_union_is_refused(settings: Any) -> None:
    settings.GUARDIAN_LEGACY_GLOBAL_PERMS_GROUP_UNION = True
    assert "GUARDIAN_LEGACY_GLOBAL_PERMS_GROUP_UNION" in said(checks.guardian_shortcuts)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECURE_SSL_REDIRECT", False),
        ("SESSION_COOKIE_SECURE", False),
        ("CSRF_COOKIE_SECURE", False),
        ("DEMO_PASSWORD", "la-de-la-demo"),
        ("PASSWORD_HASHERS", ["django.contrib.auth.hashers.MD5PasswordHasher"]),
        ("MFA_REQUIRED_ROLES", ()),
        ("MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN", True),
        ("CONFIRM_SECONDS", 0),
    ],
)
def test_demo_settings_in_production_are_refused(settings: Any, name: str, value: object) -> None:
    for wall in ("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"):
        setattr(settings, wall, True)
    settings.PROFILE = "production"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
    settings.MFA_REQUIRED_ROLES, settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = ("administrator",), False
    assert said(checks.production_walls) == ""
    setattr(settings, name, value)
    assert name in said(checks.production_walls)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"MAIL_SECURITY": "none", "EMAIL_HOST": "correo.example"}, "MAIL_SECURITY"),
        ({"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend"}, "EMAIL_BACKEND"),
    ],
)
def test_mail_that_travels_open_or_stays_in_files_is_refused_in_production(
    settings: Any, changes: dict[str, str], told: str
) -> None:
    settings.PROFILE, settings.MAIL_ON = "production", True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.MAIL_SECURITY = "127.0.0.1", "none"
    assert said(checks.open_mail) == ""
    for name, value in changes.items():
        setattr(settings, name, value)
    assert told in said(checks.open_mail)
    settings.MAIL_ON = False
    assert said(checks.open_mail) == ""
    assert "MAIL_HOST" in said(checks.mail_off)


def test_a_clock_that_may_be_moved_is_refused_in_production(settings: Any) -> None:
    settings.PROFILE, settings.CLOCK_OFFSET_ALLOWED = "production", True
    assert "CLOCK_OFFSET_ALLOWED" in said(records_checks.shifted_clock)


@pytest.mark.parametrize("content", [json.dumps({"offset_seconds": 3600}), "roto"])
def test_a_moved_clock_is_refused_where_it_may_not_be(settings: Any, tmp_path: Path, content: str) -> None:
    settings.CUSTODIA_HOME, settings.CLOCK_OFFSET_ALLOWED = tmp_path, False
    assert said(records_checks.shifted_clock) == ""
    (tmp_path / "clock.json").write_text(content)
    assert "clock.json" in said(records_checks.shifted_clock)


@pytest.mark.parametrize("role", ["desk", "worker", "all"])
def test_an_unisolated_cell_is_refused_in_production(settings: Any, monkeypatch: Any, role: str) -> None:
    settings.PROFILE, settings.SITE_ROLE = "production", role
    settings.RECORDS = {**settings.RECORDS, "REQUIRE_ISOLATED_CELL": True}
    bare = SimpleNamespace(isolated=False, layers=(), detail="no hay bubblewrap")
    monkeypatch.setattr(parsing, "status", lambda: bare)
    assert "no hay bubblewrap" in said(records_checks.unisolated_cell)


def test_production_must_demand_the_isolated_cell(settings: Any, monkeypatch: Any) -> None:
    settings.PROFILE, settings.SITE_ROLE = "production", "worker"
    settings.RECORDS = {**settings.RECORDS, "REQUIRE_ISOLATED_CELL": False}
    whole = SimpleNamespace(isolated=True, layers=("bwrap",), detail="")
    monkeypatch.setattr(parsing, "status", lambda: whole)
    assert "REQUIRE_ISOLATED_CELL" in said(records_checks.unisolated_cell)


# Addresses --------------------------------------------------------------------------------------
class OurApi(PagesAPIViewSet):
    """A content API under another module's name is still one."""


def api_patterns(viewset: type) -> list[Any]:
    router = WagtailAPIRouter("contenido")
    router.register_endpoint("paginas", viewset)
    return [path("api/", router.urls)]


@pytest.mark.parametrize("viewset", [PagesAPIViewSet, OurApi])
def test_a_mounted_wagtail_api_is_refused(monkeypatch: Any, viewset: type) -> None:
    monkeypatch.setattr(checks, "get_resolver", lambda: SimpleNamespace(url_patterns=api_patterns(viewset)))
    assert "montada" in said(checks.mounted_api)


@pytest.mark.parametrize("application", ["wagtail.api.v2", "wagtail.api.v3"])
def test_an_installed_wagtail_api_is_refused(monkeypatch: Any, application: str) -> None:
    changed = UserSettingsHolder(live_settings)
    changed.INSTALLED_APPS = [*live_settings.INSTALLED_APPS, application]
    monkeypatch.setattr(checks, "settings", changed)
    assert "instalada" in said(checks.mounted_api)


def test_the_admins_own_addresses_are_no_mounted_api() -> None:
    assert said(checks.mounted_api) == ""


def test_a_served_media_folder_is_refused(settings: Any, monkeypatch: Any) -> None:
    pattern = path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT})
    assert said(checks.served_media) == ""
    monkeypatch.setattr(checks, "get_resolver", lambda: SimpleNamespace(url_patterns=[pattern]))
    assert "static.serve" in said(checks.served_media)


def test_media_under_static_is_refused(settings: Any) -> None:
    settings.MEDIA_URL = "/static/media/"
    assert "MEDIA_URL" in said(checks.served_media)


# Database ---------------------------------------------------------------------------------------
def embedded(file: Path, **changed: str) -> Any:
    """A connection to an embedded database of its own, with some pragmas otherwise than they must be."""
    entry = env.sqlite(file)
    wanted = {**dict(env.SQLITE_PRAGMAS), **changed}
    entry["OPTIONS"]["init_command"] = "".join(f"PRAGMA {name}={value};" for name, value in wanted.items())
    whole = {**connections["default"].settings_dict, **entry}
    return connections["default"].__class__(whole) if connection.vendor == "sqlite" else sqlite_wrapper(whole)


def sqlite_wrapper(entry: dict[str, Any]) -> Any:
    from django.db.backends.sqlite3.base import DatabaseWrapper

    return DatabaseWrapper(entry)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "wrong"),
    [("journal_mode", "DELETE"), ("synchronous", "OFF"), ("recursive_triggers", "OFF"), ("foreign_keys", "OFF")],
)
def test_wrong_pragmas_are_refused(monkeypatch: Any, tmp_path: Path, name: str, wrong: str) -> None:
    sound = embedded(tmp_path / "bien.sqlite3")
    monkeypatch.setattr(checks, "connection", sound)
    assert said(checks.wrong_pragmas) == ""
    sound.close()
    wrapper = embedded(tmp_path / "mal.sqlite3", **{name: wrong})
    monkeypatch.setattr(checks, "connection", wrapper)
    assert name in said(checks.wrong_pragmas)
    wrapper.close()


#: A trigger of each kind, with its table.
TRIGGERS = {
    "held_records_blob_update": "records_blob",
    "held_by_hold_records_document_delete": "records_document",
    "held_publication_publicchange_update": "publication_publicchange",
    triggers.LOGIN: triggers.people()["table"],
}


@pytest.mark.rule("U2")
@pytest.mark.django_db
@pytest.mark.parametrize("name", TRIGGERS)
def test_a_missing_trigger_is_refused_by_name(name: str) -> None:
    assert said(records_checks.missing_triggers) == ""
    drop(name)
    assert name in said(records_checks.missing_triggers)


#: A trigger that does nothing, by the name of one that holds.
IDLE = {
    "sqlite": "CREATE TRIGGER {name} BEFORE DELETE ON {table} WHEN 0 BEGIN SELECT 1; END",
    "postgresql": (
        "CREATE FUNCTION idle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;"
        "CREATE TRIGGER {name} BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION idle();"
        "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"
    ),
}


@pytest.mark.rule("U2")
@pytest.mark.django_db
@pytest.mark.parametrize("name", TRIGGERS)
def test_a_trigger_that_holds_nothing_is_none_and_is_made_anew(name: str) -> None:
    drop(name)
    with connection.cursor() as cursor:
        cursor.execute(IDLE[connection.vendor].format(name=name, table=TRIGGERS[name]))
    assert name in said(records_checks.missing_triggers)
    triggers.install(connection)
    assert said(records_checks.missing_triggers) == ""


@pytest.mark.rule("U2")
@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no functions that a trigger calls")
@pytest.mark.parametrize(
    ("function", "name"),
    [
        ("custodia_held", "records_document_delete"),
        ("custodia_hold_records_document", "records_document_delete"),
        ("custodia_held_past", "publication_publicchange_update"),
    ],
)
def test_a_function_that_was_emptied_leaves_no_trigger_standing(function: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RETURN COALESCE(NEW, OLD); END $$"
        )
    assert name in said(records_checks.missing_triggers)


def drop(name: str) -> None:
    with connection.cursor() as cursor:
        on_table = f" ON {TRIGGERS[name]}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {name}{on_table}")


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite cannot switch a trigger off")
@pytest.mark.parametrize("name", TRIGGERS)
def test_a_trigger_switched_off_is_refused(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TRIGGERS[name]} DISABLE TRIGGER {name}")
    assert name in said(records_checks.missing_triggers)


@pytest.mark.django_db
def test_the_guardian_anonymous_row_is_refused() -> None:
    assert said(checks.dangerous_people) == ""
    get_user_model().objects.create_user(username="AnonymousUser")
    assert "AnonymousUser" in said(checks.dangerous_people)


@pytest.mark.criterion(5)
@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_a_superuser() -> None:
    with pytest.raises(DatabaseError):
        get_user_model().objects.create_superuser(username="raiz", password="x")
    assert said(checks.dangerous_people) == ""


WITHOUT_CONSTRAINT = {
    "sqlite": "PRAGMA ignore_check_constraints = ON",
    "postgresql": "ALTER TABLE users_user DROP CONSTRAINT user_never_superuser",
}


@pytest.mark.criterion(5)
@pytest.mark.django_db
def test_a_superuser_row_is_refused_however_it_came() -> None:
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_CONSTRAINT[connection.vendor])
        try:
            get_user_model().objects.create_superuser(username="raiz", password="x")
        finally:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA ignore_check_constraints = OFF")
    assert "superusuario" in said(checks.dangerous_people)


@pytest.mark.criterion(5)
@pytest.mark.django_db
def test_a_missing_constraint_is_refused(monkeypatch: Any) -> None:
    assert said(checks.absent_constraints) == ""
    real = checks.existing_constraints()
    monkeypatch.setattr(checks, "existing_constraints", lambda: real - {"user_never_superuser"})
    assert "user_never_superuser" in said(checks.absent_constraints)


# The refusal ------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_sound_process_starts(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
    assert checks.database_faults() == []
    checks.refuse_dangerous_start()


@pytest.mark.django_db
def test_the_refusal_names_all_faults_at_once(settings: Any) -> None:
    settings.DEBUG = True
    settings.ANONYMOUS_USER_NAME = "AnonymousUser"
    get_user_model().objects.create_user(username="AnonymousUser")
    with pytest.raises(checks.DangerousStart) as refusal:
        checks.refuse_dangerous_start()
    assert len(refusal.value.faults) == 3
    for word in ("DEBUG", "ANONYMOUS_USER_NAME", "persona anónima"):
        assert word in str(refusal.value)


@pytest.mark.django_db
def test_a_database_without_tables_is_a_fault(monkeypatch: Any, tmp_path: Path) -> None:
    empty = embedded(tmp_path / "vacia.sqlite3")
    monkeypatch.setattr(records_checks, "connection", empty)
    monkeypatch.setattr(checks, "connection", empty)
    assert "solo añadir" in " ".join(checks.database_faults())
    empty.close()
