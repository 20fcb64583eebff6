# SPDX-License-Identifier: Apache-2.0
"""The little of HTTP that the door speaks by itself: whole answers, and reading a body up to a limit."""

import asyncio
import contextlib
import json
import math
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

DATA = Path(__file__).parent / "data"
READ_AWAY = 4_096  # bytes of a body that nobody reads; `body_of` goes on for some times as much


class Gone(Exception):  # noqa: N818 - nobody is left to answer
    """The client went away before it had said everything."""


def headers_of(scope: Scope) -> dict[str, str]:
    """The request's headers, names in lower case; of repeated ones the last."""
    return {name.decode("latin-1").lower(): _readable(value) for name, value in scope["headers"]}


def _readable(value: bytes) -> str:
    """Names and keys may come in any alphabet; a header has no encoding of its own."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


async def body_of(receive: Receive, limit: int, patience: int = 16) -> tuple[bytes, bool]:
    """The first `limit` bytes of the body, and whether there were more. Raises Gone.

    What is more is read and dropped, up to `patience` times the limit, so that the sender hears the answer.
    """
    parts: list[bytes] = []
    size, more = 0, True
    while more and size <= limit * patience:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part, more = message.get("body", b""), message.get("more_body", False)
        if size < limit:
            parts.append(part[: limit - size])
        size += len(part)
    return b"".join(parts), size > limit


async def answer(send: Send, status: int, body: bytes, kind: bytes, *more: tuple[bytes, bytes]) -> None:
    """Send one whole answer that nobody stores."""
    headers = [
        (b"content-type", kind),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        *more,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def answer_json(send: Send, status: int, said: Mapping[str, object]) -> None:
    """Send an answer as JSON."""
    await answer(send, status, json.dumps(said, ensure_ascii=False).encode(), b"application/json")


async def problem(send: Send, scope: Scope, status: int, *names: str, **params: str) -> None:
    """Refuse in the reader's language (RFC 9457)."""
    words = texts()["zh-Hans" if headers_of(scope).get("accept-language", "").startswith("zh") else "en"]
    title, *rest = [words[name] % params for name in names]
    said: dict[str, object] = {"type": "about:blank", "title": title, "status": status}
    if rest:
        said["detail"] = " ".join(rest)
    if "number" in params:
        said["telephone"] = params["number"]
    body = json.dumps(said, ensure_ascii=False).encode()
    after = ((b"retry-after", params["after"].encode()),) if "after" in params else _again(status)
    await answer(send, status, body, b"application/problem+json", *after)


async def read_away(receive: Receive) -> None:
    """Read what somebody sends whom we refuse: a connection that ends with bytes unread loses the answer on its way.

    Not more than a refused sender may cost: a few pieces, for a second.
    """
    with contextlib.suppress(TimeoutError, Gone):
        async with asyncio.timeout(1.0):
            await body_of(receive, READ_AWAY)


async def too_many(send: Send, scope: Scope, wait_s: float, number: str, name: str) -> None:
    """Refuse for now (429), and say when to come again. name: of the text that says what was not done."""
    after = str(math.ceil(wait_s))
    if "text/html" in headers_of(scope).get("accept", ""):
        await plain_page(send, 429, name, number, (b"retry-after", after.encode()))
        return
    await problem(send, scope, 429, name, "if_emergency", number=number, after=after)


async def plain_page(send: Send, status: int, name: str, number: str, *more: tuple[bytes, bytes]) -> None:
    """A plain page in both languages that still names the telephone."""
    said = {}
    for code, words in (("en", texts()["en"]), ("zh", texts()["zh-Hans"])):
        said[code] = words[name]
        said[f"{code}_call"] = words["if_emergency"] % {"number": number}
    page = Template((DATA / "down.html").read_text()).substitute(said).encode()
    await answer(send, status, page, b"text/html; charset=utf-8", *more)


async def down_page(send: Send, number: str) -> None:
    """Nobody but the door answers."""
    await plain_page(send, 503, "web_down", number, *_again(503))


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """What the door says, by language. It has no Django and so no gettext catalogue."""
    found: dict[str, dict[str, str]] = json.loads((DATA / "texts.json").read_text())
    return found


def _again(status: int) -> tuple[tuple[bytes, bytes], ...]:
    return ((b"retry-after", b"5"),) if status == 503 else ()
