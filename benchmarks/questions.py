"""What is asked of the invented archive: ten classes of questions, drawn by seed from the words it is made of.

Each is told twice: as a reader types it, and in parts, so that other engines can be asked the same in their own way.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.archive import TIPOS
from benchmarks.spanish import Sentences, folded
from search.spanish import STOP_WORDS

_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True)
class Question:
    """`typed` for our grammar; the rest for the others: all of `words`, `phrase` side by side, none of `without`, a
    word that begins with `start`, pieces of the `tipo`, pieces dated in `year` or later."""

    kind: str
    typed: str
    words: tuple[str, ...] = ()
    phrase: tuple[str, ...] = ()
    without: str = ""
    start: str = ""
    tipo: str = ""
    year: int = 0


def questions(sentences: Sentences, each: int = 12, seed: int = 17) -> list[Question]:
    """`each` questions of every class."""
    asker = _Asker(sentences, random.Random(seed))
    return [asker.make(kind) for kind in MAKERS for _number in range(each)]


class _Asker:
    def __init__(self, sentences: Sentences, chance: random.Random) -> None:
        ranked = [word for word, _count in sentences.counted.most_common()]
        self.chance, self.sentences = chance, sentences
        self.often, self.middle, self.rare = ranked[:60], ranked[200:1_500], ranked[6_000:12_000]

    def make(self, kind: str) -> Question:
        return MAKERS[kind](self)

    def one_of(self, words: list[str]) -> str:
        """A word, half of the time typed without its accents."""
        word = self.chance.choice(words)
        return folded(word) if self.chance.random() < 0.5 else word

    def frequent(self) -> Question:
        word = self.one_of(self.often)
        return Question("frequent", word, (word,))

    def medium(self) -> Question:
        word = self.one_of(self.middle)
        return Question("medium", word, (word,))

    def seldom(self) -> Question:
        word = self.one_of(self.rare)
        return Question("rare", word, (word,))

    def two(self) -> Question:
        words = (self.one_of(self.often), self.one_of(self.middle))
        return Question("two words", " ".join(words), words)

    def three(self) -> Question:
        words = (self.one_of(self.often), self.one_of(self.often), self.one_of(self.middle))
        return Question("three words", " ".join(words), words)

    def phrase(self) -> Question:
        run = self.chance.choice(list(self._runs()))
        return Question("phrase", f'"{" ".join(run)}"', phrase=run)

    def _runs(self) -> Iterator[tuple[str, ...]]:
        """Pairs of words that stand side by side in a few sentences drawn by chance."""
        while True:
            found = list(_pairs(self.chance.choice(self.sentences.listed)))
            if found:
                yield from found
                return

    def prefix(self) -> Question:
        start = folded(self.chance.choice(self.middle))[:5]
        return Question("prefix", f"{start}*", start=start)

    def field(self) -> Question:
        word, tipo, year = self.one_of(self.middle), self.chance.choice(TIPOS), self.chance.randrange(2018, 2025)
        return Question("field", f'{word} tipo:"{tipo}" desde:{year}', (word,), tipo=tipo, year=year)

    def exclusion(self) -> Question:
        word, other = self.one_of(self.often), self.one_of(self.middle)
        return Question("exclusion", f"{word} -{other}", (word,), without=other)

    def citation(self) -> Question:
        place = self.chance.randrange(4_000)
        number, year = str(place // 4 + 1), str(2018 + place % 8)
        return Question("citation", f"Convenio {number} de {year}", ("convenio", number, year))


MAKERS: dict[str, Callable[[_Asker], Question]] = {
    "frequent": _Asker.frequent,
    "medium": _Asker.medium,
    "rare": _Asker.seldom,
    "two words": _Asker.two,
    "three words": _Asker.three,
    "phrase": _Asker.phrase,
    "prefix": _Asker.prefix,
    "field": _Asker.field,
    "exclusion": _Asker.exclusion,
    "citation": _Asker.citation,
}


def _pairs(sentence: str) -> Iterator[tuple[str, str]]:
    """Words that stand side by side with nothing but a space between them."""
    said = sentence.lower().split(" ")
    for one, other in pairwise(said):
        if _WORD.fullmatch(one) and _WORD.fullmatch(other) and not {one, other} & set(STOP_WORDS):
            yield one, other
