# SPDX-License-Identifier: Apache-2.0
"""Everything that is not the door's goes to web behind it, so that both are one origin for the browser."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from callbox.door.http import Gone, Receive, Scope, Send, down_page
from callbox.door.options import Options
from callbox.host.logs import request_id

# RFC 9110 7.6.1: these concern one connection only.
HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "upgrade",
        "expect",
    }
    | {"transfer-encoding", "proxy-connection"}
)
# Only this process says them to web: whoever could say them from outside could pose as another host.
OURS = frozenset({"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded"})
CONNECT_S = 2.0
READ_S = 120.0
SEND_S = 60.0  # 64 kbit/s carry the largest part in a quarter of it


class Proxy:
    """Passes requests on to one web process and streams the answers back."""

    def __init__(self, options: Options) -> None:
        self._origin = f"http://127.0.0.1:{options.web_port}"
        self._number = options.emergency_number
        self._refused = HOP_BY_HOP if options.behind_proxy else HOP_BY_HOP | OURS
        self._session: aiohttp.ClientSession | None = None

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on; a page that names the telephone when web does not answer."""
        begun = False
        try:
            async with self._ask(scope, receive) as found:
                begun = True
                await _pass_back(found, send)
        except Gone:
            return
        except (aiohttp.ClientError, OSError):  # TimeoutError is an OSError
            if not begun:
                await down_page(send, self._number)

    async def close(self) -> None:
        """Let go of all connections."""
        if self._session is not None:
            await self._session.close()

    def _ask(self, scope: Scope, receive: Receive) -> aiohttp.client._RequestContextManager:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=256),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S, sock_read=READ_S),
            )
        query = scope["query_string"].decode("latin-1")
        path = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
        headers = _headers(scope, self._refused)
        return self._session.request(
            scope["method"],
            URL(self._origin + path, encoded=True),
            headers=headers,
            data=_body(receive) if "content-length" in headers or _is_chunked(scope) else None,
            allow_redirects=False,
            skip_auto_headers=("user-agent", "accept", "accept-encoding", "content-type"),
        )


def _headers(scope: Scope, refused: frozenset[str]) -> CIMultiDict[str]:
    found: CIMultiDict[str] = CIMultiDict()
    for raw_name, value in scope["headers"]:
        name = raw_name.decode("latin-1").lower()
        if name not in refused:
            found.add(name, value.decode("latin-1"))
    found.setdefault("x-forwarded-for", scope["client"][0] if scope.get("client") else "")
    found.setdefault("x-forwarded-host", found.get("host", ""))
    found.setdefault("x-forwarded-proto", scope["scheme"])
    found["x-request-id"] = request_id.get()
    return found


def _is_chunked(scope: Scope) -> bool:
    return any(name.lower() == b"transfer-encoding" for name, _ in scope["headers"])


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        yield message.get("body", b"")
        more = message.get("more_body", False)


async def _pass_back(found: aiohttp.ClientResponse, send: Send) -> None:
    headers = [pair for pair in found.raw_headers if pair[0].decode("latin-1").lower() not in HOP_BY_HOP]
    await send({"type": "http.response.start", "status": found.status, "headers": headers})
    async for part in found.content.iter_any():
        async with asyncio.timeout(SEND_S):  # one that does not read holds a connection to web
            await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
