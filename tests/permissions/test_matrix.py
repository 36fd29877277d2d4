"""Every address × every role × own and other unit, against expected.py; an address that is not listed fails."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.shortcuts import resolve_url
from django.urls import URLPattern, URLResolver, get_resolver

from tests.permissions import expected
from tests.permissions.town import address

pytestmark = pytest.mark.django_db
# An empty form, as a browser sends it.
SENT: dict[str, dict[str, str]] = {"GET": {}, "POST": {"csrfmiddlewaretoken": "x"}}
# Answers to anybody's POST, so not worth a row each: pages of the sign-in package that are its own business to test.
MANY = 6  # as many people read a page whoever they are, not for their role alone
FOREIGN = ("account_", "mfa_")


def rows() -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Method, name, side, and the answers in the order of PEOPLE."""
    lines = [line.split() for line in expected.TABLE.strip().splitlines() if line and not line.startswith("#")]
    return [(line[0], line[1], line[2], tuple(line[3:])) for line in lines]


ROWS = rows()


def names(resolver: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """The name of every address of the urlconf."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from names(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        else:
            yield f"{space}{entry.name}"


def answer(response) -> str:
    """The status, with the way to the sign-in page told from other redirects."""
    response.close()
    to_login = response.status_code == 302 and urlsplit(response["Location"]).path == resolve_url(settings.LOGIN_URL)
    return "log" if to_login else str(response.status_code)


def test_table_is_well_formed():
    assert {method for method, *_rest in ROWS} <= set(SENT)
    assert {len(answers) for *_rest, answers in ROWS} == {len(expected.PEOPLE)}
    keys = [(method, name, side) for method, name, side, _answers in ROWS]
    assert len(keys) == len(set(keys))


def test_every_address_is_in_the_table():
    listed = {name for _method, name, _side, _answers in ROWS}
    assert sorted(set(names()) - listed) == []
    assert sorted(listed - set(names())) == []


def test_unlisted_or_unnamed_address_is_seen():
    urls = [URLPattern(get_resolver().pattern, test_table_is_well_formed, name=name) for name in ("stray", None)]
    listed = {name for _method, name, _side, _answers in ROWS}
    assert {url.name for url in urls if str(url.name) not in listed} == {"stray", None}


def is_left_to_others(answers: tuple[str, ...], column: int, number: int) -> bool:
    """Every refusal is asked for; of the many who all read the same page a third does, in turn. EVERY_RULE=1: all."""
    many = answers.count("200") >= MANY and answers[column] == "200"
    return many and not os.environ.get("EVERY_RULE") and (column + number) % 3 != 0


@pytest.mark.parametrize("who", expected.PEOPLE)
def test_every_address_answers_as_the_table_says(town, browsers, undone, who):
    column, wrong = expected.PEOPLE.index(who), []
    for number, (method, name, side, answers) in enumerate(ROWS):
        if is_left_to_others(answers, column, number):
            continue
        with undone():
            found = answer(getattr(browsers(who), method.lower())(address(town, name, side), SENT[method]))
        if found != answers[column]:
            wrong.append(f"{method:4} {name:32} {side:5} {who}: {found}, not {answers[column]}")
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize("who", ["manager", "steward", "applicant"])
def test_address_without_a_form_takes_no_form(town, browsers, undone, who):
    forms, wrong = {name for method, name, _side, _answers in ROWS if method == "POST"}, []
    for _method, name, side, _answers in ROWS:
        if name in forms or name.startswith(FOREIGN) or name in {"healthz", "readyz"}:
            continue
        with undone():
            found = answer(browsers(who).post(address(town, name, side)))
        if found != "405":
            wrong.append(f"POST {name} {side} {who}: {found}")
    assert not wrong, "\n" + "\n".join(wrong)
