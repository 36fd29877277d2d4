"""What each person does in a case, page by page: file, endorse, accept, review item by item, answer, settle, approve."""

from decimal import Decimal
from typing import Any

from projects.models import Project
from tests.journeys.pages import Page
from tests.journeys.people import Person
from tests.projects.making import TEXTS, make_pdf, posted

LINES = (("调度模块开发", "90.00"), ("登记模块开发", "60.00"))
EXPLAIN = {"reply": "explain", "reply_text": "服务对象和业务环节不同，只建设差异部分。"}
EXCEPTION = {
    "decision": "exception",
    "reason_code": "different_object_or_area",
    "comment": "业务对象不同，允许建设差异部分。",
}


def begin(person: Person, title: str) -> str:
    """Declare, name and start a proposal; returns its reference."""
    page = person.open("/projects/new/")
    page = person.send(
        page, page.form("/projects/new/"), {"declared_unclassified": "on", "title": title, "kind": "new"}
    )
    assert page.address.endswith("/edit/")
    return page.address.split("/")[-3]


def fill_in(person: Person, ref: str, texts: list[str], amounts: list[str]) -> None:
    """All nine sections through their forms, one capability and one line of the budget for each text."""
    for code in ("overview", "unit", "needs", "resources", "security", "management"):
        section(person, ref, code, posted(code))
    capabilities(person, ref, texts)
    budget(person, ref, amounts)
    tables(person, ref, amounts)
    for kind in ("plan", "basis"):
        page = person.open(f"/projects/{ref}/edit/attachments/")
        page = person.send(page, page.form("/documents/"), {"kind": kind, "file": make_pdf(f"{kind}.pdf")})
        assert page.says(f"{kind}.pdf")


def section(person: Person, ref: str, code: str, values: dict[str, Any], status: int = 200) -> Page:
    """Open a section, fill it in, save and go on."""
    page = person.open(f"/projects/{ref}/edit/{code}/")
    return person.send(page, page.form(f"/edit/{code}/", has="revision"), values, press="next", status=status)


def capabilities(person: Person, ref: str, texts: list[str]) -> None:
    """One row after the other: without scripts, "add" saves and offers an empty row."""
    values: dict[str, Any] = dict(TEXTS["solution"])
    for number, text in enumerate(texts):
        page = person.open(f"/projects/{ref}/edit/solution/{'?add=1' if number else ''}")
        row = {"text": text, "taxonomy": "F02", "domain": "BD15", "service_object": "公众"}
        values |= {f"capabilities-{number}-{name}": value for name, value in row.items()}
        page = person.send(page, page.form("/edit/solution/", has="revision"), values, press="add")
        values = {}
    assert Project.objects.get(ref=ref).capabilities.count() == len(texts)


def budget(person: Person, ref: str, amounts: list[str]) -> None:
    """One line for each capability."""
    for number, amount in enumerate(amounts):
        page = person.open(f"/projects/{ref}/edit/budget/{'?add=1' if number else ''}")
        row = {"name": f"模块 {number + 1}", "amount": amount, "category": "software", "fund_source": "municipal"}
        row["capability"] = f"{ref}-{number + 1:02}"
        values = {f"lines-{number}-{name}": value for name, value in row.items()}
        person.send(page, page.form("/edit/budget/", has="revision"), values, press="add")
    assert Project.objects.get(ref=ref).total == sum(map(Decimal, amounts))


def tables(person: Person, ref: str, amounts: list[str]) -> None:
    """The requirement table and the function list, pasted: one line and as many functions as the money would pay for."""
    codes = [f"{ref}-{number + 1:02}" for number in range(len(amounts))]
    traced = "\n".join(f"需求 {code}\t防汛抢险指挥\t{code}\t抽查 30 笔全部留痕" for code in codes)
    counted = "\n".join(
        f"{code}\t登记\tEI\t{round(Decimal(amount) / Decimal('0.652'))}"
        for code, amount in zip(codes, amounts, strict=True)
    )
    for table, text in (("trace", traced), ("functions", counted)):
        page = person.open(f"/projects/{ref}/edit/{table}/")
        page = person.send(page, page.form(f"/{table}/paste/"), {"text": text})
        person.send(page, page.form(f"/{table}/paste/"), press="do")


def submit(person: Person, ref: str, action: str = "submit", status: int = 200) -> Page:
    """Check the answers and send them."""
    page = person.open(f"/projects/{ref}/check/")
    return person.send(page, page.form(f"/steps/{action}/"), status=status)


def file(person: Person, title: str, texts: list[str], amounts: list[str]) -> str:
    """A whole proposal from the first page to its submission; returns its reference."""
    ref = begin(person, title)
    fill_in(person, ref, texts, amounts)
    page = submit(person, ref)
    assert page.says(person.says("Supervising-department endorsement"))
    return ref


def judge(person: Person, ref: str, verdicts: dict[str, dict[str, str]] | None = None) -> Page:
    """Take the own review and judge its sheet item by item; everything passes but the codes in `verdicts`."""
    page = person.follow(person.case(ref), "/reviews/")
    page = person.send(page, page.form("/review_open/"), press="review_open")
    while page.response.context["open_items"]:
        form = page.form(has="verdict")
        code = form.fields["code"].value
        page = person.send(page, form, (verdicts or {}).get(code, {"verdict": "pass"}))
    return page


def conclude(
    person: Person, page: Page, action: str = "review_pass", opinion: str = "同意。", status: int = 200
) -> Page:
    """Send the review."""
    return person.send(page, page.form(f"/{action}/"), {"comment": opinion}, press=f"/{action}/", status=status)


def review(person: Person, ref: str, opinion: str = "同意。") -> Page:
    """Judge everything as passed, conclude."""
    return conclude(person, judge(person, ref), "review_pass", opinion)


def give_opinion(person: Person, ref: str, opinion: str) -> Page:
    """An expert declares to have no interest, gives points and an opinion, and submits them."""
    page = person.follow(person.case(ref), "/reviews/")
    page = person.send(page, page.form("/declaration/"), {"no_interest": "on"})
    form = page.form("/points/")
    points = {name: "85" for name in form.fields if name.startswith("points-")}
    return person.send(page, form, {**points, "comment": opinion}, press="review_pass")


def answer_findings(person: Person, ref: str) -> None:
    """The unit explains each open finding."""
    page = person.open(f"/projects/{ref}/findings/")
    for address in dict.fromkeys(link for link in page.links if link.endswith("/reply/")):
        form_page = person.open(address)
        person.send(form_page, form_page.form("/reply/", has="reply"), EXPLAIN)


def settle_findings(person: Person, ref: str, values: dict[str, str] | None = None) -> None:
    """The manager decides each open finding on its page."""
    for finding in (
        Project.objects.get(ref=ref).findings.filter(is_current=True, decision="").exclude(relation="related")
    ):
        page = person.open(f"/projects/{ref}/findings/{finding.pk}/")
        person.send(page, page.form(f"/findings/{finding.pk}/", has="decision"), values or EXCEPTION)
