"""LibreOffice in the workshop: a Word document printed to PDF/A. It runs nowhere else, and reaches nothing from there.

Its exit status means nothing and it prints garbage as garbage: what goes in is inspected before, what comes out is
checked after, by the caller.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from . import workshop
from .limits import CellLimits
from .workshop import Made

ENGINE = "LibreOffice"
PROGRAM = Path("/usr/lib/libreoffice/program")
_VERSION = re.compile(r"\ALibreOffice ([\d.]+)")
_FILTER = 'pdf:writer_pdf_Export:{"SelectPdfVersion":{"type":"long","value":"2"}}'
_OPTIONS = "--headless --norestore --nologo --nodefault --nolockcheck -env:UserInstallation=file:///tmp/profile"
#: The first start makes a profile and ends; the second one converts.
_SCRIPT = f"""
export LD_LIBRARY_PATH={PROGRAM}
for attempt in 1 2; do
  {PROGRAM}/soffice.bin {_OPTIONS} --convert-to '{_FILTER}' --outdir /tmp/out /tmp/document.docx >&2
  code=$?
  [ -s /tmp/out/document.pdf ] && exec cat /tmp/out/document.pdf
  [ $code -gt 128 ] && exit {workshop.KILLED}
done
"""
_ASK = f"LD_LIBRARY_PATH={PROGRAM} {PROGRAM}/soffice.bin --version"


@cache
def engine_version() -> str:
    """Version of LibreOffice Writer as it says itself; empty where it, or the walls around it, are absent."""
    if not workshop.is_open() or not (PROGRAM / "libswlo.so").exists():
        return ""
    said = workshop.run("/dev/null", "nothing", _ASK, CellLimits()).data.decode("utf-8", "replace")
    found = _VERSION.search(said)
    return found[1] if found else ""


def printed(path: Path | str, limits: CellLimits) -> Made:
    """The document at ``path`` as PDF."""
    return workshop.run(path, "document.docx", _SCRIPT, limits)
