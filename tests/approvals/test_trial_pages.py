"""Trials as a manager makes them: enter, see what would change, put in force."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from duplicates import Thresholds
from planning.queries import policy
from portfolio.models import SynonymGroup
from projects.models import Trial
from tests.accounts.people import make_department, make_person
from tests.projects.screening_rows import FLOOD, make_inventory, make_policies, make_project

pytestmark = pytest.mark.django_db
FITTED = Thresholds()
ENTERED = {"red": "0.6", "amber": "0.2", "mapped": "0.9", "finding": FITTED.finding}
ENTERED |= {"untagged": FITTED.untagged, "related": FITTED.related}
GROUP = {"kind": "object", "members": "鱼鳞图册、阡陌卷宗", "source": "市档案馆"}


@pytest.fixture
def manager(client, settings):
    """A manager who is signed in, in a city with a registry and one proposal."""
    settings.ENCODER = "lexical"
    make_policies()
    make_inventory()
    make_project(capabilities=((FLOOD, 66), ("孕产妇建档随访", 34)))
    user = make_person("manager", Role.MANAGER, department=make_department("M01"))
    client.force_login(user)
    return user


def post(client, name, data, *args):
    """Send a form."""
    return client.post(reverse(f"approvals:{name}", args=args), data)


def test_from_entered_thresholds_to_a_policy_row(client, manager, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = post(client, "thresholds", ENTERED)
    trial = Trial.objects.get()
    assert answer["Location"] == reverse("approvals:trial", args=[trial.pk])
    page = client.get(answer["Location"])
    assert [(row["ref"], row["before"]["band"], row["after"]["band"]) for row in page.context["answer"]["rows"]] == [
        ("P1", "amber", "red")
    ]
    assert page.context["answer"]["moved"] == 1
    assert 'http-equiv="refresh"' not in page.content.decode()
    adopt = {"source": "纪要〔2026〕3号", "note": "漏报偏多", "valid_from": timezone.localdate().isoformat()}
    assert post(client, "trial", {**adopt, "source": ""}, trial.pk).status_code == 422
    assert policy("bands")["red"] == 0.7
    assert post(client, "trial", adopt, trial.pk)["Location"] == reverse("approvals:thresholds")
    assert policy("bands") == {"red": 0.6, "amber": 0.2, "mapped": 0.9}
    assert post(client, "trial", adopt, trial.pk).status_code == 422


def test_from_entered_words_to_a_group_in_use_and_out_again(client, manager):
    answer = post(client, "synonyms", GROUP)
    trial = Trial.objects.get()
    assert answer["Location"] == reverse("approvals:trial", args=[trial.pk])
    assert post(client, "trial", {}, trial.pk).status_code == 422  # not tried to the end
    assert not SynonymGroup.objects.get().is_active
    Trial.objects.update(status=Trial.Status.DONE, result=EMPTY)
    assert client.get(answer["Location"]).status_code == 200
    assert post(client, "trial", {}, trial.pk)["Location"] == reverse("approvals:synonyms")
    group = SynonymGroup.objects.get()
    assert (group.is_active, group.members, group.added_by) == (True, ["鱼鳞图册", "阡陌卷宗"], manager)
    post(client, "switch_synonyms", {}, group.pk)
    newest = Trial.objects.first()
    assert (newest.group, newest.after["active"], newest.after["synonyms"]) == (group, False, [])


EMPTY = {"proposals": [], "changes": [], "kinds": {"appears": 0, "disappears": 0, "changes": 0}, "findings": [0, 0]}


@pytest.mark.parametrize(
    ("name", "sent", "field"),
    [
        ("thresholds", {**ENTERED, "red": "1.2"}, "red"),
        ("thresholds", {**ENTERED, "red": "nan"}, "red"),
        ("thresholds", {**ENTERED, "amber": "0.6"}, "amber"),
        ("thresholds", {**ENTERED, "related": "0.5"}, "related"),
        ("thresholds", {**ENTERED, "mapped": ""}, "mapped"),
        ("synonyms", {**GROUP, "members": "鱼鳞图册"}, "members"),
        ("synonyms", {**GROUP, "members": "鱼鳞图册、阡\x07陌"}, "members"),
        ("synonyms", {**GROUP, "source": ""}, "source"),
        ("synonyms", {**GROUP, "kind": "thing"}, "kind"),
    ],
)
def test_wrong_entry_is_named_at_its_field_and_nothing_is_tried(client, manager, name, sent, field):
    page = post(client, name, sent)
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert not Trial.objects.exists()
    assert not SynonymGroup.objects.exists()


def test_page_of_a_trial_that_goes_on_renews_itself_without_script(client, manager):
    post(client, "thresholds", ENTERED)
    trial = Trial.objects.get()
    address = reverse("approvals:trial", args=[trial.pk])
    page = client.get(address).content.decode()
    assert 'http-equiv="refresh"' in page
    Trial.objects.update(status=Trial.Status.FAILED, error="The trial took too long and was stopped.")
    page = client.get(address)
    assert 'http-equiv="refresh"' not in page.content.decode()
    assert page.context["error"]


def test_shipped_groups_are_listed_with_their_source_and_searched(client, manager):
    page = client.get(reverse("approvals:synonyms"))
    assert len(page.context["shipped"]) >= 300
    assert all(group["source"] for group in page.context["shipped"])
    few = client.get(reverse("approvals:synonyms"), {"q": "单点登录"}).context["shipped"]
    assert 0 < len(few) < 5
