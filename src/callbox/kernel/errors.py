# SPDX-License-Identifier: Apache-2.0
"""The short list of refusals. Each tells the operator what to do next; each edge maps the list once."""

from collections.abc import Callable, Mapping

from callbox.kernel.text import gettext_noop as _


class Refusal(Exception):  # noqa: N818 - the field's word; an error is a fault, a refusal is an answer
    """What was asked is not done, nothing was changed, and the message says what to do next.

    message: English template for gettext, with `%(name)s` places for `params`.
    """

    message = _("This could not be done.")

    def __init__(self, message: str | None = None, /, **params: object) -> None:
        self.message = message or type(self).message
        self.params: Mapping[str, object] = params
        super().__init__(self.message, params)

    def __str__(self) -> str:
        return self.told(str)

    def told(self, translate: Callable[[str], str]) -> str:
        """The message in the language that `translate` (gettext, at an edge) speaks."""
        text = translate(self.message)
        return text % self.params if self.params else text


class NotFound(Refusal):
    """There is no such thing, or it is not yours to see: the two look alike."""

    message = _("This was not found. Check the number, or ask whoever gave it to you.")


class NotAllowed(Refusal):
    """You may not do this; somebody else may."""

    message = _("Your role does not allow this. Ask a supervisor.")


class Invalid(Refusal):
    """What was given cannot be used. `fields` maps a field's name to its message."""

    message = _("Something is missing or cannot be used. Correct the marked fields.")

    def __init__(
        self, message: str | None = None, /, *, fields: Mapping[str, str] | None = None, **params: object
    ) -> None:
        super().__init__(message, **params)
        self.fields: Mapping[str, str] = fields or {}


class Conflict(Refusal):
    """Somebody else was first. Look again and decide anew."""

    message = _("Somebody else changed this just now. Look at it again, then decide.")


class Unavailable(Refusal):
    """A part is down. Try again, or use the other way."""

    message = _("This is not available at the moment. Try again shortly.")
