# SPDX-License-Identifier: Apache-2.0
"""What is known of the browser that asks: what kind of device it is on, and whether somebody signed in there before."""

import hashlib
import hmac
import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

PHONE, TABLET, COMPUTER, OTHER = "phone", "tablet", "computer", "other"
COOKIE = "callbox_known"
SALT = "callbox.known-browser"
LASTS_S = 365 * 24 * 3600


def device_kind(user_agent: str) -> str:
    """PHONE, TABLET, COMPUTER or OTHER. Nothing else of what a browser says of itself is kept."""
    said = user_agent.lower()
    if "ipad" in said or ("android" in said and "mobile" not in said):
        return TABLET
    if "mobile" in said or "iphone" in said:
        return PHONE
    return COMPUTER if any(word in said for word in ("windows", "macintosh", "linux", "cros")) else OTHER


def source_of(request: HttpRequest) -> str:
    """The address that a request came from, as the door (or a proxy that the door trusts) says."""
    said = request.headers.get("X-Forwarded-For", "") or request.META.get("REMOTE_ADDR", "")
    return str(said).split(",")[0].strip()


def cookie_name() -> str:
    """Over https no other host can set it (its name begins with __Host-)."""
    return f"__Host-{COOKIE}" if settings.CONFIG.https else COOKIE


def remember_browser(response: HttpResponse, username: str, *, secure: bool) -> None:
    """Leave a sign that this person has signed in here: their wrong guesses here are then counted by themselves."""
    value = signing.dumps([_mark(username), secrets.token_hex(8)], salt=SALT)
    response.set_cookie(
        cookie_name(), value, max_age=LASTS_S, secure=secure, httponly=True, samesite="Strict"
    )


def known_browser(request: HttpRequest, username: str) -> str:
    """What tells this browser from all others, if this person has signed in here before; else nothing."""
    try:
        mark, token = signing.loads(request.COOKIES.get(cookie_name(), ""), salt=SALT, max_age=LASTS_S)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(token) if hmac.compare_digest(str(mark), _mark(username)) else ""


def _mark(username: str) -> str:
    said = b"known" + username.casefold().encode(errors="replace")
    return hmac.new(settings.CONFIG.secret, said, hashlib.sha256).hexdigest()[:32]
