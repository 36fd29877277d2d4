"""The pages of the library: who may open them, what they show, how they filter, how little they ask the database."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Assignment, Department, User
from accounts.roles import Role
from standards import services
from standards.models import ChecklistItem, Standard

pytestmark = pytest.mark.django_db


def make_reader(role=Role.APPLICANT, language="zh-hans"):
    """A client signed in as somebody with this role, or with none."""
    unit = Department.objects.create(code="T01", name="测试局", kind="municipal")
    user = User.objects.create(username="reader", department=unit, language=language)
    if role:
        Assignment.objects.create(user=user, role=role, department=unit)
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


@pytest.fixture
def library():
    services.seed()


def _pages():
    standard = Standard.objects.get(number="GB/T 39786-2021")
    return [
        reverse("standards:index"), reverse("standards:catalogue"),
        reverse("standards:item", args=["SE-04"]), reverse("standards:standard", args=[standard.pk]),
    ]  # fmt: skip


def test_pages_open_in_both_languages(library):
    for language in ("zh-hans", "en"):
        User.objects.all().delete()
        Department.objects.all().delete()
        client = make_reader(language=language)
        for page in _pages():
            answer = client.get(page)
            assert answer.status_code == 200, page
            assert ("标准库" if language == "zh-hans" else "Standards library") in answer.text


def test_pages_refuse_people_without_a_role_and_send_strangers_to_sign_in(library):
    client = make_reader(role=None)
    for page in _pages():
        assert client.get(page).status_code == 403, page
        assert Client().get(page).status_code == 302, page
        assert client.post(page).status_code == 405, page


@pytest.mark.parametrize("path", ["items/XX-99/", "items/se-04/", "catalogue/999999/", f"catalogue/{10**30}/"])
def test_unknown_entry_is_not_found(library, path):
    assert make_reader().get(reverse("standards:index") + path).status_code == 404


def test_index_shows_all_items_over_two_pages_and_counts(library):
    client = make_reader()
    first, second = client.get(reverse("standards:index")), client.get(reverse("standards:index"), {"page": 2})
    assert "PL-01" in first.text
    assert "PR-02" not in first.text
    assert "PR-02" in second.text
    assert [chip["count"] for chip in first.context["chips"]["offered"]] == [8, 11, 37, 22, 21, 6, 7]
    assert [tab["count"] for tab in first.context["tabs"]] == [56, 67, 1]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({"kind": "planning"}, 8),
        ({"severity": "acceptance"}, 7),
        ({"kind": "requirements", "severity": "advisory"}, 1),
        ({"q": "SE-04"}, 1),
        ({"q": "密码应用"}, 2),
        ({"q": "cryptography"}, 2),
        ({"q": "GB/T 39786"}, 2),
        ({"q": "39786 密评"}, 1),
        ({"q": "没有这样的词"}, 0),
        ({"kind": "planning", "q": "密码"}, 0),
    ],
)
def test_index_filters(library, query, codes):
    answer = make_reader().get(reverse("standards:index"), query)
    assert answer.context["page"].paginator.count == codes
    assert len(answer.context["chips"]["chosen"]) == len(query)


@pytest.mark.parametrize("query", ["kind=nonsense", "severity=%00", "q=%00", f"q={'x' * 61}", "page=-3", "page=x"])
def test_unreadable_filter_is_named_and_the_list_still_shown(library, query):
    answer = make_reader().get(f"{reverse('standards:index')}?{query}")
    assert answer.status_code == 200
    assert answer.context["page"].paginator.count == 56
    assert ("data-error-summary" in answer.text) is not query.startswith("page")


def test_chip_addresses_keep_the_other_filters_and_drop_the_page(library):
    answer = make_reader().get(reverse("standards:index"), {"kind": "standards", "q": "密码", "page": "2"})
    chips = answer.context["chips"]
    by_label = {chip["label"]: chip["url"] for chip in [*chips["chosen"], *chips["offered"]]}
    base = reverse("standards:index")
    assert by_label["统一标准规范"] == f"{base}?q=%E5%AF%86%E7%A0%81"
    assert by_label["一票否决"] == f"{base}?kind=standards&q=%E5%AF%86%E7%A0%81&severity=veto"


def test_item_page_says_condition_ground_and_source(library):
    text = make_reader().get(reverse("standards:item", args=["SE-05"])).text
    assert "mlps_level &gt;= 3 or cii" in text
    for part in ("国家密码管理局令第3号", "GB/T 39786-2021", "密评结果备案要求", "验收时：一票否决"):
        assert part in text
    assert "是否属于关键信息基础设施" in text


def test_entry_from_memory_is_marked_for_confirmation(library):
    client = make_reader()
    for code, marked in (("SE-01", True), ("SE-04", False)):
        answer = client.get(reverse("standards:item", args=[code]))
        assert answer.context["item"].to_confirm is marked
        assert ("待核实" in answer.text) is marked


def test_standard_page_names_successor_predecessor_and_citing_items(library):
    client = make_reader()
    old, new = (Standard.objects.get(number=number) for number in ("GM/T 0054-2018", "GB/T 39786-2021"))
    assert "GB/T 39786-2021" in client.get(old.get_absolute_url()).text
    answer = client.get(new.get_absolute_url())
    assert "GM/T 0054-2018" in answer.text
    assert [item.code for item in answer.context["items"]] == ["SE-04", "SE-05"]


def test_catalogue_filters_and_counts_citing_items(library):
    client = make_reader()
    answer = client.get(reverse("standards:catalogue"), {"status": "superseded"})
    assert [row.number for row in answer.context["page"]] == ["GM/T 0054-2018", "穗政数〔2020〕6号"]
    answer = client.get(reverse("standards:catalogue"), {"q": "39786 四个"})
    assert [(row.number, row.item_count) for row in answer.context["page"]] == [("GB/T 39786-2021", 2)]


def test_empty_library_says_how_to_fill_it():
    client = make_reader()
    for name in ("index", "catalogue"):
        assert "seed_standards" in client.get(reverse(f"standards:{name}")).text


def test_list_pages_ask_the_database_as_often_for_one_row_as_for_many(library):
    client = make_reader()
    pages = [reverse("standards:index"), reverse("standards:catalogue")]
    many = [_queries(client, page) for page in pages]
    ChecklistItem.objects.exclude(code="SE-04").delete()
    Standard.objects.exclude(number="GB/T 39786-2021").filter(supersedes=None).delete()
    assert [_queries(client, page) for page in pages] == many


def _queries(client, page):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len(captured)
