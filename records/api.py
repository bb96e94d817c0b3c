"""The front door of custody: all that other rooms, screens of Django apps on top and operators may import."""

from records.acting import digest_of, visit
from records.audit import ACTIONS, record
from records.certificates import verify as certificate_verifier
from records.certificates.keeping import sweep_certificates
from records.clock import at, now, shift_to, today
from records.errors import (
    AccessDenied,
    ClosedExpediente,
    DuplicateFiling,
    Incomplete,
    IntegrityFailure,
    NotFound,
    PageImageUnavailable,
    RecordsError,
    RejectedUpload,
    RuleViolation,
    SelfApproval,
    StoreUnavailable,
)
from records.events import (
    ConvenioCard,
    ConveniosChanged,
    ConveniosLooked,
    DocumentsChanged,
    EmergencyOpened,
    ExpedienteStaged,
    PieceCard,
    PiecesLooked,
    ProjectCard,
    ProjectPublished,
    ProjectTold,
    ProjectWithdrawn,
    SigningKeyNoted,
    announce,
    subscribe,
)
from records.explain import Because, Explanation, explain, explain_each
from records.explain_others import explain_for, what_could, who_could
from records.fixity.care import Keeper as BytesKeeper
from records.fixity.care import care_now as care_for_bytes
from records.fixity.litter import sweep_if_possible as sweep_litter
from records.keys import Key, as_uuid
from records.ledger.checkpoints import issue_if_possible as checkpoint_ledger
from records.ledger.stamping import stamp_if_due as stamp_ledger
from records.medium import is_fault as is_of_the_medium
from records.models import (
    Appointment,
    ClassificationAct,
    Document,
    Expediente,
    Grant,
    LedgerEvent,
    Serie,
    Subserie,
    TipoDocumental,
    TrdVersion,
    WorkerBeat,
)
from records.permissions import (
    Actor,
    Rights,
    allows,
    check,
    grounds_for,
    is_staff_everywhere,
    rights_of,
    roles_of,
    sitting,
    visible_to,
)
from records.selectors.documents import find_document, get_document_for, list_documents_for
from records.selectors.expedientes import get_expediente_by_code_for, get_expediente_for, list_expedientes_for
from records.selectors.happenings import find_complete_for, list_in_charge_for, list_levels_ending_for
from records.selectors.loose_rights import count_loose_rights
from records.selectors.organisations import (
    get_member_for,
    get_organisation_for,
    list_members,
    list_memberships_of,
    list_organisations_for,
)
from records.selectors.pages import confidence_of, list_page_texts
from records.selectors.unread import count_unread_for, list_unread_for
from records.sentences import sentence_for
from records.services.access import (
    appoint,
    get_convenio_for,
    get_grant_for,
    get_package_for,
    grant_access,
    grant_for_case,
    renew_grant,
    revoke_grant,
)
from records.services.annexes import list_annex
from records.services.break_glass import waits_for_review
from records.services.classification import approve_act, get_act_for, propose_level, return_act
from records.services.correction import replace_document
from records.services.expedientes import advance_stage, describe_expediente, open_expediente
from records.services.filing import FilingMetadata, file_document
from records.services.fixity import CustodyReport, verify_custody
from records.services.index_audits import index_audit_due, note_index_audit
from records.services.jobs import give_up as give_up_job
from records.services.organisations import join_organisation, leave_organisation, note_organisation, tie, untie
from records.services.page_cache import sweep as sweep_page_cache
from records.services.parts import give_up_parts
from records.services.person_acts import acts_of as person_acts_of
from records.services.person_acts import ask_invitation, ask_role, is_code_of, last_invitation, list_waiting
from records.services.person_acts import confirm as confirm_person_act
from records.services.placements import locate_document
from records.services.public_bytes import open_public_bytes
from records.services.quarantine import sweep as sweep_quarantine
from records.services.reading import give_up_reading, read_document
from records.services.receipts import FilingReceipt
from records.services.receiving import DuplicateDecision, Upload
from records.services.recognition import give_up_recognition, read_all_again
from records.services.recusals import end_recusal, recuse
from records.services.registration import register_document
from records.services.rehearsal import Forecast, Standing, rehearse_role, rehearse_standing
from records.services.renditions import give_up_pdfa
from records.services.roles import assign_role, end_appointment, end_role, sync_roles
from records.services.schedules import load_schedule
from records.services.signatures import give_up_signatures
from records.services.viewing import open_original, page_image, view_document
from records.stages import label_of as stage_label
from records.triggers import HeldTable, hold_table
from records.vocabulary import (
    Action,
    ActState,
    AppointmentKind,
    DocumentState,
    ExpedienteKind,
    ExpedienteState,
    Level,
    OrganisationKind,
    Phase,
    ReadingState,
    Reason,
    Role,
)

__all__ = [
    "ACTIONS",
    "AccessDenied",
    "ActState",
    "Action",
    "Actor",
    "Appointment",
    "AppointmentKind",
    "Because",
    "BytesKeeper",
    "ClassificationAct",
    "ClosedExpediente",
    "ConvenioCard",
    "ConveniosChanged",
    "ConveniosLooked",
    "CustodyReport",
    "Document",
    "DocumentState",
    "DocumentsChanged",
    "DuplicateDecision",
    "DuplicateFiling",
    "EmergencyOpened",
    "Expediente",
    "ExpedienteKind",
    "ExpedienteStaged",
    "ExpedienteState",
    "Explanation",
    "FilingMetadata",
    "FilingReceipt",
    "Forecast",
    "Grant",
    "HeldTable",
    "Incomplete",
    "IntegrityFailure",
    "Key",
    "LedgerEvent",
    "Level",
    "NotFound",
    "OrganisationKind",
    "PageImageUnavailable",
    "Phase",
    "PieceCard",
    "PiecesLooked",
    "ProjectCard",
    "ProjectPublished",
    "ProjectTold",
    "ProjectWithdrawn",
    "ReadingState",
    "Reason",
    "RecordsError",
    "RejectedUpload",
    "Rights",
    "Role",
    "RuleViolation",
    "SelfApproval",
    "Serie",
    "SigningKeyNoted",
    "Standing",
    "StoreUnavailable",
    "Subserie",
    "TipoDocumental",
    "TrdVersion",
    "Upload",
    "WorkerBeat",
    "advance_stage",
    "allows",
    "announce",
    "appoint",
    "approve_act",
    "as_uuid",
    "ask_invitation",
    "ask_role",
    "assign_role",
    "at",
    "care_for_bytes",
    "certificate_verifier",
    "check",
    "checkpoint_ledger",
    "confidence_of",
    "confirm_person_act",
    "count_loose_rights",
    "count_unread_for",
    "describe_expediente",
    "digest_of",
    "end_appointment",
    "end_recusal",
    "end_role",
    "explain",
    "explain_each",
    "explain_for",
    "file_document",
    "find_complete_for",
    "find_document",
    "get_act_for",
    "get_convenio_for",
    "get_document_for",
    "get_expediente_by_code_for",
    "get_expediente_for",
    "get_grant_for",
    "get_member_for",
    "get_organisation_for",
    "get_package_for",
    "give_up_job",
    "give_up_parts",
    "give_up_pdfa",
    "give_up_reading",
    "give_up_recognition",
    "give_up_signatures",
    "grant_access",
    "grant_for_case",
    "grounds_for",
    "hold_table",
    "index_audit_due",
    "is_code_of",
    "is_of_the_medium",
    "is_staff_everywhere",
    "join_organisation",
    "last_invitation",
    "leave_organisation",
    "list_annex",
    "list_documents_for",
    "list_expedientes_for",
    "list_in_charge_for",
    "list_levels_ending_for",
    "list_members",
    "list_memberships_of",
    "list_organisations_for",
    "list_page_texts",
    "list_unread_for",
    "list_waiting",
    "load_schedule",
    "locate_document",
    "note_index_audit",
    "note_organisation",
    "now",
    "open_expediente",
    "open_original",
    "open_public_bytes",
    "page_image",
    "person_acts_of",
    "propose_level",
    "read_all_again",
    "read_document",
    "record",
    "recuse",
    "register_document",
    "rehearse_role",
    "rehearse_standing",
    "renew_grant",
    "replace_document",
    "return_act",
    "revoke_grant",
    "rights_of",
    "roles_of",
    "sentence_for",
    "shift_to",
    "sitting",
    "stage_label",
    "stamp_ledger",
    "subscribe",
    "sweep_certificates",
    "sweep_litter",
    "sweep_page_cache",
    "sweep_quarantine",
    "sync_roles",
    "tie",
    "today",
    "untie",
    "verify_custody",
    "view_document",
    "visible_to",
    "visit",
    "waits_for_review",
    "what_could",
    "who_could",
]
