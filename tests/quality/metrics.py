"""nDCG@10 and recall@100 of a ranked list against graded judgements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2

DEPTH = 10
REACH = 100


def ndcg(ranked: Sequence[str], worth: Mapping[str, int]) -> float:
    """0 to 1: gain 2^worth - 1, discounted by log2 of the place, over that of the best order (Järvelin and
    Kekäläinen 2002). Where nothing is worth anything, 1 for an empty answer and 0 for any other."""
    if not worth:
        return float(not ranked)
    best = _gain(sorted(worth.values(), reverse=True))
    return _gain([worth.get(key, 0) for key in ranked]) / best


def recall(ranked: Sequence[str], worth: Mapping[str, int]) -> float:
    """0 to 1: the share of what is worth anything that stands among the first 100; as `ndcg` where nothing is."""
    if not worth:
        return float(not ranked)
    return len(set(ranked[:REACH]) & worth.keys()) / min(len(worth), REACH)


def _gain(worths: Sequence[int]) -> float:
    return sum((2**worth - 1) / log2(place + 1) for place, worth in enumerate(worths[:DEPTH], 1))
