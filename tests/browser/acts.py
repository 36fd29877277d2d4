"""What each person does in their own window, by clicking and typing; names of controls, so that any language will do."""

from tests.browser.watching import Window
from tests.projects.making import PDF, posted

# The form of the open item, sent once for every item without a verdict; returns how many were refused.
PASS_REST = """async () => {
  const form = document.querySelector("form[aria-labelledby=vd]");
  const open = [...document.querySelectorAll("#sheet .tc-tasks a")].filter(line => !line.querySelector(".done, .tc-badge"));
  let refused = 0;
  for (const code of open.map(line => line.querySelector(".no").textContent)) {
    const data = new FormData(form);
    for (const [name, value] of Object.entries({code, verdict: "pass", problem: "", suggestion: "", clause: ""}))
      data.set(name, value);
    const answer = await fetch(form.action, {method: "POST", body: data, redirect: "manual"});
    refused += answer.type === "opaqueredirect" ? 0 : 1;
  }
  await fetch("/me/");  // says "saved" once for each, which would push the page down
  return refused;
}"""
SEND = "main form.tc-panel button[type=submit]:not([name])"  # the button of a step's form
PAPERS = ("plan", "basis")


def begin(clerk: Window, title: str, kind: str = "new") -> str:
    """Start a proposal; returns its reference."""
    page = clerk.open("/projects/new/")
    page.check("[name=declared_unclassified]")
    page.fill("[name=title]", title)
    page.check(f"[name=kind][value={kind}]")
    clerk.press("main form.tc-panel .btn-primary")
    assert page.url.endswith("/edit/"), page.inner_text("main")
    return page.url.split("/")[-3]


def fill_in(clerk: Window, ref: str, texts: list[str], amounts: list[str]) -> None:
    """All nine sections, from one to the next by the button that saves."""
    page = clerk.open(f"/projects/{ref}/edit/overview/")
    for code in ("overview", "unit", "needs", "solution", "resources", "security", "management", "budget"):
        assert page.url.endswith(f"/edit/{code}/"), f"{page.url}: {page.inner_text('main')[:400]}"
        for name, value in posted(code).items():
            put(clerk, name, value)
        if code == "solution":
            capabilities(clerk, texts)
        if code == "budget":
            budget(clerk, ref, amounts)
        clerk.press("button[name=next]")
    tables(clerk, ref, amounts)
    page = clerk.open(f"/projects/{ref}/edit/attachments/")
    for kind in PAPERS:
        page.select_option("[name=kind]", kind)
        page.set_input_files("[name=file]", {"name": f"{kind}.pdf", "mimeType": "application/pdf", "buffer": PDF})
        clerk.press("main form[enctype] button")
        clerk.reads(f"{kind}.pdf")


def put(window: Window, name: str, value: object) -> None:
    """Type, choose or tick, whatever the control is."""
    control = window.page.locator(f"[name={name}]").first
    kind = control.evaluate("element => element.type")
    text = {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    if kind == "radio":
        window.page.check(f"[name={name}][value='{text}']")
    elif kind.startswith("select"):
        control.select_option(text)
    else:
        control.fill(text)


def capabilities(clerk: Window, texts: list[str]) -> None:
    """The first row is there; the button adds the others."""
    for number, text in enumerate(texts):
        if number:
            clerk.page.click("[data-row-add]")
        clerk.page.fill(f"[name=capabilities-{number}-text]", text)
        for name, value in (("taxonomy", "F02"), ("domain", "BD06"), ("service_object", "公众")):
            clerk.page.select_option(f"[name=capabilities-{number}-{name}]", value)


def budget(clerk: Window, ref: str, amounts: list[str]) -> None:
    """A line for each capability."""
    for number, amount in enumerate(amounts):
        if number:
            clerk.page.click("[data-row-add]")
        clerk.page.fill(f"[name=lines-{number}-name]", f"模块 {number + 1}")
        clerk.page.fill(f"[name=lines-{number}-amount]", amount)
        for name, value in (("capability", f"{ref}-{number + 1:02}"), ("fund_source", "municipal")):
            clerk.page.select_option(f"[name=lines-{number}-{name}]", value)


def tables(clerk: Window, ref: str, amounts: list[str]) -> None:
    """The requirement table and the function list, pasted: a line for each capability, functions as the money pays."""
    for table in ("trace", "functions"):
        lines = []
        for number, amount in enumerate(amounts):
            code = f"{ref}-{number + 1:02}"
            traced = f"需求 {code}\t防汛抢险指挥\t{code}\t抽查 30 笔全部留痕"
            lines.append(traced if table == "trace" else f"{code}\t登记\tEI\t{round(float(amount) / 0.652)}")
        clerk.open(f"/projects/{ref}/edit/{table}/")
        clerk.page.fill("#paste [name=text]", "\n".join(lines))
        clerk.press("#paste button")
        clerk.press("button[name=do]")


def submit(clerk: Window, ref: str) -> None:
    """Check the answers, send them."""
    page = clerk.open(f"/projects/{ref}/check/")
    assert page.locator("main aside form .btn-primary").count(), page.inner_text("main")
    clerk.press("main aside form .btn-primary")
    assert clerk.page.url.endswith(f"/projects/{ref}/"), clerk.page.inner_text("main")


def step(person: Window, ref: str, action: str, **values: str) -> None:
    """From the workbench or the case page to a step, fill it in, send it."""
    person.open(f"/projects/{ref}/")
    person.press(f"a[href$='/steps/{action}/']")
    for name, value in values.items():
        put(person, name, value)
    person.press(SEND)
    if person.page.url.endswith("/notice/"):  # the notice as it will be sent, looked at before it is
        person.press(SEND)
    assert person.page.url.endswith(f"/projects/{ref}/"), person.page.inner_text("main")


def judge(reviewer: Window, ref: str, opinion: str) -> None:
    """Take the review, pass item after item, conclude."""
    reviewer.open(f"/projects/{ref}/")
    reviewer.press("aside a[href*='/reviews/']")
    reviewer.press("button[formaction$='/review_open/']")
    judge_items(reviewer)
    reviewer.page.fill("form:has([formaction$='/review_pass/']) [name=comment]", opinion)
    reviewer.press("button[formaction$='/review_pass/']")
    assert reviewer.page.url.endswith(f"/projects/{ref}/"), reviewer.page.inner_text("main")


def judge_items(reviewer: Window, failing: dict[str, tuple[str, str, str]] | None = None) -> None:
    """On a review: those named fail (problem, suggestion, clause), the rest passes; what has a verdict keeps it.

    One is passed by hand; of the others only the sending is repeated, since drawing the page each time shows nothing new.
    """
    page, save = reviewer.page, "form[aria-labelledby=vd] button[type=submit]"
    address = page.url.split("?")[0]
    for code, said in (failing or {}).items():
        page.goto(f"{address}?item={code}")
        page.check("[name=verdict][value=fail]")
        for name, text in zip(("problem", "suggestion", "clause"), said, strict=True):
            page.fill(f"form[aria-labelledby=vd] [name={name}]", text)
        reviewer.press(save)
    page.goto(address)
    if page.locator("[name=verdict]").count() and not page.locator("[name=verdict]:checked").count():
        page.check("[name=verdict][value=pass]")
        reviewer.press(save)
        assert page.evaluate(PASS_REST) == 0
        page.goto(address)


def panel_of(manager: Window, ref: str) -> list[str]:
    """The user names of the experts that the first draw of the case gave."""
    rows = manager.open(f"/projects/{ref}/draws/1/").locator("section[aria-labelledby=order] tbody tr")
    return [row.locator(".tc-sub").inner_text() for row in rows.all() if row.locator("td strong").count()]


def give_opinion(expert: Window, ref: str, opinion: str) -> None:
    """Declare to have no interest, give points to each criterion, submit in favour."""
    expert.open(f"/projects/{ref}/")
    expert.press("aside a[href*='/reviews/']")
    expert.page.check("[name=no_interest]")
    expert.press("form[action$='/declaration/'] button[type=submit]")
    for field in expert.page.locator("input[name^='points-']").all():
        field.fill("85")
    expert.page.fill("form[action$='/points/'] [name=comment]", opinion)
    expert.press("button[name=conclude][value=review_pass]")


def close_lines(reviewer: Window) -> None:
    """On the page of a review: every line of a notice that it has to close is cured."""
    while reviewer.page.locator("[name^=close-][value=closed]").count():
        reviewer.page.locator("[name^=close-][value=closed]").first.check()
        reviewer.press("section[aria-labelledby=toclose] form:has([value=closed]:checked) button[type=submit]")


def answer(clerk: Window, ref: str, text: str) -> None:
    """Explain every finding of the case."""
    page = clerk.open(f"/projects/{ref}/findings/")
    links = page.locator("a[href$='/reply/']").evaluate_all(
        "all => [...new Set(all.map(one => one.getAttribute('href')))]"
    )
    for link in links:
        clerk.open(link)
        page.check("[name=reply][value=explain]")
        page.fill("[name=reply_text]", text)
        clerk.press("main form.tc-panel button[type=submit], main form button.btn-primary")


def settle(manager: Window, ref: str, opinion: str) -> None:
    """Let every finding pass as an exception, one by one."""
    page = manager.open(f"/projects/{ref}/findings/")
    selector = "a[href*='/findings/']:not([href$='/reply/'])"
    links = page.locator(selector).evaluate_all("all => [...new Set(all.map(one => one.getAttribute('href')))]")
    for link in [link for link in links if link.rstrip("/").split("/")[-1].isdigit()]:
        manager.open(link)
        if not page.locator("[name=decision]").count():
            continue
        page.check("[name=decision][value=exception]")
        page.select_option("[name=reason_code]", "different_object_or_area")
        page.fill("[name=comment]", opinion)
        manager.press("form:has([name=decision]) button:not([type=button])")
