# SPDX-License-Identifier: Apache-2.0
"""The desks in the header. A room names its own in its `urls.py`, so adding one touches nothing here."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits at a desk for somebody to answer, counted beside its link, with a sound when it grows.

    action: who may answer sees it. url_name: answers the count as JSON. label: untranslated, stands after the number.
    """

    action: str
    url_name: str
    label: str
    count: Callable[[Actor], int]


@dataclass(frozen=True, slots=True)
class Desk:
    """One link. label: untranslated. action: who may do this sees it; None everybody. rank: lowest first."""

    url_name: str
    label: str
    action: str | None
    rank: int
    waiting: Waiting | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Something that is done with one thing by choosing why. label, done: untranslated. key: presses it.

    address: what it is posted to, as JSON: `body`, the thing's `id` and the choice as `reason`.
    choices: code and text of each reason, in the language of the request.
    """

    address: str
    label: str
    done: str
    action: str
    key: str
    body: Mapping[str, str]
    choices: Callable[[], list[tuple[str, str]]]


_desks: dict[str, Desk] = {}
_pages_of: dict[str, list[Desk]] = {}
_steps_of: dict[str, list[Step]] = {}
_instead: dict[str, list[Desk]] = {}
NOTHING = UUID(int=0)  # stands in an address for the id that the page's script puts there


def add_desk(
    url_name: str, label: str, *, action: str | None = None, rank: int = 50, waiting: Waiting | None = None
) -> None:
    """Show a page of this URL name in the header. label: marked with gettext_noop, translated when shown."""
    _desks[url_name] = Desk(url_name, label, action, rank, waiting)


def desks_for(request: HttpRequest) -> list[dict[str, object]]:
    """The desks that the person of this request may use: `address`, `label`, `waiting` (count, mark, label)."""
    actor: Actor | None = getattr(request, "actor", None)
    shown = [desk for desk in _desks.values() if _may(actor, desk)]
    return [
        {
            "address": reverse(desk.url_name),
            "label": gettext(desk.label),
            "waiting": _waiting(desk.waiting, actor),
        }
        for desk in sorted(shown, key=lambda desk: (desk.rank, desk.url_name))
    ]


def _waiting(waiting: Waiting | None, actor: Actor | None) -> dict[str, object] | None:
    if waiting is None or actor is None or waiting.action not in actor.powers:
        return None
    return {
        "count": waiting.count(actor),
        "mark": reverse(waiting.url_name),
        "label": gettext(waiting.label),
    }


def add_page_of(what: str, url_name: str, label: str, *, action: str, rank: int = 50) -> None:
    """Offer a page about one thing, such as an incident, on the pages that show it: they stand below this room."""
    _pages_of.setdefault(what, []).append(Desk(url_name, label, action, rank))


def pages_of(request: HttpRequest, what: str) -> list[dict[str, str]]:
    """The pages about one of these that this person may open, as `address`, with NOTHING for the id, and `label`."""
    actor: Actor | None = getattr(request, "actor", None)
    shown = [desk for desk in _pages_of.get(what, ()) if _may(actor, desk)]
    return [
        {"address": reverse(desk.url_name, args=[NOTHING]), "label": gettext(desk.label)}
        for desk in sorted(shown, key=lambda desk: (desk.rank, desk.url_name))
    ]


def offer_instead(of: str, url_name: str, label: str) -> None:
    """Name a public page that many mean who come to another one, which stands below this room."""
    _instead.setdefault(of, []).append(Desk(url_name, label, None, 50))


def pages_instead(of: str) -> list[dict[str, str]]:
    """The public pages to go to in place of this one, as `address` and `label`."""
    return [
        {"address": reverse(desk.url_name), "label": gettext(desk.label)} for desk in _instead.get(of, ())
    ]


def add_step_of(what: str, step: Step) -> None:
    """Offer something to do with one thing, such as a call, on the pages that show it: they stand below this room."""
    _steps_of.setdefault(what, []).append(step)


def steps_of(request: HttpRequest, what: str) -> list[dict[str, object]]:
    """What this person may do with one of these by choosing a reason; `body` as JSON, `name` for the form's field."""
    actor: Actor | None = getattr(request, "actor", None)
    return [
        {
            "name": f"step_{number}",
            "address": step.address,
            "label": gettext(step.label),
            "done": gettext(step.done),
            "key": step.key,
            "body": json.dumps(dict(step.body)),
            "choices": step.choices(),
        }
        for number, step in enumerate(_steps_of.get(what, ()))
        if actor is not None and step.action in actor.powers
    ]


def desk_page(
    action: str,
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A view that only those open who may do `action`: strangers sign in first, others are refused (NotAllowed)."""

    def guard(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, **place: object) -> HttpResponse:
            actor: Actor = request.actor  # type: ignore[attr-defined]  # set by WithActor
            if not actor.roles:
                asked = urlencode({"next": request.get_full_path()})
                return HttpResponseRedirect(f"{settings.LOGIN_URL}?{asked}")
            if action not in actor.powers:
                raise NotAllowed
            return view(request, **place)

        return guarded

    return guard


def _may(actor: Actor | None, desk: Desk) -> bool:
    return desk.action is None or (actor is not None and desk.action in actor.powers)
