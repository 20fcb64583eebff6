# SPDX-License-Identifier: Apache-2.0
"""What the page says of states, kinds and problems. Pure."""

from callbox.kernel.text import gettext_noop as _

WAY_NAMES = {"email": _("Mail"), "sms": _("Text message"), "webhook": _("System of an agency")}
KIND_NAMES = {"code": _("Code"), "alert": _("Alert"), "notice": _("Notice"), "question": _("Question")}
STATES = {
    "waiting": _("On its way"),
    "sent": _("Sent"),
    "delivered": _("Delivered"),
    "undelivered": _("Undelivered"),
    "settled": _("Told otherwise"),
}
PROBLEMS = {
    "no_address": _("Nobody who is to be told has given an address."),
    "no_gateway": _("No gateway is set up for this way."),
    "no_line": _("The gateway could not be reached."),
    "no_answer": _("The gateway did not answer."),
    "line_lost": _("The line was lost. The gateway may have taken it."),
    "cut_off": _("Callbox was stopped while it sent this. The gateway may have taken it."),
    "no_secret": _("The file with the gateway's secret cannot be read."),
    "disk": _("The folder for messages cannot be written."),
    "no_key": _("The agency's system has no key any more. Give it one, or remove its address."),
    "not_a_place": _("Callbox may not send to this address. Correct it, or widen CALLBOX_GATEWAY_WEBHOOK."),
    "words_gone": _("The words were erased or cannot be read any more."),
}
ANSWER = "answer_"
ANSWERED = _("The gateway answered %(code)s.")
FAILED = "failed_"
NOT_ARRIVED = _("The gateway took it and said later that it did not arrive.")
FAILED_FOR = _("The gateway took it and said later that it did not arrive: %(code)s.")


def problem_words(problem: str) -> tuple[str, dict[str, str]]:
    """The sentence for a code, to be translated, and what fills it."""
    if problem.startswith(FAILED):
        code = problem.removeprefix(FAILED)
        return (FAILED_FOR, {"code": code}) if code else (NOT_ARRIVED, {})
    if problem.startswith(ANSWER):
        return ANSWERED, {"code": problem.removeprefix(ANSWER)}
    return PROBLEMS.get(problem, problem), {}
