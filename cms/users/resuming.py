"""What somebody sent when her session was already over: kept until she enters again, encrypted, and for her alone.

It lies in the session that asks her to enter, never as it was typed: reasons of reserve are among what is typed here.
Nothing of it is done until she presses the button of the page that shows it.
"""

from __future__ import annotations

import json
import time
from typing import Any

from cryptography.fernet import InvalidToken
from django.contrib.auth.decorators import login_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from cms.core.views import csrf_failure as calm_failure
from cms.users.adapters import KEPT, box
from cms.users.typed import typed_in

ROOM = "/custodia/"
PURPOSE = b"custodia: forms kept"
#: Bytes of a request that is read for it, letters of what is kept, and seconds that it is.
MOST_BYTES, MOST_LETTERS, PATIENCE = 20 * 1024**2, 256 * 1024, 30 * 60
UNREADABLE = (UnreadablePostError, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent, MultiPartParserError)


class NoFiles(FileUploadHandler):
    """Files are not kept: not a byte of them is written."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.request.left_files = True  # type: ignore[union-attr]  # set before any part is read
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Never called: the file was skipped."""

    def file_complete(self, file_size: int) -> None:
        """The same."""


def kept_of(request: HttpRequest) -> str:
    """A form sent to the desk by a person whose session is over, as an encrypted text; "" when it is none, or too
    much, or was not sent from a page of ours."""
    if request.method != "POST" or not request.path_info.startswith(ROOM) or is_script(request):
        return ""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES:
        return ""
    try:
        request.upload_handlers = [NoFiles(request)]
        typed = list(typed_in(request)) if is_ours(request) else []
    except UNREADABLE:
        return ""
    told = {"person": str(request.user.pk), "path": request.get_full_path(), "typed": typed, "at": time.time()}
    text = json.dumps({**told, "files": getattr(request, "left_files", False)})
    return box(PURPOSE).encrypt(text.encode()).decode() if typed and len(text) <= MOST_LETTERS else ""


def is_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json" or "HX-Request" in request.headers


def is_ours(request: HttpRequest) -> bool:
    """Does it carry the token of a page of ours? Another site could have had somebody send what she did not write."""
    return CsrfViewMiddleware(answered).process_view(request, answered, (), {}) is None


def answered(_request: HttpRequest) -> HttpResponse:
    """Stands for the view behind the check of the token, which calls none."""
    return HttpResponse()


@require_safe
@login_required
def resume(request: HttpRequest) -> HttpResponse:
    """The page that shows what was kept and sends it where it was going."""
    kept = opened(request.session.get(KEPT, ""))
    if kept is None or kept["person"] != str(request.user.pk):
        request.session.pop(KEPT, None)
        return redirect("account")
    return shown(request, kept)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's hook for a form whose token does not hold."""
    return offered_again(request) or calm_failure(request, reason)


def offered_again(request: HttpRequest) -> HttpResponse | None:
    """What was typed in a page of ours from before its person entered again, for her to send anew; nothing was done.

    Its token is of the session before. That the browser itself names us as the page's origin tells that no other site
    sent it.
    """
    ours = f"{request.scheme}://{request.get_host()}"
    if not request.path_info.startswith(ROOM) or request.headers.get("Origin") != ours or is_script(request):
        return None
    if request.method != "POST" or not request.user.is_authenticated or not (typed := list(typed_in(request))):
        return None
    return shown(request, {"path": request.get_full_path(), "typed": typed, "files": bool(request.FILES)}, 403)


def shown(request: HttpRequest, kept: dict[str, Any], status: int = 200) -> HttpResponse:
    words = [value for _name, value in kept["typed"] if len(value) > 3]
    return render(request, "cms/users/resume.html", {**kept, "words": words}, status=status)


def opened(sealed: str) -> dict[str, Any] | None:
    try:
        kept: dict[str, Any] = json.loads(box(PURPOSE).decrypt(sealed.encode()))
    except InvalidToken:
        return None
    return kept if 0 <= time.time() - kept["at"] < PATIENCE else None
