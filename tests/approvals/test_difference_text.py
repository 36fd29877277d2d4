"""The difference of two texts: it reproduces both, reads well, and is never slow."""

import random
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.difference_text import CAME, GONE, SAME, Piece, count, difference, excerpt

TEXT = st.text(alphabet="系统数据共享，。；的一二三ab12 \n", max_size=120)


def applied(pieces, kind):
    return "".join(piece.text for piece in pieces if piece.kind in {SAME, kind})


@settings(max_examples=100, deadline=None)
@given(TEXT, TEXT)
def test_pieces_reproduce_both_texts(old, new):
    pieces = difference(old, new)
    assert applied(pieces, GONE) == old
    assert applied(pieces, CAME) == new
    assert (count(pieces) == 0) == (old == new)
    assert all(piece.text for piece in pieces)
    assert all(first.kind != second.kind for first, second in zip(pieces, pieces[1:], strict=False))


def test_changed_character_is_marked_inside_its_clause():
    pieces = difference("建设预警系统，服务公众，部署在政务云。", "建设预警平台，服务公众，部署在政务云。")
    assert pieces == [
        Piece(SAME, "建设预警"), Piece(GONE, "系统"), Piece(CAME, "平台"), Piece(SAME, "，服务公众，部署在政务云。"),
    ]  # fmt: skip


def test_figures_are_replaced_whole():
    pieces = difference("日均办件120.50件。", "日均办件135.00件。")
    assert [piece.text for piece in pieces if piece.kind != SAME] == ["120.50", "135.00"]


def test_clauses_are_added_and_removed_whole():
    pieces = difference("第一条。第二条。第三条。", "第一条。第三条。第四条。")
    assert pieces == [
        Piece(SAME, "第一条。"),
        Piece(GONE, "第二条。"),
        Piece(SAME, "第三条。"),
        Piece(CAME, "第四条。"),
    ]
    assert count(pieces) == 2


def test_excerpt_keeps_what_stands_beside_a_change():
    pieces = difference("甲" * 500 + "。旧字。" + "乙" * 500, "甲" * 500 + "。新字。" + "乙" * 500)
    assert sum(len(piece.text) for piece in excerpt(pieces)) < 120
    assert [piece for piece in excerpt(pieces) if piece.kind != SAME] == [p for p in pieces if p.kind != SAME]


def test_long_texts_stay_fast():
    dice = random.Random(5)
    prose = ["".join(dice.choices("的一是在不了有和人这中大为上个国我以要他时来用们", k=12)) + "，" for _ in range(800)]
    edited = [clause if dice.random() > 0.3 else clause[:4] + "改" + clause[6:] for clause in prose]
    pairs = (
        ("".join(prose), "".join(edited)),
        ("的" * 10_000, "的" * 9_000 + "了" * 1_000),
        ("甲乙" * 5_000, "乙甲" * 5_000),
        ("".join(prose), "".join(reversed(prose))),
    )
    for old, new in pairs:
        began = time.process_time()
        pieces = difference(old, new)
        assert time.process_time() - began < 0.5
        assert (applied(pieces, GONE), applied(pieces, CAME)) == (old, new)
