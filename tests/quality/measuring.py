"""Figures of a ranker over the judged questions, by class:

    python -m tests.quality.measuring            the table
    python -m tests.quality.measuring --write    and the baseline anew

A baseline is written anew when the archive, the questions or the better figures of a ranker change, never to let a
figure fall.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from statistics import fmean

import django
from django.conf import settings

from tests.quality.corpus import archive
from tests.quality.judged import digest, questions
from tests.quality.metrics import REACH, ndcg, recall
from tests.quality.rankers import RANKERS, Ranker

BASELINE = Path(__file__).with_name("baseline.json")
ALL = "todas"

Figures = Mapping[str, Mapping[str, float]]
"""Class of questions → metric → its mean."""


def measure(ranker: Ranker) -> Figures:
    """The means of each class, and of all questions."""
    ranker.load([made.entry() for made in archive()])
    taken: dict[str, list[tuple[float, float]]] = {}
    for question in questions():
        ranked = ranker.find(question.text, REACH)
        each = ndcg(ranked, question.judgements), recall(ranked, question.judgements)
        for kind in (question.kind, ALL):
            taken.setdefault(kind, []).append(each)
    return {
        kind: {"ndcg@10": round(fmean(n for n, _r in each), 4), "recall@100": round(fmean(r for _n, r in each), 4)}
        for kind, each in taken.items()
    }


@cache
def measured(name: str) -> Figures:
    """The figures of a ranker that runs on every machine."""
    return measure(RANKERS[name]())


def table(figures: Mapping[str, Figures], metric: str) -> str:
    """Rows of classes, columns of rankers."""
    kinds = list(dict.fromkeys(kind for each in figures.values() for kind in each if kind != ALL))
    head = f"{metric:<14}" + "".join(f"{name:>16}" for name in figures)
    rows = (f"{kind:<14}" + "".join(f"{of[kind][metric]:>16.3f}" for of in figures.values()) for kind in (*kinds, ALL))
    return "\n".join([head, *rows])


def main(*, write: bool) -> None:
    """Prints the tables; writes the baseline where asked."""
    if not settings.configured:
        settings.configure(USE_I18N=False, INSTALLED_APPS=[])
        django.setup()
    figures = {name: measured(name) for name in RANKERS}
    print(table(figures, "ndcg@10"), table(figures, "recall@100"), sep="\n\n")
    if write:
        kept = {"archive": digest(), "figures": figures}
        BASELINE.write_text(json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main(write="--write" in sys.argv)
