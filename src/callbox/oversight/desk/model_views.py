# SPDX-License-Identifier: Apache-2.0
"""The models: a list, and one with its dated versions, articles, certainty and examples drawn on a time line."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from callbox.kernel.errors import NotFound
from callbox.kernel.terms import Term
from callbox.oversight.desk.parameters import form_rows, kind_of, parameter_rows
from callbox.oversight.desk.showing import certainty_row, show_history
from callbox.oversight.desk.words import (
    CERTAINTIES,
    EXAMPLES,
    FORMS,
    GRADES,
    OBJECTS,
    VERDICTS,
    in_words,
    named,
)
from callbox.oversight.domain.rules import Rule, Version
from callbox.oversight.library import MODELS, Example, read_examples, shipped_rules
from callbox.web.menu import desk_page
from callbox.web.terms import term_words

SEE = "oversight.see"


@never_cache
@require_GET
@desk_page(SEE)
def models(request: HttpRequest) -> HttpResponse:
    """All models, or those over one kind of object, of one certainty."""
    over, certainty = request.GET.get("over", ""), request.GET.get("certainty", "")
    rules = shipped_rules().values()
    shown = [
        rule for rule in rules if over in ("", rule.over) and certainty in ("", rule.versions[-1].certainty)
    ]
    context = {
        "rows": [_row(rule) for rule in shown],
        "of": len(rules),
        "over": over,
        "certainty": certainty,
        "objects": [(code, named(OBJECTS, code)) for code in sorted({rule.over for rule in rules})],
        "certainties": [(code, gettext(text)) for code, text in CERTAINTIES.items()],
    }
    return render(request, "oversight/desk/models.html", context)


@never_cache
@require_GET
@desk_page(SEE)
def model(request: HttpRequest, code: str) -> HttpResponse:
    """One model. Raises NotFound."""
    rule = rule_of(code)
    folder = MODELS / code
    context = {
        "row": _row(rule),
        "versions": [_version(each) for each in rule.versions],
        "says": form_rows(rule.versions[-1].form),
        "examples": [_example(each, rule) for each in read_examples(folder, rule)],
        "text": (folder / "rule.yaml").read_text(encoding="utf-8"),
        "calendar": rule.calendar.label,
        "zone": rule.calendar.zone,
    }
    return render(request, "oversight/desk/model.html", context)


def rule_of(code: str) -> Rule:
    """The model of this code. Raises NotFound."""
    rule = shipped_rules().get(code)
    if rule is None:
        raise NotFound
    return rule


def _row(rule: Rule) -> Mapping[str, object]:
    last = rule.versions[-1]
    limit = getattr(last.form, "limit", None)
    return {
        "code": rule.code,
        "name": in_words(rule.name),
        "grade": gettext(GRADES[rule.grade]),
        "over": named(OBJECTS, rule.over),
        "form": gettext(FORMS[kind_of(last.form)]),
        "limit": term_words(limit) if isinstance(limit, Term) else "",
        "source": last.source,
        **certainty_row(last.certainty),
    }


def _version(version: Version) -> Mapping[str, object]:
    return {
        "begins": version.begins,
        "ends": version.ends,
        "rows": parameter_rows(version.form),
        "source": version.source,
        **certainty_row(version.certainty),
    }


def _example(example: Example, rule: Rule) -> Mapping[str, object]:
    return {
        "kind": named(EXAMPLES, example.kind),
        "says": in_words(example.says),
        "as_of": example.as_of,
        "expect": [gettext(VERDICTS[each]) for each in example.expect],
        "shown": show_history(example.history, [rule], example.as_of, rule.calendar.zone),
    }
