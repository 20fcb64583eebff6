# SPDX-License-Identifier: Apache-2.0
"""The steps of a request as forms, and what a form says as an action. For the room's pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext

from callbox.access.queries import agencies_by_code
from callbox.incidents.catalogue import load_types
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Invalid, NotFound
from callbox.kernel.text import gettext_noop as _
from callbox.kernel.text import storable
from callbox.matters.queries import calendar_in_force
from callbox.requests import actions, asking, dividing, extending, handing, lines, passing, queries
from callbox.requests.answering import close_with_article, feed_back_article
from callbox.requests.article_rows import articles_in_force
from callbox.requests.desk_words import answers, dispositions, named, reasons
from callbox.requests.domain import RESOLVE
from callbox.requests.handed import in_danger
from callbox.requests.hinting import article_key
from callbox.requests.models import Request
from callbox.requests.passing import PASSED_ON
from callbox.requests.rows import agency_name, in_words

LONGEST = 4000
CHOOSE = _("Choose yes or no.")
NO_NUMBER = _("There is no open request of this number that you may see.")

DO = {
    "accept": _("Sign for it"),
    "assign": _("Send to an agency"),
    "reassign": _("Send to another agency"),
    "return": _("Return to the desk"),
    "contact": _("Note a contact"),
    "feed_back": _("Feed back"),
    "suspend": _("Put on hold"),
    "resume": _("Take up again"),
    "ask": _("Note what the resident says"),
    "close": _("Close"),
    "reopen": _("Open again"),
    "supervise": _("Give to the supervisors"),
    "remark": _("Write a remark"),
    "article": _("Answer with an article"),
    "danger": _("Danger: to the emergency line at once"),
    "hide_reporter": _("Hide who reports"),
    "show_reporter": _("Show who reports to the agency"),
    "merge": _("Same as another request"),
    "withdraw": _("Withdraw"),
    "pass_on": _("Offer to another agency"),
    "answer_pass_on": _("Answer the offer"),
    "ask_extension": _("Ask for more time"),
    "answer_extension": _("Answer who asks for more time"),
    "split": _("Give a part to one more agency"),
    "waive_part": _("Do without a part"),
}
# What each form asks for, beside its button. The steps in their order on the page.
ASKS: Mapping[str, tuple[str, ...]] = {
    "accept": (),
    "assign": ("agency",),
    "feed_back": ("result", "words"),
    "contact": ("contact",),
    "resume": (),
    "ask": ("said",),
    "close": ("disposition",),
    "remark": ("text",),
    "danger": ("type",),
    "article": ("article",),
    "answer_pass_on": ("accept",),
    "answer_extension": ("grant", "refusal"),
    "reassign": ("agency", "reason"),
    "pass_on": ("agency",),
    "ask_extension": ("amount", "reason"),
    "split": ("agency",),
    "waive_part": ("part", "reason"),
    "return": ("reason",),
    "suspend": ("reason",),
    "reopen": ("reason",),
    "supervise": ("reason",),
    "merge": ("number",),
    "hide_reporter": (),
    "show_reporter": (),
    "withdraw": ("reason",),
}
FIRST = frozenset(
    {
        "answer_pass_on",
        "answer_extension",
        "accept",
        "assign",
        "feed_back",
        "contact",
        "resume",
        "ask",
        "close",
        "remark",
        "danger",
    }
)
KEYS = {"accept": "a", "feed_back": "b", "resume": "a"}


@dataclass(frozen=True, slots=True)
class StepForm:
    """One form. first: it stands open; the others are behind a fold. fields: name, label kind and options of each."""

    step: str
    label: str
    first: bool
    key: str = ""
    fields: list[dict[str, object]] = field(default_factory=list)


def step_forms(actor: Actor, request: Request) -> list[StepForm]:
    """The forms of the steps that this actor may take now."""
    may = {*queries.moves_for(actor, request), *further_for(actor, request)}
    may.discard("show_reporter" if not request.confidential else "hide_reporter")
    return [
        StepForm(
            step,
            named(DO, step),
            step in FIRST,
            KEYS.get(step, ""),
            [_field(actor, request, step, name) for name in ASKS[step]],
        )
        for step in ASKS
        if step in may
    ]


def further_for(actor: Actor, request: Request) -> list[str]:
    """What this actor may do now that is no move of the workflow."""
    scope, keys = request.matter.scope, actor.keys
    leads, offer = request.matter.owner in keys, queries.offered(request)
    asked, runs = queries.time_asked(request), queries.runs(request, RESOLVE)
    now = {
        "pass_on": leads and offer is None and request.matter.state in PASSED_ON,
        "answer_pass_on": offer is not None and offer.taker in keys,
        "ask_extension": leads and runs and not asked,
        "answer_extension": bool(asked),
        "split": request.open and queries.whole_of(request) is None,
        "waive_part": bool(_waivable(actor, request)),
    }
    found = [name for name, may in now.items() if may and actor.may(f"request.{name}", scope)]
    reports = request.open and actor.may(f"{lines.KIND}.danger", scope) and not in_danger(request.pk)
    found += ["danger"] if reports else []
    return [*found, "article"] if may_answer(actor, request) else found


def may_answer(actor: Actor, request: Request) -> bool:
    """Whether this actor may answer it with an article now: the desk that may close it, or the agency that leads."""
    return not {"close", "accept", "feed_back"}.isdisjoint(queries.moves_for(actor, request))


def _waivable(actor: Actor, request: Request) -> list[tuple[str, str]]:
    parts = queries.parts_of(actor, request)
    return [
        (str(each.request.pk), f"{each.request.number} {agency_name(each.request.agency)}")
        for each in parts
        if each.request.open and not each.waived
    ]


def _field(actor: Actor, request: Request, step: str, name: str) -> dict[str, object]:
    options: dict[str, Callable[[], list[tuple[str, str]]]] = {
        "agency": lambda: [(code, agency_name(each)) for code, each in agencies_by_code().items()],
        "result": dispositions,
        "disposition": dispositions,
        "said": answers,
        "contact": lambda: reasons("contact"),
        "reason": lambda: reasons({"reassign": "assign"}.get(step, step)),
        "refusal": lambda: reasons("refuse_extension"),
        "grant": lambda: [("yes", gettext("Yes")), ("no", gettext("No"))],
        "accept": lambda: [("yes", gettext("Yes")), ("no", gettext("No"))],
        "part": lambda: _waivable(actor, request),
        "type": incident_types,
        "article": all_articles,
    }
    found = options[name]() if name in options else None
    label = named(LABELS, name)
    return {"name": name, "label": label, "options": found, "id": f"id_{step}_{name}", "free": name in FREE}


def incident_types() -> list[tuple[str, str]]:
    """What may have happened: code and name of each type of incident."""
    return [(code, in_words(kind.name)) for code, kind in load_types().items()]


def all_articles() -> list[tuple[str, str]]:
    """Every article that may be told today: code with version, and title."""
    day = calendar_in_force().day_of(timezone.now())
    return [(f"{each.code}/{each.version}", in_words(each.title)) for each in articles_in_force(day)]


def answer_with(form: "Form") -> object:
    """With the article that was chosen: the agency that leads feeds it back, the desk closes with it."""
    chosen = article_key(form.text("article"))
    if chosen is None:
        raise Invalid(fields={"article": actions.NO_ARTICLE_NAMED})
    owner = queries.request_for(form.by, form.request).matter.owner
    answer = feed_back_article if owner in form.by.keys else close_with_article
    return answer(form.request, *chosen, seen=form.seen(), by=form.by, at=form.at)


LABELS = {
    "article": _("Which article"),
    "agency": _("Agency"),
    "result": _("What came of it"),
    "words": _("What is to be known"),
    "contact": _("What came of it"),
    "said": _("Answer of the resident"),
    "disposition": _("How it ended"),
    "text": _("Remark"),
    "reason": _("Why"),
    "number": _("Number of the other request"),
    "amount": _("How many more days"),
    "grant": _("Grant more time"),
    "refusal": _("Why not, if not"),
    "accept": _("Take it over"),
    "part": _("Part"),
    "type": _("What happened, if it is known"),
}
FREE = frozenset({"words", "refusal", "type"})  # may be left empty


def take_step(step: str, request_id: UUID, said: Mapping[str, str], *, by: Actor, at: datetime) -> None:
    """Do what a form says. Raises NotFound for a step that is none, and what the action raises."""
    run = RUN.get(step)
    if run is None:
        raise NotFound
    run(Form(request_id, said, by, at))


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent."""

    request: UUID
    said: Mapping[str, str]
    by: Actor
    at: datetime

    def text(self, name: str) -> str:
        """One entry, no longer than the database keeps."""
        return storable(self.said.get(name, "")).strip()[:LONGEST]

    def whole(self, name: str) -> int:
        """A whole number; 0 for what is none."""
        text = self.text(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0

    def yes(self, name: str) -> bool:
        """Whether yes was chosen. Raises Invalid for neither."""
        if self.text(name) not in ("yes", "no"):
            raise Invalid(fields={name: CHOOSE})
        return self.text(name) == "yes"

    def id(self, name: str) -> UUID:
        """An id. Raises NotFound for what is none."""
        try:
            return UUID(self.text(name))
        except ValueError:
            raise NotFound from None

    def seen(self) -> int | None:
        """The version of the request that the person looked at."""
        return self.whole("seen") or None

    def other(self) -> UUID:
        """The request of the number that was entered. Raises Invalid."""
        found = queries.open_of_number(self.by, self.whole("number"))
        if found is None:
            raise Invalid(NO_NUMBER, fields={"number": NO_NUMBER})
        return found


type Run = Callable[[Form], object]
RUN: Mapping[str, Run] = {
    "accept": lambda f: actions.accept_request(f.request, seen=f.seen(), by=f.by, at=f.at),
    "assign": lambda f: actions.assign_request(f.request, f.text("agency"), seen=f.seen(), by=f.by, at=f.at),
    "reassign": lambda f: actions.assign_request(
        f.request, f.text("agency"), f.text("reason"), seen=f.seen(), by=f.by, at=f.at
    ),
    "return": lambda f: actions.return_request(f.request, f.text("reason"), seen=f.seen(), by=f.by, at=f.at),
    "contact": lambda f: actions.note_contact(f.request, f.text("contact"), by=f.by, at=f.at),
    "feed_back": lambda f: actions.feed_back(
        f.request, f.text("result"), f.text("words"), seen=f.seen(), by=f.by, at=f.at
    ),
    "suspend": lambda f: actions.suspend_request(f.request, f.text("reason"), by=f.by, at=f.at),
    "resume": lambda f: actions.resume_request(f.request, by=f.by, at=f.at),
    "ask": lambda f: asking.note_said(f.request, f.text("said"), seen=f.seen(), by=f.by, at=f.at),
    "close": lambda f: actions.close_request(
        f.request, f.text("disposition"), seen=f.seen(), by=f.by, at=f.at
    ),
    "reopen": lambda f: actions.reopen_request(f.request, f.text("reason"), by=f.by, at=f.at),
    "supervise": lambda f: asking.supervise_request(f.request, f.text("reason"), by=f.by, at=f.at),
    "remark": lambda f: actions.add_remark(f.request, f.text("text"), by=f.by, at=f.at),
    "hide_reporter": lambda f: actions.set_confidential(f.request, True, by=f.by, at=f.at),
    "show_reporter": lambda f: actions.set_confidential(f.request, False, by=f.by, at=f.at),
    "merge": lambda f: actions.merge_request(f.request, f.other(), by=f.by, at=f.at),
    "withdraw": lambda f: actions.withdraw_request(f.request, f.text("reason"), by=f.by, at=f.at),
    "pass_on": lambda f: passing.pass_on(f.request, f.text("agency"), by=f.by, at=f.at),
    "answer_pass_on": lambda f: passing.answer_pass_on(f.request, f.yes("accept"), by=f.by, at=f.at),
    "ask_extension": lambda f: extending.ask_for_time(
        f.request, f.whole("amount"), f.text("reason"), by=f.by, at=f.at
    ),
    "answer_extension": lambda f: extending.answer_for_time(
        f.request, f.yes("grant"), f.text("refusal"), by=f.by, at=f.at
    ),
    "article": answer_with,
    "danger": lambda f: handing.report_danger(f.request, f.text("type"), by=f.by, at=f.at),
    "split": lambda f: dividing.split_request(f.request, f.text("agency"), by=f.by, at=f.at),
    "waive_part": lambda f: dividing.waive_request_part(
        f.request, f.id("part"), f.text("reason"), by=f.by, at=f.at
    ),
}
