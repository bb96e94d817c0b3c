"""The invented archive: documents written from sentences in `data/`, the same for the same seed.

Each document carries the facts it was written from with the worth it has for who asks for them: 3 is about it,
2 treats of it in a part, 1 names it in passing. Judgements come from these facts and from nothing that was searched.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from search.types import IndexEntry
from tests.quality.scanning import scanned

DATA = Path(__file__).parent / "data"
SEED = 20210
CONVENIOS = 40
DOCUMENTS = 210
COPIES, SCANS = 16, 16
"""Scanned copies whose clean original is there too, and scans that stand alone."""

ABOUT, PART, PASSING = 3, 2, 1
NAMED_KINDS = frozenset({"certificacion", "memorando"})
"""Kinds that are made for the person they name."""


@dataclass(frozen=True)
class Section:
    """One block of a data file: its head, and its lines by their sign."""

    key: str
    head: tuple[str, ...]
    lines: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Convenio:
    """An agreement that documents belong to."""

    number: int
    year: int
    firm: tuple[str, str, str]
    topic: str

    @property
    def fact(self) -> str:
        """Its name among the facts."""
        return f"convenio:{self.number}/{self.year}"


@dataclass(frozen=True)
class Made:
    """A document with what it is worth for each fact."""

    key: str
    title: str
    pages: tuple[str, ...]
    day: date
    kind: str
    convenio: Convenio
    facts: Mapping[str, int] = field(default_factory=dict)

    def entry(self) -> IndexEntry:
        """As a source would give it to the index."""
        facets = {"tipo": self.kind, "convenio": f"{self.convenio.number}/{self.convenio.year}"}
        return IndexEntry("custody", self.key, "public", facets["convenio"], self.title, self.pages, facets, self.day)


def sections(name: str) -> dict[str, Section]:
    """The blocks of a data file by key."""
    found: dict[str, Section] = {}
    head: tuple[str, ...] = ()
    lines: dict[str, list[str]] = {}
    for line in [*(DATA / name).read_text("utf-8").splitlines(), "= end"]:
        sign, _space, text = line.partition(" ")
        if sign == "=":
            if head:
                found[head[0]] = Section(head[0], head[1:], {s: tuple(v) for s, v in lines.items()})
            head, lines = tuple(part.strip() for part in text.split("|")), {}
        elif sign != "#":
            lines.setdefault(sign, []).append(text)
    return found


@cache
def archive() -> tuple[Made, ...]:
    """All documents: written ones, then scanned copies of some, then scans without an original."""
    writer = _Writer(random.Random(SEED))
    made = [writer.document(number) for number in range(DOCUMENTS)]
    chance = random.Random(SEED + 1)
    chosen = chance.sample(range(DOCUMENTS), COPIES + SCANS)
    copies = [_scan(made[at], f"c{at:04}", chance, twin=True) for at in chosen[:COPIES]]
    for at in chosen[COPIES:]:
        made[at] = _scan(made[at], made[at].key, chance, twin=False)
    return (*made, *copies)


def _scan(document: Made, key: str, chance: random.Random, *, twin: bool) -> Made:
    """What recognition made of it. Beside a clean original a copy is worth one less, and never nothing."""
    pages = tuple(scanned(page, chance) for page in document.pages)
    facts = {name: max(1, worth - twin) for name, worth in document.facts.items()} | {"scan": 3}
    return replace(document, key=key, title=document.title.split(" - ")[0], pages=pages, facts=facts)


class _Writer:
    """Writes documents one after the other; the later may cite the earlier."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._names = json.loads((DATA / "names.json").read_text("utf-8"))
        self._topics = sections("topics.txt")
        self._kinds = sections("kinds.txt")
        self._fill = [line for line in (DATA / "fill.txt").read_text("utf-8").splitlines() if line[:1] != "#"]
        self._convenios = [self._convenio(number) for number in range(CONVENIOS)]
        self._codes: list[str] = []

    def _convenio(self, number: int) -> Convenio:
        topics = sorted(self._topics)
        firm = self._names["firms"][number % len(self._names["firms"])]
        year = 2016 + self._chance.randrange(8)
        return Convenio(100 + number * 7, year, tuple(firm), topics[number % len(topics)])

    def document(self, number: int) -> Made:
        """One document, with its facts."""
        kind = self._kinds[self._chance.choice(sorted(self._kinds))]
        convenio = self._convenios[number % CONVENIOS]
        day = date(convenio.year, 1, 10) + timedelta(days=self._chance.randrange(900))
        draft = _Draft(self._chance, self._names, convenio, day)
        draft.code = f"{kind.head[1]}-{day.year}-{1000 + number * 13}"
        draft.facts |= {f"kind:{kind.key}": ABOUT, convenio.fact: ABOUT if kind.key == "convenio" else PART}
        draft.facts[f"code:{draft.code}"] = ABOUT
        title = self._title(kind, convenio, draft)
        self._write_kind(kind, draft)
        self._write_topics(convenio, draft)
        self._write_asides(convenio, draft)
        for _line in range(self._chance.choice([4, 8, 16, 34])):
            draft.add(self._chance.choice(self._fill))
        self._codes.append(draft.code)
        pages = draft.paged()
        return Made(f"d{number:04}", title, pages, day, kind.key, convenio, draft.facts)

    def _title(self, kind: Section, convenio: Convenio, draft: _Draft) -> str:
        named = self._topics[convenio.topic].head[0] if self._chance.random() < 0.45 else ""
        numbered = f"convenio {draft.number(convenio)}" if self._chance.random() < 0.6 else ""
        return " - ".join(part for part in (kind.head[0], numbered, named) if part)

    def _write_kind(self, kind: Section, draft: _Draft) -> None:
        worth = ABOUT if kind.key in NAMED_KINDS else PART
        person, other = self._chance.sample(self._names["people"], 2)
        lines = "\n".join(kind.lines["*"])
        slots = draft.slots | {"person": person, "other": other}
        draft.first = [f"Radicado {draft.code}", *(line.format(**slots) for line in kind.lines["*"])]
        key, _name, nit = draft.convenio.firm
        told = {
            "{person}": (f"person:{person}", worth),
            "{other}": (f"person:{other}", PART),
            "{firm}": (f"firm:{key}", ABOUT),
            "{nit}": (f"nit:{nit}", ABOUT),
            "{money}": (f"money:{draft.money}", ABOUT),
            "{date}": (f"date:{draft.day}", ABOUT),
        }
        draft.facts |= dict(fact for slot, fact in told.items() if slot in lines)

    def _write_topics(self, convenio: Convenio, draft: _Draft) -> None:
        """One topic it is about, perhaps one treated in a part, some named in passing."""
        others = self._chance.sample([key for key in sorted(self._topics) if key != convenio.topic], 4)
        about = self._topics[convenio.topic]
        for line in self._chance.sample(about.lines["*"], self._chance.choice([4, 5, 6])):
            draft.say(about, line, ABOUT)
        if self._chance.random() < 0.6:
            draft.add(f"Se dejó constancia de {about.lines['~'][0]} en el periodo.")
            draft.facts[f"phrase:{about.key}"] = ABOUT
        draft.facts[f"topic:{about.key}"] = ABOUT
        if self._chance.random() < 0.5:
            for line in self._chance.sample(self._topics[others[0]].lines["*"], 2):
                draft.say(self._topics[others[0]], line, PART)
            draft.facts[f"topic:{others[0]}"] = PART
        for key in others[1 : 1 + self._chance.choice([0, 1, 2, 3])]:
            draft.add(draft.filled(self._chance.choice(self._topics[key].lines["-"])))
            draft.facts[f"topic:{key}"] = PASSING

    def _write_asides(self, convenio: Convenio, draft: _Draft) -> None:
        """Norms, and what it cites: another convenio with its firm, another radicado, a person, another day."""
        norm, written = self._chance.choice(self._names["norms"])
        if self._chance.random() < 0.25:
            draft.add(f"Este documento interpreta el {written} y fija su alcance.")
            draft.add(f"Según el {written}, los créditos se verifican antes de acreditarse.")
            draft.facts[f"norm:{norm}"] = ABOUT
        elif self._chance.random() < 0.5:
            draft.add(f"Se funda, entre otras normas, en: {written}.")
            draft.facts[f"norm:{norm}"] = PASSING
        if self._chance.random() < 0.4:
            other = self._chance.choice([one for one in self._convenios if one.firm != convenio.firm])
            draft.add(f"Véase también el convenio {draft.number(other)} con {other.firm[1]}.")
            draft.facts |= {other.fact: PASSING, f"firm:{other.firm[0]}": PASSING}
        if self._codes and self._chance.random() < 0.4:
            cited = self._chance.choice(self._codes)
            draft.add(f"Antecedente: radicado {cited}.")
            draft.facts[f"code:{cited}"] = PASSING
        self._write_passing_names(draft)

    def _write_passing_names(self, draft: _Draft) -> None:
        if self._chance.random() < 0.3:
            person = self._chance.choice(self._names["people"])
            draft.add(f"Con copia a {person} para lo de su cargo.")
            draft.facts.setdefault(f"person:{person}", PASSING)
        if self._chance.random() < 0.4:
            day = draft.day - timedelta(days=self._chance.randrange(20, 400))
            draft.add(f"Se recibió comunicación del {draft.dated(day)}.")
            draft.facts.setdefault(f"date:{day}", PASSING)


class _Draft:
    """A document being written."""

    def __init__(self, chance: random.Random, names: Mapping[str, list[str]], convenio: Convenio, day: date) -> None:
        self._chance = chance
        self._names = names
        self.convenio, self.day = convenio, day
        self.code = ""
        self.money = chance.randrange(100, 9_000) * 1_000_000 + chance.randrange(1_000) * 1_000
        self.first: list[str] = []
        self.lines: list[str] = []
        self.facts: dict[str, int] = {}

    @property
    def slots(self) -> dict[str, str]:
        """What the sentences of a kind leave open, each written in one of its manners."""
        firm, nit = self.convenio.firm[1], self.convenio.firm[2]
        bare = nit.replace(".", "")
        return {
            "firm": firm,
            "nit": self._chance.choice([nit, bare, bare.split("-")[0]]),
            "convenio": self.number(self.convenio),
            "place": self._chance.choice(self._names["places"]),
            "money": self._chance.choice(["$ {}", "${}", "{} pesos"]).format(f"{self.money:,}".replace(",", ".")),
            "date": self.dated(self.day),
            "n": str(self._chance.randrange(2, 98)),
        }

    def number(self, convenio: Convenio) -> str:
        """A convenio's number as people write it."""
        forms = ["{n}/{y}", "{n} de {y}", "N.º {n} de {y}", "{n}-{y}"]
        return self._chance.choice(forms).format(n=convenio.number, y=convenio.year)

    def dated(self, day: date) -> str:
        """A day as people write it."""
        written = f"{day.day} de {self._names['months'][day.month - 1]} de {day.year}"
        return self._chance.choice([written, written, f"{day:%d/%m/%Y}", f"{day:%Y-%m-%d}"])

    def filled(self, line: str) -> str:
        """A topic's sentence with its slots."""
        people = self._chance.choice(self._names["people"])
        return line.format(**{**self.slots, "person": people})

    def say(self, topic: Section, line: str, worth: int) -> None:
        """One of the topic's sentences; `said:topic:number` from 1 is what it is worth."""
        self.facts[f"said:{topic.key}:{topic.lines['*'].index(line) + 1}"] = worth
        self.add(self.filled(line))

    def add(self, line: str) -> None:
        """One more sentence."""
        self.lines.append(line)

    def paged(self) -> tuple[str, ...]:
        """Its pages: how it begins stands first, the rest anywhere."""
        self._chance.shuffle(self.lines)
        lines = [*self.first, *self.lines]
        return tuple("\n".join(block) for block in _blocks(lines, 9))


def _blocks(lines: list[str], size: int) -> Iterator[list[str]]:
    for at in range(0, len(lines), size):
        yield lines[at : at + size]
