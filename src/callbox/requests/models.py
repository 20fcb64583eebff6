# SPDX-License-Identifier: Apache-2.0
"""Requests with what is personal about them, and what the authority tunes, edition by edition."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from callbox.access.models import Agency
from callbox.matters.models import Matter
from callbox.requests.areas import Located


class Edition(models.Model):
    """One version of the catalogue, the areas or the routing rules, as it was loaded; never altered."""

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    version = models.IntegerField()
    text = models.TextField()
    loaded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "version"], name="requests_one_edition")]


class Article(models.Model):
    """One version of an article, as it was loaded: its words are never altered, its dates may be.

    words: what it is found by; see article_rows.py.
    """

    id = models.UUIDField(primary_key=True)
    code = models.TextField()
    version = models.IntegerField()
    since = models.DateField()
    until = models.DateField(null=True)
    agency = models.TextField(default="")
    categories = ArrayField(models.TextField(), default=list)
    title_en = models.TextField()
    title_zh = models.TextField()
    keywords_en = models.TextField()
    keywords_zh = models.TextField()
    text_en = models.TextField()
    text_zh = models.TextField()
    source = models.TextField()
    words = SearchVectorField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="requests_one_article")]
        indexes = [GinIndex(fields=["words"], name="requests_article_words")]


class Learned(models.Model):
    """A model that suggests categories: its weights as plain arrays, and how it was measured; never altered.

    why: a code of why it may not be used; "" when it may. figures: see suggesting.py.
    """

    id = models.UUIDField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    features = models.IntegerField()
    figures = models.JSONField()
    usable = models.BooleanField()
    why = models.TextField(default="")
    sha256 = models.TextField()
    weights = models.BinaryField()


class Suggested(models.Model):
    """Once, a model suggested categories and a person chose one. place: which of them it was; 0 for another.

    It says neither who nor which request nor when, but for the day.
    """

    model = models.ForeignKey(Learned, models.PROTECT, related_name="+")
    day = models.DateField()
    place = models.SmallIntegerField()


# Written as the index has it: with a value to compare with, a plan that is kept could not tell that it fits.
ASSISTED = Q(RawSQL("assisting <> '{}'", [], output_field=models.BooleanField()))


class Request(models.Model):
    """What a resident wants dealt with. `number` is what people say.

    agency: who has it now; None while it is the desk's. sent_first: where it went first. rule, why: which rule sent
    it there, and what made it the one. district, grid, sub_grid: codes of the areas it lies in, "" where not known.
    """

    matter = models.OneToOneField(Matter, models.PROTECT, primary_key=True, related_name="request")
    number = models.BigIntegerField(unique=True)
    channel = models.TextField()
    category = models.TextField()
    urgency = models.SmallIntegerField()
    district = models.TextField(default="")
    grid = models.TextField(default="")
    sub_grid = models.TextField(default="")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    sent_first = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    backstop = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    assisting = ArrayField(models.UUIDField(), default=list)
    rule = models.TextField(default="")
    why = models.TextField(default="")
    returns = models.SmallIntegerField(default=0)
    at_backstop = models.BooleanField(default=False)
    confidential = models.BooleanField(default=False)
    result = models.TextField(default="")
    disposition = models.TextField(default="")
    said = models.TextField(default="", db_default="")
    reopened = models.SmallIntegerField(default=0, db_default=0)
    merged_into = models.UUIDField(null=True)
    open = models.BooleanField(default=True)

    class Meta:
        # Each list has one that is in its order, so that a page costs as much among a million as among a thousand.
        indexes = [
            models.Index(fields=["agency", "number"], name="requests_inbox", condition=Q(open=True)),
            models.Index(
                fields=["agency", "number"], name="requests_over_by_agency", condition=Q(open=False)
            ),
            models.Index(fields=["number"], name="requests_open", condition=Q(open=True)),
            models.Index(fields=["number"], name="requests_over", condition=Q(open=False)),
            models.Index(fields=["number"], name="requests_assisted", condition=ASSISTED),
            models.Index(fields=["category", "number"], name="requests_by_category"),
            models.Index(fields=["grid", "number"], name="requests_by_grid"),
            models.Index(fields=["sub_grid", "number"], name="requests_by_sub_grid"),
        ]

    @property
    def located(self) -> Located:
        """The areas it lies in."""
        return Located(self.district, self.grid, self.sub_grid)


class Details(models.Model):
    """Where it is (WGS84), and sealed: words, address, answers, and how to reach the reporter unless that is hidden.

    Personal; the agency that deals with it reads it.
    """

    request = models.OneToOneField(Request, models.CASCADE, primary_key=True, related_name="details")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    sealed = models.BinaryField(null=True)
    retain_until = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["retain_until"],
                name="requests_details_due",
                condition=Q(sealed__isnull=False) | Q(lon__isnull=False),
            )
        ]


class Reporter(models.Model):
    """Who reports, sealed. Personal; never read by an agency: what it may know stands in Details."""

    request = models.OneToOneField(Request, models.CASCADE, primary_key=True, related_name="reporter")
    sealed = models.BinaryField(null=True)
    retain_until = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["retain_until"], name="requests_reporter_due", condition=Q(sealed__isnull=False)
            )
        ]


class Remark(models.Model):
    """One remark or answer in words, sealed. Personal: it may say anything. The journal only says that it was made."""

    id = models.UUIDField(primary_key=True)
    request = models.ForeignKey(Request, models.CASCADE, related_name="remarks")
    by = models.TextField()
    at = models.DateTimeField()
    sealed = models.BinaryField(null=True)
    retain_until = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["retain_until"], name="requests_remark_due", condition=Q(sealed__isnull=False)
            )
        ]


class Follow(models.Model):
    """How whoever reports gets at their request again. Keyed digests alone: of the form they sent, of their key.

    form: None where it came by no form. Gone when what is personal about the request is.
    """

    request = models.OneToOneField(Request, models.CASCADE, primary_key=True, related_name="follow")
    form = models.TextField(null=True, unique=True)
    key = models.TextField()
    retain_until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["retain_until"], name="requests_follow_due")]


class Code(models.Model):
    """A one-time code, as a keyed digest, for the one browser that asked for it. tries: how many are left."""

    id = models.UUIDField(primary_key=True)
    request = models.ForeignKey(Request, models.CASCADE, related_name="+")
    browser = models.TextField()
    code = models.TextField()
    tries = models.SmallIntegerField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["browser", "until"], name="requests_code_of")]


class Attempt(models.Model):
    """Something that is counted for a while, so that nobody does it too often. who: a keyed digest."""

    who = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["who", "at"], name="requests_attempt_who"),
            models.Index(fields=["at"], name="requests_attempt_at"),
        ]


class ApiKey(models.Model):
    """The key of an app that may report through Open311, as a keyed digest. name: what the app is called."""

    id = models.UUIDField(primary_key=True)
    name = models.TextField()
    key = models.TextField(unique=True)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(ended_at=None), name="requests_one_api_key"
            )
        ]


class HandedOver(models.Model):
    """A hand-over between the two lines. source, of: the call, incident or request it is about; became: what it began.

    offer: the latest; whether it is open stands there. given_by: who offered it, so that somebody else takes it on.
    """

    matter = models.OneToOneField(Matter, models.PROTECT, primary_key=True, related_name="+")
    source = models.TextField()
    of = models.UUIDField()
    reason = models.TextField()
    given_by = models.TextField()
    offer = models.UUIDField(null=True)
    became_kind = models.TextField(default="")
    became = models.UUIDField(null=True)
    open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["of"], condition=Q(open=True), name="requests_one_open_handover")
        ]
        indexes = [
            models.Index(fields=["of"], name="requests_handed_over"),
            models.Index(fields=["became"], name="requests_handed_became", condition=Q(became__isnull=False)),
        ]


class Ringing(models.Model):
    """Who calls back the resident of a request now, and until when nobody else does."""

    request = models.OneToOneField(Request, models.CASCADE, primary_key=True, related_name="+")
    by = models.TextField()
    until = models.DateTimeField()


class Outcome(models.Model):
    """What a request came to, by the entries of its journal up to where they were read for this.

    Derived, so that figures need not read all of the journal: see `outcomes.py`. Texts are "" where nothing was said.
    """

    request_id = models.UUIDField(primary_key=True)
    opened_at = models.DateTimeField()
    agency = models.TextField()
    category = models.TextField()
    area = models.TextField()
    accepted = models.BooleanField()
    contacted = models.BooleanField()
    fed_back = models.BooleanField()
    result = models.TextField()
    ask = models.TextField()
    due_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["opened_at"], name="requests_outcome_opened")]
