"""Mails that are owed: who, of what kind, how often it was tried. What a mail says is made when it is sent."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class Mail(models.Model):
    """One mail to one person. `key` is the day of a digest, or the id of what it is about: one row, one mail.

    Moments are of the machine's clock. `claimed_until`: somebody is sending it until then; `cut`: somebody died while
    sending it, so that it may have left already and is tried once more and no further.
    """

    class Kind(models.TextChoices):
        DIGEST = "digest"
        EMERGENCY = "emergency"

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        NOTHING = "nothing"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    key = models.CharField(max_length=36)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    cut = models.BooleanField(default=False)
    fault = models.CharField(max_length=40, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "correo"
        verbose_name_plural = "correos"
        constraints = [models.UniqueConstraint(fields=["person", "kind", "key"], name="notices_one_mail")]
        indexes = [models.Index(fields=["state", "due_at"], name="notices_mail_due")]

    def __str__(self) -> str:
        return str(self.pk)
