"""A chain of custody as PREMIS 3.0 (Library of Congress): one file object, its events and who took part.

Only the part of PREMIS that `premis-custodia.xsd` describes is written. An event is named by its leaf hash, which is
what a proof of inclusion speaks of; its number in the ledger would tell how much happened elsewhere (D11).
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from django.contrib.auth import get_user_model

from records.audit import ACTIONS
from records.custody_chain.kinds import ACTS
from records.models import Document, LedgerEvent

NAMESPACE = "http://www.loc.gov/premis/v3"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
#: Where the terms of event types that are not ours come from.
LISTED = {"authority": "eventType", "authorityURI": "http://id.loc.gov/vocabulary/preservation/eventType"}
OURS = {"authority": "custodia"}
SYSTEM = "custodia"
#: Facts of an event that say something of the piece itself: names of other objects stay in the ledger.
TOLD = ("sha256", "level", "from", "to", "page", "shown", "checked", "problem", "kind", "state", "shape", "fault")
#: What XML 1.0 cannot hold, whatever a received name holds.
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def written(document: Document, events: Iterable[LedgerEvent]) -> bytes:
    """The document as XML with its declaration."""
    ET.register_namespace("", NAMESPACE)
    ET.register_namespace("xsi", XSI)
    root = ET.Element(named("premis"), {"version": "3.0"})
    told = list(events)
    put_object(root, document, told)
    for event in told:
        put_event(root, document, event)
    for login, name in agents_of(told).items():
        put_agent(root, login, name)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def named(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def put(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    made = ET.SubElement(parent, named(name), attributes)
    made.text = UNWRITABLE.sub("\ufffd", text) or None
    return made


def put_identifier(parent: ET.Element, name: str, kind: str, value: str, role: str = "") -> None:
    """An identifier: `name` holds `nameType` and `nameValue`, and the role where it has one."""
    made = put(parent, name)
    put(made, f"{name}Type", kind)
    put(made, f"{name}Value", value)
    if role:
        put(made, f"{name.removesuffix('Identifier')}Role", role)


def put_object(root: ET.Element, document: Document, events: Iterable[LedgerEvent]) -> None:
    made = put(root, "object")
    made.set(f"{{{XSI}}}type", "file")
    put_identifier(made, "objectIdentifier", "UUID", str(document.pk))
    put_identifier(made, "objectIdentifier", "radicado", document.radicado)
    characteristics = put(made, "objectCharacteristics")
    put(characteristics, "compositionLevel", "0")
    fixity = put(characteristics, "fixity")
    put(fixity, "messageDigestAlgorithm", "SHA-256")
    put(fixity, "messageDigest", document.blob_id)
    put(characteristics, "size", str(document.blob.size))
    put(put(put(characteristics, "format"), "formatDesignation"), "formatName", document.media_type)
    put(made, "originalName", document.original_name)
    for event in events:
        put_identifier(made, "linkingEventIdentifier", "leaf-sha256", event.leaf)


def put_event(root: ET.Element, document: Document, event: LedgerEvent) -> None:
    place, made = ACTS[event.action], put(root, "event")
    put_identifier(made, "eventIdentifier", "leaf-sha256", event.leaf)
    put(made, "eventType", place.event_type, **(LISTED if place.listed else OURS))
    put(made, "eventDateTime", event.at.astimezone(datetime.UTC).isoformat(timespec="microseconds"))
    put(put(made, "eventDetailInformation"), "eventDetail", str(ACTIONS[event.action]))
    outcome = put(made, "eventOutcomeInformation")
    payload = json.loads(event.payload)
    put(outcome, "eventOutcome", payload.get("result") or "done")
    if facts := facts_of(payload):
        put(put(outcome, "eventOutcomeDetail"), "eventOutcomeDetailNote", facts)
    put_identifier(made, "linkingAgentIdentifier", "custodia-login", event.actor or SYSTEM, role_of(event))
    put_identifier(made, "linkingObjectIdentifier", "UUID", str(document.pk))


def role_of(event: LedgerEvent) -> str:
    return "implementer" if event.actor else "executing program"


def facts_of(payload: Mapping[str, Any]) -> str:
    """Code, its rule of access and what the act says of the piece, as one line of JSON."""
    facts = {name: value for name, value in payload["facts"].items() if name in TOLD and value not in ("", None, [])}
    ground = payload.get("ground", {}).get("rule", "")
    told = {"act": payload["action"], **facts, **({"ground": ground} if ground else {})}
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def agents_of(events: Iterable[LedgerEvent]) -> dict[str, str]:
    """Name by login of whoever took part, by login; the system itself where it did."""
    logins = sorted({event.actor or SYSTEM for event in events})
    people = {one.get_username(): one.get_full_name() for one in get_user_model().objects.filter(username__in=logins)}
    return {login: people.get(login, login) for login in logins}


def put_agent(root: ET.Element, login: str, name: str) -> None:
    made = put(root, "agent")
    put_identifier(made, "agentIdentifier", "custodia-login", login)
    put(made, "agentName", name)
    put(made, "agentType", "software" if login == SYSTEM else "person")
