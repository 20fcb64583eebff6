# SPDX-License-Identifier: Apache-2.0
"""Addresses for the tests of the web room: pages that refuse, a door that does as it is told, a small map."""

from django.contrib.staticfiles.views import serve
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import include, path, re_path

from callbox.kernel import errors
from callbox.web.ranges import ranged_file_response
from callbox.web.tests.fakes import DOOR, TILES, bounds

KINDS = {
    "not-found": errors.NotFound(),
    "not-allowed": errors.NotAllowed(),
    "invalid": errors.Invalid(fields={"place": "Needed for this step."}),
    "conflict": errors.Conflict("“%(move)s” needs: %(missing)s.", move="close", missing="x"),
    "unavailable": errors.Unavailable(),
}


def refuse(request: HttpRequest, kind: str) -> HttpResponse:
    raise KINDS[kind]


def break_down(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a fault, not a refusal")


def ticket(request: HttpRequest) -> HttpResponse:
    if not DOOR.signed_in:
        return JsonResponse({"detail": "Sign in first."}, status=401)
    return JsonResponse({"ticket": DOOR.new_ticket(), "url": "/door/stream"})


def stream(request: HttpRequest) -> HttpResponseBase:
    DOOR.asked.append(request.GET.dict())
    return StreamingHttpResponse(DOOR.listen(request.GET.get("after", "")), content_type="text/event-stream")


def live(request: HttpRequest) -> HttpResponse:
    return render(request, "web/tests/map.html", {"live": True, "bounds": bounds()})


def map_page(request: HttpRequest) -> HttpResponse:
    return render(request, "web/tests/map.html", {"tiles": "/map/small.pmtiles", "bounds": bounds()})


def tiles(request: HttpRequest) -> HttpResponseBase:
    return ranged_file_response(request, TILES.path)


urlpatterns = [
    path("refuse/<str:kind>", refuse),
    path("api/refuse/<str:kind>", refuse),
    path("break", break_down),
    path("api/break", break_down),
    path("api/stream-ticket", ticket),
    path("door/stream", stream),
    path("live", live),
    path("sign-in", lambda request: HttpResponse("<title>Sign in</title>")),
    path("map", map_page),
    path("map/small.pmtiles", tiles),
    path("i18n/", include("django.conf.urls.i18n")),
    re_path(r"^static/(?P<path>.*)$", serve, {"insecure": True}),
    path("", include("callbox.web.urls")),
]

handler500 = "callbox.web.errors.fault"
