# SPDX-License-Identifier: Apache-2.0
"""Stations and units. What a unit does is no configuration: it is not here."""

from typing import Any

from django import forms
from django.contrib.admin import register
from django.http import HttpRequest

from callbox.access.site import ThroughActions, acting, site
from callbox.dispatch.models import Station, Unit
from callbox.dispatch.plans import load_capabilities
from callbox.dispatch.taking_back import take_back_station
from callbox.dispatch.units import Equipment, define_station, define_unit


class StationForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """A station (WGS84)."""

    lon = forms.FloatField(min_value=-180, max_value=180)
    lat = forms.FloatField(min_value=-90, max_value=90)

    class Meta:
        model = Station
        fields = ("code", "name", "agency", "lon", "lat", "made_up")
        widgets = dict.fromkeys(("code", "name"), forms.TextInput)


@register(Station, site=site)
class Stations(ThroughActions):
    """Where units stand. The code stays."""

    form = StationForm
    list_display = ("code", "name", "agency", "made_up")
    list_select_related = ("agency",)
    search_fields = ("code", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Station | None = None) -> tuple[str, ...]:
        """The code of a station that is there."""
        return ("code",) if obj else ()

    def store(self, obj: Station, form: Any, change: bool, request: HttpRequest) -> Station:
        """Create or change."""
        said = (obj.code, obj.name, obj.agency, obj.lon, obj.lat)
        made: Station = acting(request, define_station, *said, made_up=obj.made_up)
        return made

    def back(self, obj: Station, request: HttpRequest) -> None:
        """As it was before."""
        acting(request, take_back_station, obj)


class UnitForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """A new unit, off duty."""

    capabilities = forms.MultipleChoiceField(choices=lambda: [(code, code) for code in load_capabilities()])

    class Meta:
        model = Unit
        fields = ("callsign", "agency", "kind", "capabilities", "station")
        widgets = dict.fromkeys(("callsign", "kind"), forms.TextInput)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if "station" in self.fields:
            self.fields["station"].required = False


@register(Unit, site=site)
class Units(ThroughActions):
    """Units, to be added. What they can do is shown; it is not changed while their past refers to it."""

    form = UnitForm
    actions = ()
    list_display = ("callsign", "kind", "agency", "station")
    list_select_related = ("agency", "station")
    search_fields = ("callsign",)

    def has_change_permission(self, request: HttpRequest, obj: Unit | None = None) -> bool:
        """To look at, not to change."""
        return False

    def store(self, obj: Unit, form: Any, change: bool, request: HttpRequest) -> Unit:
        """Create it, off duty."""
        equipment = Equipment(obj.callsign, obj.kind, frozenset(form.cleaned_data["capabilities"]))
        made: Unit = acting(request, define_unit, equipment, obj.agency, obj.station)
        return made
