"""The list of systems: found by every kind of word, filtered with chips, in a number of queries that does not grow."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from portfolio.models import BuildMode, CapabilityNode, Domain, System
from tests.portfolio.making import load, make_department, make_person, make_system, make_world

pytestmark = pytest.mark.django_db
INDEX = "/portfolio/"


@pytest.fixture(autouse=True)
def registry():
    """Four systems."""
    make_world()
    load(
        {
            "code": "S001",
            "name": "统一身份认证平台",
            "aliases": ["云海通行证"],
            "department": "M01",
            "status": "in_operation",
            "build_mode": "unified",
            "capabilities": [
                {"text": "扫码登录与单点跳转", "taxonomy": "A01", "domain": "BD22"},
                {"text": "机构人员通讯目录同步", "taxonomy": "A02", "domain": "BD22"},
            ],
        },
        {
            "code": "S002",
            "name": "重庆路积水监测系统",
            "aliases": ["12345热线 积水版", "ＷＡＴＥＲ看板"],
            "department": "M02",
            "status": "retired",
            "build_mode": "departmental",
            "capabilities": [{"text": "道路积水视频识别", "domain": "BD15"}],
        },
        {
            "code": "S003",
            "name": "预算一体化",
            "department": "M02",
            "status": "maintenance",
            "build_mode": "departmental",
        },
    )


@pytest.fixture
def reader(client):
    """A signed-in applicant."""
    client.force_login(make_person(Role.APPLICANT))
    return client


def found(reader, **query) -> list[str]:
    """Codes on the page."""
    return [system.code for system in reader.get(INDEX, query).context["page"]]


WORDS = {
    "统一身份": ["S001"],
    "通行证": ["S001"],
    "s001": ["S001"],
    "S00": ["S001", "S002", "S003"],
    "财政局": ["S002", "S003"],
    "Finance": ["S002", "S003"],
    "m02": ["S002", "S003"],
    "扫码": ["S001"],
    "tongyishenfen": ["S001"],
    "tysfrz": ["S001"],
    "TYSFRZ": ["S001"],
    "yhtxz": ["S001"],
    "chongqing": ["S002"],
    "cqljs": ["S002"],
    "chong qing": ["S002"],
    "12345rx": ["S002"],
    "12345热线积水": ["S002"],
    "water": ["S002"],
    "ｗａｔｅｒ": ["S002"],
    "积水 财政": ["S002"],
    "积水 扫码": [],
    "zhongqing": [],
    "%": [],
    "_": [],
    "'; drop table": [],
    "\\": [],
    "": ["S001", "S002", "S003"],
    "   ": ["S001", "S002", "S003"],
}


@pytest.mark.parametrize("words", WORDS)
def test_search_finds(reader, words):
    assert found(reader, q=words) == WORDS[words]


def test_capability_that_matched_is_shown(reader):
    page = reader.get(INDEX, {"q": "扫码 登录"})
    assert [hit.text for hit in page.context["page"][0].hits] == ["扫码登录与单点跳转"]
    assert "扫码登录与单点跳转" in page.content.decode()


FILTERS = {
    "status=retired": ["S002"],
    "build_mode=unified": ["S001"],
    "department=M02": ["S002", "S003"],
    "taxonomy=A01": ["S001"],
    "taxonomy=A": ["S001"],
    "domain=BD15": ["S002"],
    "domain=BD22&taxonomy=A02": ["S001"],
    "status=retired&department=M01": [],
    "q=积水&status=retired": ["S002"],
}


@pytest.mark.parametrize("query", FILTERS)
def test_filter_keeps(reader, query):
    page = reader.get(f"{INDEX}?{query}")
    assert [system.code for system in page.context["page"]] == FILTERS[query]
    chips = page.context["chips"]["chosen"]
    assert len(chips) == query.count("=")
    for chip in chips:
        assert chip["url"] in (INDEX, *(f"{INDEX}?{part}" for part in query.split("&"))) or "%" in chip["url"]


def test_chip_takes_its_own_filter_away_and_starts_at_the_first_page(reader):
    page = reader.get(INDEX, {"status": "retired", "department": "M02", "page": "1"})
    urls = [chip["url"] for chip in page.context["chips"]["chosen"]]
    assert urls == [f"{INDEX}?department=M02", f"{INDEX}?status=retired"]
    assert page.context["chips"]["total"] == 3
    assert page.context["page"].paginator.count == 1


def test_department_filter_reaches_subordinate_units(reader):
    make_system("S009", department=make_department("U9", "局属单位", parent=System.objects.get(code="S003").department))
    assert found(reader, department="M02") == ["S002", "S003", "S009"]


BAD = [
    "status=nothing",
    "department=M99",
    "taxonomy=%00",
    "domain=🙂",
    "q=%00",
    "q=" + "x" * 101,
    "page=0",
    "page=99999999999",
]
BAD += ["page=x", "page=-1", "q=%ff%fe", "department=M01&department=M02", "unknown=1", "status=%F0%9F%98%80"]


@pytest.mark.parametrize("query", BAD)
def test_odd_query_is_a_page_not_a_crash(reader, query):
    assert reader.get(f"{INDEX}?{query}").status_code == 200


@pytest.mark.parametrize("query", ["status=nothing", "department=M99", "q=" + "x" * 101])
def test_unreadable_filter_is_named_and_not_applied(reader, query):
    page = reader.get(f"{INDEX}?{query}")
    assert page.context["form"].errors
    assert "tc-summary" in page.content.decode()
    assert len(page.context["page"]) == 3


def test_fifty_systems_on_a_page(reader):
    for _ in range(60):
        make_system()
    assert len(found(reader)) == 50
    assert len(found(reader, page=2)) == 13


PAGES = [
    "/portfolio/?q=系统",
    "/portfolio/unified/",
    "/portfolio/taxonomy/",
    "/portfolio/export.csv",
    "/portfolio/negative/",
]


@pytest.mark.parametrize("url", [*PAGES, "/portfolio/systems/S001/"])
def test_number_of_queries_does_not_grow_with_rows(reader, django_assert_num_queries, url):
    reader.get(url)
    few = count(reader, url)
    node, domain = CapabilityNode.objects.get(code="A01"), Domain.objects.get(code="BD15")
    for number in range(30):
        unit = make_department(f"N{number}", f"单位{number}", parent=make_department(f"P{number}"))
        system = make_system(texts=("系统甲", "乙"), department=unit, build_mode=BuildMode.UNIFIED)
        system.capabilities.update(taxonomy=node, domain=domain)
    System.objects.get(code="S001").capabilities.update(taxonomy=node)
    for position in range(30):
        System.objects.get(code="S001").capabilities.create(
            code=f"S001-x{position}", text="丙", taxonomy=node, domain=domain
        )
    assert count(reader, url) == few


def count(reader, url: str) -> int:
    """Queries of one request."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert reader.get(url).status_code == 200
    return len(queries)


def test_empty_registry_says_what_to_do(client):
    System.objects.all().delete()
    for role, link in ((Role.STEWARD, True), (Role.APPLICANT, False)):
        client.force_login(make_person(role))
        page = client.get(INDEX).content.decode()
        assert (page.count(reverse("portfolio:import_systems")) == 2) is link
