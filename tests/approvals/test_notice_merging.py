"""Lines of several people become one notice: equal ones are merged, nobody who raised one is forgotten."""

from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.notice_merging import by_section, joined, merged, normal, same_as

LINE = st.fixed_dictionaries(
    {
        "section": st.sampled_from(["", "budget", "needs", "security"]),
        "field": st.sampled_from(["", "lines"]),
        "code": st.sampled_from(["", "", "SE-01", "RQ-03"]),
        "problem": st.sampled_from(["没有依据", "没有依据。", "没有 依据", "缺少图纸", "≥3 个", "<3 个"]),
        "raised_by": st.lists(st.integers(1, 5), min_size=1, max_size=2),
        "reviews": st.lists(st.integers(1, 3), max_size=1),
    }
)


@settings(max_examples=100, deadline=None)
@given(st.lists(LINE, max_size=8))
def test_nothing_and_nobody_is_lost(lines):
    found = merged(lines)
    assert len({same_as(line) for line in found}) == len(found)
    assert {same_as(line) for line in found} == {same_as(line) for line in lines}
    for name in ("raised_by", "reviews"):
        for line in lines:
            one = next(row for row in found if same_as(row) == same_as(line))
            assert set(line[name]) <= set(one.get(name, []))
            assert normal(line["problem"]) in normal(one["problem"])
    assert merged(found) == found
    assert found == by_section(found)


def test_width_blanks_and_punctuation_make_no_difference():
    assert normal("缺少 ＩＰｖ６ 方案。") == normal("缺少IPv6方案")
    assert normal("≥3") != normal("<3")
    assert normal("30%") != normal("30")


def test_one_item_raised_in_other_words_is_one_line():
    first = {"code": "SE-02", "problem": "没有等保设计", "suggestion": "补充", "raised_by": [1], "origin": "standards"}
    second = {"code": "SE-02", "problem": "缺安全投资", "suggestion": "补充。", "raised_by": [2], "origin": "manager"}
    (line,) = merged([first, second])
    assert (line["problem"], line["suggestion"]) == ("没有等保设计\n缺安全投资", "补充")
    assert (line["raised_by"], line["origin"]) == ([1, 2], "standards")


def test_long_texts_are_cut_at_what_the_column_holds():
    line = joined({"problem": "甲" * 1500}, {"problem": "乙" * 1500})
    assert len(line["problem"]) == 2000
