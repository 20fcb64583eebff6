# SPDX-License-Identifier: Apache-2.0
"""The components as template tags: `{% load ui %}`. The page /design shows each of them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from callbox.web.words import script_words
from callbox.web.zone import zone_shown

SIGNS = (
    "available",
    "conditional",
    "unavailable",
    "assigned",
    "acknowledged",
    "en_route",
    "on_scene",
    "clear",
    "post",
    "alarm",
)

register = template.Library()


@register.inclusion_tag("web/c/button.html")
def button(label: str, **options: Any) -> dict[str, Any]:
    """A button, or a link that looks like one when `href` is given.

    kind: "", "primary", "quiet", "danger" or "big" (or several). key: the single key that presses it.
    confirm: words shown after the first press; only the second one counts. Also name, value, type, disabled,
    id, form, group (heading in the palette), data_action.
    """
    kinds = " ".join(f"button--{kind}" for kind in str(options.pop("kind", "")).split())
    return {"label": label, "kinds": kinds, "type": "submit", **options}


@register.simple_tag
def key(name: str) -> SafeString:
    """The sign of a keyboard key, "a" or "Alt+a". A single letter is shown as it stands on the key."""
    held, _plus, last = name.rpartition("+")
    shown = " ".join(filter(None, (held, last.upper() if len(last) == 1 else last))) or name
    return format_html('<kbd class="key" aria-hidden="true">{}</kbd>', shown)


@register.inclusion_tag("web/c/sign.html")
def sign(name: str) -> dict[str, Any]:
    """A shape that says a state without colour; see c/sign.html for the names."""
    return {"name": name}


@register.inclusion_tag("web/c/state.html")
def state(label: str, sign: str = "", tone: str = "") -> dict[str, Any]:
    """A state in words with its shape. tone: "", "strong", "quiet", "late" or "wrong"."""
    return {"label": label, "sign": sign, "tone": tone}


@register.inclusion_tag("web/c/priority.html")
def priority(level: int | None) -> dict[str, Any]:
    """The mark of a priority 1-5 (1 highest): number, shape and weight, readable in greyscale."""
    return {"level": level}


@register.inclusion_tag("web/c/marks.html")
def marks() -> dict[str, Any]:
    """All signs and priorities for the page's scripts (dom.js), so that lists drawn there look the same."""
    return {"signs": (*SIGNS, "waiting", "lost", "none"), "levels": range(1, 6)}


@register.inclusion_tag("web/c/age.html")
def age(since: datetime | None, late_after_s: int = 0) -> dict[str, Any]:
    """How long ago, counting. late_after_s: marks it late from this age on, in seconds; 0 never."""
    return {"since": since, "late_after_s": late_after_s}


@register.inclusion_tag("web/c/due.html")
def due(begins: datetime, ends: datetime, label: str = "") -> dict[str, Any]:
    """A promise on the clock: a bar that fills and the time left or late in words."""
    return {"begins": begins, "ends": ends, "label": label}


@register.inclusion_tag("web/c/field.html")
def field(name: str, label: str, **options: Any) -> dict[str, Any]:
    """A labelled input.

    hint, error, value, key (jumps to it); type, autocomplete, inputmode, rows (a text area), required,
    autofocus, maxlength. The error is tied to the input for screen readers.
    """
    return {"name": name, "id": f"id_{name}", "label": label, "type": "text", **options}


@register.inclusion_tag("web/c/choices.html")
def choices(name: str, legend: str, options: Iterable[Any], **more: Any) -> dict[str, Any]:
    """Radio buttons, or check boxes with many=True. options: (value, label) or (value, label, hint).

    value: the chosen one, or with many=True a collection of them.
    """
    rows = [(*option, "")[:3] for option in options]
    chosen = more.get("value")
    picked = set(chosen or ()) if more.get("many") else {chosen}
    return {"name": name, "legend": legend, "rows": rows, "picked": picked, **more}


@register.inclusion_tag("web/c/combobox.html")
def combobox(name: str, label: str, **options: Any) -> dict[str, Any]:
    """Type to choose, by keyboard alone; the value goes into a hidden input of this name.

    options: list of (value, label) or (value, label, hint); or url: answers ?q= with {"results": [{"value",
    "label", "hint"}]}. text/value: what is chosen already. Also hint, error, key, required, free (what is
    typed counts too and arrives as NAME_text), first (with free: Enter takes the best hit).
    """
    rows = [(*row, "")[:3] for row in options.pop("options", ())]
    data = [{"value": str(value), "label": str(shown), "hint": str(hint)} for value, shown, hint in rows]
    return {"name": name, "id": f"id_{name}", "label": label, "data": data, **options}


@register.inclusion_tag("web/c/error_summary.html")
def error_summary(errors: Mapping[str, str] | None) -> dict[str, Any]:
    """All errors of a form at its top, each a link to its field; takes the focus. errors: name to text."""
    return {"errors": dict(errors or {})}


@register.inclusion_tag("web/c/tabs.html")
def tabs(items: Iterable[tuple[str, str]], current: str, label: str) -> dict[str, Any]:
    """Pages beside one another. items: (address, label); current: the address shown."""
    return {"items": list(items), "current": current, "label": label}


@register.inclusion_tag("web/c/empty.html")
def empty(title: str, hint: str = "") -> dict[str, Any]:
    """What stands where there is nothing: that it is nothing, and what to do."""
    return {"title": title, "hint": hint}


@register.inclusion_tag("web/c/map.html")
def city_map(
    map_id: str, tiles: str, bounds: Iterable[float] = (), label: str = "", note: str = ""
) -> dict[str, Any]:
    """A map panel for map.js: openMap(document.getElementById(map_id)).

    tiles: address of the city's PMTiles file. bounds: west, south, east, north in degrees. note: shown with
    the key, for instance which posts are made up.
    """
    corners = ",".join(f"{number:.6f}" for number in bounds)
    return {"id": map_id, "tiles": tiles, "bounds": corners, "label": label, "note": note}


@register.inclusion_tag("web/c/language.html", takes_context=True)
def language_switch(context: template.Context) -> dict[str, Any]:
    """The same page in the other language."""
    request = context.get("request")
    return {"request": request, "next": request.get_full_path() if request else "/"}


@register.simple_block_tag
def panel(content: str, title: str = "", count: object = "", flush: bool = False) -> SafeString:
    """A titled region whose body scrolls by itself. flush: a table reaches its edges."""
    head = (
        format_html('<header class="panel-head"><h2>{}</h2>{}</header>', title, _count(count))
        if title
        else ""
    )
    body = "panel-body panel-body--flush" if flush else "panel-body"
    return format_html(
        '<section class="panel" aria-label="{}">{}<div class="{}">{}</div></section>',
        title,
        head,
        body,
        content,
    )


def _count(count: object) -> SafeString | str:
    return "" if count == "" else format_html('<span class="panel-count">{}</span>', count)


@register.simple_tag
def words() -> dict[str, str]:
    """The words of our scripts in the language of the page."""
    return script_words()


@register.simple_tag
def server_now() -> str:
    """The server's time as ISO 8601, from which ages on the page count."""
    return timezone.now().isoformat()


@register.simple_tag
def city_zone() -> ZoneInfo:
    """The city's time zone, in which pages and, by `data-zone`, scripts show times."""
    return zone_shown()
