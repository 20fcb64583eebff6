# SPDX-License-Identifier: Apache-2.0
"""What can go wrong around the processes themselves."""


class HostError(RuntimeError):
    """The machine or the database server does not allow what was asked; the message says what to do."""


class ConfigError(HostError):
    """A setting, or a file that an installation keeps, is not what it must be: nothing is started."""


WRONG_SETTINGS = 2  # the exit code of a process that refuses to start
