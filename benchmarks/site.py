"""The demo's settings with one address more: what a page costs that knows who is there and does nothing else."""

from __future__ import annotations

from cms.settings.demo import *  # noqa: F403

ROOT_URLCONF = "benchmarks.site_urls"
