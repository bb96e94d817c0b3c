"""/verificar/: a custody certificate checked in the browser, by the same code that goes inside it; or a published
document, by its digest.

Nothing of the upload is kept, and nothing of custody is asked: what is sent, the verifier's own functions and the
fingerprints that this installation publishes are all there is.
"""

from __future__ import annotations

import datetime
import hashlib
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cms.core.uploads import MOST
from cms.publication.models import PublishedDocument, PublishedKey
from records.api import certificate_verifier as verify

#: Faults, and pieces, that a page lists; the program tells all of them.
SHOWN = 100
#: Letters of what is at fault: an entry of a file that is no certificate may have a name of 64 KiB.
LONGEST = 200


def holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Ed25519 by the library: the verifier's own arithmetic is for machines that have nothing else."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


# Checking changes nothing and knows nobody, so that there is nothing to forge; without a token the page sets no cookie.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify_page(request: HttpRequest) -> HttpResponse:
    keys = list(PublishedKey.objects.all())
    context: dict[str, Any] = {"keys": [spoken(key.fingerprint) for key in keys], "most": MOST}
    if request.method != "POST":
        return render(request, "cms/verify.html", context)
    sent = request.FILES.get("certificado")
    if not isinstance(sent, UploadedFile) or not sent.size:
        return render(request, "cms/verify.html", {**context, "lacking": lacking(request, sent)}, status=422)
    same = PublishedDocument.objects.filter(digest=digest_of(sent)).defer("text").first()
    if same is not None:
        return render(request, "cms/verify.html", {**context, "checked": True, "same": same})
    report = verify.check(sent, holds)  # type: ignore[arg-type]  # an upload reads and seeks as a file does
    if report.fingerprint and report.fingerprint not in {key.fingerprint for key in keys}:
        report.bad(verify.SEAL, _("la llave que selló no es de las que publica esta entidad"))
    return render(request, "cms/verify.html", {**context, **told(report)}, status=200)


def digest_of(sent: UploadedFile[bytes]) -> str:
    """SHA-256 in hex of what was sent, which is left at its beginning."""
    found = hashlib.sha256()
    for block in sent.chunks():
        found.update(block)
    sent.seek(0)
    return found.hexdigest()


def lacking(request: HttpRequest, sent: object) -> str:
    """Why there is nothing to check: "heavy", what is over the limit is not even read; "empty", or "nothing"."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if sent is None and length.isdecimal() and int(length[:20]) > MOST:
        return "heavy"
    return "empty" if isinstance(sent, UploadedFile) else "nothing"


def told(report: verify.Report) -> dict[str, Any]:
    summary = report.summary if not report.faults else {}
    return {
        "checked": True,
        "foreign": bool(report.faults) and not report.fingerprint and {one[1] for one in report.faults} == {"ZIP"},
        "good": sum(1 for mark, _item, _sentence in report.lines if mark == verify.GOOD),
        "count": len(report.faults),
        "faults": [{"item": item[:LONGEST], "sentence": sentence} for _mark, item, sentence in report.faults[:SHOWN]],
        "aside": [sentence for mark, _item, sentence in report.lines if mark == verify.LEFT],
        "summary": summary,
        "pieces": summary.get("pieces", [])[:SHOWN],
        "total": len(summary.get("pieces", [])),
        "fingerprint": spoken(report.fingerprint),
        "at": datetime.datetime.fromisoformat(report.at) if report.at and not report.blames(verify.SEAL) else None,
    }


def spoken(fingerprint: str) -> str:
    """In groups of four, as people compare it."""
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))


@require_safe
def program(_request: HttpRequest) -> FileResponse:
    """The verifier itself, from the entity and not from whoever handed over the certificate."""
    return FileResponse(Path(verify.__file__).open("rb"), as_attachment=True, filename="verify.py")
