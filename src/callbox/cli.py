# SPDX-License-Identifier: Apache-2.0
"""The command line: every module in `callbox.commands` is a command, so adding one touches nothing here."""

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from types import ModuleType

import callbox.commands
from callbox.kernel.errors import Refusal


def modules_in(package: ModuleType) -> dict[str, str]:
    """The modules of a folder that registers itself: shown name -> full module name."""
    return {
        info.name.rstrip("_").replace("_", "-"): f"{package.__name__}.{info.name}"
        for info in pkgutil.iter_modules(package.__path__)
        if not info.ispkg and not info.name.startswith("_")
    }


def add_commands(parser: argparse.ArgumentParser, package: ModuleType) -> None:
    """Give the parser one sub-command for each module of the package."""
    choices = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, module_name in sorted(modules_in(package).items()):
        module = importlib.import_module(module_name)
        command = choices.add_parser(name, help=module.HELP, description=module.HELP)
        command.set_defaults(run=module.run)
        module.add_arguments(command)


def main(arguments: Sequence[str]) -> int:
    """Run one command; the answer is the exit code."""
    parser = argparse.ArgumentParser(prog="callbox", description="Callbox")
    add_commands(parser, callbox.commands)
    args, rest = parser.parse_known_args(arguments)
    if rest and not getattr(args, "takes_rest", False):
        parser.error(f"unrecognised arguments: {' '.join(rest)}")
    args.rest = rest
    try:
        return int(args.run(args))
    except Refusal as refusal:
        sys.stderr.write(f"callbox: {refusal}\n")
        return 1
    except KeyboardInterrupt:
        return 130
