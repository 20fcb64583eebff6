# SPDX-License-Identifier: Apache-2.0
"""What of django-allauth is shut, and how the parts that are used are fitted to Callbox."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from callbox.access.models import Person
from callbox.access.vault import hidden, shown

NAME = "Callbox"


class NoAccounts(DefaultAccountAdapter):  # type: ignore[misc]  # the package has no types
    """Nobody signs up, and nothing is mailed. (Nor is any page of the package reachable: none has an address.)"""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: people are created by an administrator."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        """Nothing."""


class NoSocialAccounts(DefaultSocialAccountAdapter):  # type: ignore[misc]  # the package has no types
    """Nobody comes in through the package's own flow; the city's directory is asked in directory.py."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:
        """Never."""
        return False


class Factors(DefaultMFAAdapter):  # type: ignore[misc]  # the package has no types
    """Secrets are encrypted where they are kept; a person is called by their sign-in name."""

    def encrypt(self, text: str) -> str:
        """The secret as it is kept."""
        return hidden(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret itself."""
        return shown(encrypted_text)

    def get_totp_issuer(self) -> str:
        """What the app on the phone shows beside the code."""
        return NAME

    def _get_user_identifier(self, user: Person) -> str:
        return user.username

    def _get_site_name(self) -> str:
        return NAME

    def get_public_key_credential_user_entity(self, user: Person) -> dict[str, object]:
        """Who a passkey is for. The id is the person's, so that a passkey alone says who signs in."""
        return {"id": user.pk.hex.encode(), "name": user.username, "display_name": user.name}
