# SPDX-License-Identifier: Apache-2.0
"""The web process's entry."""

import os

from django.core.wsgi import get_wsgi_application

from callbox.host.child import PARENT, end_with_parent

if PARENT in os.environ:
    end_with_parent()  # the server runs us in a process of its own, which must not outlive it
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callbox.settings")
application = get_wsgi_application()
