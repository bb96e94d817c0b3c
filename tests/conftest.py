"""Shared by every suite: the conformance plugin and the marks of what a test needs.

Marks registered in pyproject.toml: `requirement`, `rule`, `criterion`, `beyond` name what a test proves;
`corpus`, `services`, `e2e`, `soak` name what it needs, and `make test` leaves those out.
"""

from __future__ import annotations

pytest_plugins = ["tests.conformance.plugin"]
