# SPDX-License-Identifier: Apache-2.0
"""Everything that is not the door's goes to web behind it, so that both are one origin for the browser."""

import asyncio

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from callbox.door.http import Gone, Receive, Scope, Send, body_of, down_page, headers_of, problem
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
BODY_S = 60.0  # 1 Mbit/s carry the largest body in a little more than this; our own pages send less
BODY_MOST = 8_400_000  # of what passes on to web: a picture, see pictures/data/limits.tsv
PATIENCE = 4  # so many times as much is read and dropped, so that its sender hears why
LARGE, LARGE_AT_ONCE = 1 << 16, 12  # bodies above so many bytes: so many are held in memory at once
SEND_S = 60.0  # 64 kbit/s carry the largest part in a quarter of it


class Proxy:
    """Passes requests on to one web process and streams the answers back."""

    def __init__(self, options: Options) -> None:
        self._origin = f"http://127.0.0.1:{options.web_port}"
        self._number = options.emergency_number
        self._refused = HOP_BY_HOP if options.behind_proxy else HOP_BY_HOP | OURS
        self._session: aiohttp.ClientSession | None = None
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, once its body is here: a slow sender holds no thread of web."""
        length = _length(scope)
        if length == 0:
            await self._pass_on(scope, None, send)
        elif length > BODY_MOST * PATIENCE:
            await problem(send, scope, 413, "too_long")
        elif length <= LARGE:
            await self._with_body(scope, receive, send)
        else:
            async with self._large:
                await self._with_body(scope, receive, send)

    async def _with_body(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(BODY_S):
                body, too_long = await body_of(receive, BODY_MOST, PATIENCE)
        except (Gone, TimeoutError):
            return
        if too_long:
            await problem(send, scope, 413, "too_long")
        else:
            await self._pass_on(scope, body, send)

    async def _pass_on(self, scope: Scope, body: bytes | None, send: Send) -> None:
        """The answer of web; a page that names the telephone when it gives none."""
        begun = False
        try:
            async with self._ask(scope, body) as found:
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

    def _ask(self, scope: Scope, body: bytes | None) -> aiohttp.client._RequestContextManager:
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
            data=body,
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


def _length(scope: Scope) -> int:
    """How long the body says it is, in bytes; as long as may be when it comes in pieces."""
    headers = headers_of(scope)
    if "transfer-encoding" in headers:
        return BODY_MOST
    said = headers.get("content-length", "0")
    return int(said) if said.isdecimal() and len(said) < 19 else BODY_MOST + 1


async def _pass_back(found: aiohttp.ClientResponse, send: Send) -> None:
    headers = [pair for pair in found.raw_headers if pair[0].decode("latin-1").lower() not in HOP_BY_HOP]
    await send({"type": "http.response.start", "status": found.status, "headers": headers})
    async for part in found.content.iter_any():
        async with asyncio.timeout(SEND_S):  # one that does not read holds a connection to web
            await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
