"""Custody's tables. Nothing here decides: rules are in policies, permissions and services."""

from records.models.annex import Annex
from records.models.cases import AccessCase, CaseEnd
from records.models.certificate import Certificate
from records.models.classification import ClassificationAct
from records.models.custody import Annulment, Part, PhysicalPlace, Placement, Rendition, SignatureReport, SigningKey
from records.models.document import Blob, Document, PageText, RadicadoCounter, Reading
from records.models.expediente import Appointment, Expediente
from records.models.fixity import StoredCheck
from records.models.grants import (
    HOLDERS,
    HOLDING,
    RIGHTS,
    TARGETS,
    ConvenioGroupPermission,
    ConvenioNumber,
    ConvenioUserPermission,
    DocumentGroupPermission,
    DocumentUserPermission,
    ExpedienteGroupPermission,
    ExpedienteUserPermission,
    Grant,
    GrantWithdrawal,
    Package,
    PackageGroupPermission,
    PackageUserPermission,
)
from records.models.holds import Hold, HoldLift
from records.models.indexes import IndexIssue
from records.models.intake import Draft, Quarantined
from records.models.jobs import Job, JobRow
from records.models.ledger import Checkpoint, HeadStamp, LedgerEvent, StateChange, WorkerBeat
from records.models.organisations import MemberEnd, Organisation, OrganisationMember, Tie, TieEnd
from records.models.people import AccountSpell, AppointmentEnd, RoleAssignment, RoleEnd
from records.models.person_acts import PersonAct, PersonActDecision
from records.models.recusals import Recusal, RecusalEnd
from records.models.requests import AccessAnswer, AccessRequest, BreakGlass, BreakGlassConfirmation, BreakGlassReview
from records.models.trd import Resentencing, Serie, Subserie, TipoDocumental, TrdVersion

__all__ = [
    "HOLDERS",
    "HOLDING",
    "RIGHTS",
    "TARGETS",
    "AccessAnswer",
    "AccessCase",
    "AccessRequest",
    "AccountSpell",
    "Annex",
    "Annulment",
    "Appointment",
    "AppointmentEnd",
    "Blob",
    "BreakGlass",
    "BreakGlassConfirmation",
    "BreakGlassReview",
    "CaseEnd",
    "Certificate",
    "Checkpoint",
    "ClassificationAct",
    "ConvenioGroupPermission",
    "ConvenioNumber",
    "ConvenioUserPermission",
    "Document",
    "DocumentGroupPermission",
    "DocumentUserPermission",
    "Draft",
    "Expediente",
    "ExpedienteGroupPermission",
    "ExpedienteUserPermission",
    "Grant",
    "GrantWithdrawal",
    "HeadStamp",
    "Hold",
    "HoldLift",
    "IndexIssue",
    "Job",
    "JobRow",
    "LedgerEvent",
    "MemberEnd",
    "Organisation",
    "OrganisationMember",
    "Package",
    "PackageGroupPermission",
    "PackageUserPermission",
    "PageText",
    "Part",
    "PersonAct",
    "PersonActDecision",
    "PhysicalPlace",
    "Placement",
    "Quarantined",
    "RadicadoCounter",
    "Reading",
    "Recusal",
    "RecusalEnd",
    "Rendition",
    "Resentencing",
    "RoleAssignment",
    "RoleEnd",
    "Serie",
    "SignatureReport",
    "SigningKey",
    "StateChange",
    "StoredCheck",
    "Subserie",
    "Tie",
    "TieEnd",
    "TipoDocumental",
    "TrdVersion",
    "WorkerBeat",
]
