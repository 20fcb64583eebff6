# SPDX-License-Identifier: Apache-2.0
"""Which algorithms are used and where chance comes from; what the locks pin; that no secret lies in the repository."""

import ast
import json
import re
import subprocess
from pathlib import Path

import pytest

from callbox.access.directory import ALGORITHMS
from callbox.host.config import CHECKOUT
from callbox.kernel.ids import new_id
from tests.asvs.sources import calls, imported, modules, served

SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bghp_\w{36}\b|\bxox[abp]-\w{10,}|\bglpat-\w{20}"
    r"|(?:secret|password|api_key|token)\s*=\s*['\"][A-Za-z0-9+/_-]{24,}['\"]"
)
PLAY = {"demo", "benches", "drills"}  # made-up residents and faults may be foreseen


def tracked() -> list[Path]:
    told = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, check=False)
    if told.returncode:
        pytest.skip("no git here: what belongs to the repository cannot be told")
    return [CHECKOUT / name for name in told.stdout.decode().split("\0") if name]


def test_only_these_algorithms_are_used() -> None:
    hashes, ciphers = set(), set()
    for path, tree in modules().items():
        if path.parts[0] in ("drills", "benches"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "hashlib":
                hashes.add((node.attr, path.name if node.attr == "sha1" else ""))
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cryptography.hazmat"):
                ciphers |= {alias.name for alias in node.names}
    # The list of breached passwords that an operator brings is spelled in SHA-1 by its makers; it protects nothing.
    assert hashes == {("sha256", ""), ("file_digest", ""), ("sha1", "breached.py")}
    assert ciphers == {"AESGCM"}


def test_no_other_library_encrypts() -> None:
    assert (
        imported() & {"Crypto", "Cryptodome", "nacl", "M2Crypto", "OpenSSL", "rsa", "ecdsa", "pyaes"} == set()
    )


def test_lines_are_encrypted_with_the_systems_rules_and_certificates_are_checked() -> None:
    """Mail alone asks for it by name: smtplib by itself would check no certificate."""
    used = {
        (path.parts[0], node.attr)
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "ssl"
    }
    assert used == {("messages", "create_default_context"), ("messages", "SSLContext")}


def test_chance_that_must_not_be_foreseen_is_of_the_system() -> None:
    foreseeable = [
        str(path)
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and ast.unparse(node).startswith(("import random", "from random"))
    ]
    assert [path for path in foreseeable if Path(path).parts[0] not in PLAY] == []
    assert "secrets.token_hex" in {name for _path, tree in served() for name, _call in calls(tree)}


def test_an_id_is_no_secret_and_yet_cannot_be_counted_up() -> None:
    """74 bits of an id are chance. It opens nothing by itself: every door asks who comes."""
    ids = [new_id() for _ in range(2000)]
    assert len({one.int & (1 << 62) - 1 for one in ids}) == 2000
    assert all(one.version == 7 for one in ids)


def test_id_tokens_are_signed_with_a_pair_of_keys() -> None:
    assert ALGORITHMS
    assert all(re.fullmatch(r"(RS|PS|ES)(256|384|512)", name) for name in ALGORITHMS)
    decodes = [call for _path, tree in served() for name, call in calls(tree) if name == "jwt.decode"]
    assert len(decodes) == 1
    said = {keyword.arg for keyword in decodes[0].keywords}
    assert {"key", "algorithms", "issuer", "audience", "options"} <= said
    assert "verify_signature" not in ast.unparse(decodes[0])


def test_what_must_be_equal_is_compared_in_constant_time() -> None:
    for path, tree in served():
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
                told = ast.unparse(node)
                assert not re.search(r"\b(mac|signature|nonce|password|secret)\b\s*(==|!=)", told), (
                    f"{path}: {told}"
                )


@pytest.mark.parametrize(
    "name",
    [
        "requirements.lock",
        "requirements-audit.lock",
        "requirements-bench.lock",
        "requirements-compare.lock",
        "requirements-demo.lock",
    ],
)
def test_every_package_is_pinned_with_its_hash(name: str) -> None:
    text = (CHECKOUT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    packages = [line for line in lines if not line.startswith(("--", " "))]
    assert packages
    for line in packages:
        assert "==" in line, line[:80]
        assert "--hash=sha256:" in line, line[:80]


def test_every_package_for_the_browser_is_pinned_with_its_hash() -> None:
    found = json.loads((CHECKOUT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert len(found) > 1
    assert [
        name
        for name, entry in found.items()
        if name and not str(entry.get("integrity", "")).startswith("sha512-")
    ] == []


def test_no_secret_lies_in_the_repository() -> None:
    texts = {".py", ".toml", ".md", ".tsv", ".json", ".js", ".html", ".yaml", ".yml", ".sh", ".sql", ""}
    for path in tracked():
        if (
            path.suffix in texts
            and path.is_file()
            and "tests" not in path.parts
            and path.stat().st_size < 1_000_000
        ):
            found = SECRETS.search(path.read_text(encoding="utf-8", errors="replace"))
            assert found is None, f"{path.relative_to(CHECKOUT)}: {found and found[0][:20]}"


def test_the_search_finds_a_secret() -> None:
    # pragma: allowlist nextline secret
    assert SECRETS.search("-----BEGIN RSA PRIVATE KEY-----")
    assert SECRETS.search('secret = "' + "a1" * 16 + '"')


def test_no_key_and_no_setting_of_an_installation_is_tracked() -> None:
    bad = re.compile(r"(^|/)(\.env|id_rsa|secret|.*\.(pem|p12|pfx|key|sqlite3|dump))$")
    assert [str(path) for path in tracked() if bad.search(path.relative_to(CHECKOUT).as_posix())] == []


def test_nothing_faulty_is_shown_to_anybody() -> None:
    from django.conf import settings

    assert settings.DEBUG is False
    assert settings.SECRET_KEY not in (CHECKOUT / "src/callbox/settings.py").read_text(encoding="utf-8")
    assert len(settings.SECRET_KEY) >= 64
