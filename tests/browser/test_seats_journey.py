"""A review that three people sign together, in Chromium: 加签, 委派 and 回避 on the way to one conclusion."""

import pytest

pytestmark = pytest.mark.browser
REF = "P21"


def move(window, name, **values):
    """From the review page to one move of the own seat, fill it in, send it."""
    window.press(f".tc-seats a[href$='/{name}/']")
    for field, value in values.items():
        if field == "person":
            key = window.page.locator(f"[name=person] option:has-text('{value}')").get_attribute("value")
            window.page.select_option("[name=person]", key)
        elif field == "placement":
            window.page.check(f"[name=placement][value={value}]")
        else:
            window.page.fill(f"[name={field}]", value)
    window.press("main form.tc-panel button[type=submit]")


def sign(person, review, opinion):
    """Read the review, choose the outcome, sign."""
    person.open(review)
    person.page.check("[name=outcome][value=pass]")
    person.page.fill("form[action$='/sign/'] [name=comment]", opinion)
    person.press("form[action$='/sign/'] button[type=submit]")


def test_three_sign_with_an_added_signer_a_view_and_a_recusal(desk, site):
    review = f"/projects/{REF}/reviews/{site.keys['standards_P21']}/"
    second, third, asked = desk("standards2"), desk("standards3"), desk("standards5")

    asked.open("/")
    asked.reads(REF)
    asked.open(review)
    asked.reads("请看密码应用方案是否与三级要求一致")
    move(asked, "give_back", comment="密码应用方案与三级要求一致。")
    third.open(review)
    third.reads("密码应用方案与三级要求一致", "1/3")
    move(third, "recuse", comment="近亲属任职于申报单位。")

    second.open(review)
    second.reads("1/2")
    move(second, "add", person="金若兰", placement="before", comment="请核对公共组件。")
    second.open(review)
    assert second.page.locator("#no-sign").count(), "an added signer before me does not block my step"
    added = desk("standards4")
    added.open("/")
    added.reads(REF)
    sign(added, review, "公共组件复用合规。")
    second.open("/")
    second.reads(REF)
    sign(second, review, "同意，符合标准。")

    second.open(review)
    second.reads("公共组件复用合规", "同意，符合标准", "等级保护定级合理")
    assert second.page.locator("form[action$='/sign/']").count() == 0
    manager = desk("manager")
    manager.open(f"/projects/{REF}/")
    for person in (second, added, third, asked):
        person.open("/")
        assert not person.page.locator(f"main a[href='/projects/{REF}/']").count(), (
            "a concluded review is nobody's task"
        )
