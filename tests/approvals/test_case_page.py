"""The case page: the way in every state, who may know what a review concluded, and a clock with both limits."""

import re

import pytest
from django.urls import reverse
from django.utils.translation import override

from approvals.models import Decision
from approvals.queries import readable_reviews
from approvals.way import way_of
from planning.queries import policy
from projects.states import ENDINGS, State
from tests.approvals.acting import ITEM, act, fresh, open_review, pass_reviews, put
from tests.approvals.test_door_reviews import case  # noqa: F401 # a case under its three reviews
from tests.cast import make_case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"
    with override("en"):
        yield


def way(project, user):
    """The way as the page draws it for that person."""
    here = fresh(project)
    moves = list(Decision.objects.filter(project_id=here.pk).select_related("actor").order_by("seq"))
    return way_of(here, moves, readable_reviews(here, user), ["Wang", "Li", "Zhao"])


def node(project, user, state):
    """One node of it."""
    return next(node for node in way(project, user)["nodes"] if node["code"] == state)


def read(client, city, project, who="manager", query=""):
    """The page of the case as text."""
    client.force_login(getattr(city, who))
    answer = client.get(reverse("approvals:case", args=[project.ref]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_state_is_drawn_and_said(client, city, case):  # noqa: F811
    for state in State:
        put(case, state)
        drawn = way(case, city.applicant)["nodes"]
        here = [row for row in drawn if row["status"] in {"now", "returned"} or row["code"] == state]
        assert [row["code"] for row in here] == [state], state
        if state in ENDINGS:
            assert not [row for row in drawn if row["status"] == "future"], state
        page = read(client, city, case, "applicant")
        svg = re.search(r'<svg class="tc-way".*?</svg>', page, re.S).group(0)
        assert 'role="img" aria-labelledby="way-title way-desc"' in svg
        assert str(state.label).replace("'", "&#x27;") in re.search(r"<desc.*?</desc>", svg, re.S).group(0)
        assert "style=" not in svg
        listed = re.search(r"<ol class=\"tc-timeline tc-waylist\">.*?</ol>", page, re.S).group(0)
        assert all(str(row["label"]).replace("'", "&#x27;") in listed for row in drawn), state


def test_first_level_unit_has_no_endorsement_on_its_way(city):
    own = make_case(city, State.DRAFT, ref="P904", actor=city.applicant2)
    assert State.ENDORSEMENT not in [row["code"] for row in way(own, city.manager)["nodes"]]


def test_reviews_are_three_strands_with_what_the_reader_may_know(city, case):  # noqa: F811
    open_review(case, "planning", city.planner)
    pass_reviews(case, "requirements")
    seen = {row["label"]: row for row in node(case, city.manager, State.REVIEW)["strands"]}
    assert [row["status"] for row in seen.values()] == ["now", "done", "future"]
    assert seen["Planning review"]["detail"] == "planner"
    assert seen["Requirements review"]["detail"] == "requirements · Passed"
    hidden = node(case, city.standards, State.REVIEW)["strands"][1]
    assert (hidden["status"], hidden["detail"]) == ("done", "requirements · concluded")
    assert "Passed" not in node(case, city.applicant, State.REVIEW)["strands"][1]["detail"]


def test_who_holds_it_stands_below_the_present_node(city, case):  # noqa: F811
    assert node(case, city.manager, State.REVIEW)["lines"] == ["Wang", "Li and 1 more"]
    assert node(case, city.manager, State.INTAKE)["lines"][1] == "intake"


def test_experts_are_counted(city):
    before = make_case(city, State.EXPERT_REVIEW, ref="P902", amount="150.00")
    assert (
        node(before, city.manager, State.EXPERT_REVIEW)["lines"][0] == f"0 of {policy('expert_quorum')['T2']} opinions"
    )


def test_way_back_is_drawn_from_where_it_came(client, city):
    back = make_case(city, State.INTAKE, ref="P903")
    assert way(back, city.manager)["loops"] == []
    act(back, "return_for_correction", city.intake, items=[ITEM])
    loop = way(back, city.manager)["loops"][0]
    assert (loop["source"], loop["target"]) == (State.INTAKE, State.DRAFT)
    page = read(client, city, back)
    assert '<g class="loop">' in page
    assert "sent back 1 time" in page


def test_page_says_both_limits_and_the_days_so_far(client, city, case):  # noqa: F811
    page = read(client, city, case)
    assert reverse("approvals:deadline", args=[case.ref]) in page
    assert "legal limit" in page


def test_one_kind_of_entries_can_be_read(client, city, case):  # noqa: F811
    pass_reviews(case, "planning")
    everything, reviews = read(client, city, case), read(client, city, case, query="?kind=reviews")
    shown = [re.search(r'<ol class="tc-timeline">.*?</ol>', page, re.S).group(0) for page in (everything, reviews)]
    assert shown[0].count("<li") > shown[1].count("<li") == 1
    assert 'href="?kind=reviews#timeline" aria-current="true"' in reviews
    assert "Nothing" not in shown[1]
