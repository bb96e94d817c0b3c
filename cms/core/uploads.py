"""What a form that is not filing may be sent: enough for a picture, never enough to fill the disk."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler

#: Bytes of all files of one request together; Wagtail itself takes images of 10 MiB at most.
MOST = 20 * 1024**2


class ModestUpload(TemporaryFileUploadHandler):
    """Django reads a form's files before anybody looks at who sends it. Past the limit the rest is not read, what
    was written is removed, and the form is left without its files."""

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> Any:
        self.received += len(raw_data)
        if self.received > MOST:
            raise StopUpload(connection_reset=True)
        return super().receive_data_chunk(raw_data, start)
