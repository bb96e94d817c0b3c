"""Uploads go straight to a file of the installation's own folder; what is beyond the limit is not even kept."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from records import conf
from records.desk.doors import refusal_response
from records.errors import RecordsError, RuleViolation, StoreUnavailable
from records.permissions import Actor
from records.services import arrivals
from records.services.drafts import bytes_held_by

View = Callable[..., HttpResponseBase]
Permit = Callable[..., object]
#: Bytes that a request may always bring: the table that files what waits comes from whoever has most waiting.
ALWAYS = 16 * 1024**2


class BoundedUpload(TemporaryFileUploadHandler):
    """Writes each file to disk while it arrives. Past the limit of one it writes no more: whoever counts what is
    read then refuses the file as too large. Past the limit of all of them together the request is refused; a file
    that the form does not ask for is not written at all.

    `each` and `together` in bytes; `fields` are the names of the form's files.
    """

    def __init__(self, request: HttpRequest, fields: Collection[str], each: int, together: int) -> None:
        super().__init__(request)
        self.fields, self.each, self.together = fields, each, together
        self.written = self.total = 0

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],  # noqa: N803 - Django's own name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Refuse before a byte is kept what would not be kept whole."""
        self.check_total(content_length)
        with arrivals.refusals():
            arrivals.check_free(Path(settings.FILE_UPLOAD_TEMP_DIR), content_length)
        super().handle_raw_input(input_data, META, content_length, boundary, encoding)

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        super().new_file(field_name, *args, **kwargs)
        self.written = 0
        if field_name not in self.fields:
            raise SkipFile  # after `super`: what is skipped closes the last file begun

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.written <= self.each:
            self.check_total(self.total + len(raw_data))
            super().receive_data_chunk(raw_data, start)
            self.written += len(raw_data)
            self.total += len(raw_data)

    def file_complete(self, file_size: int) -> Any:
        return super().file_complete(min(file_size, self.written))

    def check_total(self, size: int) -> None:
        if size > self.together:
            raise RuleViolation("too_much_at_once", most=self.together)


def bytes_left_to(actor: Actor) -> int:
    """What one request of this person may bring: what her open drafts leave of what she may have waiting."""
    return max(conf.draft_limits().most_bytes - bytes_held_by(actor), ALWAYS)


def handler_for(request: HttpRequest, fields: Collection[str], most: int) -> BoundedUpload:
    together = most * 2 if most else bytes_left_to(request.user)
    return BoundedUpload(request, fields, most or conf.max_upload_bytes(), together)


def streaming(may: Permit, *fields: str, most: int = 0) -> Callable[[View], View]:
    """Handlers are set before the form is read, so the token is checked inside (Django's own recipe).

    `may` is asked before a form is received, and raises a RecordsError for whoever may not send anything here:
    not a byte of theirs reaches the disk. `fields`: names of the form's files. `most`: bytes of its one small file;
    0 for files to be filed, which have the installation's limits. A folder that cannot take the bytes is told as a
    store that cannot keep them.
    """

    def wrap(view: View) -> View:
        checked = csrf_protect(view)

        @csrf_exempt
        @wraps(view)
        def receiving(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                if request.method == "POST":
                    may(request, *args, **kwargs)
                    request.upload_handlers = [handler_for(request, fields, most)]
                return checked(request, *args, **kwargs)
            except RecordsError as refusal:
                return refusal_response(request, refusal)
            except OSError as fault:
                return refusal_response(request, StoreUnavailable(errno=fault.errno))

        return receiving

    return wrap
