# SPDX-License-Identifier: Apache-2.0
"""The words that our scripts say, translated here so that gettext holds for them too.

Other rooms give their scripts words the same way: a dict through `json_script` under an id that begins with
`words`. `%(name)s` places are filled by words.js.
"""

from django.utils.translation import gettext as _


def script_words() -> dict[str, str]:
    """Key -> text in the language of the request, for everything in static/web/js."""
    return _time_words() | _live_words() | _key_words() | _map_words()


def _time_words() -> dict[str, str]:
    return {
        "due_in": _("%(age)s left"),
        "late_by": _("%(age)s late"),
        "days": _("%(count)s d"),
    }


def _live_words() -> dict[str, str]:
    return {
        "live": _("Live"),
        "connecting": _("Connecting"),
        "lost": _("Not live"),
        "stale": _("Live changes have stopped. What you see may be out of date."),
        "live_again": _("Live again. Nothing was missed."),
        "unreachable": _("The server did not answer. Nothing was changed; try again."),
        "refused": _("This could not be done."),
        "pressed_twice": _("Press again to confirm"),
    }


def _key_words() -> dict[str, str]:
    return {
        "no_matches": _("Nothing matches. Try fewer letters."),
        "matches": _("%(count)s found"),
        "go_to": _("Go to"),
        "do": _("Do"),
        "place_address": _("Address"),
        "place_interpolated": _("Address, about here"),
        "place_block": _("Block"),
        "place_intersection": _("Crossing"),
        "place_street": _("Street"),
        "place_place": _("Place"),
        "place_area": _("Area"),
        "palette": _("Find any action"),
        "keys": _("Show all keys"),
        "keys_on": _("Single keys are on."),
        "keys_off": _("Single keys are off."),
    }


def _map_words() -> dict[str, str]:
    return {
        "map": _("Map. Arrow keys move it, plus and minus zoom, N and P step through what is on it."),
        "map_failed": _("The map cannot be shown here. The list beside it says the same."),
        "map_unit": _("Unit %(name)s, %(state)s"),
        "map_incident": _("Incident %(name)s, priority %(priority)s"),
        "map_station": _("Post %(name)s"),
        "map_none": _("Nothing on this part of the map."),
        "map_credit": _("© OpenStreetMap contributors"),
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
    }
