# SPDX-License-Identifier: Apache-2.0
"""Addresses of Open311. What follows the last dot is the format."""

from django.urls import path

from callbox.requests.open311 import views

V2 = "open311/v2"

urlpatterns = [
    path("open311/discovery.<str:form>", views.discovery, name="open311-discovery"),
    path(f"{V2}/services.<str:form>", views.services, name="open311-services"),
    path(f"{V2}/services/<str:code>.<str:form>", views.service_definition, name="open311-service"),
    path(f"{V2}/requests.<str:form>", views.requests, name="open311-requests"),
    path(f"{V2}/requests/<str:number>.<str:form>", views.one_request, name="open311-request"),
    path(f"{V2}/tokens/<str:said>.<str:form>", views.token, name="open311-token"),
]
