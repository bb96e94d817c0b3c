"""Custody's tables. Nothing here decides: rules are in policies, permissions and services."""

from records.models.classification import ClassificationAct
from records.models.document import Blob, Document, PageText, RadicadoCounter, Reading
from records.models.expediente import Appointment, Expediente
from records.models.grants import DocumentUserPermission, ExpedienteUserPermission, Grant, GrantWithdrawal
from records.models.ledger import LedgerEvent, WorkerBeat
from records.models.trd import Serie, Subserie, TipoDocumental, TrdVersion

__all__ = [
    "Appointment",
    "Blob",
    "ClassificationAct",
    "Document",
    "DocumentUserPermission",
    "Expediente",
    "ExpedienteUserPermission",
    "Grant",
    "GrantWithdrawal",
    "LedgerEvent",
    "PageText",
    "RadicadoCounter",
    "Reading",
    "Serie",
    "Subserie",
    "TipoDocumental",
    "TrdVersion",
    "WorkerBeat",
]
