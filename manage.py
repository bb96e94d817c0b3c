#!/usr/bin/env python
"""Custodia's command line; without DJANGO_SETTINGS_MODULE it is the demo profile."""

from __future__ import annotations

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    # What a command makes is its owner's alone unless the code says otherwise.
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.demo")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as fault:
        sys.exit(str(fault))  # the sentence names every fault; a trace would hide it


if __name__ == "__main__":
    main()
