# SPDX-License-Identifier: Apache-2.0
"""Caddy and nginx with the blocks of the how-to on TLS: on ports of their own, with a certificate of their own."""

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from callbox.host.config import CHECKOUT
from callbox.host.processes import free_port

PAGE = CHECKOUT / "docs/how-to/behind-tls.md"
BLOCK = re.compile(r"```text\n(.*?)```", re.DOTALL)
PROXIES = ("caddy", "nginx")
NAME = "callbox.example"
HERE = IPv4Address("127.0.0.1")
PATIENCE_S = 60.0
# What the page leaves to each installation: no administration port, no port 80, nothing outside of this folder.
CADDY = "{{\n admin off\n default_bind 127.0.0.1\n auto_https disable_redirects\n storage file_system {folder}\n}}\n"
# The page names both spellings of one option; this version of Caddy no longer needs, or does not yet know, the other.
BUFFERS, BUFFERS_OF_OLD, RENAMED = "request_buffers 1MiB", "buffer_requests", (2, 6, 4)
NGINX_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass
class Front:
    """A proxy of this kind that listens there with this certificate."""

    kind: str
    port: int
    certificate: Path

    @cached_property
    def trusted(self) -> ssl.SSLContext:
        """Trusts this certificate alone."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.certificate)
        return context

    def connection(self, address: str) -> http.client.HTTPSConnection:
        """A connection from that address of this machine to the name, whose certificate is checked."""
        link = http.client.HTTPSConnection(NAME, self.port, timeout=PATIENCE_S)
        raw = socket.create_connection(("127.0.0.1", self.port), PATIENCE_S, (address, 0))
        link.sock = self.trusted.wrap_socket(raw, server_hostname=NAME)
        return link


@contextmanager
def running(kind: str, door_port: int) -> Iterator[Front]:
    """The proxy of that kind before the door of that port. Skips where it is not installed."""
    if shutil.which(kind) is None:
        pytest.skip(f"{kind} is not installed: the how-to on TLS is not tried with it")
    with tempfile.TemporaryDirectory(prefix=f"callbox-{kind}-") as name:
        folder, port = Path(name), free_port(0)
        make_certificate(folder)
        command = {"caddy": caddy, "nginx": nginx}[kind](folder, port, door_port)
        process = subprocess.Popen(
            command, cwd=folder, env={"HOME": name, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        )
        try:
            wait_until_listening(port, process)
            yield Front(kind, port, folder / "callbox.pem")
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def caddy(folder: Path, port: int, door_port: int) -> list[str]:
    """Caddy's configuration from the page; the command that runs it."""
    [block] = [block for block in blocks() if "reverse_proxy" in block]
    page = PAGE.read_text(encoding="utf-8")
    assert f"`{BUFFERS_OF_OLD}` in place of `{BUFFERS}`" in page
    if caddy_version() < RENAMED:
        block = replaced(block, {BUFFERS: BUFFERS_OF_OLD})
    own = f"{NAME}:{port} {{\n tls {folder}/callbox.pem {folder}/callbox.key"
    text = replaced(block, {f"{NAME} {{": own, "127.0.0.1:8110": f"127.0.0.1:{door_port}"})
    (folder / "Caddyfile").write_text(CADDY.format(folder=folder) + text)
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


def caddy_version() -> tuple[int, ...]:
    """The version that is installed."""
    said = subprocess.run(["caddy", "version"], check=True, capture_output=True, text=True).stdout
    found = re.search(r"\d+(\.\d+)+", said)
    assert found is not None, f"Caddy told no version: {said!r}"
    return tuple(int(part) for part in found[0].split("."))


def nginx(folder: Path, port: int, door_port: int) -> list[str]:
    """The configuration of nginx from the page; the command that runs it."""
    [outside] = [block for block in blocks() if "worker_connections" in block]
    [server] = [block for block in blocks() if "proxy_pass" in block]
    changes = {"listen 443": f"listen 127.0.0.1:{port}", "127.0.0.1:8110": f"127.0.0.1:{door_port}"}
    changes["/etc/ssl/"] = f"{folder}/"
    lines = [f"{each}_temp_path {folder}/{each};" for each in NGINX_TEMPORARY]
    http_block = "\n".join(["http {", "access_log off;", *lines, replaced(server, changes), "}"])
    user = "user root;\n" if folder.owner() == "root" else ""
    text = f"{user}daemon off;\npid {folder}/pid;\nerror_log stderr;\n{outside}{http_block}\n"
    (folder / "nginx.conf").write_text(text)
    return ["nginx", "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]


def blocks() -> list[str]:
    """The configurations that the page shows."""
    return BLOCK.findall(PAGE.read_text(encoding="utf-8"))


def replaced(text: str, changes: dict[str, str]) -> str:
    """The text with these changes, each of which has its place."""
    for old, new in changes.items():
        assert old in text, f"the page says no longer {old!r}"
        text = text.replace(old, new)
    return text


def make_certificate(folder: Path) -> None:
    """A key, and a certificate for the name and this machine that vouches for itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(NAME), x509.IPAddress(HERE)]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "callbox.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "callbox.key").write_bytes(key.private_bytes(*plain))


def wait_until_listening(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until somebody may connect; raises when the process ended."""
    deadline = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"the proxy does not listen: {process.args!r} ended with {process.poll()}")
