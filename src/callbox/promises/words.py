# SPDX-License-Identifier: Apache-2.0
"""What the pages of promises call kinds of matters and clocks."""

from collections.abc import Mapping

from django.utils.translation import gettext

from callbox.kernel.text import gettext_noop as _

KINDS = {
    "request": _("Request"),
    "task": _("Agency task"),
    "incident": _("Incident"),
    "call": _("Call"),
    "assignment": _("Assignment"),
}
CLOCKS = {
    "sign_for": _("Sign for it"),
    "first_contact": _("First contact"),
    "resolve": _("Solution"),
    "call_back": _("Ask the resident"),
    "supervision": _("Decide"),
}
DIFFERENCES = {"new": _("New"), "gone": _("Gone"), "altered": _("Altered")}


def named(known: Mapping[str, str], code: str) -> str:
    """What a code is called; the code itself where it has no name."""
    return gettext(known[code]) if code in known else code
