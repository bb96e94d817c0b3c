"""Grants of access: the act is ours and is never edited; the right in force is a guardian row.

A grant row says who opened what to whom, from when until when, what for and for which case. While it is in force, one
row of guardian's direct-foreign-key tables carries the right; withdrawing deletes that row and adds a withdrawal.
Expiry needs no writing: a right whose grant has ended gives nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from records.models.document import Document
from records.models.expediente import Expediente
from records.vocabulary import GrantBasis, Role

#: What a grant may be over, and to whom, by the columns that name it.
TARGETS, HOLDERS = ("document", "expediente", "convenio", "package"), ("person", "office")


class ConvenioNumber(models.Model):
    """A convenio as custody knows it: the number that its expedientes carry. Made when something first names it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("convenio"), max_length=40, unique=True)

    def __str__(self) -> str:
        return self.number


class Package(models.Model):
    """The pieces filed in one gesture; its id is their batch. Made when something first names it."""

    id = models.UUIDField(primary_key=True, editable=False)
    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="packages")


def exactly_one(*columns: str) -> Q:
    """One of the columns names something and the others nothing."""
    shapes = (Q(**{f"{name}__isnull": name != named for name in columns}) for named in columns)
    condition = Q()
    for shape in shapes:
        condition |= shape
    return condition


class Grant(models.Model):
    """Access to one thing, for one person or one office, until the end of a day in Bogota, or until a moment.

    `reason` says what it is for. `basis` other than ordinary is a piece opened to a person for a case: an auditor's, a
    judge's, an authority's (Ley 1712 de 2014, art. 27), or a door broken open; `bundle` ties the pieces of one act.
    `renews` is the grant whose place it took.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="grants"
    )
    office = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="grants")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="grants")
    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, null=True, blank=True, related_name="grants")
    convenio = models.ForeignKey(ConvenioNumber, on_delete=models.PROTECT, null=True, blank=True, related_name="grants")
    package = models.ForeignKey(Package, on_delete=models.PROTECT, null=True, blank=True, related_name="grants")
    starts_on = models.DateField(_("desde"), null=True, blank=True)
    until = models.DateField(_("hasta"))
    expires_at = models.DateTimeField(_("vence a las"), null=True, blank=True)
    basis = models.CharField(_("clase"), max_length=20, choices=GrantBasis.choices, default=GrantBasis.ORDINARY)
    reason = models.CharField(_("motivo"), max_length=500)
    case_number = models.CharField(_("número de caso"), max_length=80, blank=True)
    bundle = models.UUIDField(_("acto"), null=True, blank=True, db_index=True)
    renews = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="renewal")
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(_("concedido el"))

    class Meta:
        ordering = ("-granted_at",)
        constraints = (
            models.CheckConstraint(condition=exactly_one(*TARGETS), name="grant_of_one_thing"),
            models.CheckConstraint(condition=exactly_one(*HOLDERS), name="grant_to_one_holder"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(until__gte=F("starts_on")), name="grant_ends_after_start"
            ),
            # Whoever reads for a case reads pieces by name, herself, and the case is told.
            models.CheckConstraint(
                condition=Q(basis=GrantBasis.ORDINARY)
                | Q(person__isnull=False, document__isnull=False) & ~Q(case_number=""),
                name="grant_for_a_case",
            ),
            models.CheckConstraint(condition=~Q(person=F("granted_by")), name="grant_never_to_oneself"),
        )

    @property
    def target(self) -> Document | Expediente | ConvenioNumber | Package:
        """What it is over."""
        found: Document | Expediente | ConvenioNumber | Package = next(
            thing for name in TARGETS if (thing := getattr(self, name)) is not None
        )
        return found

    @property
    def holder(self) -> Any:
        """To whom: a person or an office."""
        return self.person or self.office

    @property
    def holder_name(self) -> str:
        """As a list names the person or the office."""
        if self.person is not None:
            return str(self.person.get_full_name())
        code = self.office.name if self.office else ""
        return str(Role(code).label) if code in Role.values else code

    @property
    def place(self) -> Expediente | None:
        """The expediente that it is over or whose pieces it is over; None for a convenio, which has several."""
        thing = self.target
        return thing if isinstance(thing, Expediente) else getattr(thing, "expediente", None)


class GrantWithdrawal(models.Model):
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, primary_key=True, related_name="withdrawal")
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(_("retirado el"))
    reason = models.CharField(_("motivo"), max_length=500, blank=True)


# Rights in force ---------------------------------------------------------------------------------------------


class DocumentUserPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey(Document, on_delete=models.CASCADE)
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, related_name="document_permission")

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class ExpedienteUserPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey(Expediente, on_delete=models.CASCADE)
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, related_name="expediente_permission")

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class ConvenioUserPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey(ConvenioNumber, on_delete=models.CASCADE)
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, related_name="convenio_permission")

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class PackageUserPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey(Package, on_delete=models.CASCADE)
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, related_name="package_permission")

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class DocumentGroupPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Document, on_delete=models.CASCADE)
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, related_name="document_office_permission")

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False


class ExpedienteGroupPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Expediente, on_delete=models.CASCADE)
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, related_name="expediente_office_permission")

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False


class ConvenioGroupPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey(ConvenioNumber, on_delete=models.CASCADE)
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, related_name="convenio_office_permission")

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False


class PackageGroupPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Package, on_delete=models.CASCADE)
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, related_name="package_office_permission")

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False


#: (holder, target) → the table that carries the right, by the columns of the grant.
RIGHTS: Mapping[tuple[str, str], Any] = {
    ("person", "document"): DocumentUserPermission,
    ("person", "expediente"): ExpedienteUserPermission,
    ("person", "convenio"): ConvenioUserPermission,
    ("person", "package"): PackageUserPermission,
    ("office", "document"): DocumentGroupPermission,
    ("office", "expediente"): ExpedienteGroupPermission,
    ("office", "convenio"): ConvenioGroupPermission,
    ("office", "package"): PackageGroupPermission,
}
#: The guardian column that names each holder.
HOLDING = {"person": "user", "office": "group"}
