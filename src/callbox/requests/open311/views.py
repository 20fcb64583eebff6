# SPDX-License-Identifier: Apache-2.0
"""The resources of GeoReport v2. Refusals are answered as the specification asks, in the format asked for."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from callbox.access.seeing import seeing_everything
from callbox.kernel.errors import Invalid, NotAllowed, NotFound, Refusal, Unavailable
from callbox.kernel.ids import new_id
from callbox.kernel.tables import Words, read_table
from callbox.kernel.text import gettext_noop as _
from callbox.matters.queries import calendar_in_force
from callbox.requests import queries
from callbox.requests.catalogue import Category
from callbox.requests.counting import mark_of
from callbox.requests.domain import ROOM
from callbox.requests.following import NUMBER, sent_before
from callbox.requests.open311.answers import TYPES, XML, Value, written
from callbox.requests.open311.keys import key_known
from callbox.requests.open311.listing import CLOSED, OPEN, SPAN, Search, public_requests
from callbox.requests.open311.posting import report_of
from callbox.requests.open311.services import definition, service
from callbox.requests.reporting import report_request

type Found = tuple[str, Value]
CHANGESET = "2026-11-22T00:00:00Z"
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
NO_SERVICE = _("service_code was not provided.")
NO_SUCH_SERVICE = _("service_code %(code)s was not found.")
NO_JURISDICTION = _("jurisdiction_id %(said)s was not found.")
NO_SUCH = _("There is nothing of this number.")
NO_KEY = _("The api_key is missing or not valid: nothing was created.")
NO_METHOD = _("This resource does not take this method.")
NOT_A_DATE = _("This is not a date with a time zone, as 2026-01-31T00:00:00Z.")
TOO_LONG = _("start_date and end_date are at most 90 days apart, the earlier first.")
NOT_A_STATUS = _("status is open or closed.")


def resource(*methods: str) -> Callable[[Callable[..., Found]], Callable[..., HttpResponse]]:
    """An answer in the format that the address names; refusals as `errors`. An app has no cookie: no CSRF."""

    def decorated(view: Callable[..., Found]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @never_cache
        @wraps(view)
        def answer(request: HttpRequest, form: str, **more: str) -> HttpResponse:
            try:
                if form not in TYPES:
                    raise NotFound(NO_SUCH)
                if request.method not in methods:
                    raise Invalid(NO_METHOD)
                _check_jurisdiction(request)
                root, value = view(request, **more)
            except Refusal as refusal:
                return _refused(refusal, form if form in TYPES else XML)
            return HttpResponse(written(root, value, form), content_type=TYPES[form])

        return answer

    return decorated


def _refused(refusal: Refusal, form: str) -> HttpResponse:
    """404 for what is not there, 403 for the key, 429 for too many, 400 for all else."""
    status = next((code for kind, code in STATUSES.items() if isinstance(refusal, kind)), 400)
    said = [refusal.told(gettext)]
    if isinstance(refusal, Invalid) and refusal.fields:
        said = [f"{name}: {gettext(why)}" for name, why in refusal.fields.items()]
    errors: Value = [{"code": status, "description": each} for each in said]
    return HttpResponse(written("errors", errors, form), content_type=TYPES[form], status=status)


STATUSES: dict[type[Refusal], int] = {NotFound: 404, NotAllowed: 403, Unavailable: 429}


def _check_jurisdiction(request: HttpRequest) -> None:
    said = request.GET.get("jurisdiction_id") or request.POST.get("jurisdiction_id")
    if said and said != settings.CONFIG.city:
        raise NotFound(NO_JURISDICTION, said=said[:100])


def _language() -> str:
    return get_language() or "en"


def _groups() -> dict[str, Words]:
    return {row.need("code"): row.words() for row in read_table(ROOM, "groups.tsv")}


@resource("GET", "HEAD")
def discovery(request: HttpRequest) -> Found:
    """Where the endpoint is and what it speaks."""
    here = request.build_absolute_uri("/open311/v2")
    endpoint: Value = {
        "specification": SPECIFICATION,
        "url": here,
        "changeset": CHANGESET,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    return "discovery", {
        "changeset": CHANGESET,
        "contact": gettext("Write to the authority that runs this."),
        "key_service": gettext("Keys are given by the authority that runs this."),
        "endpoints": [endpoint],
    }


@resource("GET", "HEAD")
def services(_request: HttpRequest) -> Found:
    """All categories that a request may be about now."""
    groups = _groups()
    offered = queries.catalogue_in_force().offered(calendar_in_force().day_of(timezone.now()))
    found: Value = [
        service(each, groups.get(each.group, Words(each.group, each.group)), _language()) for each in offered
    ]
    return "services", found


@resource("GET", "HEAD")
def service_definition(_request: HttpRequest, code: str) -> Found:
    """The questions of one category."""
    return "service_definition", definition(_category(code), _language())


def _category(code: str) -> Category:
    found = queries.catalogue_in_force().categories.get(code)
    if found is None or not found.in_force(calendar_in_force().day_of(timezone.now())):
        raise NotFound(NO_SUCH_SERVICE, code=code[:100])
    return found


@resource("GET", "HEAD", "POST")
def requests(request: HttpRequest) -> Found:
    """Search, or report."""
    if request.method == "POST":
        return _post(request)
    return "service_requests", public_requests(_search(request), _language())


def _post(request: HttpRequest) -> Found:
    app = key_known(request.POST.get("api_key") or request.GET.get("api_key", ""))
    if not app:
        raise NotAllowed(NO_KEY)
    code = request.POST.get("service_code", "")
    if not code:
        raise Invalid(NO_SERVICE)
    category, form = _category(code), new_id()
    report = report_of(category, request.POST, _language())
    media = [each.read() for each in request.FILES.getlist("media") if each.size]
    counted = {"reports_by_app": mark_of("report", app)}
    done = report_request(report, form, media, counted=counted, at=timezone.now())
    notice = done.problem.told(gettext) if done.problem else None
    told: dict[str, Value] = {"service_notice": notice, "account_id": None}
    if category.sensitive:
        return "service_requests", [{"token": str(form), **told}]
    return "service_requests", [{"service_request_id": str(done.request.number), **told}]


def _search(request: HttpRequest) -> Search:
    numbers = tuple(
        int(each) for each in _several(request, "service_request_id") if each.isdecimal() and len(each) < 19
    )
    if request.GET.get("service_request_id"):
        return Search(numbers=numbers or (0,))
    statuses = _several(request, "status")
    if not set(statuses) <= {OPEN, CLOSED}:
        raise Invalid(NOT_A_STATUS)
    begin, end = _moment(request, "start_date"), _moment(request, "end_date")
    if begin is None:
        begin = (end or timezone.now()) - SPAN
    elif end is None:
        end = begin + SPAN
    if end is not None and not begin <= end <= begin + SPAN:
        raise Invalid(TOO_LONG)
    return Search((), _several(request, "service_code"), statuses, begin, end)


def _several(request: HttpRequest, name: str) -> tuple[str, ...]:
    said = ",".join(request.GET.getlist(name))
    return tuple(each.strip() for each in said.split(",") if each.strip())


def _moment(request: HttpRequest, name: str) -> datetime | None:
    said = request.GET.get(name, "").strip()
    if not said:
        return None
    try:
        found = parse_datetime(said.replace(" ", "+"))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not 1900 < found.year < 2200:
        raise Invalid(fields={name: NOT_A_DATE})
    return found


@resource("GET", "HEAD")
def one_request(_request: HttpRequest, number: str) -> Found:
    """How one request stands."""
    known = NUMBER.fullmatch(number)
    found = public_requests(Search(numbers=(int(number),)), _language()) if known else []
    if not found:
        raise NotFound(NO_SUCH)
    return "service_requests", found


@resource("GET", "HEAD")
def token(_request: HttpRequest, said: str) -> Found:
    """The number of what was reported, for whoever holds the token that it was answered with."""
    try:
        form = UUID(said)
    except ValueError:
        raise NotFound(NO_SUCH) from None
    with seeing_everything():  # its number alone is handed out
        row = sent_before(form)
    if row is None:
        raise NotFound(NO_SUCH)
    return "service_requests", [{"service_request_id": str(row.number), "token": said}]
