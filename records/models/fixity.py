"""When each stored byte was last proved to be the filed one, and in which place."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models.document import Blob


class StoredCheck(models.Model):
    """The last check of the bytes of one digest in one place: the store, or one of its copies.

    `result` is "" when they were the filed ones, else "missing", "altered" or "unreadable"; the same after "mending_"
    while a repair is under way. A copy without a row was never made. The row is overwritten by the next check; findings
    and repairs stay in the ledger.
    """

    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="checks")
    place = models.CharField(_("lugar"), max_length=20)
    algorithm = models.CharField(_("algoritmo"), max_length=20)
    at = models.DateTimeField(_("verificado el"))
    result = models.CharField(_("resultado"), max_length=20, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("blob", "place"), name="stored_check_once"),)
        indexes = (models.Index(fields=("place", "result", "at")),)
