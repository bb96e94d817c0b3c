"""What a file's name and its first page say of its tipo documental and date, with the words that say it.

Offered to whoever files, never set for them.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest

from django.utils.translation import gettext as _

from records.models import TipoDocumental
from records.parsing.names import visible_line

MONTHS = "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre".split()
_NUMBERS = {name: 1 + (index if index < 9 else index - 1) for index, name in enumerate(MONTHS)}
_MONTH, _YEAR, _GAP = "|".join(MONTHS), r"(?P<y>(?:19|20)\d\d)", r"[-_. ,]+"
#: How a day is written. Two-digit years are too doubtful to offer.
DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\d){_YEAR}[-_. /]?(?P<m>\d\d)[-_. /]?(?P<d>\d\d)(?!\d)",
        rf"(?<!\d)(?P<d>\d\d?)[-_. /](?P<m>\d\d?)[-_. /]{_YEAR}(?!\d)",
        rf"(?<!\d)(?P<d>\d\d?){_GAP}(?:de{_GAP})?(?P<m>{_MONTH}){_GAP}(?:del?{_GAP})?{_YEAR}(?!\d)",
        rf"\b(?P<m>{_MONTH}){_GAP}(?P<d>\d\d?){_GAP}(?:del?{_GAP})?{_YEAR}(?!\d)",
        rf"\((?P<d>\d\d?)\) dias del mes de (?P<m>{_MONTH}) del?(?: ano)?[a-z ]{{0,40}}\(?{_YEAR}\)?",
    )
)
#: What stands before the day that a document gives itself: its city, the word "fecha", or an act's own formula.
OWN = re.compile(
    r"(?:^|\n) *(?:[a-z][a-z. ]{2,30}(?:, ?d\.? ?c\.?)?, *(?:a |el )?|(?:lugar y )?fecha[a-z ]{0,20}:? *)$"
)
FORMULA = "dias del mes de"
WORDS = re.compile(r"[a-z0-9]+")
SMALL = frozenset("de del la el los las y o a en por con para un una al".split())
#: How much of a tipo's name must be said, by a file's name and by a line of its text.
ENOUGH, ENOUGH_IN_TEXT = 0.6, 0.75
#: A title stands among the first lines and is short.
TITLE_LINES, TITLE_WORDS = 25, 12
LONGEST_QUOTE = 80
#: Days that are looked at: the first page of a document that gives itself one has few before it.
MOST_DATES = 200


@dataclass(frozen=True)
class Suggestion:
    """Codes and labels; empty where nothing is said. `…_why` says in Spanish what says it.

    `date` is day/month/year, as a form takes it.
    """

    tipo: str = ""
    tipo_name: str = ""
    tipo_why: str = ""
    date: str = ""
    date_why: str = ""


@dataclass(frozen=True)
class Said:
    """A tipo, how much of its name is said, and the words that say it."""

    share: float
    tipo: TipoDocumental
    why: str


def suggest(name: str, tipos: Iterable[TipoDocumental], today: datetime.date, text: str = "") -> Suggestion:
    """What the name, and the first page's text when it is known, offer; a date is never in the future."""
    name, text = unicodedata.normalize("NFC", name), unicodedata.normalize("NFC", text)
    tipo, (date, why) = tipo_said(name, tipos, text), date_said(name, today, text)
    return Suggestion(
        tipo=tipo.tipo.code if tipo else "",
        tipo_name=tipo.tipo.name if tipo else "",
        tipo_why=tipo.why if tipo else "",
        date=date.strftime("%d/%m/%Y") if date else "",
        date_why=why,
    )


# The tipo ---------------------------------------------------------------------------------------


Title = tuple[str, list[str]]


def tipo_said(name: str, tipos: Iterable[TipoDocumental], text: str) -> Said | None:
    """The tipo most of whose name is said; of equals the one the text says, then the longer."""
    words, titles = significant(name), list(title_lines(text))
    offers = [said for tipo in tipos for said in (said_by_name(words, tipo), said_by_text(titles, tipo)) if said]
    return max(offers, key=lambda said: (said.share, said.tipo.name), default=None)


def said_by_name(words: list[str], tipo: TipoDocumental) -> Said | None:
    wanted = stems(significant(tipo.name))
    if (held := share(words, wanted)) < ENOUGH:
        return None
    said = " ".join(word for word in words if stem(word) in wanted)
    return Said(held, tipo, _("el nombre dice «%(words)s»") % {"words": said})


def said_by_text(titles: list[Title], tipo: TipoDocumental) -> Said | None:
    """The tipo's name as a title: in one short line, or in two that follow each other."""
    wanted = stems(significant(tipo.name))
    said = ((share(words, wanted), line) for line, words in titles if fits(words, wanted))
    held, line = max(said, default=(0.0, ""), key=lambda title: (title[0], -len(title[1])))
    if held < ENOUGH_IN_TEXT:
        return None
    return Said(held + 0.01, tipo, _("el texto dice «%(words)s»") % {"words": quote(line)})


def fits(words: list[str], wanted: set[str]) -> bool:
    """A name of one word is said by a title of few: it stands in too many sentences otherwise."""
    return len(words) <= (TITLE_WORDS if len(wanted) > 1 else 3)


def title_lines(text: str) -> Iterator[Title]:
    """(what it says, its significant words) of the first lines, and of each two together."""
    lines = [line.strip() for line in text.split("\n") if line.strip()][:TITLE_LINES]
    for first, second in zip_longest(lines, lines[1:], fillvalue=""):
        yield first, significant(first)
        if second:
            yield f"{first} {second}", significant(f"{first} {second}")


def share(words: list[str], wanted: set[str]) -> float:
    """How much of a tipo's name is said; longer names win between equals by a hair."""
    return len(wanted & stems(words)) / len(wanted) + len(wanted) / 1000 if wanted else 0.0


def significant(text: str) -> list[str]:
    return [word for word in WORDS.findall(folded(text)) if word not in SMALL and not word.isdigit()]


def stems(words: Iterable[str]) -> set[str]:
    return {stem(word) for word in words}


def stem(word: str) -> str:
    """Plurals are the same word here."""
    return word.removesuffix("s") if len(word) > 3 else word


# The date ---------------------------------------------------------------------------------------


def date_said(name: str, today: datetime.date, text: str) -> tuple[datetime.date | None, str]:
    """The day a document gives itself; else the name's; else the only one its first page speaks of."""
    plain = folded(text)
    written = list(islice(dates_in(plain, today), MOST_DATES))
    own = next((found for found in written if gives_itself(plain, *found[1])), None)
    if own:
        return own[0], _("el texto dice «%(words)s»") % {"words": quote(line_around(text, *own[1]), end=True)}
    if (named := date_in(name, today)) is not None:
        return named, _("está en el nombre")
    if len({day for day, _span in written}) == 1:
        return written[0][0], _("es la única fecha de la primera página: «%(words)s»") % {
            "words": quote(text[slice(*written[0][1])])
        }
    return None, ""


def date_in(name: str, today: datetime.date) -> datetime.date | None:
    """The first day that the text names and that has come."""
    return next((day for day, _span in dates_in(folded(name), today)), None)


def dates_in(plain: str, today: datetime.date) -> Iterator[tuple[datetime.date, tuple[int, int]]]:
    """(day, where it stands) of every day that has come, in the order of the folded text."""
    found = sorted((match for pattern in DATES for match in pattern.finditer(plain)), key=lambda match: match.start())
    for match in found:
        day = real_day(match["y"], match["m"], match["d"])
        if day and day <= today:
            yield day, match.span()


def real_day(year: str, month: str, day: str) -> datetime.date | None:
    try:
        return datetime.date(int(year), _NUMBERS.get(month) or int(month), int(day))
    except ValueError:
        return None


def gives_itself(plain: str, start: int, end: int) -> bool:
    return bool(OWN.search(plain[max(0, start - 80) : start])) or FORMULA in plain[start:end]


def line_around(text: str, start: int, end: int) -> str:
    """The words from the beginning of the line to the end of the day."""
    return text[text.rfind("\n", 0, start) + 1 : end]


# Words ------------------------------------------------------------------------------------------


def folded(text: str) -> str:
    """Lower case without accents, letter for letter, so that a place in it is a place in the text."""
    return "".join(map(plain_letter, text))


def plain_letter(letter: str) -> str:
    """One ASCII letter or sign, or a blank for what has none; line ends stay."""
    if letter.isascii():
        return letter.lower()
    bare = unicodedata.normalize("NFKD", letter)[:1].lower()
    return bare if bare.isascii() else " "


def quote(words: str, *, end: bool = False) -> str:
    """Words of a stranger's file as they may be shown; of too many the first, or the last."""
    shown = visible_line(words)
    if len(shown) <= LONGEST_QUOTE:
        return shown
    return f"…{shown[-LONGEST_QUOTE:].lstrip()}" if end else f"{shown[:LONGEST_QUOTE].rstrip()}…"
