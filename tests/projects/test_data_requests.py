"""Sharing requests: channels with a reason, legal basis, and the word that nothing is needed."""

import pytest
from django.core.exceptions import ValidationError

from projects import queries, sections, services
from projects.models import Project
from tests.projects.making import REQUEST, complete, make_project

pytestmark = pytest.mark.django_db


def save(project, **data):
    """Save section 5."""
    services.save_section(
        project_id=project.pk, actor=project.created_by, section="resources", data=data, expected_revision=None
    )


def missing(project):
    """Rows of the table with a gap in section 5."""
    gaps = sections.gaps(Project.objects.get(pk=project.pk))
    return sorted({gap.row for gap in gaps if gap.section == "resources"})


@pytest.mark.parametrize("channel", ["collected", "private"])
def test_channel_past_the_platform_needs_a_reason(channel):
    project = complete(make_project())
    save(project, data_requests=[{**REQUEST, "channel": channel}])
    assert missing(project) == ["resources.channels"]
    save(project, data_requests=[{**REQUEST, "channel": channel, "reason": "平台没有该项数据"}])
    assert missing(project) == []


@pytest.mark.parametrize("name", ["provider", "purpose", "legal_basis"])
def test_request_says_from_whom_what_for_and_on_which_basis(name):
    project = complete(make_project())
    save(project, data_requests=[REQUEST, {**REQUEST, "name": "水位", name: ""}])
    assert missing(project) == ["resources.data_requests_complete"]


def test_nothing_needed_is_said_and_not_assumed():
    project = complete(make_project())
    save(project, data_requests=[])
    assert missing(project) == ["resources.data_requests"]
    save(project, no_data_needed=True, data_needs="")
    assert missing(project) == []
    assert not queries.facts(Project.objects.get(pk=project.pk))["shares_data"]
    save(project, data_requests=[REQUEST])
    assert missing(project) == ["resources.data_requests_none"]


def test_requests_alone_say_that_data_are_exchanged():
    project = complete(make_project())
    save(project, data_needs="")
    assert queries.facts(Project.objects.get(pk=project.pk))["shares_data"]


@pytest.mark.parametrize("row", [{"name": ""}, {"name": "x", "channel": "friend"}, {"name": "x", "reason": "a\0"}])
def test_insane_row_is_refused_and_the_list_stays(row):
    project = complete(make_project())
    with pytest.raises(ValidationError) as refused:
        save(project, data_requests=[row])
    assert list(refused.value.message_dict) == ["data_requests"]
    assert project.data_requests.get().name == REQUEST["name"]
