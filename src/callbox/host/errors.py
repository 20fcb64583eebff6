# SPDX-License-Identifier: Apache-2.0
"""What can go wrong around the processes themselves."""


class HostError(RuntimeError):
    """The machine or the database server does not allow what was asked; the message says what to do."""
