"""Spanish sentences to make an archive of: what Debian's packages say in Spanish, fetched with apt and kept apart.

Where apt gives nothing, sentences are made of invented words by Zipf's law, and whoever measures says so.
"""

from __future__ import annotations

import gzip
import random
import re
import subprocess
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from pathlib import Path

from search.spanish import STOP_WORDS
from tests.corpus.sources import debian_package

PACKAGES = ("manpages-es", "libreoffice-help-es", "lilypond-doc-html-es", "aptitude-doc-es", "debian-reference-es")
DEBIAN, INVENTED = "texts of Debian", "invented words (Debian's texts could not be had)"

_ENDINGS = (".es.html", ".html", ".gz")
_DROPPED = re.compile(r"<(script|style|head|pre|nav)\b.*?</\1>", re.IGNORECASE | re.DOTALL)
_BLOCK = re.compile(r"</?(?:p|div|li|td|th|h\d|br|dd|dt|ul|ol|table|tr)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_ROFF = re.compile(r"\\f[A-Z]|\\[&,/|]|\\\(..|\\\*\(..|\\[a-zA-Z]\[[^\]]*\]")
_END = re.compile(r"(?<=[.:;?])\s+(?=[A-ZÁÉÍÓÚÑ¿«])")
_WORD = re.compile(r"[^\W\d_]+")
#: Words of a sentence that is kept, and signs of Spanish that some of them must be.
LEAST, MOST = 6, 60
_SPANISH = frozenset("el la los las un una de del en que se para con por su al es no como este esta".split())


@dataclass(frozen=True)
class Sentences:
    """Distinct sentences in a fixed order, and where they come from."""

    listed: tuple[str, ...]
    origin: str

    @cached_property
    def counted(self) -> Counter[str]:
        """In how many sentences each word stands that says something, as written in small letters."""
        said = (set(_WORD.findall(sentence.lower())) for sentence in self.listed)
        return Counter(word for words in said for word in words if len(word) > 4 and word not in STOP_WORDS)


def sentences() -> Sentences:
    """What Debian says in Spanish; what nobody says, where that cannot be had."""
    try:
        found = dict.fromkeys(one for package in PACKAGES for one in said_by(debian_package(package)))
    except (OSError, subprocess.CalledProcessError):
        return Sentences(tuple(invented()), INVENTED)
    return Sentences(tuple(found), DEBIAN)


def said_by(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.name.endswith(_ENDINGS) and _is_spanish_file(path):
            yield from filter(_is_spanish, _cut(_written(path)))


def _is_spanish_file(path: Path) -> bool:
    if path.suffix == ".gz":
        return "/man/es/" in str(path)
    others = re.search(r"\.([a-z]{2})\.html$", path.name)
    return others is None or others[1] == "es"


def _written(path: Path) -> str:
    if path.suffix == ".gz":
        return _from_roff(gzip.decompress(path.read_bytes()).decode("utf-8", "ignore"))
    text = _DROPPED.sub(" ", path.read_text("utf-8", "ignore"))
    return unescape(_TAG.sub("", _BLOCK.sub("\n\n", text)))


def _from_roff(text: str) -> str:
    """Requests end a paragraph; what marks fonts goes."""
    lines = ("" if line.startswith((".", "'")) else line for line in text.splitlines())
    return _ROFF.sub("", "\n".join(lines)).replace("\\-", "-")


def _cut(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", text):
        yield from _END.split(" ".join(paragraph.split()))


def _is_spanish(sentence: str) -> bool:
    words = sentence.lower().split()
    return LEAST <= len(words) <= MOST and 5 * sum(word in _SPANISH for word in words) >= len(words)


def invented(count: int = 20_000) -> Iterator[str]:
    """Sentences of 20,000 invented words, by Zipf's law."""
    chance = random.Random(7)
    syllables = ("ca", "de", "ri", "mo", "tu", "sel", "pan", "gor", "li", "xo", "ña", "brá", "ten", "cu", "ción", "s")
    words = sorted({"".join(chance.choices(syllables, k=chance.randint(2, 5))) for _ in range(40_000)})[:20_000]
    chance.shuffle(words)
    weights = [1 / (rank + 3) for rank in range(len(words))]
    for _ in range(count):
        yield " ".join(chance.choices(words, weights, k=chance.randint(LEAST, 30))).capitalize() + "."


def folded(word: str) -> str:
    """Without accents, as somebody in a hurry types it; ñ stays."""
    spread = unicodedata.normalize("NFD", word).replace("n\u0303", "ñ")
    return "".join(c for c in spread if not unicodedata.combining(c))
