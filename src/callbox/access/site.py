# SPDX-License-Identifier: Apache-2.0
"""Django's admin, for configuration only: who may change it, and that every save goes through an action."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from callbox.access.freshness import is_fresh, to_prove_again
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Refusal

CHANGE = "config.change"


def actor_of_request(request: HttpRequest) -> Actor:
    """Who asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by WithActor
    return actor


class ConfigSite(AdminSite):
    """Admits whoever may change configuration, and nobody else."""

    site_header = _("Callbox: configuration")
    site_title = _("Configuration")
    index_title = _("Every change is journalled and can be taken back")

    def has_permission(self, request: HttpRequest) -> bool:
        """Asked of the policy at each request."""
        return actor_of_request(request).may(CHANGE)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one page for signing in."""
        return redirect_to_login(request.get_full_path())

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """One's own password is changed on one's own page, through an action."""
        return redirect("own-password")

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The same."""
        return redirect("account")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Signing out ends the sign-in; one's own page has the button."""
        return redirect("account")


site = ConfigSite(name="admin")


class ThroughActions(ModelAdmin):  # type: ignore[type-arg]  # generic only for the type checker
    """A table of configuration. `store` does the saving; nothing is deleted; the journal is the only log."""

    power = CHANGE
    fresh = False  # whether a change needs a factor proven a short while ago
    actions: tuple[str, ...] = ("take_back",)

    def changeform_view(self, request: HttpRequest, *args: Any, **more: Any) -> Any:
        """The form; where `fresh` says so, only after a factor was proven."""
        return self._fresh(request) or super().changeform_view(request, *args, **more)

    def changelist_view(self, request: HttpRequest, *args: Any, **more: Any) -> Any:
        """The list; what is chosen in it is done, where `fresh` says so, only after a factor was proven."""
        stale = self._fresh(request) if request.method == "POST" else None
        return stale or super().changelist_view(request, *args, **more)

    def _fresh(self, request: HttpRequest) -> HttpResponse | None:
        if not self.fresh or is_fresh(request, at=timezone.now()):
            return None
        return to_prove_again(request)

    def store(self, obj: Any, form: Any, change: bool, request: HttpRequest) -> Any:
        """Save through the room's action and answer the row that is there now."""
        raise AssertionError(
            f"{type(self).__name__} says nothing of how to save {obj}, {form}, {change}, {request}"
        )

    def back(self, obj: Any, request: HttpRequest) -> None:
        """Undo the last change through the room's action."""
        raise AssertionError(f"{type(self).__name__} says nothing of how to take {obj} back, {request}")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Never a save of the framework's own."""
        obj.pk = self.store(obj, form, change, request).pk

    def take_back(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        """What the chosen rows were before their last change counts again."""
        for obj in chosen:
            try:
                self.back(obj, request)
            except Refusal as refusal:
                self.message_user(request, f"{obj}: {refusal.told(gettext)}", messages.ERROR)

    take_back.short_description = _("Take back the last change")  # type: ignore[attr-defined]  # the framework's way

    def _may(self, request: HttpRequest) -> bool:
        return actor_of_request(request).may(self.power)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the policy says."""
        return self._may(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """As the policy says."""
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the policy says."""
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted: the journal refers to it."""
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """As the policy says."""
        return self._may(request)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The journal has it already."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The journal has it already."""


def acting(request: HttpRequest, action: Callable[..., Any], *args: object, **more: object) -> Any:
    """Do an action as the person of this request, now."""
    return action(*args, by=actor_of_request(request), at=timezone.now(), **more)
