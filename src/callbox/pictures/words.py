# SPDX-License-Identifier: Apache-2.0
"""What the scripts in static/pictures say, in the language of the request. For the edges of every room."""

from django.utils.translation import gettext as _


def shown_words() -> dict[str, str]:
    """For pages that show pictures; `%(name)s` places are filled by words.js."""
    return {
        "pictures": _("Pictures"),
        "picture_by": _("Picture of %(time)s, by %(name)s"),
        "picture_reported": _("Picture of %(time)s, by whoever reported it"),
        "picture_of": _("Picture of %(time)s"),
        "picture_gone": _("This picture cannot be shown."),
        "picture_close": _("Close the picture"),
    }


def sent_words() -> dict[str, str]:
    """For pages that take pictures."""
    return {
        "picture_sending": _("Sending the picture"),
        "picture_sent": _("Picture sent."),
        "picture_refused": _("The picture was not taken: %(why)s"),
    }
