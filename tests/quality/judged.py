"""The questions and what each document is worth to who asks them, decided by what the documents were written from.

A line of `data/queries.txt` is `class | what is typed | facts`. A document is worth the least of the named facts;
one of another kind (`kind:`) that has all the other facts in full is worth 1. A question whose facts are `-` has no
answer at all: whatever is found for it is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256

from tests.quality.corpus import ABOUT, DATA, PASSING, Made, archive

NOTHING = "-"


@dataclass(frozen=True)
class Question:
    """What is typed, in which class, and what it is about."""

    kind: str
    text: str
    facts: tuple[str, ...]

    def worth(self, document: Made) -> int:
        """0 to 3: what this document is worth to who asks."""
        held = {fact: document.facts.get(fact, 0) for fact in self.facts}
        strange = [fact for fact, worth in held.items() if not worth and fact.startswith("kind:")]
        least = min((worth for fact, worth in held.items() if fact not in strange), default=0)
        if strange:
            return PASSING if least == ABOUT else 0
        return least

    @cached_property
    def judgements(self) -> Mapping[str, int]:
        """Key → worth, of the documents that are worth anything."""
        return {made.key: worth for made in archive() if (worth := self.worth(made))}


@cache
def questions() -> tuple[Question, ...]:
    """All questions, in the order of the file."""
    lines = (DATA / "queries.txt").read_text("utf-8").splitlines()
    return tuple(_question(line) for line in lines if line and line[0] != "#")


def _question(line: str) -> Question:
    kind, text, facts = (part.strip() for part in line.split("|"))
    named = () if facts == NOTHING else tuple(fact.strip() for fact in facts.split("&"))
    return Question(kind, text, named)


def digest() -> str:
    """Names this archive with these questions and judgements: figures of another one compare with nothing."""
    told = sha256()
    for made in archive():
        told.update(repr((made.key, made.title, made.pages, made.day)).encode())
    for question in questions():
        told.update(repr((question.kind, question.text, sorted(question.judgements.items()))).encode())
    return told.hexdigest()[:16]
