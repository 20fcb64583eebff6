# SPDX-License-Identifier: Apache-2.0
"""Where webhooks may go: an agency's address must not reach what only this machine or its network can.

The host is looked up once; each address found is looked at, and the line goes to one of them: a name that means another
place a moment later gains nothing.
"""

import http.client
import ipaddress
import socket
import ssl
from dataclasses import dataclass

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address
type Network = ipaddress.IPv4Network | ipaddress.IPv6Network
PUBLIC, PLAIN = "public", "http://"
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: any IPv4 address, also one of our own network


@dataclass(frozen=True, slots=True)
class Places:
    """public: any public address, over https. secure, plain: networks that may be asked too, over https or http."""

    public: bool
    secure: tuple[Network, ...]
    plain: tuple[Network, ...]

    def allow(self, address: Address, *, secure: bool) -> bool:
        """Whether a webhook may go there."""
        named = any(address in network for network in (self.secure if secure else self.plain))
        return named or (secure and self.public and _is_public(address))


def places_of(said: str) -> Places | None:
    """`public`, networks such as 10.20.0.0/16 (https), and http://10.30.1.5/32, by comma; None for anything else."""
    words = [word.strip() for word in said.split(",")]
    networks = [word for word in words if word != PUBLIC]
    try:
        plain = [
            ipaddress.ip_network(word.removeprefix(PLAIN)) for word in networks if word.startswith(PLAIN)
        ]
        secure = [ipaddress.ip_network(word) for word in networks if not word.startswith(PLAIN)]
    except ValueError:
        return None
    return Places(PUBLIC in words, tuple(secure), tuple(plain))


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and (
        address.ipv4_mapped or address.sixtofour or address.teredo or address in TRANSLATED
    ):
        return False
    return address.is_global and not address.is_multicast


class Line(http.client.HTTPConnection):
    """A connection to a host, if all its addresses are allowed; else `refused` is set and nobody is asked."""

    def __init__(
        self, host: str, port: int | None, secure: bool, places: Places | None, timeout: float
    ) -> None:
        self.default_port = 443 if secure else 80
        super().__init__(host, port or self.default_port, timeout=timeout)
        self._secure, self._places = secure, places
        self.refused = False

    def connect(self) -> None:
        """Raises OSError, also when the place is not allowed."""
        self.sock = socket.create_connection((self._allowed(), self.port), self.timeout)
        if self._secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()  # with the line in its place: one that drips here is cut too

    def _allowed(self) -> str:
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except UnicodeError as error:
            raise OSError("no name of a host") from error
        addresses = [ipaddress.ip_address(str(each[4][0]).split("%")[0]) for each in found]
        places = self._places
        if places is None or not all(places.allow(each, secure=self._secure) for each in addresses):
            self.refused = True
            raise OSError("not allowed")
        return str(addresses[0])
