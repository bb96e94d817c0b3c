"""The acts that are killed: what each needs, done beforehand and whole; the act; how far it came, told by its rows.

An act tells what it acknowledges as plain data: `documents` (id, digest) that were filed, and `events` by their action
and their object, each of which must be in the ledger. `reached` gives NOTHING or WHOLE; anything else is a half.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NOTHING, WHOLE = "nothing", "whole"
Keys = dict[str, Any]
CONTENT = b"Anexo que se radica mientras todo termina.\n" * 400


def person(login: str) -> Any:
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get(username=login)


def expediente() -> Any:
    from records.models import Expediente
    from tests.ground import EXPEDIENTE

    return Expediente.objects.get(code=EXPEDIENTE)


def piece(key: str) -> Any:
    from records.models import Document

    return Document.objects.select_related("blob", "expediente").get(pk=key)


def filed(content: bytes, name: str = "anexo.txt") -> Any:
    from tests import factories

    return factories.file_piece(person("archivista"), expediente(), content, name)


def events(action: str, subject: str, **facts: Any) -> int:
    """How many events tell that act of that object, with these facts."""
    import json

    from records.models import LedgerEvent

    rows = LedgerEvent.objects.filter(action=action, object_id=subject).values_list("payload", flat=True)
    told = (json.loads(payload)["facts"] for payload in rows)
    return sum(all(str(one.get(name)) == str(value) for name, value in facts.items()) for one in told)


def among(counts: dict[str, int], whole: int = 1) -> str:
    """NOTHING or WHOLE when all counts agree on it; else the counts."""
    if not any(counts.values()):
        return NOTHING
    return WHOLE if all(count == whole for count in counts.values()) else f"a half: {counts}"


# Filing ---------------------------------------------------------------------------------------------------


def file_one(_keys: Keys) -> Keys:
    from tests import factories

    done = factories.file_piece(person("archivista"), expediente(), CONTENT)
    return {"documents": [(str(done.pk), done.blob_id)]}


def file_three(_keys: Keys) -> Keys:
    """A package, whole or not at all."""
    from records.services.batches import Item, file_batch
    from tests import factories

    items = [
        Item(factories.upload(CONTENT + bytes([letter]), f"{number}.txt"), factories.metadata())
        for number, letter in enumerate(b"abc")
    ]
    receipts = file_batch(actor=person("archivista"), expediente=expediente(), items=items)
    return {"documents": [(str(one.document), one.sha256) for one in receipts]}


def arrive(_keys: Keys) -> Keys:
    """A file that came by the drop zone and waits to be filed."""
    from records.services import drafts

    who = person("archivista")
    draft = drafts.start_draft(actor=who, expediente=expediente(), name="anexo.txt", size=len(CONTENT))
    drafts.receive_bytes(actor=who, draft=draft, stream=io.BytesIO(CONTENT), offset=0, length=len(CONTENT))
    return {"draft": str(draft.pk)}


def file_arrived(keys: Keys) -> Keys:
    from records.models import Draft
    from records.services import drafts
    from tests import factories

    draft = Draft.objects.get(pk=keys["draft"])
    receipt = drafts.file_draft(actor=person("archivista"), draft=draft, metadata=factories.metadata())
    return {"documents": [(str(receipt.document), receipt.sha256)]}


def filing_reached(count: int) -> Callable[[Keys], str]:
    def reached(keys: Keys) -> str:
        from records.models import Document, Draft

        made = list(Document.objects.exclude(pk__in=keys["before"]))
        counts = {
            "pieces": len(made),
            "events": sum(events("document.filed", str(one.pk)) for one in made),
            "receipts": sum(bool(one.receipt_signature) for one in made),
            "readings": sum(hasattr(one, "reading") for one in made),
        }
        if "draft" in keys:
            counts["draft"] = Draft.objects.filter(pk=keys["draft"], state="filed", document__in=made).count()
        return among(counts, count)

    return reached


# Classification -------------------------------------------------------------------------------------------


def propose(keys: Keys) -> Keys:
    from records.services.classification import propose_level
    from tests import factories

    grounds = factories.grounds_for(keys["level"])
    act = propose_level(
        actor=person("custodia"), document=piece(keys["piece"]), level=keys["level"], grounds=grounds
    )  # fmt: skip
    return {"act": str(act.pk), "events": [(keys["told"], keys["piece"])]}


def proposing_reached(keys: Keys) -> str:
    from records.models import ClassificationAct, StateChange

    acts = list(ClassificationAct.objects.filter(document=keys["piece"], level=keys["level"]))
    steps = StateChange.objects.filter(subject__in=[str(act.pk) for act in acts], event__action=keys["told"])
    counts = {
        "acts": len(acts), "events": events(keys["told"], keys["piece"], level=keys["level"]), "steps": steps.count()
    }  # fmt: skip
    if keys["told"] == "level.raised":
        former = ClassificationAct.objects.get(document=keys["piece"], level="public")
        counts["level"] = int(piece(keys["piece"]).level == keys["level"])
        counts["former"] = int(former.state == "superseded")
    return among(counts)


def approve(keys: Keys) -> Keys:
    from records.models import ClassificationAct
    from records.services.classification import approve_act

    approve_act(actor=person("jefatura"), act=ClassificationAct.objects.get(pk=keys["act"]))
    return {"events": [("level.approved", keys["piece"]), ("document.classified", keys["piece"])]}


def approving_reached(keys: Keys) -> str:
    from records.models import ClassificationAct, StateChange

    act, document = ClassificationAct.objects.get(pk=keys["act"]), piece(keys["piece"])
    return among({
        "act": int(act.state == "in_force"),
        "decided": int(act.decided_by_id is not None and act.decided_at is not None),
        "level": int(document.level == keys["level"]),
        "state": int(document.state == "classified"),
        "steps": StateChange.objects.filter(subject=str(act.pk), target="in_force").count(),
        "events": events("level.approved", keys["piece"], act=keys["act"]),
        "step_of_piece": events("document.classified", keys["piece"]),
    })  # fmt: skip


# Closing --------------------------------------------------------------------------------------------------


def close(_keys: Keys) -> Keys:
    from records.services.closing import close_expediente

    opened = expediente()
    close_expediente(actor=person("custodia"), expediente=opened, reason="Convenio liquidado")
    return {"events": [("expediente.closed", str(opened.pk)), ("index.issued", str(opened.pk))]}


def closing_reached(keys: Keys) -> str:
    from records.models import Document, IndexIssue
    from records.services.index_proofs import proof_of

    held = expediente()
    issues = list(IndexIssue.objects.filter(expediente=held, occasion="closing"))
    counts = {
        "closed": int(held.state == "closed_administrative" and held.closed_on is not None),
        "issues": len(issues),
        "sound": sum(not proof_of(issue).faults for issue in issues),
        "issued": events("index.issued", str(held.pk)),
        "told": events("expediente.closed", str(held.pk)),
        "sealed": int(Document.objects.filter(expediente=held, state="sealed").count() == len(keys["pieces"])),
        "seals": int(all(events("document.sealed", one) == 1 for one in keys["pieces"])),
    }
    return among(counts)


# Certificates ---------------------------------------------------------------------------------------------


def certify(_keys: Keys) -> Keys:
    from records.certificates import keeping, scope

    who = person("custodia")
    job = keeping.ask_certificate(actor=who, scope=scope.of_expediente(who, expediente()), with_bytes=True)
    made = keeping.certificate_of(job)
    assert made is not None, job.state
    return {"certificate": str(made.pk), "events": [("certificate.issued", str(expediente().pk))]}


def certifying_reached(keys: Keys) -> str:
    """Without its row nobody was given the file; the ledger may tell that it was made."""
    from records.certificates import keeping
    from records.models import Certificate, LedgerEvent

    made = list(Certificate.objects.exclude(pk__in=keys["certificates"]))
    for one in made:
        file = keeping.file_of(one.pk)
        if not file.is_file() or faults_of(file):
            return f"a certificate that does not hold: {one.pk}"
        if not LedgerEvent.objects.filter(index=one.event, action="certificate.issued").exists():
            return "a certificate without its event"
    return WHOLE if made else NOTHING


def faults_of(file: Path) -> list[Any]:
    from records.certificates import verify

    with file.open("rb") as source:
        return list(verify.check(source).faults)


# Copies, checks and repair --------------------------------------------------------------------------------


def tend(_keys: Keys) -> Keys:
    from records.fixity.care import care_now

    care_now()
    return {}


def tending_reached(keys: Keys) -> str:
    """Copied, or mended, piece by piece: the whole of it is there when nothing is due and all is right."""
    from records.fixity import checks
    from records.fixity.places import places, store

    for place in places():
        known = checks.noted(place.name, keys["digests"])
        for digest, result in known.items():
            right = place.store.verify(digest, keys["sizes"][digest]) == ""
            if not result and not right and digest != keys["harmed"]:
                return f"noted as right and wrong in {place.name}"
    wrong = [p.name for p in places() for d in keys["digests"] if p.store.verify(d, keys["sizes"][d])]
    mended = events("custody.mended", keys["harmed_piece"])
    right = store().store.verify(keys["harmed"], keys["sizes"][keys["harmed"]]) == ""
    if mended and not right:
        return "told as mended and wrong"
    return WHOLE if not wrong and mended else NOTHING


# What each needs ------------------------------------------------------------------------------------------


def unclassified() -> Keys:
    return {"piece": str(filed(b"Una pieza por clasificar.\n").pk)}


def ready_to_propose() -> Keys:
    return {**unclassified(), "level": "public", "told": "level.proposed"}


def ready_to_raise() -> Keys:
    """A public piece: a stricter level acts at once, and the one in force gives way."""
    from tests import factories

    keys = unclassified()
    factories.give_level(piece(keys["piece"]), "public", person("custodia"), person("jefatura"))
    return {**keys, "level": "restricted", "told": "level.raised"}


def ready_to_approve() -> Keys:
    keys = ready_to_propose()
    return {**keys, **{name: value for name, value in propose(keys).items() if name == "act"}}


def ready_to_close() -> Keys:
    from records.models import Document
    from records.services.registration import register_document
    from tests import factories

    for number in range(3):
        one = factories.give_level(filed(b"Pieza %d.\n" % number), "public", person("custodia"), person("jefatura"))
        register_document(actor=person("custodia"), document=one)
    return {"pieces": [str(key) for key in Document.objects.values_list("pk", flat=True)]}


def ready_to_certify() -> Keys:
    from records.models import Certificate

    filed(b"Una pieza certificada.\n")
    filed(b"Otra pieza certificada.\n")
    return {"certificates": [str(key) for key in Certificate.objects.values_list("pk", flat=True)]}


def ready_to_tend() -> Keys:
    """One piece copied and then harmed in the store; another that was never copied."""
    from records.fixity.care import care_now
    from records.fixity.places import store
    from records.models import Blob, StoredCheck

    first = filed(b"Copiada y luego alterada.\n")
    care_now()
    filed(b"Sin copia todavia.\n")
    path = store().store.path_of(first.blob_id)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[::-1])
    StoredCheck.objects.filter(place="store", blob=first.blob_id).delete()
    sizes = dict(Blob.objects.values_list("digest", "size"))
    return {"harmed": first.blob_id, "harmed_piece": str(first.pk), "digests": sorted(sizes), "sizes": sizes}


def nothing() -> Keys:
    """Not even the folders of the store: they are made by the first filing."""
    return {}


def stored() -> Keys:
    filed(b"La primera pieza, con la que se hacen las carpetas.\n")
    return {}


def ready_draft() -> Keys:
    return {**stored(), **arrive({})}


@dataclass(frozen=True)
class Act:
    """`needs` is done once and whole, `act` is killed, `reached` says how far it came."""

    needs: Callable[[], Keys]
    act: Callable[[Keys], Keys]
    reached: Callable[[Keys], str]


ACTS: dict[str, Act] = {
    "file-first": Act(nothing, file_one, filing_reached(1)),
    "file": Act(stored, file_one, filing_reached(1)),
    "file-package": Act(stored, file_three, filing_reached(3)),
    "file-draft": Act(ready_draft, file_arrived, filing_reached(1)),
    "propose": Act(ready_to_propose, propose, proposing_reached),
    "raise": Act(ready_to_raise, propose, proposing_reached),
    "approve": Act(ready_to_approve, approve, approving_reached),
    "close": Act(ready_to_close, close, closing_reached),
    "certify": Act(ready_to_certify, certify, certifying_reached),
    "tend": Act(ready_to_tend, tend, tending_reached),
}
