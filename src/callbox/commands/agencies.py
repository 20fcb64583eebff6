# SPDX-License-Identifier: Apache-2.0
"""Load agencies from a folder with one folder for each, and give their systems keys."""

import argparse

from callbox.kernel.text import gettext_noop as _

HELP = "show what a folder of agencies would change, load it, and give keys to agencies' systems"
NAME_IT = _("Name the folder, the agency or the key.")
WHAT = ("diff", "load", "key", "end-key", "keys", "webhook", "take-old-keys")
ALONE = ("keys", "take-old-keys")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`callbox agencies diff FOLDER`, `load FOLDER`, `key CODE`, `end-key KEY`, `keys`, `webhook CODE [ADDRESS]`,
    `take-old-keys`."""
    parser.add_argument(
        "what",
        choices=WHAT,
        help="diff: what a folder would change; load: do it; key: a new key for an agency's system, shown this once; "
        "end-key: it serves no more; keys: which there are; webhook: where an agency's system is told, or nowhere; "
        "take-old-keys: incidents of before there were tasks are seen no more by agencies without one",
    )
    parser.add_argument("which", nargs="?", default="", help="the folder, the agency's code, or the key")
    parser.add_argument("address", nargs="?", default="", help="of webhook: https://...")


def run(args: argparse.Namespace) -> int:
    """Print each change and one JSON line; 0 also when nothing changes."""
    from pathlib import Path

    from callbox.commands import _agencies, _agency_keys
    from callbox.kernel.errors import Invalid

    if not args.which and args.what not in ALONE:
        raise Invalid(NAME_IT)
    if args.what in ("diff", "load"):
        return _agencies.load(Path(args.which), apply=args.what == "load")
    if args.what == "take-old-keys":
        return _agency_keys.take_old_keys()
    return _agency_keys.keys(args.what, args.which.strip(), args.address.strip())
