"""Blocks that only the pages of the Banco have."""

from cms.banco.blocks.stories import StoriesBlock, TellingBlock

__all__ = ["StoriesBlock", "TellingBlock"]
