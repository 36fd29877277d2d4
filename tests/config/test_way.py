"""The drawing of the way: nodes, strands and ways back have their places, whatever the status."""

import itertools

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from config.templatetags import tc_svg

STATUSES = ("done", "now", "future", "returned")


def node(code, status, **more):
    return {"code": code, "label": f"Node {code}", "lines": ["11-25", "Wang"], "status": status, **more}


def strands(*statuses):
    return [
        {"label": f"Review {n}", "detail": "Wang · 2 of 3 signed", "status": status}
        for n, status in enumerate(statuses)
    ]


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("inner", list(itertools.combinations_with_replacement(STATUSES, 3))[::3])
def test_every_status_is_drawn_inside_the_picture(status, inner):
    nodes = [node("draft", "done"), node("review", status, strands=strands(*inner)), node("decision", "future")]
    loops = [{"source": "review", "target": "draft", "label": "sent back 2 times · 11-04", "from": "Review"}]
    way = tc_svg.way_layout(nodes, loops)
    assert len(way["loops"]) == 1
    drawn = way["nodes"][1]["strands"]
    assert [strand["status"] for strand in drawn] == list(inner)
    assert len({strand["y"] for strand in drawn}) == 3
    assert min(strand["text_y"] for strand in drawn) > way["loops"][0]["y"]  # a way back stays clear of the strands
    assert all(0 < text["y"] < way["height"] for one in way["nodes"] for text in one["texts"])
    with override("en"):
        html = render_to_string("components/_way.html", {"nodes": nodes, "loops": loops})
    assert html.count('class="strand ') == 3
    assert "sent back 2 times" in html
    assert html.count("Wang · 2 of 3 signed") >= 3  # in the list that is read aloud
    assert "style=" not in html


def test_long_strand_is_cut_and_said_in_full_by_the_list():
    nodes = [node("review", "now", strands=[{"label": "R" * 90, "detail": "", "status": "now"}])]
    drawn = tc_svg.way_layout(nodes)["nodes"][0]["strands"][0]
    assert drawn["text"].endswith("…") or len(drawn["text"]) < 91
    assert "R" * 90 in render_to_string("components/_way.html", {"nodes": nodes})


def test_no_line_begins_with_a_closing_mark():
    assert all(line[0] not in tc_svg.CLOSING for line in tc_svg.wrap("受理（形式审查）并登记", 90))


def test_loop_to_a_node_that_is_not_drawn_is_left_out():
    way = tc_svg.way_layout([node("draft", "now")], [{"source": "review", "target": "draft", "label": "x"}])
    assert way["loops"] == []
