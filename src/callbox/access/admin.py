# SPDX-License-Identifier: Apache-2.0
"""Agencies, people and what each may do."""

from typing import Any

from django import forms
from django.contrib.admin import register
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from callbox.access.actions import create_person, define_agency, end_grant, grant_role, set_password
from callbox.access.domain import ROLES
from callbox.access.models import Agency, Grant, Person
from callbox.access.passwords import SHORTEST
from callbox.access.site import ThroughActions, acting, site
from callbox.access.taking_back import take_back_agency
from callbox.kernel.errors import Conflict
from callbox.kernel.text import gettext_noop

PEOPLE = "people.manage"
KINDS = ("fire", "ems", "police", "city")


class AgencyForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """An agency; its kind decides turnout times and which types it leads."""

    kind = forms.ChoiceField(choices=[(kind, kind) for kind in KINDS])

    class Meta:
        model = Agency
        fields = ("code", "name_en", "name_zh", "kind")
        widgets = dict.fromkeys(("code", "name_en", "name_zh"), forms.TextInput)


@register(Agency, site=site)
class Agencies(ThroughActions):
    """Agencies. The code is what the journal calls them and stays."""

    form = AgencyForm
    list_display = ("code", "name_en", "name_zh", "kind")

    def get_readonly_fields(self, request: HttpRequest, obj: Agency | None = None) -> tuple[str, ...]:
        """The code of an agency that is there."""
        return ("code",) if obj else ()

    def store(self, obj: Agency, form: Any, change: bool, request: HttpRequest) -> Agency:
        """Create or change."""
        made: Agency = acting(request, define_agency, obj.code, obj.name_en, obj.name_zh, obj.kind)
        return made

    def back(self, obj: Agency, request: HttpRequest) -> None:
        """As it was before."""
        acting(request, take_back_agency, obj)


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """A person. new_password: sets it and ends every sign-in of that person."""

    new_password = forms.CharField(
        label=_("New password"), required=False, min_length=SHORTEST, widget=forms.PasswordInput
    )

    class Meta:
        model = Person
        fields = ("username", "name", "agency")
        widgets = dict.fromkeys(("username", "name"), forms.TextInput)


@register(Person, site=site)
class People(ThroughActions):
    """People. Who they are stays; what they may do is granted and ended."""

    power = PEOPLE
    fresh = True
    form = PersonForm
    actions = ()
    list_display = ("username", "name", "agency")
    search_fields = ("username", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Person | None = None) -> tuple[str, ...]:
        """Everything but the password of a person who is there."""
        return ("username", "name", "agency") if obj else ()

    def store(self, obj: Person, form: Any, change: bool, request: HttpRequest) -> Person:
        """Create, or set a new password."""
        word = form.cleaned_data["new_password"] or None
        if not change:
            made: Person = acting(request, create_person, obj.username, obj.name, obj.agency, password=word)
            return made
        if word:
            acting(request, set_password, obj, word)
        return obj


class GrantForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """A role for a person. keys: a crew's unit as unit:<id>."""

    role = forms.ChoiceField(choices=[(role, role) for role in ROLES])

    class Meta:
        model = Grant
        fields = ("person", "role", "keys")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if "keys" in self.fields:
            self.fields["keys"].required = False


@register(Grant, site=site)
class Grants(ThroughActions):
    """What each person may do. A grant is never changed: taking it back ends it."""

    power = PEOPLE
    fresh = True
    form = GrantForm
    list_display = ("person", "role", "keys", "since", "until")
    list_filter = ("role",)
    list_select_related = ("person",)

    def has_change_permission(self, request: HttpRequest, obj: Grant | None = None) -> bool:
        """Only the list, for taking back."""
        return obj is None and super().has_change_permission(request)

    def store(self, obj: Grant, form: Any, change: bool, request: HttpRequest) -> Grant:
        """Grant it from now on."""
        made: Grant = acting(request, grant_role, obj.person, obj.role, obj.keys or [])
        return made

    def back(self, obj: Grant, request: HttpRequest) -> None:
        """End it now."""
        if obj.until is not None and obj.until <= timezone.now():
            raise Conflict(gettext_noop("This has ended already."))
        acting(request, end_grant, obj.id)
