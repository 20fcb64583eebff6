# SPDX-License-Identifier: Apache-2.0
"""The door's answer to a form that a browser sent by itself, without script: a page in both languages."""

from collections.abc import Mapping
from html import escape
from string import Template
from uuid import UUID

from callbox.door.http import DATA, Scope, Send, answer, headers_of, texts

PAGE = b"text/html; charset=utf-8"
POLICY = (
    b"content-security-policy",
    b"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
)


def wants_page(scope: Scope) -> bool:
    """Whether a browser sent this as a form of a page, and shows the answer to a person."""
    headers = headers_of(scope)
    is_form = headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    return is_form and "text/html" in headers.get("accept", "")


def reference(contact: UUID) -> str:
    """The number that people can read to us over the telephone; the page's script shows the same."""
    text = contact.hex[:8].upper()
    return f"{text[:4]} {text[4:]}"


async def received_page(send: Send, scope: Scope, contact: UUID, numbers: str) -> None:
    """It is durable: say so, with its number, and when to telephone all the same."""
    said = {"title": "received", "text": "received_next", "danger": "if_worse", "back": "report_more"}
    await answer(send, 201, _page(scope, said, numbers, number=reference(contact)), PAGE, POLICY)


async def refused_page(send: Send, scope: Scope, numbers: str) -> None:
    """It is not durable: say so plainly, and name the telephone."""
    said = {"title": "not_accepted", "text": "try_again", "danger": "telephone_now", "back": "report_again"}
    again = (b"retry-after", b"5")
    await answer(send, 503, _page(scope, said, numbers), PAGE, POLICY, again)


def _page(scope: Scope, said: Mapping[str, str], numbers: str, **params: str) -> bytes:
    order = sorted(texts(), key=lambda code: code != _language(scope))
    links = "".join(f'<a href="tel:{escape(n)}">{escape(n)}</a>' for n in map(str.strip, numbers.split("/")))
    part = Template((DATA / "contact_part.html").read_text(encoding="utf-8"))
    parts = []
    for code in order:
        words = {place: escape(texts()[code][name]) % params for place, name in said.items()}
        parts.append(part.substitute(words, lang=code, numbers=links))
    page = Template((DATA / "contact.html").read_text(encoding="utf-8"))
    title = escape(texts()[order[0]][said["title"]])
    return page.substitute(lang=order[0], title=title, parts="<hr>".join(parts)).encode()


def _language(scope: Scope) -> str:
    """The language chosen on our pages, else the browser's first."""
    headers = headers_of(scope)
    asked = headers.get("accept-language", "")
    for cookie in headers.get("cookie", "").split(";"):
        name, _, value = cookie.strip().partition("=")
        asked = value if name == "callbox_language" else asked
    return "zh-Hans" if asked.lower().startswith("zh") else "en"
