# SPDX-License-Identifier: Apache-2.0
import pytest

from callbox.kernel.tables import TableError
from callbox.kernel.terms import Term, parse_term


@pytest.mark.parametrize(
    "text",
    [
        "5 working_days next_day",
        "30 days next_day rolls",
        "24 hours next_hour inclusive",
        "2 months at_once rolls",
    ],
)
def test_a_term_reads_as_it_is_written(text: str) -> None:
    assert str(parse_term(text)) == text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not a term"),
        ("5", "not a term"),
        ("5 days", "not a term"),
        ("five days at_once", "not a term"),
        ("-5 days at_once", "not a term"),
        ("1.5 days at_once", "not a term"),
        ("٥ days at_once", "not a term"),
        ("999999999 days at_once", "not a term"),
        ("5 days at_once soon", "after the beginning"),
        ("5 days at_once inclusive rolls", "after the beginning"),
        ("0 days at_once", "1 to 3660 days"),
        ("3661 days at_once", "1 to 3660 days"),
        ("5 weeks at_once", "no such unit"),
        ("5 days next_hour", "days begin as one of at_once, next_day,"),
        ("5 hours later", "hours begin"),
        ("5 working_days next_day rolls", "only days and months roll"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, problem: str) -> None:
    with pytest.raises(TableError, match=problem):
        parse_term(text)


def test_only_absolute_terms_have_a_length_of_their_own() -> None:
    assert str(Term(90, "minutes").length) == "1:30:00"
    assert Term(90, "minutes", "next_day").length is None
    assert Term(1, "days").length is None


def test_what_depends_on_working_days_says_so() -> None:
    asks = {str(term): term.by_calendar for term in (Term(1, "days"), Term(1, "days", rolls=True))}
    assert asks == {"1 days at_once": False, "1 days at_once rolls": True}
    assert Term(1, "business_hours").by_calendar
    assert not Term(1, "hours").by_calendar
