"""How far the demo was played: what makes loading restartable and a second start immediate."""

from __future__ import annotations

from django.db import models


class DemoLoad(models.Model):
    """The one load of this installation: until which date it plays, and whether it reached its end."""

    until = models.DateField()
    finished = models.BooleanField(default=False)


class PlayedStep(models.Model):
    """An act that was played, written in the act's own transaction; `subject` is the id of what it made."""

    key = models.CharField(max_length=120, primary_key=True)
    subject = models.CharField(max_length=80, blank=True)
