"""Blocks of a norm: its parts, its articles, and the rows of the normograma."""

from cms.norms.blocks.article import ArticleBlock
from cms.norms.blocks.chapter import ChapterBlock
from cms.norms.blocks.reference import ReferencesBlock

__all__ = ["ArticleBlock", "ChapterBlock", "ReferencesBlock"]
