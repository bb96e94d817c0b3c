"""Stable codes and their Spanish labels. Codes are stored; labels are shown."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Level(TextChoices):
    """Access class of a piece (Ley 1712 de 2014, arts. 6, 18, 19); a piece is unclassified until approved."""

    UNCLASSIFIED = "unclassified", _("Sin clasificar")
    PUBLIC = "public", _("Pública")
    RESTRICTED = "restricted", _("Clasificada")
    RESERVED = "reserved", _("Reservada")


#: How strict a first or later level is; a stricter one acts at once, a looser one waits for approval.
STRICTNESS: dict[str, int] = {Level.PUBLIC: 0, Level.RESTRICTED: 1, Level.RESERVED: 2}


class Reason(TextChoices):
    """Why a piece is not public (offset policy, arts. 8, 38, 39)."""

    DEFENCE_SECURITY = "defence_security", _("defensa y seguridad nacional")
    IP = "ip", _("propiedad intelectual")
    CONTRACT_CONFIDENTIALITY = "contract_confidentiality", _("confidencialidad contractual")
    TRADE_SECRET = "trade_secret", _("secreto comercial o industrial")
    PERSONAL_DATA = "personal_data", _("datos personales")


class ExpedienteKind(TextChoices):
    ACQUISITION = "acquisition", _("Adquisición")
    FRAMEWORK = "framework", _("Convenio marco")
    DERIVED = "derived", _("Convenio derivado")
    PROJECT = "project", _("Proyecto")
    SESSION = "session", _("Sesión de comité")
    SETTLEMENT = "settlement", _("Liquidación")
    REPORTS = "reports", _("Reportes")
    NORMS = "norms", _("Normativo")
    CALL = "call", _("Convocatoria")


class ExpedienteState(TextChoices):
    OPEN = "open", _("Abierto")
    CLOSED_ADMINISTRATIVE = "closed_administrative", _("Cierre administrativo")
    CLOSED_DEFINITIVE = "closed_definitive", _("Cierre definitivo")


class Origin(TextChoices):
    ELECTRONIC = "electronico", _("Electrónico")
    DIGITISED = "digitalizado", _("Digitalizado")


class ReadingState(TextChoices):
    """What the parsing cell made of a piece; "no text" and "unreadable" are never the same thing."""

    PENDING = "pending", _("Por leer")
    READ = "read", _("Leído")
    PARTIAL = "partial", _("Leído en parte")
    NO_TEXT = "no_text", _("Sin texto")
    UNREADABLE = "unreadable", _("No se pudo leer")


class ActState(TextChoices):
    PROPOSED = "proposed", _("Propuesto")
    IN_FORCE = "in_force", _("Vigente")
    REFUSED = "refused", _("Devuelto")
    SUPERSEDED = "superseded", _("Reemplazado")


class AppointmentKind(TextChoices):
    CUSTODIAN = "custodian", _("Custodia")
    SUPERVISOR = "supervisor", _("Supervisión")


class Role(TextChoices):
    """Groups of people, named by these codes (arts. 10 to 33 of the offset policy)."""

    CONTRACTS_GROUP = "contracts_group", _("Grupo de Contratos")
    CONTRACTS_HEAD = "contracts_head", _("Jefatura de Contratos")
    SECRETARY_GENERAL = "secretary_general", _("Secretaría General")
    SUPERVISOR = "supervisor", _("Supervisión")
    REVIEWER = "reviewer", _("Revisión")
    SUPPLIER = "supplier", _("Proveedor")
    AUDITOR = "auditor", _("Auditoría")
    ADMINISTRATOR = "administrator", _("Administración de personas")
    PAGE_EDITOR = "page_editor", _("Edición de páginas")


class Action(TextChoices):
    """What may be asked of `permissions.allows`."""

    VIEW = "view", _("ver")
    DOWNLOAD = "download", _("descargar")
    FILE = "file", _("radicar")
    OPEN_EXPEDIENTE = "open_expediente", _("abrir expedientes")
    PROPOSE_LEVEL = "propose_level", _("proponer nivel")
    APPROVE_LEVEL = "approve_level", _("aprobar nivel")
    GRANT = "grant", _("conceder acceso")
    EXPLAIN_OTHERS = "explain_others", _("explicar el acceso de otra persona")
    PUBLISH = "publish", _("publicar")
    READ_LEDGER = "read_ledger", _("consultar la bitácora")
    VERIFY = "verify", _("verificar la custodia")


class Phase(TextChoices):
    """Public phases of the Banco (art. 25.a)."""

    STRUCTURING = "structuring", _("Estructuración")
    REVIEW = "review", _("Revisión")
    EXECUTION = "execution", _("Ejecución")
    CLOSING = "closing", _("Cierre")
