"""Blocks of the home page."""

from cms.home.blocks.route import RouteBlock

__all__ = ["RouteBlock"]
