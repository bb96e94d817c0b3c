"""What a reader keeps of her searches, and which matches of each she has been told of."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Alert(models.TextChoices):
    """When the owner of a saved search hears of what is new in it."""

    NEVER = "never", _("No avisar")
    DESK = "desk", _("Enseguida, en la bandeja")
    DAILY = "daily", _("Cada día, por correo y en la bandeja")
    WEEKLY = "weekly", _("Cada semana, por correo y en la bandeja")


#: Alerts that also go by mail, and after how many days.
BY_MAIL = {Alert.DAILY: 1, Alert.WEEKLY: 7}


class SavedSearch(models.Model):
    """A search of one person, as she typed it, or (`event`) a happening that she wants to be told of.

    `asked` is the digest of what is asked, so that she saves nothing twice. `looked_at` is of the machine's clock: when
    it was last looked for what is new; `mailed_on` the day of the last mail that spoke of it. `fault` says why it
    could not be looked at: "too_broad" or "unavailable".
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=80)
    event = models.CharField(max_length=40, blank=True)
    text = models.CharField(max_length=1500, blank=True)
    narrowed = models.JSONField(default=dict)
    order = models.CharField(max_length=12, default="relevance")
    asked = models.CharField(max_length=64)
    alert = models.CharField(max_length=8, choices=Alert.choices, default=Alert.NEVER)
    created_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)
    mailed_on = models.DateField(null=True)
    fault = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name = "búsqueda guardada"
        verbose_name_plural = "búsquedas guardadas"
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="search_saved_one_of_a_name"),
            models.UniqueConstraint(fields=["owner", "asked"], name="search_saved_once"),
        ]
        indexes = [models.Index(fields=["alert", "looked_at"], name="search_saved_to_look")]

    def __str__(self) -> str:
        return str(self.pk)


class KnownMatch(models.Model):
    """What a saved search found when it was last looked at. `seen_at`: its owner said that she has seen it;
    `mailed_at`: a mail counted it. The row goes when the match does: nothing remains of what she may no longer read."""

    saved = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="known")
    source = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "hallazgo conocido"
        verbose_name_plural = "hallazgos conocidos"
        constraints = [models.UniqueConstraint(fields=["saved", "source", "key"], name="search_known_once")]

    def __str__(self) -> str:
        return str(self.pk)
