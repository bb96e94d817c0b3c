"""Files that arrive by pieces: the tus protocol 1.0 (core, creation, termination, expiration).

Own code: the Python servers of the protocol keep a second store of their own state, or are not for WSGI. Here the
draft's row says who and where, and the size of its file says how much of it has come.
"""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _

from records import conf, medium, permissions
from records.desk.doors import NEUTRAL, READ, desk_view, missing_page, refusal_json
from records.desk.draft_facts import facts_of
from records.errors import RecordsError
from records.http import status_for
from records.models import Draft, Expediente
from records.selectors.drafts import arrived, get_draft_for, line_for, lines_for, list_drafts_for
from records.selectors.expedientes import get_expediente_for
from records.services import arrivals
from records.services.drafts import OPEN, discard_draft, ends_at, receive_bytes, settled, start_draft
from records.vocabulary import Action, DraftState

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration"
BODY = "application/offset+octet-stream"
#: Bytes of one digest, when a page that was closed asks what had come.
PROOF = 8 * 1024**2
#: A refusal is heard only by whoever has said what they had to say: a piece up to this long is read and dropped.
DROPPED = 16 * 1024**2
LONGEST_NAME = 1_000
#: Digits of the largest length that may be announced at all.
DIGITS = 18
#: Statuses that the protocol has for refusals, where they are not those of every refusal.
STATUSES: Mapping[str, int] = {
    "too_large": 413,
    "beyond_announced": 413,
    "too_many_draft_bytes": 413,
    "draft_busy": 423,
    "draft_gone": 404,
    "arrivals_full": 507,
}

#: A method's answer about the expediente or the draft, and how this person comes by either.
View = Callable[[HttpRequest, Any], HttpResponseBase]
Find = Callable[[Any, uuid.UUID], Any]


class Malformed(Exception):
    """A request that does not speak the protocol: its status, and what is wrong in one sentence."""

    def __init__(self, status: int, sentence: Any) -> None:
        self.status, self.sentence = status, sentence
        super().__init__(status)


def tus(find: Find, **handlers: View) -> Callable[[HttpRequest, uuid.UUID], HttpResponseBase]:
    """A view over what `find` gives this person: it answers these methods, and OPTIONS.

    Refusals have the statuses that the protocol knows; what is not for this person is absent for every method.
    """
    allowed = ", ".join((*handlers, "OPTIONS"))

    def view(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
        handler = {**handlers, "OPTIONS": what_is_spoken}.get(method_of(request))
        if handler is None:
            return HttpResponse(status=405, headers={"Allow": allowed})
        response = answered(handler, request, find, key)
        response["Tus-Resumable"] = VERSION
        return response

    return view


def answered(handler: View, request: HttpRequest, find: Find, key: uuid.UUID) -> HttpResponseBase:
    try:
        return handler(request, find(request.user, key))
    except RecordsError as refusal:
        drop(request)
        return refused(refusal)
    except medium.FAULTS as fault:
        if told := medium.refusal_of(fault):
            return refused(told)
        raise
    except Malformed as fault:
        drop(request)
        body = {"ok": False, "code": "malformed", "sentence": str(fault.sentence)}
        return JsonResponse(body, status=fault.status, headers={"Tus-Version": VERSION} if fault.status == 412 else {})


def method_of(request: HttpRequest) -> str:
    """The method, or the one a POST stands for where others are not let through. Only a POST: its token was checked."""
    asked = request.headers.get("X-HTTP-Method-Override", "") if request.method == "POST" else ""
    return (asked or request.method or "").upper()


def refused(refusal: RecordsError) -> HttpResponse:
    """The refusal as JSON; the neutral page for what is absent or hidden."""
    status = STATUSES.get(refusal.code) or status_for(refusal)
    if isinstance(refusal, NEUTRAL) or status == 404:
        return missing_page()
    response = refusal_json(refusal)
    response.status_code = status
    return response


def drop(request: HttpRequest) -> None:
    """Read what is still coming and keep none of it: else the sender is cut off before it hears the answer. One that
    sends too much for that is cut off."""
    length = request.headers.get("Content-Length", "0")
    if not length.isdigit() or int(length) > DROPPED:
        return
    while arrivals.read(request, arrivals.BLOCK):
        pass


def check_spoken(request: HttpRequest) -> None:
    """The client speaks this version; asked once it is known that it may ask at all."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise Malformed(412, _("Esta dirección habla la versión 1.0.0 del protocolo tus."))


def what_is_spoken(request: HttpRequest, subject: Any) -> HttpResponse:
    """OPTIONS."""
    del request, subject
    headers = {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(conf.max_upload_bytes())}
    return HttpResponse(status=204, headers=headers)


# One expediente ---------------------------------------------------------------------------------


def listed(request: HttpRequest, expediente: Expediente) -> HttpResponse:
    """The person's own open drafts of this expediente: what a page that was closed goes on with."""
    lines = lines_for(request.user, list_drafts_for(request.user, expediente))
    return JsonResponse({"drafts": [facts_of(request.user, line) for line in lines]})


def create(request: HttpRequest, expediente: Expediente) -> HttpResponse:
    permissions.check(request.user, Action.FILE, expediente)
    check_spoken(request)
    told = metadata_of(request.headers.get("Upload-Metadata", ""))
    draft = start_draft(
        actor=request.user,
        expediente=expediente,
        name=name_in(told),
        size=number_in(request, "Upload-Length"),
        batch=batch_in(told),
    )
    response = JsonResponse(facts_of(request.user, line_for(request.user, draft)), status=201)
    response["Location"] = reverse("desk:upload", args=[draft.pk])
    return expiring(response, draft)


def metadata_of(header: str) -> dict[str, str]:
    """`key base64, key base64` as text. Raises Malformed."""
    pairs = [pair.split(" ") for pair in header.split(",") if pair.strip()]
    try:
        return {name: base64.b64decode(value, validate=True).decode() for name, value in map(two, pairs)}
    except (binascii.Error, ValueError):
        raise Malformed(400, _("Los datos del archivo no se entienden.")) from None


def two(pair: list[str]) -> tuple[str, str]:
    """A key and its value, which may be left out."""
    words = [word for word in pair if word]
    if not 1 <= len(words) <= 2:
        raise ValueError(pair)
    return words[0], words[1] if len(words) == 2 else ""


def name_in(told: Mapping[str, str]) -> str:
    """The name as its sender wrote it: data that is never a path. Raises Malformed for none, or for no text at all."""
    name = told.get("filename", "")
    if not name or len(name) > LONGEST_NAME or "\x00" in name:
        raise Malformed(400, _("Indique el nombre del archivo, de menos de mil caracteres."))
    return name


def batch_in(told: Mapping[str, str]) -> uuid.UUID | None:
    try:
        return uuid.UUID(told["batch"])
    except (KeyError, ValueError):
        return None


def number_in(request: HttpRequest, header: str) -> int:
    """A length or a place of the file. Raises Malformed."""
    value = request.headers.get(header, "")
    if not (value.isascii() and value.isdigit()) or len(value) > DIGITS:
        raise Malformed(400, _("Falta %(header)s o no es un número.") % {"header": header})
    return int(value)


# One draft --------------------------------------------------------------------------------------


def facts(request: HttpRequest, draft: Draft) -> HttpResponse:
    """What became of it, for the page's script."""
    return JsonResponse(facts_of(request.user, line_for(request.user, settled(request.user, draft))))


def head(request: HttpRequest, draft: Draft) -> HttpResponse:
    del request
    name = base64.b64encode(draft.original_name.encode()).decode()
    headers = {"Upload-Length": str(draft.size), "Upload-Metadata": f"filename {name}"}
    return expiring(HttpResponse(headers={**headers, "Upload-Offset": str(arrived(draft))}), draft)


def patch(request: HttpRequest, draft: Draft) -> HttpResponse:
    check_spoken(request)
    if "Content-Length" not in request.headers:
        raise Malformed(411, _("Diga cuántos bytes envía."))
    if request.headers.get("Content-Type") != BODY:
        raise Malformed(415, _("Los bytes se envían como %(type)s.") % {"type": BODY})
    place, length = number_in(request, "Upload-Offset"), number_in(request, "Content-Length")
    reached = receive_bytes(actor=request.user, draft=draft, stream=request, offset=place, length=length)
    return expiring(HttpResponse(status=204, headers={"Upload-Offset": str(reached)}), draft)


def terminate(request: HttpRequest, draft: Draft) -> HttpResponse:
    check_spoken(request)
    discard_draft(actor=request.user, draft=draft)
    return HttpResponse(status=204)


def expiring(response: HttpResponse, draft: Draft) -> HttpResponse:
    if draft.state in OPEN:
        response["Upload-Expires"] = http_date(ends_at(draft).timestamp())
    return response


@desk_view(*READ)
def proof(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """SHA-256 of each 8 MiB that came: a file chosen again goes on only if it begins with these very bytes."""
    draft = get_draft_for(request.user, key)
    arriving = draft.state == DraftState.RECEIVING
    return JsonResponse({"block": PROOF, "digests": arrivals.digests(draft.pk, PROOF) if arriving else []})


uploads = tus(get_expediente_for, GET=listed, HEAD=listed, POST=create)
upload = tus(get_draft_for, GET=facts, HEAD=head, PATCH=patch, DELETE=terminate)
