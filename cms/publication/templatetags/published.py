"""Words for published rows in templates."""

from __future__ import annotations

from django import template

from cms.publication import vocabulary

register = template.Library()

register.filter("ground_of", vocabulary.ground)
