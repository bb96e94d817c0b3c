"""Names of received files. The original is kept as data; these functions make what may be shown and stored."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from . import formats

MAX_DISPLAY = 180
FALLBACK = "sin-nombre"

#: Marks that reorder or hide text: LRM/RLM/ALM, embeddings and overrides, isolates, zero-width, BOM.
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u180e\u200b-\u200d\u2028\u2029\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb]"
)
QUOTES = re.compile("[\"'`\u00b4\u2018\u2019\u201c\u201d\u00ab\u00bb]")
_SEPARATORS = re.compile(r"[/\\]")
_EXTENSION = re.compile(r"\.[0-9a-z]{1,10}\Z")


def _without_marks(name: str) -> str:
    visible = INVISIBLE.sub("", BIDI.sub("", name))
    return "".join(ch for ch in visible if unicodedata.category(ch) not in ("Cc", "Cs", "Co", "Cn"))


def visible_line(text: str) -> str:
    """A text of a person as one line that shows what it says: no control, bidi or invisible marks."""
    return " ".join(_without_marks(" ".join(text.split())).split())


def last_part(name: str) -> str:
    """The name without any path, whatever system wrote it."""
    return _SEPARATORS.split(name)[-1]


def safe_display_name(name: str) -> str:
    """A name fit for a screen: NFC, no path, no control, bidi or invisible marks, at most 180 characters.

    The extension is kept when the name is cut. A name with nothing left is ``sin-nombre``.
    """
    clean = " ".join(_without_marks(unicodedata.normalize("NFC", last_part(name))).split())
    clean = clean.rstrip(" .").lstrip() or FALLBACK
    if len(clean) <= MAX_DISPLAY:
        return clean
    extension = extension_of(clean)
    return clean[: MAX_DISPLAY - len(extension) - 1].rstrip() + "…" + extension


def extension_of(name: str) -> str:
    """Lower-case extension with its dot as the last part of the name really ends, ``""`` when there is none."""
    clean = _without_marks(unicodedata.normalize("NFC", last_part(name[-1000:]))).rstrip(" .").lower()
    found = _EXTENSION.search(clean)
    return found.group(0) if found else ""


def storage_extension(name: str, media_type: str) -> str:
    """Extension to serve the bytes under, from our own table: the name's own if it fits the type, else the type's."""
    row = formats.BY_MEDIA_TYPE.get(media_type)
    if row is None:
        return ".bin"
    given = extension_of(name)
    return given if given in row.extensions else row.extensions[0]


def _too_long(name: str) -> bool:
    return len(name) > MAX_DISPLAY or len(name.encode("utf-8", "replace")) > 255


_FLAG_TESTS: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("path_in_name", _SEPARATORS.search),
    ("bidi_in_name", BIDI.search),
    ("invisible_in_name", INVISIBLE.search),
    ("control_in_name", re.compile(r"[\x00-\x1f\x7f-\x9f]").search),
    ("quotes_in_name", QUOTES.search),
    ("long_name", _too_long),
    ("name_not_nfc", lambda name: not unicodedata.is_normalized("NFC", name)),
)


def name_flags(name: str) -> tuple[str, ...]:
    """Codes of what is odd in a received name; a file is never refused for its name."""
    return tuple(code for code, holds in _FLAG_TESTS if holds(name))
