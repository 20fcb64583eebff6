# SPDX-License-Identifier: Apache-2.0
"""A small OpenID provider on the loopback: discovery, authorization code with PKCE, RS256 tokens.

`wrong` names what it does wrong; the person who signs in there is `subject`.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "callbox", "made-up secret of the client"  # pragma: allowlist secret
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider:
    """What it says of itself and of whoever signs in; `asked`: the codes it gave out, with what was asked."""

    address: str = ""
    subject: str = "lin"
    wrong: str = ""
    asked: dict[str, dict[str, str]] = field(default_factory=dict)

    def answer(self, query: dict[str, str]) -> str:
        """The address that the browser goes back to, as if the person had signed in there."""
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_hex(8)
        self.asked[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, said: dict[str, str]) -> dict[str, str] | None:
        """The tokens for a code; None for whoever cannot show that the code is theirs."""
        query = self.asked.pop(said.get("code", ""), None)
        if query is None or said.get("client_secret") != SECRET:
            return None
        shown = hashlib.sha256(said.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(shown).rstrip(b"=").decode() != query["code_challenge"]:
            return None
        return {"access_token": "a", "token_type": "Bearer", "id_token": self.id_token(query["nonce"])}

    def id_token(self, nonce: str) -> str:
        """What it says, right or wrong as told."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.address,
            "aud": CLIENT,
            "sub": "0815",
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "preferred_username": self.subject,
            "name": "Lin of the city",
        }
        wrong: dict[str, dict[str, object]] = {
            "nonce": {"nonce": "of another question"},
            "audience": {"aud": "another client"},
            "expired": {"iat": now - 900, "exp": now - 600},
            "issuer": {"iss": "https://elsewhere.example"},
            "claim": {"preferred_username": ""},
        }
        claims |= wrong.get(self.wrong, {})
        if self.wrong == "no_nonce":
            del claims["nonce"]
        if self.wrong == "none":
            return jwt.encode(claims, "", algorithm="none", headers={"kid": "1"})
        if self.wrong == "hmac":
            return jwt.encode(claims, "x" * 32, algorithm="HS256", headers={"kid": "1"})
        key = OTHER_KEY if self.wrong == "key" else KEY
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "1"})

    def config(self) -> dict[str, object]:
        """The discovery document."""
        return {
            "issuer": "https://other.example" if self.wrong == "discovery" else self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }


@contextmanager
def city_directory() -> Iterator[Provider]:
    """A provider that answers until the block ends."""
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.answer(query))
                self.end_headers()
            elif parts.path == "/keys":
                key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
                self._json({"keys": [key | {"kid": "1", "alg": "RS256", "use": "sig"}]})
            elif provider.wrong == "broken":
                self._json({"error": "made-up fault"}, 500)
            else:
                self._json(provider.config())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            given = provider.token({name: values[0] for name, values in parse_qs(body).items()})
            self._json(given or {"error": "invalid_grant"}, 200 if given else 400)

        def _json(self, said: object, status: int = 200) -> None:
            data = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    return Handler
