"""The ordinary way, once."""

import pytest

from config.demo.walk import Walker
from projects.states import State
from tests.cast import duplicate_text, make_case


@pytest.mark.parametrize("state", [State.ENDORSEMENT, State.INTAKE, State.REVIEW, State.DECISION, State.APPROVED])
def test_case_reaches_state(city, state):
    assert make_case(city, state).state == state


def test_large_case_goes_before_experts(city):
    assert make_case(city, State.EXPERT_REVIEW, amount="150.00").state == State.EXPERT_REVIEW


def test_duplicate_goes_to_adjudication(city):
    case = make_case(city, State.ADJUDICATION, text=duplicate_text(city))
    assert case.findings.filter(is_current=True).exists()
    Walker().to(case.ref, State.APPROVED)
