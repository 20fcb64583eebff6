# SPDX-License-Identifier: Apache-2.0
"""The words that the crew's page fills in by script; see web/words.py."""

from django.utils.translation import gettext as _

from callbox.pictures.words import sent_words, shown_words


def crew_words() -> dict[str, str]:
    """Key -> text in the language of the request."""
    return _steps() | _states() | _sending() | _place() | _news() | _pictures()


def _pictures() -> dict[str, str]:
    return {
        "pictures_waiting": _("Pictures waiting to be sent: %(count)s"),
        "picture_kept": _("The picture is kept on this phone and sent."),
        "picture_unkept": _("This phone keeps no pictures: do not close the page before all is sent."),
        **sent_words(),
        **shown_words(),
    }


def _steps() -> dict[str, str]:
    return {
        "acknowledge": _("Acknowledge"),
        "go": _("En route"),
        "arrive": _("On scene"),
        "clear": _("Clear"),
        "activate": _("Take up"),
        "remark": _("Remark"),
        "safety_alarm": _("Safety alarm"),
        "open_incident": _("Incident found"),
        "begin_duty": _("Begin duty"),
        "end_duty": _("End duty"),
        "set_available": _("Available"),
        "set_conditional": _("Available on a condition"),
        "set_unavailable": _("Not available"),
        "alarm_again": _("Press again for the ALARM"),
        "alarm_hold": _("Keep holding"),
    }


def _states() -> dict[str, str]:
    return {
        "assigned": _("Assigned: acknowledge now"),
        "acknowledged": _("Acknowledged"),
        "en_route": _("En route"),
        "on_scene": _("On scene"),
        "stacked": _("Waiting behind"),
        "off_duty": _("Off duty"),
        "available": _("Available"),
        "conditional": _("Available on a condition"),
        "unavailable": _("Not available"),
        "at_assigned": _("Assigned"),
        "at_acknowledged": _("Acknowledged"),
        "at_en_route": _("En route"),
        "at_on_scene": _("On scene"),
        "priority": _("Priority %(level)s"),
        "no_priority": _("No priority yet"),
        "no_type": _("Not yet classified"),
        "no_address": _("No address. Ask the dispatcher."),
        "free": _("Nothing assigned"),
        "free_hint": _("A new assignment appears here by itself, with sound."),
        "off_hint": _("You are off duty. Begin duty to be sent."),
        "other_steps": _("Another step"),
        "others": _("Also sent: %(units)s"),
    }


def _sending() -> dict[str, str]:
    return {
        "waiting_one": _("1 waiting to be sent"),
        "waiting_many": _("%(count)s waiting to be sent"),
        "waiting": _("Waiting to be sent"),
        "sent": _("Sent"),
        "not_taken": _("Not taken: %(why)s"),
        "no_network": _("No network. Press on: it is kept here and sent later."),
        "sign_in_again": _("Sign in again to send."),
        "other_person": _("%(count)s of another person wait on this phone until that person signs in."),
        "not_kept": _("This phone keeps nothing: do not close the page before all is sent."),
        "no_worker": _("This address cannot open without network: use the secure one (https)."),
        "kept_copy": _("As last heard at %(time)s"),
        "really_out": _(
            "Not all is sent yet. It stays on this phone until you sign in again. Press again to sign out."
        ),
    }


def _place() -> dict[str, str]:
    return {
        "route_is": _("%(km)s km, about %(minutes)s min"),
        "route_from_station": _("counted from your station"),
        "no_route": _("No road leads there from where you are."),
        "no_route_yet": _("The way will be shown once there is network."),
        "no_position_yet": _("The way will be shown once this phone has sent its position."),
        "unnamed": _("unnamed road"),
        "metres": _("%(count)s m"),
        "position_off": _("Off duty: no position is sent."),
        "position_wait": _("Looking for the position."),
        "position_sent": _("Position sent at %(time)s."),
        "position_unsent": _("Position not sent: no network."),
        "position_denied": _("This phone does not give its position. Allow it in the browser's settings."),
        "position_none": _("This phone cannot give its position here."),
        "place_added": _("Your place is added (within %(metres)s m)."),
        "place_failed": _("Your place could not be found. Write the address."),
    }


def _news() -> dict[str, str]:
    return {
        "new_assignment": _("NEW ASSIGNMENT: %(what)s"),
        "withdrawn": _("The desk has ended the assignment to %(number)s."),
        "alarm_sent": _("Safety alarm pressed at %(time)s. Not yet heard: use the radio too."),
        "alarm_heard": _("The desk has your safety alarm of %(time)s."),
        "alarm_no_unit": _("This page does not know your unit yet. Use the radio."),
        "found_kept": _("Incident noted."),
        "remark_kept": _("Remark noted."),
        "need_type": _("Choose what it is."),
        "need_place": _("Write where it is, or add your place."),
        "need_reason": _("Choose a reason."),
        "need_words": _("Write what is to be known."),
    }
