"""What people paste from a spreadsheet: cells, headings in both languages, and rows with the number that they see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.pasting import MAX_ROWS, Column, TooLarge, cells_of, grid_of, known, text_of

COLUMNS = (
    Column("need", ("需求", "Need")),
    Column("duty", ("权责事项", "Duty")),
    Column("points", ("功能点", "Function points"), computed=True),
)
CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from('\t\n",'), max_size=20).map(str.strip)
TABLES = st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=12)


@given(TABLES)
def test_what_is_written_is_read_back(table):
    assert cells_of(text_of(table)) == table


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=300))
def test_any_text_is_read_or_refused(text):
    try:
        grid = grid_of(cells_of(text), COLUMNS)
    except TooLarge:
        return
    assert all(set(row.cells) <= {"need", "duty"} for row in grid.rows)
    assert len({row.number for row in grid.rows}) == len(grid.rows)


def test_cell_with_line_ends_and_quotes_as_excel_copies_it():
    assert cells_of('甲\t"第一行\n第二行 ""引号"""\r\n乙\t丙') == [["甲", '第一行\n第二行 "引号"'], ["乙", "丙"]]


@pytest.mark.parametrize("heading", [["权责事项", "需求"], ["Duty", "NEED"], ["权责 事项", "Ｎｅｅｄ"]])
def test_heading_in_either_language_sets_the_order(heading):
    grid = grid_of([heading, ["办证", "要快"]], COLUMNS)
    assert grid.has_heading
    assert [(row.number, row.cells) for row in grid.rows] == [(2, {"duty": "办证", "need": "要快"})]


def test_without_heading_the_usual_order_holds_and_empty_rows_are_counted():
    grid = grid_of([["", ""], ["要快", "办证"], [""], ["要省", ""]], COLUMNS)
    assert not grid.has_heading
    assert [(row.number, row.cells["need"]) for row in grid.rows] == [(2, "要快"), (4, "要省")]


def test_computed_column_is_passed_over_and_stray_ones_are_named():
    grid = grid_of([["需求", "功能点", "备注"], ["要快", "12", "x"]], COLUMNS)
    assert grid.rows[0].cells == {"need": "要快"}
    assert grid.unknown == ["备注"]


def test_second_column_of_the_same_name_overwrites_nothing():
    grid = grid_of([["需求", "权责事项", "Need"], ["要快", "办证", "要省"]], COLUMNS)
    assert grid.rows[0].cells == {"need": "要快", "duty": "办证"}
    assert grid.unknown == ["Need"]


def test_sentence_that_contains_a_title_is_no_heading():
    grid = grid_of([["需求还没有写", "办证"]], COLUMNS)
    assert not grid.has_heading


def test_too_many_rows_are_refused():
    with pytest.raises(TooLarge):
        cells_of("x\n" * (MAX_ROWS + 2))


def test_width_case_and_blanks_do_not_matter():
    assert known(" 费用（万元） ") == known("费用(万元)") == known("费用万元")
