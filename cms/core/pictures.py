"""Pictures of the public site: made anew when they are sent, so that nothing of the camera or of its owner comes along.

Served are the sizes made of them and nothing else, under names that nobody can guess.
"""

from __future__ import annotations

import functools
import io
import uuid
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from PIL import Image as Pixels
from PIL import ImageOps
from wagtail.images.forms import BaseImageForm
from wagtail.images.models import Rendition

TOO_LARGE = _("La imagen tiene demasiados puntos. Use una de hasta 40 millones, por ejemplo de 8.000 × 5.000.")
#: Format of the file → mode of its points, ending, and how it is written.
WRITTEN: dict[str, tuple[str, str, dict[str, Any]]] = {
    "JPEG": ("RGB", "jpg", {"quality": 90}),
    "PNG": ("RGBA", "png", {"optimize": True}),
    "WEBP": ("RGBA", "webp", {"quality": 90}),
}
YEAR = 365 * 24 * 3600


class PictureForm(BaseImageForm):
    """Wagtail's form, which refuses a flood of points with a sentence and keeps no metadata."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            self.fields["file"].to_python = _bounded(self.fields["file"].to_python)

    def clean_file(self) -> Any:
        sent = self.cleaned_data["file"]
        return without_metadata(sent) if "file" in self.changed_data else sent


def _bounded(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    @functools.wraps(read)
    def reading(data: Any) -> Any:
        try:
            return read(data)
        except Pixels.DecompressionBombError as flood:
            raise ValidationError(TOO_LARGE, code="file_too_many_pixels") from flood
        except ValidationError as fault:
            if fault.code == "file_too_many_pixels":
                raise ValidationError(TOO_LARGE, code=fault.code) from fault
            raise

    return reading


def without_metadata(sent: Any) -> SimpleUploadedFile:
    """The same points upright, in a new file with a name that says nothing. Raises ValidationError."""
    sent.seek(0)
    try:
        with Pixels.open(sent) as opened:
            mode, ending, how = WRITTEN[str(opened.format)]
            upright = ImageOps.exif_transpose(opened).convert(mode)
    except (OSError, KeyError, SyntaxError, Pixels.DecompressionBombError) as fault:
        raise ValidationError(_("La imagen no se puede leer. Guárdela de nuevo en JPG o PNG.")) from fault
    clean = Pixels.new(mode, upright.size)
    clean.paste(upright)
    made = io.BytesIO()
    clean.save(made, _NAMES[ending], **how)
    return SimpleUploadedFile(f"{uuid.uuid4().hex}.{ending}", made.getvalue(), f"image/{_NAMES[ending].lower()}")


_NAMES = {ending: name for name, (_mode, ending, _how) in WRITTEN.items()}


@require_safe
def picture(_request: HttpRequest, name: str) -> HttpResponseBase:
    """A size of a picture by the name of its file; originals and whatever else lies there are absent."""
    shown = None if "\x00" in name else Rendition.objects.filter(file=name).first()  # PostgreSQL refuses a NUL
    if shown is None:
        raise Http404
    try:
        response = FileResponse(shown.file.open("rb"))
    except FileNotFoundError:
        raise Http404 from None
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response
