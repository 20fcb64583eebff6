# SPDX-License-Identifier: Apache-2.0
"""Folders that register themselves: every public module of a package is a command."""

import argparse
import importlib
import pkgutil
from types import ModuleType


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
