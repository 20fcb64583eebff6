# SPDX-License-Identifier: Apache-2.0
"""The words of the scripts in static/dispatch, translated here so that gettext holds for them too."""

from django.utils.translation import gettext as _

from callbox.pictures.words import shown_words


def board_words() -> dict[str, str]:
    """Key -> text in the language of the request; `%(name)s` places are filled by words.js."""
    told = _step_words() | _told_words() | story_words() | shown_words()
    return _list_words() | _unit_words() | _detail_words() | told


def _list_words() -> dict[str, str]:
    return {
        "type_unknown": _("Type not known yet"),
        "changed": _("Changed since you last looked."),
        "somebody_first": _("Somebody was first"),
        "safety_alarm": _("Safety alarm"),
        "alarm_level": _("Alarm level %(level)s"),
        "place_hidden": _("Place hidden"),
        "place_unknown": _("Place not known yet"),
        "nobody_sent": _("Nobody sent"),
        "units_free": _("%(free)s of %(all)s free"),
        "no_station": _("No station"),
        "clock_answer": _("Answering"),
        "clock_dispatch": _("Send units"),
        "clock_arrival": _("First on scene"),
        "clock_acknowledge": _("Acknowledge"),
        "clock_answer_late": _("Not answered"),
        "clock_dispatch_late": _("Not sent in time"),
        "clock_arrival_late": _("Not there in time"),
    }


def _unit_words() -> dict[str, str]:
    return {
        "unit_available": _("Available"),
        "unit_conditional": _("Conditionally available"),
        "unit_unavailable": _("Not available"),
        "unit_off_duty": _("Off duty"),
        "unit_stacked": _("Waiting its turn"),
        "unit_assigned": _("Assigned"),
        "unit_acknowledged": _("Acknowledged"),
        "unit_en_route": _("En route"),
        "unit_on_scene": _("On scene"),
        "unit_clear": _("Clear"),
        "unit_withdrawn": _("Withdrawn"),
        "on_incident": _("on incident %(number)s"),
        "seen": _("seen"),
        "no_position": _("no position"),
        "availability": _("Availability"),
        "incident_reported": _("Reported"),
        "incident_assessed": _("Assessed"),
        "incident_dispatched": _("Dispatched"),
        "incident_on_scene": _("On scene"),
        "incident_closed": _("Closed"),
        "incident_merged": _("Merged"),
    }


def _detail_words() -> dict[str, str]:
    return {
        "open_for": _("open for"),
        "round": _("Round %(round)s"),
        "calls": _("Calls: %(count)s"),
        "ended_as": _("Ended: %(how)s"),
        "units_on_it": _("Units on it"),
        "who_should_go": _("Who should go"),
        "story": _("What happened"),
        "col_unit": _("Unit"),
        "col_state": _("State"),
        "col_assigned_at": _("Assigned"),
        "col_acknowledged_at": _("Acknowledged"),
        "col_en_route_at": _("En route"),
        "col_on_scene_at": _("On scene"),
        "no_answer": _("No answer"),
        "next_unit": _("Next unit"),
        "asking": _("One moment"),
        "plan_asks": _("The plan asks for"),
        "plan_misses": _("Nobody can give:"),
        "plan_filled": _("The plan is filled."),
        "plan_short": _("Plan not filled"),
        "not_in_plan": _("not in the plan; asks why"),
        "arrives_later": _("arrives later; asks why"),
        "by_streets": _("by %(streets)s"),
        "position_age": _("position %(age)s old"),
        "in_minutes": _("%(minutes)s min away"),
        "point_on_map": _("Point on the map"),
        "by_radio": _("by radio"),
        "recorded_at": _("recorded %(time)s"),
    }


def _step_words() -> dict[str, str]:
    return {
        "step_acknowledge": _("Acknowledged"),
        "step_go": _("En route"),
        "step_arrive": _("On scene"),
        "step_clear": _("Clear"),
        "step_recall": _("Call back"),
        "step_divert": _("Divert"),
        "step_cancel": _("Cancel"),
        "step_activate": _("Take up now"),
        "step_correct": _("Correct a time"),
        "send_number": _("Send number %(number)s"),
        "send_all_count": _("Send recommended (%(count)s)"),
        "send_all": _("Send all recommended"),
        "undo": _("Take the last sending back"),
        "show": _("Show"),
        "danger_at": _("Crew in danger at incident %(number)s"),
        "not_acknowledged": _("Incident %(number)s not acknowledged by %(unit)s"),
        "next_could": _("%(unit)s could be there in %(time)s"),
        "nobody_else": _("Nobody else can go"),
        "send_next": _("Send %(unit)s"),
        "more_unanswered": _("%(count)s more have not acknowledged."),
    }


def _told_words() -> dict[str, str]:
    return {
        "sent": _("%(units)s sent to incident %(number)s. U within ten seconds takes it back."),
        "sent_some": _("%(units)s sent to incident %(number)s; %(missed)s could not be sent. Look again."),
        "nothing_to_send": _("Nobody is recommended. Choose a unit by O."),
        "nothing_to_undo": _("There is nothing to take back any more. Recall the unit instead."),
        "undone": _("Taken back: %(units)s"),
        "choose_one": _("Choose one from the list first."),
        "unit_changed": _("The keys act on %(unit)s now. Look again, then press."),
        "order_changed": _("The order has just changed. Look again, then press."),
        "alarm_raised": _("Alarm level raised"),
        "changed_type": _("Type and priority noted"),
        "changed_place": _("Place corrected"),
        "remarked": _("Remark noted"),
        "merged": _("Merged"),
        "danger_over": _("The danger is over"),
        "closed": _("Incident closed"),
        "reopened": _("Incident reopened"),
        "recalled": _("Called back"),
        "cancelled": _("Cancelled"),
        "diverted": _("Diverted"),
        "corrected": _("Time corrected"),
        "availability_set": _("Availability noted"),
        "step_done": _("%(unit)s: %(step)s"),
    }


def story_words() -> dict[str, str]:
    """What the journal's entries say."""
    return {
        "did_incident_open": _("Reported"),
        "did_incident_classify": _("%(type)s, priority %(priority)s"),
        "did_incident_reclassify": _("Changed to %(type)s, priority %(priority)s"),
        "did_incident_relocate": _("Place corrected"),
        "did_incident_add_call": _("One more call"),
        "did_incident_remark": _("Remark"),
        "did_incident_add_picture": _("Picture added"),
        "did_incident_send": _("%(unit)s sent, the first"),
        "did_incident_add_unit": _("%(unit)s sent"),
        "did_incident_arrive": _("First unit on scene"),
        "did_incident_stand_down": _("No unit is left on it"),
        "did_incident_raise_alarm": _("Alarm level %(level)s"),
        "did_incident_safety_alarm": _("Safety alarm"),
        "did_incident_safety_clear": _("The danger is over"),
        "did_incident_merge": _("Merged into another incident"),
        "did_incident_respond": _("Agencies called, led by %(lead)s"),
        "did_incident_take_part": _("Agency alerted: %(agency)s"),
        "did_incident_task_step": _("A step of the task of %(agency)s"),
        "did_incident_name_lead": _("%(agency)s leads from now on"),
        "did_incident_leave": _("%(agency)s takes part no more"),
        "did_incident_close": _("Closed: %(disposition)s"),
        "did_incident_reopen": _("Reopened"),
        "did_incident_late": _("Late: %(clock)s"),
        "did_incident_waive_part": _("May close without one part"),
        "did_assignment_acknowledge": _("%(unit)s acknowledged"),
        "did_assignment_go": _("%(unit)s en route"),
        "did_assignment_arrive": _("%(unit)s on scene"),
        "did_assignment_clear": _("%(unit)s clear"),
    }
