# SPDX-License-Identifier: Apache-2.0
"""The crew's page, and the service worker that opens it without network."""

import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language

from callbox.dispatch.availability import load_reasons
from callbox.dispatch.crew_words import crew_words
from callbox.geo.queries import current_city
from callbox.incidents.catalogue import load_types
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound

FOLDERS = (("web/js", "*.js"), ("web/css", "*.css"), ("dispatch", "crew*"), ("pictures", "*.*"))
VENDOR = ("maplibre-gl.mjs", "maplibre-gl-worker.mjs", "maplibre-gl.css", "pmtiles.js", "fflate.js")
WORKER = "dispatch/crew-worker.js"


def crew(request: HttpRequest) -> HttpResponse:
    """The page without any data: it asks for that itself, and keeps it for when there is no network."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by WithActor
    if not actor.roles:
        return redirect(f"{settings.LOGIN_URL}?{urlencode({'next': reverse('crew')})}")
    language = get_language() or "en"
    context = {
        "live": True,
        "person": actor.id,
        "reasons": [(code, words.in_language(language)) for code, words in load_reasons().items()],
        "types": [(code, kind.name.in_language(language)) for code, kind in load_types().items()],
        "words": crew_words(),
        **_map(),
    }
    return render(request, "dispatch/crew.html", context)


def _map() -> dict[str, object]:
    try:
        city = current_city()
    except NotFound:
        return {"tiles": "", "bounds": ()}
    return {"tiles": f"/map/{city.name}/{city.version}.pmtiles", "bounds": city.bounds}


def worker(request: HttpRequest) -> HttpResponse:
    """The service worker with the list of files that the page needs, and a version that changes with any of them."""
    files = _files()
    digest = hashlib.sha256(json.dumps(sorted(files.items())).encode()).hexdigest()[:16]
    listed = json.dumps({"version": digest, "page": reverse("crew"), "files": sorted(files)})
    code = Path(str(finders.find(WORKER))).read_text(encoding="utf-8")
    response = HttpResponse(f"self.CREW = {listed};\n{code}", content_type="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _files() -> dict[str, list[int]]:
    """Address -> size and time of each static file."""
    found: dict[str, list[int]] = {}
    for folder, pattern in FOLDERS:
        for path in Path(str(finders.find(folder))).glob(pattern):
            if not path.name.endswith("worker.js"):
                found[f"{settings.STATIC_URL}{folder}/{path.name}"] = _mark(path)
    for name in VENDOR:
        path = Path(str(finders.find(f"vendor/{name}")))
        if path.is_file():
            found[f"{settings.STATIC_URL}vendor/{name}"] = _mark(path)
    return found


def _mark(path: Path) -> list[int]:
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns]
