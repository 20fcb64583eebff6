# SPDX-License-Identifier: Apache-2.0
"""Addresses of the room's pages and of the API for agencies' systems, and the desk it puts into the header."""

from django.urls import URLPattern, URLResolver, path

from callbox.coordination import views
from callbox.coordination.queries import SEE
from callbox.coordination.systems import systems
from callbox.kernel.text import gettext_noop as _
from callbox.web.menu import add_desk, add_page_of

add_desk("tasks", _("Agency tasks"), action=SEE, rank=30)
add_page_of("incident", "handling", _("Agencies"), action="task.open")

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/systems/", systems.urls),
    path("desk/tasks", views.tasks, name="tasks"),
    path("desk/tasks/<uuid:task_id>", views.task, name="task"),
    path("desk/tasks/<uuid:task_id>/<slug:name>", views.step, name="task-step"),
    path("desk/handling/<uuid:incident_id>", views.handling, name="handling"),
    path("desk/handling/<uuid:incident_id>/report", views.report, name="handling-report"),
    path("desk/handling/<uuid:incident_id>/<slug:name>", views.call, name="handling-call"),
]
