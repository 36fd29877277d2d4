"""The edit form: what was typed is kept on an error, nothing is overwritten unseen, checks are those of the import."""

import pytest
from django.urls import reverse

from accounts.models import Department
from accounts.roles import Role
from portfolio.models import Capability, CapabilityNode, Domain, System
from portfolio.signals import inventory_changed
from tests.portfolio.making import CAPABILITY, SYSTEM, changed, load, make_person, make_world, stored

pytestmark = pytest.mark.django_db
EDIT, NEW = "/portfolio/systems/S001/edit/", "/portfolio/new/"


@pytest.fixture(autouse=True)
def registry():
    """One system with two capabilities."""
    make_world()
    load(changed(capabilities=[CAPABILITY, CAPABILITY | {"code": "S001-02", "text": "人脸核验", "taxonomy": "A02"}]))


@pytest.fixture
def steward(client):
    """The signed-in steward."""
    client.force_login(make_person(Role.STEWARD))
    return client


def typed(client, url: str = EDIT, **more) -> dict:
    """What a browser would send back for the page as it is, with some fields changed."""
    context = client.get(url).context
    form, rows = context["form"], context["formset"]
    sent = {bound.html_name: bound.value() for bound in form}
    for row in (rows.management_form, *rows):
        sent |= {bound.html_name: bound.value() for bound in row}
    sent |= {f"capabilities-{key}" if key[:1].isdigit() else key: value for key, value in more.items()}
    return {key: value for key, value in sent.items() if value is not None and value is not False}


def test_form_sent_back_unchanged_changes_nothing(steward):
    before, version = stored(), System.objects.get().version
    assert steward.post(EDIT, typed(steward)).url == "/portfolio/systems/S001/"
    assert (stored(), System.objects.get().version) == (before, version)


def test_fields_and_capabilities_are_changed_added_and_taken_away(steward, django_capture_on_commit_callbacks):
    heard = []

    def listen(codes, **_kwargs):
        heard.append(codes)

    inventory_changed.connect(listen)
    domain = Domain.objects.get(code="BD15").pk
    more = {"name": "认证中心", "aliases": "甲\n乙；甲", "users": "12", "on_gov_cloud": "false", "0-domain": domain}
    more |= {"1-DELETE": "on", "2-text": "新能力", "2-service_object": "公众"}
    with django_capture_on_commit_callbacks(execute=True):
        steward.post(EDIT, typed(steward, **more))
    system = System.objects.get()
    assert (system.name, system.aliases, system.users, system.on_gov_cloud) == ("认证中心", ["甲", "乙"], 12, False)
    assert "rzzx" in system.pinyin
    rows = list(system.capabilities.values_list("code", "text", "domain__code", "service_object"))
    assert rows[0][:3] == ("S001-01", "扫码登录与单点跳转", "BD15")
    assert rows[1] == ("S001-03", "新能力", None, "公众")
    assert len(rows) == 2
    assert heard == [("S001",)]


def test_code_cannot_be_changed(steward):
    steward.post(EDIT, typed(steward, code="S777"))
    assert System.objects.get().code == "S001"


BAD = {
    "name": ["", "x" * 121, "a\x00b", "a\u202eb"],
    "aliases": ["x" * 61],
    "department": ["", "999999", "x"],
    "status": ["", "nothing"],
    "built_on": ["2019-02-30", "1066-01-01"],
    "build_cost": ["-1", "1.234", "NaN", "1e309", "Infinity", "十"],
    "users": ["-1", "1.5", "99999999999"],
    "mlps_level": ["0", "6"],
    "description": ["x" * 4001, "a\x1bb"],
}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in BAD.items() for value in values])
def test_bad_value_is_named_at_its_field_and_everything_typed_is_kept(steward, field, value):
    before = stored()
    answer = steward.post(EDIT, typed(steward, **{"contact_name": "新联系人", field: value, "2-text": "新能力"}))
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    page = answer.content.decode()
    assert "新联系人" in page
    assert "新能力" in page
    assert "tc-summary" in page
    assert stored() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", ""),
        ("text", "x" * 501),
        ("text", "a\x00"),
        ("taxonomy", "99999"),
        ("domain", "x"),
        ("service_object", "all"),
    ],
)
def test_bad_capability_is_named_at_its_row(steward, field, value):
    before = stored()
    answer = steward.post(EDIT, typed(steward, **{f"1-{field}": value}))
    assert answer.status_code == 200
    assert field in answer.context["formset"].forms[1].errors
    assert stored() == before


@pytest.mark.parametrize("code", ["S002-01", "能力", "x" * 40])
def test_tampered_capability_code_is_refused(steward, code):
    load(changed(code="S002", capabilities=[CAPABILITY | {"code": "S002-01"}]))
    before = stored()
    answer = steward.post(EDIT, typed(steward, **{"1-code": code}))
    assert answer.status_code == 200
    assert "tc-summary" in answer.content.decode()
    assert stored() == before


@pytest.mark.parametrize("total", ["0", "-1", "x", "999999999", ""])
def test_tampered_number_of_rows_is_not_a_crash(steward, total):
    assert steward.post(EDIT, typed(steward, **{"capabilities-TOTAL_FORMS": total})).status_code in (200, 302)


def test_empty_post_is_not_a_crash(steward):
    before = stored()
    assert steward.post(EDIT, {}).status_code == 200
    assert steward.post(NEW, {}).status_code == 200
    assert stored() == before


def test_change_by_someone_else_is_not_overwritten_unseen(steward):
    mine = typed(steward, description="我的说明")
    load(changed(users=7))
    before = stored()
    answer = steward.post(EDIT, mine)
    assert answer.status_code == 409
    assert "我的说明" in answer.content.decode()
    assert stored() == before
    again = mine | {"version": answer.context["form"]["version"].value()}
    assert steward.post(EDIT, again).status_code == 302
    assert System.objects.get().description == "我的说明"


def test_new_system_is_registered(steward):
    department = Department.objects.get(code="M02").pk
    more = {
        "code": "S100",
        "name": "新平台",
        "department": department,
        "status": "in_operation",
        "build_mode": "unified",
    }
    answer = steward.post(NEW, typed(steward, NEW, **more, **{"0-text": "甲", "again": "1"}))
    assert answer.url == reverse("portfolio:edit", args=["S100"])
    assert System.objects.get(code="S100").capabilities.get().code == "S100-01"
    answer = steward.post(NEW, typed(steward, NEW, **more))
    assert "code" in answer.context["form"].errors


def test_code_taken_a_moment_ago_is_a_conflict(steward, monkeypatch):
    department = Department.objects.get(code="M02").pk
    more = {"code": "S001", "name": "新", "department": department, "status": "retired", "build_mode": "unified"}
    monkeypatch.setattr("portfolio.forms.SystemForm.validate_unique", lambda self: None)
    before = stored()
    assert steward.post(NEW, typed(steward, NEW, **more)).status_code == 409
    assert stored() == before


def test_number_of_queries_does_not_grow_with_capabilities(steward, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    steward.get(EDIT)
    counts = []
    for turn in range(2):
        with CaptureQueriesContext(connection) as queries:
            steward.get(EDIT)
        counts.append(len(queries))
        system, node = System.objects.get(), CapabilityNode.objects.get(code="A01")
        for number in range(30):
            Capability.objects.create(system=system, code=f"S001-x{turn}{number}", text="丙", taxonomy=node)
    assert counts[0] == counts[1]


def test_nobody_else_may_edit(client):
    for role in (Role.APPLICANT, Role.MANAGER, Role.AUDITOR):
        client.force_login(make_person(role))
        assert client.post(EDIT, {"name": "x"}).status_code == 403
        assert client.post(NEW, {"name": "x"}).status_code == 403
    assert System.objects.get().name == SYSTEM["name"]
