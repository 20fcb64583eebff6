# SPDX-License-Identifier: Apache-2.0
"""What devices, ways in and factors are called on the pages."""

from collections.abc import Mapping

from django.utils.translation import gettext

from callbox.access.browsers import COMPUTER, OTHER, PHONE, TABLET
from callbox.access.factors import PASSKEY as PASSKEY_FACTOR
from callbox.access.factors import RECOVERY, TOTP
from callbox.access.sign_ins import DEMO, DIRECTORY, PASSKEY, PASSWORD
from callbox.kernel.text import gettext_noop as _

DEVICES = {PHONE: _("Phone"), TABLET: _("Tablet"), COMPUTER: _("Computer"), OTHER: _("Another device")}
METHODS = {
    PASSWORD: _("with a password"),
    PASSKEY: _("with a passkey"),
    DIRECTORY: _("through the city's directory"),
    DEMO: _("as a demo"),
}
FACTORS = {TOTP: _("App with codes"), PASSKEY_FACTOR: _("Passkey"), RECOVERY: _("Recovery codes")}


def in_words(words: Mapping[str, str], code: str) -> str:
    """The words of a code in the language of the request; nothing for one that has none."""
    return gettext(words[code]) if code in words else ""
