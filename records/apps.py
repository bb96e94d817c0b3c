from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import ProtectedError
from django.db.models.signals import m2m_changed, post_delete, post_migrate, post_save, pre_delete, pre_migrate


class RecordsConfig(AppConfig):
    name = "records"
    verbose_name = "Custodia"

    def ready(self) -> None:
        # A migration of any room may remake a held table and lose its triggers; every `migrate`, of whatever
        # room, signals each app once after its last operation, so our own turn is enough (and 29 times cheaper).
        post_migrate.connect(install_triggers, sender=self, dispatch_uid="records.triggers")
        pre_migrate.connect(lift_hold_triggers, sender=self, dispatch_uid="records.hold_triggers")
        post_migrate.connect(make_signing_key, sender=self, dispatch_uid="records.signing")
        post_migrate.connect(make_index_key, sender=self, dispatch_uid="records.indexes")
        pre_delete.connect(keep_who_acted, sender=settings.AUTH_USER_MODEL, dispatch_uid="records.people")
        connect_work()
        connect_history()


def keep_who_acted(instance: Any, **_signal: Any) -> None:
    """Acts hold a person by their rows; one who only read is in the ledger by her login, which nobody else may take."""
    from records.selectors.people import is_in_ledger  # after the app registry is ready

    if is_in_ledger(instance):
        raise ProtectedError(f"custodia: la bitácora nombra a {instance.get_username()}", {instance})


def connect_work() -> None:
    from records import events, jobs_task, tasks  # after the app registry is ready
    from records.services.jobs import JobDue
    from records.services.work import WorkDue

    events.subscribe(events.DocumentsFiled, tasks.read_what_was_filed)
    events.subscribe(JobDue, jobs_task.work_on_job)
    events.subscribe(WorkDue, tasks.do_what_is_due)


def connect_history() -> None:
    """Roles and accounts leave their history, whichever page or command changes them."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group

    from records.services import roles  # after the app registry is ready

    people: Any = get_user_model()
    m2m_changed.connect(roles.follow, sender=people.groups.through, dispatch_uid="records.roles")
    pre_delete.connect(roles.group_goes, sender=Group, dispatch_uid="records.groups")
    post_save.connect(roles.note_account, sender=people, dispatch_uid="records.accounts")
    post_delete.connect(roles.account_gone, sender=people, dispatch_uid="records.accounts_gone")


def lift_hold_triggers(using: str, **_signal: Any) -> None:
    """SQLite renames no table while a trigger of another one asks for it; the end of the same `migrate` brings all
    of them back, and nothing starts without them."""
    from records import triggers  # after the app registry is ready

    triggers.uninstall_holds(connections[using])


def install_triggers(using: str, **_signal: Any) -> None:
    from records import triggers  # after the app registry is ready

    triggers.install(connections[using])


def make_signing_key(using: str, **_signal: Any) -> None:
    from records import signing  # after the app registry is ready

    # A set-up may stop at an earlier migration; the key's own table comes with a later one.
    if using == DEFAULT_DB_ALIAS and "records_signingkey" in connections[using].introspection.table_names():
        signing.ensure_key()


def make_index_key(**_signal: Any) -> None:
    from records.indexes import certificates  # after the app registry is ready

    certificates.ensure_self_signed()
