"""What a file's name says of its tipo documental and date: offered to whoever files, never set for them."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from records.models import TipoDocumental

#: Day and month may come first or last; two-digit years are too doubtful to offer.
DATES = (
    (re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)[-_. ]?(?P<m>\d\d)[-_. ]?(?P<d>\d\d)(?!\d)"), 0),
    (re.compile(r"(?<!\d)(?P<d>\d\d?)[-_. ](?P<m>\d\d?)[-_. ](?P<y>(?:19|20)\d\d)(?!\d)"), 0),
)
MONTHS = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()
WRITTEN = re.compile(
    r"(?<!\d)(\d\d?)[-_. ]+(?:de[-_. ]+)?(" + "|".join(MONTHS) + r")[-_. ]+(?:de[-_. ]+|del[-_. ]+)?((?:19|20)\d\d)"
)
WORDS = re.compile(r"[a-z0-9]+")
SMALL = frozenset("de del la el los las y o a en por con para un una al".split())
ENOUGH = 0.6


@dataclass(frozen=True)
class Suggestion:
    """Codes and labels; empty where the name says nothing. `why` holds the words of the name that say it."""

    tipo: str = ""
    tipo_name: str = ""
    why: str = ""
    date: str = ""


def suggest(name: str, tipos: Iterable[TipoDocumental], today: datetime.date) -> Suggestion:
    """What the name offers: the tipo most of whose words it has, and a date that is not in the future."""
    words = significant(name)
    best = max(
        ((share(words, tipo), tipo.name, tipo) for tipo in tipos), default=None, key=lambda row: (row[0], row[1])
    )
    date = date_in(name, today)
    shown = date.strftime("%d/%m/%Y") if date else ""
    if best is None or best[0] < ENOUGH:
        return Suggestion(date=shown)
    tipo = best[2]
    said = " ".join(
        word for word in words if word in stems(significant(tipo.name)) or stem(word) in stems(significant(tipo.name))
    )
    return Suggestion(tipo.code, tipo.name, said, shown)


def share(words: list[str], tipo: TipoDocumental) -> float:
    """How much of the tipo's name the file's name says; longer names win between equals by a hair."""
    wanted = stems(significant(tipo.name))
    return len(wanted & stems(words)) / len(wanted) + len(wanted) / 1000 if wanted else 0.0


def significant(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return [word for word in WORDS.findall(plain) if word not in SMALL and not word.isdigit()]


def stems(words: Iterable[str]) -> set[str]:
    return {stem(word) for word in words}


def stem(word: str) -> str:
    """Plurals are the same word here."""
    return word.removesuffix("s") if len(word) > 3 else word


def date_in(name: str, today: datetime.date) -> datetime.date | None:
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    found = [(m["y"], m["m"], m["d"]) for pattern, _ in DATES for m in pattern.finditer(plain)]
    found += [(m[3], str(MONTHS.index(m[2]) + 1), m[1]) for m in WRITTEN.finditer(plain)]
    days = [day for day in map(real_day, found) if day and day <= today]
    return days[0] if days else None


def real_day(parts: tuple[str, str, str]) -> datetime.date | None:
    try:
        return datetime.date(*map(int, parts))
    except ValueError:
        return None
