# SPDX-License-Identifier: Apache-2.0
"""Addresses of the pages for those who work on requests, and what they put into the header."""

from django.urls import path

from callbox.kernel.text import gettext_noop as _
from callbox.requests import (
    calling_views,
    desk_views,
    field_views,
    figures_views,
    handover_page_views,
    handover_views,
    hint_views,
    new_views,
    one_views,
    text_views,
)
from callbox.requests.counting_figures import SEE as FIGURES
from callbox.requests.handed import SEE as HANDED
from callbox.requests.handed import handovers_waiting
from callbox.requests.handover_words import handover_choices
from callbox.requests.lines import CALL, INCIDENT
from callbox.requests.queries import SEE
from callbox.web.menu import Step, Waiting, add_desk, add_page_of, add_step_of

add_desk("requests-desk", _("Requests"), action=SEE, rank=15)
add_desk("requests-field", _("On the way"), action=field_views.FIELD, rank=16)
add_desk(
    "handovers",
    _("Hand-overs"),
    action=HANDED,
    rank=17,
    waiting=Waiting("handover.open", "handovers-waiting", _("to see to"), handovers_waiting),
)
add_desk("requests-figures", _("Figures of requests"), action=FIGURES, rank=60)
add_page_of("incident", "handovers-of", _("Hand-overs"), action=HANDED, rank=60)
for each, pressed in ((CALL, "Alt+h"), (INCIDENT, "h")):
    add_step_of(
        each,
        Step(
            "/api/handovers",
            _("Hand over to the civic line"),
            _("Handed over. It stays ours until the civic line has taken it on."),
            "handover.open",
            pressed,
            {"source": each},
            handover_choices,
        ),
    )

urlpatterns = [
    path("desk/requests", desk_views.inbox, name="requests-desk"),
    path("desk/requests/figures", figures_views.figures, name="requests-figures"),
    path("desk/requests/new", new_views.new, name="requests-new"),
    path("desk/requests/beside", hint_views.beside, name="requests-hints"),
    path("desk/requests/call-back", calling_views.next_one, name="requests-call-next"),
    path("desk/requests/<uuid:request_id>/call-back", calling_views.one, name="requests-call"),
    path("desk/requests/texts", text_views.texts, name="requests-texts"),
    path("desk/requests/texts/<uuid:call_id>/take", text_views.take, name="requests-text-take"),
    path("desk/requests/<uuid:request_id>", one_views.one, name="requests-one"),
    path("desk/requests/<uuid:request_id>/step/<slug:step>", one_views.step, name="requests-step"),
    path("desk/handovers", handover_views.handovers, name="handovers"),
    path("desk/handovers/waiting", handover_views.waiting, name="handovers-waiting"),
    path("desk/handovers/incident/<uuid:incident_id>", handover_views.of_incident, name="handovers-of"),
    path("desk/handovers/<uuid:handover_id>", handover_page_views.handover, name="handover"),
    path(
        "desk/handovers/<uuid:handover_id>/step/<slug:step>", handover_page_views.step, name="handover-step"
    ),
    path("field/requests", field_views.mine, name="requests-field"),
    path("field/requests/<uuid:request_id>", field_views.one, name="requests-field-one"),
]
