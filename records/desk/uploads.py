"""Uploads go straight to a file of the installation's own folder; what is beyond the limit is not even kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from records import conf
from records.desk.doors import refusal_response
from records.errors import RecordsError, StoreUnavailable

View = Callable[..., HttpResponseBase]
Permit = Callable[..., object]


class BoundedUpload(TemporaryFileUploadHandler):
    """Writes each file to disk while it arrives. Past the limit it writes no more: the store, which counts
    what it reads, then refuses the file as too large."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.written = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.written <= conf.max_upload_bytes():
            super().receive_data_chunk(raw_data, start)
            self.written += len(raw_data)

    def file_complete(self, file_size: int) -> Any:
        return super().file_complete(min(file_size, self.written))


def streaming(may: Permit) -> Callable[[View], View]:
    """Handlers are set before the form is read, so the token is checked inside (Django's own recipe).

    `may` is asked before a form is received, and raises a RecordsError for whoever may not send anything here:
    not a byte of theirs reaches the disk. A folder that cannot take the bytes is told as a store that cannot
    keep them.
    """

    def wrap(view: View) -> View:
        checked = csrf_protect(view)

        @csrf_exempt
        @wraps(view)
        def receiving(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.upload_handlers = [BoundedUpload(request)]
            try:
                if request.method == "POST":
                    may(request, *args, **kwargs)
                return checked(request, *args, **kwargs)
            except RecordsError as refusal:
                return refusal_response(request, refusal)
            except OSError as fault:
                return refusal_response(request, StoreUnavailable(errno=fault.errno))

        return receiving

    return wrap
