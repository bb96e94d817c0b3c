"""People: keyed by UUID from the first migration, with no superuser at run time (criterion 5)."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin, UserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

LOGIN_STAYS = _("El usuario de una persona no cambia: los recibos y la bitácora la nombran con él.")


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Offices and roles are groups named by a stable code; rights over pieces are grants.

    `desk_access` opens the door of /custodia/ and nothing behind it; `is_staff` is Wagtail's door. The login never
    changes: here with a sentence, and in the database for whoever goes past this class (`records.triggers`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(_("usuario"), max_length=150, unique=True, validators=[UnicodeUsernameValidator()])
    full_name = models.CharField(_("nombre"), max_length=200, blank=True)
    email = models.EmailField(_("correo"), blank=True)
    is_active = models.BooleanField(_("activo"), default=True)
    is_staff = models.BooleanField(_("edita páginas"), default=False)
    desk_access = models.BooleanField(_("entra a custodia"), default=False)
    date_joined = models.DateTimeField(_("desde"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("persona")
        verbose_name_plural = _("personas")
        constraints = (models.CheckConstraint(condition=models.Q(is_superuser=False), name="user_never_superuser"),)

    def __str__(self) -> str:
        return self.full_name or self.username

    #: The login the row was read or written with; empty for somebody not yet written.
    kept_login = ""

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **how: Any) -> User:
        found = super().from_db(db, field_names, values, **how)
        found.kept_login = found.login_given()
        return found

    def login_given(self) -> str:
        """The login as it is in memory; empty where the column was not read."""
        return str(self.__dict__.get("username", ""))

    def check_login(self) -> None:
        if self.kept_login and self.login_given() not in ("", self.kept_login):
            raise ValidationError({"username": LOGIN_STAYS})

    def clean(self) -> None:
        super().clean()
        self.check_login()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises ValidationError for another login than the one the person was made with."""
        self.check_login()
        super().save(*args, **kwargs)
        self.kept_login = self.login_given()

    def get_full_name(self) -> str:
        return self.full_name or self.username

    def get_short_name(self) -> str:
        return self.username


class Identity(models.Model):
    """An identity of a provider, tied to an account by its person: (issuer, subject) and nothing that can change
    hands (criterion 28)."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    tied_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["issuer", "subject"], name="identity_of_one_account"),
            models.UniqueConstraint(fields=["person", "issuer"], name="one_identity_of_an_issuer"),
        )


class SpentCode(models.Model):
    """A code of a second factor that was used, as a keyed digest; rows live ten minutes (`cms.users.spent`)."""

    person = models.ForeignKey(User, on_delete=models.CASCADE)
    mark = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "mark"], name="spent_code_once"),)
