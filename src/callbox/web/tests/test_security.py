# SPDX-License-Identifier: Apache-2.0
"""What every answer forbids the browser, and that nothing but pictures is taken as a file."""

import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from callbox.web.security import SecurityHeaders

SOURCE = Path(__file__).parents[2]
FILE_FIELD = re.compile(r"<input[^>]*type=\"file\"[^>]*>")


def answered(kind: str, **asked: object) -> HttpResponse:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("", content_type=kind)

    return SecurityHeaders(view)(RequestFactory().get("/", **asked))  # type: ignore[arg-type]


def test_nothing_runs_that_is_not_our_own_file() -> None:
    answer = answered("text/html")
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert (answer["X-Content-Type-Options"], answer["Referrer-Policy"]) == ("nosniff", "same-origin")
    assert not answer.has_header("Server")


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/json", "application/problem+json"])
def test_nobody_keeps_a_private_answer(kind: str) -> None:
    assert answered(kind)["Cache-Control"] == "private, no-store"


def test_no_cookie_is_for_scripts_or_other_sites() -> None:
    assert django_settings.SESSION_COOKIE_HTTPONLY
    assert django_settings.CSRF_COOKIE_HTTPONLY
    assert django_settings.LANGUAGE_COOKIE_HTTPONLY
    sites = (django_settings.SESSION_COOKIE_SAMESITE, django_settings.CSRF_COOKIE_SAMESITE)
    assert {*sites, django_settings.LANGUAGE_COOKIE_SAMESITE} == {"Lax"}


def test_pictures_are_the_only_files_that_a_page_takes() -> None:
    """Nothing is kept as it was sent, see callbox/pictures and tests/test_pictures.py.

    One form, which has to work without script, carries them as files: in memory, see tests/test_pictures.py.
    """
    takes = re.compile(r"request\.FILES|UploadedFile|multipart/form-data")
    files = [*SOURCE.glob("*/*.py"), *SOURCE.glob("*/api/*.py"), *SOURCE.glob("*/templates/**/*.html")]
    assert [path.name for path in files if takes.search(path.read_text(encoding="utf-8"))] == [
        "public_views.py",
        "report.html",
    ]
    chosen = [field for path in files for field in FILE_FIELD.findall(path.read_text(encoding="utf-8"))]
    assert len(chosen) == 5
    assert all('accept="image/jpeg,image/png,image/webp"' in field for field in chosen)
