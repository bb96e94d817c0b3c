"""WSGI entry point (D17: processes equal to cores, no ASGI); a dangerous configuration is not served."""

from __future__ import annotations

import gc
import os
import threading

from django.core.wsgi import get_wsgi_application

os.umask(0o077)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.demo")

application = get_wsgi_application()

from django.conf import settings  # noqa: E402 - read once the profile is named

if settings.TRUSTED_PROXIES:
    from granian.utils.proxies import wrap_wsgi_with_proxy_headers

    application = wrap_wsgi_with_proxy_headers(application, settings.TRUSTED_PROXIES)

from cms.checks import refuse_dangerous_start  # noqa: E402 - needs the applications loaded

refuse_dangerous_start()

from search.api import engine_state  # noqa: E402 - needs the applications loaded

# What was loaded at the start lives as long as the process: the collector need not walk it at every turn.
gc.collect()
gc.freeze()

# The index is opened and proved beside the first requests: who searches first need not wait for all of it.
threading.Thread(target=engine_state, name="warming", daemon=True).start()
