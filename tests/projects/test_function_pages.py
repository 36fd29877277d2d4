"""The pages of the requirement table and of the function list: editing, pasting, workbooks, conflicts."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from projects import services
from projects.models import Project
from tests.projects.making import capability_row, force_state, line_row, make_project
from tests.projects.test_tracing import codes_of, count, item, row, trace

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def project():
    made = make_project()
    rows = [capability_row(), capability_row(text="登记积水点")]
    services.save_capabilities(project_id=made.pk, actor=made.created_by, rows=rows, expected_revision=None)
    lines = [line_row(capability=codes_of(made)[0])]
    services.save_budget(project_id=made.pk, actor=made.created_by, rows=lines, expected_revision=None)
    return Project.objects.get(pk=made.pk)


@pytest.fixture
def clerk(client, project):
    client.force_login(project.created_by)
    return client


def address(project, name: str, **more) -> str:
    return reverse(f"projects:{name}", kwargs={"ref": project.ref, **more})


def sent(project, prefix: str, *rows, **more) -> dict:
    """The form as the page sends it."""
    data = {
        f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0,
        "revision": Project.objects.get(pk=project.pk).revision,
    }  # fmt: skip
    for number, values in enumerate(rows):
        data |= {f"{prefix}-{number}-{name}": value for name, value in values.items()}
    return {**data, **more}


def paste(clerk, project, text: str, table: str = "trace", **more):
    data = {"text": text, "revision": Project.objects.get(pk=project.pk).revision, **more}
    return clerk.post(address(project, "paste", table=table), data)


def test_page_shows_points_and_money_of_each_capability(clerk, project):
    first, second = codes_of(project)
    trace(project, row(first), row(second))
    count(project, item(first))
    page = clerk.get(address(project, "trace")).content.decode()
    assert "12.00" in page
    assert "120.00" in page
    assert "data-row-template" in page


def test_table_is_saved_as_a_whole(clerk, project):
    code = codes_of(project)[0]
    answer = clerk.post(address(project, "trace"), sent(project, "trace", row(code), row("", need_text="乙"), {}))
    assert answer.status_code == 302
    assert list(project.trace_rows.values_list("need_text", "capability__code")) == [
        ("内涝时找不到队伍", code),
        ("乙", None),
    ]
    answer = clerk.post(address(project, "trace"), sent(project, "trace", {**row(code), "DELETE": "on"}, row("")))
    assert project.trace_rows.count() == 1


def test_wrong_cell_is_named_and_the_rest_is_kept(clerk, project):
    answer = clerk.post(address(project, "trace"), sent(project, "trace", row("X-99", need_text="保留我"), row("")))
    assert answer.status_code == 422
    assert answer.context["rows"].errors[0]["capability"] == ["“X-99” is not one of the choices."]
    assert "保留我" in answer.content.decode()
    assert not project.trace_rows.exists()


def test_conflict_shows_both_and_saving_again_is_a_choice(clerk, project):
    data = sent(project, "trace", row("", need_text="我写的"))
    trace(project, row("", need_text="别人写的"))
    answer = clerk.post(address(project, "trace"), data)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "我写的" in page
    assert "别人写的" in page
    assert project.trace_rows.get().need_text == "别人写的"
    data["revision"] = answer.context["changes"].form.data["revision"]
    assert clerk.post(address(project, "trace"), data).status_code == 302
    assert project.trace_rows.get().need_text == "我写的"


def test_functions_and_factors_are_saved_and_the_estimate_shown_line_by_line(clerk, project):
    code = codes_of(project)[0]
    data = sent(project, "functions", item(code), **{"factor-team": "none", "reason": "首创"})
    assert clerk.post(address(project, "functions"), data).status_code == 302
    fresh = Project.objects.get(pk=project.pk)
    assert (fresh.functions.get().type, fresh.estimate_factors["team"], fresh.estimate_reason) == ("EI", "none", "首创")
    page = clerk.get(address(project, "functions"))
    assert [step["result"] for step in page.context["estimate"]["steps"]][0] == 12
    assert "1.39" in page.content.decode()


@pytest.mark.parametrize("count_", ["0", "x", "10000", ""])
def test_count_that_is_no_count_is_refused_at_its_cell(clerk, project, count_):
    answer = clerk.post(address(project, "functions"), sent(project, "functions", item(count=count_)))
    assert answer.status_code == 422
    assert "count" in answer.context["rows"].errors[0]


def test_paste_is_looked_at_before_anything_is_written(clerk, project):
    code = codes_of(project)[0]
    answer = paste(clerk, project, f"要快\t防汛\t{code}\t5 分钟\n要省\t\t02\t")
    assert answer.status_code == 200
    assert not project.trace_rows.exists()
    text = answer.context["again"].initial["text"]
    assert paste(clerk, project, text, do="append").status_code == 302
    assert list(project.trace_rows.values_list("need_text", "capability__code")) == list(
        zip(["要快", "要省"], codes_of(project), strict=True)
    )
    assert paste(clerk, project, "别的\t\t\t", do="append").status_code == 302
    assert project.trace_rows.count() == 3
    assert paste(clerk, project, "只有我\t\t\t", do="replace").status_code == 302
    assert project.trace_rows.get().need_text == "只有我"


def test_paste_with_a_wrong_cell_names_row_and_column_and_writes_nothing(clerk, project):
    answer = paste(clerk, project, "需求\t能力编号\n要快\t01\n\n要省\t没有这个", do="append")
    assert answer.status_code == 422
    (error,) = answer.context["found"].errors
    assert (error["row"], str(error["column"]), error["value"]) == (4, "Capability", "没有这个")
    assert not project.trace_rows.exists()


def test_paste_understands_words_of_both_languages(clerk, project):
    text = "功能\t类型\t数量\t复用程度\t能力编号\n派队\t外部输入\t3\t高\t01\nlog\tinternal logical file\t\tMedium\t调度抢险队伍"
    assert paste(clerk, project, text, "functions", do="replace").status_code == 302
    code = codes_of(project)[0]
    assert list(project.functions.values_list("type", "count", "reuse", "capability__code")) == [
        ("EI", 3, "high", code), ("ILF", 1, "medium", code),
    ]  # fmt: skip


def test_paste_on_an_older_revision_overwrites_nothing(clerk, project):
    old = Project.objects.get(pk=project.pk).revision
    trace(project, row("", need_text="别人写的"))
    answer = paste(clerk, project, "我的\t\t\t", do="replace", revision=old)
    assert answer.status_code == 409
    assert project.trace_rows.get().need_text == "别人写的"


def test_need_of_the_pool_that_is_not_the_proposals_is_refused_by_row(clerk, project):
    answer = paste(clerk, project, "要快\t\t\t\tXQ-1", do="append")
    assert answer.status_code == 422
    assert answer.context["found"].errors[0]["row"] == 1


def test_empty_paste_and_unknown_table(clerk, project):
    assert paste(clerk, project, "  ").status_code == 422
    assert paste(clerk, project, "x", "budget").status_code == 404
    assert clerk.get(reverse("projects:download_table", args=[project.ref, "budget"])).status_code == 404


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("table", ["trace", "functions"])
def test_workbook_goes_out_and_comes_back_the_same(clerk, project, table, language):
    first, second = codes_of(project)
    trace(project, row(first, need_text="=1+1"), row(first, criterion="两\n行"), row(second), row(""))
    count(project, item(first), item(second, type="ILF", reuse="high", count=7), item("", name="0123"))
    names = {
        "trace": ("need_text", "duty_item", "capability", "criterion"),
        "functions": ("name", "type", "count", "reuse", "capability"),
    }[table]
    stored = {"trace": project.trace_rows, "functions": project.functions}[table]
    before = list(stored.values_list(*names))
    clerk.cookies["django_language"] = language
    data = clerk.get(address(project, "download_table", table=table)).content
    heading = [cell.value for cell in next(openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows())]
    assert heading[0].isascii() == (language == "en")
    upload = SimpleUploadedFile("x.xlsx", data)
    answer = paste(clerk, project, "", table, file=upload)
    assert answer.status_code == 200, answer.context["found"].errors
    text = answer.context["again"].initial["text"]
    assert paste(clerk, project, text, table, do="replace").status_code == 302
    assert list(stored.values_list(*names)) == before


@pytest.mark.parametrize("data", [b"no workbook", b"PK\x03\x04broken", b""])
def test_file_that_is_no_workbook_is_refused(clerk, project, data):
    answer = paste(clerk, project, "", file=SimpleUploadedFile("x.xlsx", data))
    assert answer.status_code == 422
    assert answer.context["paste"].errors


def test_closed_proposal_is_not_edited_and_still_downloaded(clerk, project):
    trace(project, row())
    force_state(project, "review")
    assert clerk.get(address(project, "trace")).status_code == 409
    assert paste(clerk, project, "x\t\t\t", do="append").status_code == 409
    assert clerk.get(address(project, "download_table", table="trace")).status_code == 200
