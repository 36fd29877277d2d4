"""The filters and tags of the shared look."""

import datetime
from decimal import Decimal

import pytest
from django import forms
from django.template.loader import render_to_string
from django.utils.translation import override

from config.templatetags import tc, tc_svg

DAY = datetime.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1386"), "1,386.00"),
        (Decimal("0.005"), "0.01"),
        ("12", "12.00"),
        (None, "–"),
        ("", "–"),
        ("x", "–"),
        (Decimal("NaN"), "–"),
    ],
)
def test_money_shows_two_decimals_or_a_dash(value, shown):
    assert tc.money(value) == shown


def test_percent_takes_a_share():
    assert [tc.percent(0.4358), tc.percent(Decimal(1), 0), tc.percent(None)] == ["43.6%", "100%", "–"]


def test_dates_follow_the_language():
    with override("zh-hans"):
        assert [tc.zhdate(DAY), tc.shortdate(DAY), tc.day(DAY)] == ["2026年11月23日", "11月23日", "2026-11-23"]
    with override("en"):
        assert [tc.zhdate(DAY), tc.shortdate(DAY), tc.day(DAY)] == ["23 Nov 2026", "23 Nov", "2026-11-23"]


def test_moments_are_shown_in_local_time():
    moment = datetime.datetime(2026, 11, 22, 16, 30, tzinfo=datetime.UTC)
    assert [tc.stamp(moment), tc.day(moment), tc.clock(moment)] == ["2026-11-23 00:30", "2026-11-23", "00:30"]


def test_highlight_escapes_and_cuts_overlaps():
    marked = tc.highlight('<b>值班"', [(3, 5, ""), (4, 99, "syn"), (50, 60, ""), (-5, 1, 'x"y')])
    assert marked == ('<mark class="x&quot;y">&lt;</mark>b&gt;<mark>值班</mark><mark class="syn">&quot;</mark>')


def test_highlight_without_spans_only_escapes():
    assert tc.highlight("<i>", None) == "&lt;i&gt;"


class Sample(forms.Form):
    """One field of each kind."""

    title = forms.CharField(label="Title", help_text="Short")
    level = forms.ChoiceField(label="Level", choices=[("2", "two")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="Sure")
    token = forms.CharField(widget=forms.HiddenInput)


def test_field_template_ties_help_and_errors_to_the_input():
    html = Sample({})["title"].as_field_group()
    assert 'id="id_title_error"' in html
    assert 'id="id_title_helptext"' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert "is-invalid" in html


def test_field_template_groups_choices_in_a_fieldset():
    html = Sample()["level"].as_field_group()
    assert "<fieldset" in html
    assert "<legend>" in html
    assert 'for="id_level_0"' in html


def test_widget_keeps_the_classes_of_the_form():
    field = Sample()["title"]
    field.field.widget.attrs["class"] = "tc-num"
    assert 'class="form-control form-control-sm tc-num"' in tc.widget(field, "form-control-sm")


def test_form_errors_link_to_what_can_be_focused():
    links = {error["label"]: error["href"] for error in tc.form_errors(Sample({}))}
    assert links == {"Title": "#id_title", "Level": "#id_level_0", "Sure": "#id_sure", "Token": ""}


def test_form_errors_of_a_formset_name_rows_and_the_whole():
    rows = forms.formset_factory(Sample, min_num=2, validate_min=True, extra=0)
    bound = rows({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-title": "x"})
    found = tc.form_errors([bound, Sample()])
    assert found[0]["href"] == ""
    assert "#id_form-0-sure" in [error["href"] for error in found]


def test_bar_never_grows_past_its_whole():
    bar = tc_svg.bar_layout([{"value": 60}, {"value": 60, "kind": "part"}, {"value": None}], 100, [30])
    assert [part["width"] for part in bar["parts"]] == ["60.00%", "40.00%", "0.00%"]
    assert bar["marks"] == ["30.00%"]


def test_bar_of_nothing_is_empty():
    assert tc_svg.bar_layout([{"value": 5}], 0)["parts"][0]["width"] == "0.00%"


def test_way_places_every_node_and_wraps_long_labels():
    nodes = [{"label": f"Endorsement by the department {n}", "status": "done"} for n in range(9)]
    way = tc_svg.way_layout([*nodes, {"label": "结果", "detail": "王立群 · 11-25 前", "status": "odd"}])
    assert [node["x"] for node in way["nodes"]] == sorted({node["x"] for node in way["nodes"]})
    assert len(way["nodes"][0]["texts"]) > 1
    assert way["nodes"][-1]["status"] == "future"
    assert max(text["y"] for node in way["nodes"] for text in node["texts"]) < way["height"]


@pytest.mark.parametrize("days", [None, -1, 0, 1, 2, 9])
@pytest.mark.parametrize("paused", [True, False])
def test_due_says_something_for_every_number_of_days(days, paused):
    assert "tc-due" in render_to_string("components/_due.html", {"days": days, "paused": paused, "date": DAY})


def test_due_over_is_marked_and_positive():
    with override("en"):
        html = render_to_string("components/_due.html", {"days": -3})
    assert 'class="tc-due over"' in html
    assert "3 working days over" in html


def test_disabled_step_keeps_reason_and_person():
    offers = [{"id": "go", "label": "Submit", "disabled": True, "reasons": ["Not ready"], "who": ["Wang", "Li"]}]
    with override("en"):
        html = render_to_string("components/_steps.html", {"offers": offers})
    assert 'aria-describedby="why-go"' in html
    assert "Not ready" in html
    assert "Wang, Li" in html
    assert "<form" not in html
