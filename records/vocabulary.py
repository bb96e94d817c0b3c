"""Stable codes and their Spanish labels. Codes are stored; labels are shown."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Level(TextChoices):
    """Access class of a piece (Ley 1712 de 2014, arts. 6, 18, 19).

    A piece is unclassified until one is approved, unless what it follows or replaces is closed (ADR 16).
    """

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


class ExpedienteFormat(TextChoices):
    """Where the pieces of an expediente are: all of them here, or some on paper as well (Acuerdo AGN 001 de 2024)."""

    ELECTRONIC = "electronic", _("Electrónico")
    HYBRID = "hybrid", _("Híbrido")


class DocumentState(TextChoices):
    """How far a filed piece has come; what is not filed yet is a draft, which is no piece of custody."""

    FILED = "filed", _("Radicado")
    CLASSIFIED = "classified", _("Clasificado")
    REGISTERED = "registered", _("Registrado")
    SEALED = "sealed", _("Sellado")
    ANNULLED = "annulled", _("Anulado")


class DraftState(TextChoices):
    """A file that arrives, or that arrived and waits for what it lacks."""

    RECEIVING = "receiving", _("Llegando")
    WAITING = "waiting", _("Por completar")
    FILED = "filed", _("Radicado")
    QUARANTINED = "quarantined", _("En cuarentena")
    DISCARDED = "discarded", _("Descartado")


class JobState(TextChoices):
    QUEUED = "queued", _("En espera")
    RUNNING = "running", _("En curso")
    DONE = "done", _("Terminado")
    FAILED = "failed", _("No se pudo terminar")
    STOPPED = "stopped", _("Detenido")


class RowState(TextChoices):
    """What became of one row of a long work."""

    PENDING = "pending", _("Pendiente")
    DONE = "done", _("Hecho")
    FAILED = "failed", _("Con novedad")
    SKIPPED = "skipped", _("Ya estaba")


class Disposition(TextChoices):
    """What becomes of an expediente when its retention ends (TRD, Acuerdo AGN 001 de 2024)."""

    KEEP = "CT", _("Conservación total")
    DESTROY = "E", _("Eliminación")
    SELECT = "S", _("Selección")


class HoldKind(TextChoices):
    """Why the disposition of something is suspended."""

    LITIGATION = "litigation", _("Proceso judicial o disciplinario")
    AUDIT = "audit", _("Auditoría o control fiscal")
    REQUEST = "request", _("Petición de información")


class RenditionKind(TextChoices):
    """Something made from a piece; it never takes its place (D7)."""

    TEXT = "text", _("Texto por página")
    OCR = "ocr", _("Texto por reconocimiento óptico")
    PAGE_IMAGE = "page_image", _("Imagen de página")
    PDFA = "pdfa", _("Copia PDF/A")


class TextSource(TextChoices):
    """Where the text of a page comes from."""

    WRITTEN = "written", _("Escrito en el archivo")
    OCR = "ocr", _("Reconocimiento óptico")


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


class GrantBasis(TextChoices):
    """On what a grant rests besides the custodian's word; all but the first name a case and single pieces."""

    ORDINARY = "ordinary", _("Concesión")
    AUDIT = "audit", _("Auditoría")
    COURT_ORDER = "court_order", _("Orden judicial")
    AUTHORITY = "authority", _("Autoridad, art. 27 de la Ley 1712 de 2014")
    BREAK_GLASS = "break_glass", _("Acceso de emergencia")


class OrganisationKind(TextChoices):
    SUPPLIER = "supplier", _("Proveedor")
    RECEPTOR = "receptor", _("Receptor")


class TieKind(TextChoices):
    """What makes a piece, or an expediente, an organisation's."""

    PRODUCED = "produced", _("La produjo")
    SIGNS = "signs", _("La firma")
    RECEIVES = "receives", _("Recibe el proyecto")


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
    PAGE_APPROVER = "page_approver", _("Aprobación de páginas")
    PLANNING_LEGAL = "planning_legal", _("Planeación y oficina jurídica")
    VDE_DEPENDENCY = "vde_dependency", _("Dependencia técnica del VDE")
    COMMITTEE_MEMBER = "committee_member", _("Comité")
    TECHNICAL_SECRETARIAT = "technical_secretariat", _("Secretaría Técnica")
    MANAGER_OFFICIAL = "manager_official", _("Gerencia oficial del proyecto")
    MANAGER_PRIVATE = "manager_private", _("Gerencia privada del proyecto")
    RECEPTOR = "receptor", _("Receptor")
    LIAISON = "liaison", _("Enlace del Ministerio o de la Fuerza")
    AUTHORITY = "authority", _("Autoridad (art. 27 de la Ley 1712 de 2014)")


class IndexOccasion(TextChoices):
    """Why an electronic index was issued."""

    REQUEST = "request", _("Solicitud")
    CLOSING = "closing", _("Cierre")


class Action(TextChoices):
    """What may be asked of `permissions.allows`."""

    VIEW = "view", _("ver")
    DOWNLOAD = "download", _("descargar")
    FILE = "file", _("radicar")
    REGISTER = "register", _("registrar")
    ANNUL = "annul", _("anular")
    OPEN_EXPEDIENTE = "open_expediente", _("abrir expedientes")
    ADVANCE_EXPEDIENTE = "advance_expediente", _("cambiar la etapa del expediente")
    CLOSE_EXPEDIENTE = "close_expediente", _("cerrar el expediente")
    REOPEN_EXPEDIENTE = "reopen_expediente", _("reabrir el expediente")
    ISSUE_INDEX = "issue_index", _("expedir el índice electrónico")
    LOAD_TRD = "load_trd", _("cargar tablas de retención")
    APPROVE_TRD = "approve_trd", _("aprobar cambios de retención")
    HANDLE_QUARANTINE = "handle_quarantine", _("atender la cuarentena")
    PROPOSE_LEVEL = "propose_level", _("proponer nivel")
    APPROVE_LEVEL = "approve_level", _("aprobar nivel")
    GRANT = "grant", _("conceder acceso")
    BREAK_GLASS = "break_glass", _("pedir acceso de emergencia")
    CONFIRM_BREAK_GLASS = "confirm_break_glass", _("confirmar un acceso de emergencia")
    REVIEW_BREAK_GLASS = "review_break_glass", _("revisar un acceso de emergencia")
    RECUSE = "recuse", _("registrar impedimentos")
    EXPLAIN_OTHERS = "explain_others", _("explicar el acceso de otra persona")
    PUBLISH = "publish", _("publicar")
    READ_LEDGER = "read_ledger", _("consultar la bitácora")
    VERIFY = "verify", _("verificar la custodia")
    ACKNOWLEDGE_ROLLBACK = "acknowledge_rollback", _("reconocer una base de datos restaurada")
    PLACE_HOLD = "place_hold", _("suspender la disposición")
    MANAGE_PEOPLE = "manage_people", _("administrar personas y dependencias")
    CONFIRM_PERSON = "confirm_person", _("confirmar cargos e invitaciones")
    LIFT_HOLD = "lift_hold", _("levantar la suspensión de la disposición")
    ISSUE_CERTIFICATE = "issue_certificate", _("expedir certificados de custodia")


class Phase(TextChoices):
    """Public phases of the Banco (art. 25.a)."""

    STRUCTURING = "structuring", _("Estructuración")
    REVIEW = "review", _("Revisión")
    EXECUTION = "execution", _("Ejecución")
    CLOSING = "closing", _("Cierre")
