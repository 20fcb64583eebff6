# SPDX-License-Identifier: Apache-2.0
"""The city's own directory (OpenID Connect, authorization code with PKCE). An edge: it asks another server.

State, PKCE and the exchange of the code are django-allauth's. What the answer says is believed only when its
signature, issuer, audience, time and nonce are right; nothing of it is kept but the sign-in name it leads to.
"""

import hmac
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import jwt
from allauth.socialaccount.internal import jwtkit, statekit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from requests import RequestException

from callbox.host.directory import Directory
from callbox.kernel.errors import Invalid, NotFound, Unavailable
from callbox.kernel.text import gettext_noop as _

CITY = "city"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384")
CLOCKS_APART_S = 60
NO_ANSWER = _("The city's directory does not answer. Sign in with your password, or try again shortly.")
NOT_CONFIRMED = _(
    "The city's directory did not confirm who you are. Try again, or sign in with your password."
)


class CityAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # the package has no types
    """Asks the one directory that is configured."""

    def get_provider(self) -> OpenIDConnectProvider:
        """The directory as the package sees it."""
        return provider_for(self.request)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Where the directory sends people back to."""
        return request.build_absolute_uri(reverse("directory-back"))


class CityProvider(OpenIDConnectProvider):  # type: ignore[misc]  # the package has no types
    """The one directory that is configured."""

    oauth2_adapter_class = CityAdapter


def directory() -> Directory:
    """What is configured. Raises NotFound when nothing is."""
    found: Directory | None = settings.CONFIG.directory
    if found is None:
        raise NotFound
    return found


def provider_for(request: HttpRequest) -> CityProvider:
    """The directory with its secret as it is now. Raises NotFound, OSError."""
    city = directory()
    said = {"server_url": city.issuer.rstrip("/"), "oauth_pkce_enabled": True, "scope": ["openid", "profile"]}
    app = SocialApp(
        provider=OpenIDConnectProvider.id,
        provider_id=CITY,
        name=CITY,
        client_id=city.client_id,
        secret=city.secret,
        settings=said,
    )
    return CityProvider(request, app=app)


@contextmanager
def _asking() -> Iterator[None]:
    try:
        yield
    except (RequestException, OSError):
        raise Unavailable(NO_ANSWER) from None
    except (OAuth2Error, jwt.PyJWTError, KeyError, ValueError, TypeError, AttributeError):
        raise Invalid(NOT_CONFIRMED) from None


def address_to_ask(request: HttpRequest, asked: str) -> str:
    """Where the browser goes now. Raises NotFound, Unavailable, Invalid."""
    nonce = secrets.token_urlsafe(24)
    with _asking():
        data = {"nonce": nonce, "asked": asked}
        answer = provider_for(request).redirect(request, "login", data=data, auth_params={"nonce": nonce})
        return str(answer["Location"])


def who_came_back(request: HttpRequest) -> tuple[str, str, str]:
    """Sign-in name, name, and where they wanted to go, as the directory and our own session say.

    Raises NotFound, Unavailable, Invalid.
    """
    city = directory()
    said = request.GET.get("state", "")
    state = statekit.unstash_state(request, provider_id=CITY, state_id=said) if said else None
    if state is None or "code" not in request.GET or "error" in request.GET:
        raise Invalid(NOT_CONFIRMED)
    with _asking():
        claims = _claims(request, city, state)
        username, name = str(claims[city.claim]), str(claims.get("name") or claims[city.claim])
    if not username:
        raise Invalid(NOT_CONFIRMED)
    return username, name, str(state["data"]["asked"])


def _claims(request: HttpRequest, city: Directory, state: Mapping[str, Any]) -> Mapping[str, Any]:
    adapter = CityAdapter(request, CITY)
    app = adapter.get_provider().app
    config = adapter.openid_config
    if config["issuer"].rstrip("/") != city.issuer.rstrip("/"):
        raise ValueError("another issuer answers")
    client = adapter.get_client(request, app)
    given = adapter.get_access_token_data(request, app, client, state["pkce_code_verifier"])
    claims = _verified(given["id_token"], config, city)
    if not hmac.compare_digest(str(claims["nonce"]), state["data"]["nonce"]):
        raise ValueError("this answers another question")
    return claims


def _verified(token: str, config: Mapping[str, Any], city: Directory) -> Mapping[str, Any]:
    _alg, key = jwtkit.fetch_key(token, config["jwks_uri"], jwtkit.lookup_kid_jwk)
    claims: Mapping[str, Any] = jwt.decode(
        token,
        key=key,
        algorithms=list(ALGORITHMS),
        issuer=config["issuer"],
        audience=city.client_id,
        leeway=CLOCKS_APART_S,
        options={"require": ["exp", "iat", "iss", "aud", "sub"]},
    )
    return claims
