# SPDX-License-Identifier: Apache-2.0
"""One parser under atheris, in the environment of the tools: NAME, then options of libFuzzer."""

import os
import sys


def main() -> None:
    """Feed the parser until its time is over; libFuzzer ends the process."""
    import atheris  # in the environment of the tools only

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callbox.settings")
    name = sys.argv.pop(1)
    with atheris.instrument_imports(include=["callbox"]):
        import django

        django.setup()
        from callbox.audit.fuzz.registry import feed_one, target

        chosen = target(name)
    atheris.Setup(sys.argv, lambda data: feed_one(chosen, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
