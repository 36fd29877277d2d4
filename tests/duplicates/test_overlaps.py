"""All against all: symmetric, deterministic, never with itself; stars around the best target."""

import random
from dataclasses import replace

import pytest

from duplicates import Engine, ScreeningError, System
from duplicates.overlaps import Candidate, Overlap, as_proposal, candidates, survey
from tests.duplicates.cases import make_system, town

COPY = ("校车行驶轨迹实时监控与超速报警", "校车驾驶员资格审核")


def twins():
    return [*town(), make_system("S09", "学生接送车平台", *COPY, department="丙局", description="中小学校车安全")]


def surveyed(systems):
    return survey(systems, Engine(systems, encoder="lexical"))


def between(found, left, right):
    return next((item for item in found.overlaps if (item.left, item.right) == (left, right)), None)


def test_two_systems_that_do_the_same_are_found_with_their_texts():
    found = between(surveyed(twins()), "S01", "S09")
    assert (found.left_covered, found.right_covered) == (1.0, 1.0)
    assert {(pair.left_text, pair.right_text) for pair in found.pairs} >= {(text, text) for text in COPY}


def test_order_of_input_changes_nothing():
    systems, orders = twins(), random.Random(4)
    expected = surveyed(systems)
    for _round in range(4):
        orders.shuffle(systems)
        shuffled = [replace(item, capabilities=tuple(reversed(item.capabilities))) for item in systems]
        assert surveyed(shuffled) == expected
        assert candidates(expected.overlaps, shuffled, strong=0.3) == candidates(expected.overlaps, twins(), strong=0.3)


def test_a_system_never_overlaps_with_itself():
    same = make_system("S10", "培训报名平台", "技能培训报名缴费", "技能培训报名缴费")
    found = surveyed([*twins(), same])
    assert as_proposal(same).predecessor == same.code  # its own texts must not compete with those of others
    assert [item for item in found.overlaps if item.left == item.right] == []
    assert all(item.left < item.right for item in found.overlaps)
    assert all("S10" not in (item.left, item.right) for item in found.overlaps)


def test_an_unrelated_system_removes_nothing():
    before = surveyed(twins())
    after = surveyed([*twins(), make_system("S77", "气象观测系统", "浮标站风浪流要素采集", "雷达拼图产品生成")])
    assert {(item.left, item.right) for item in before.overlaps} <= {(item.left, item.right) for item in after.overlaps}
    for item in before.overlaps:
        assert {(pair.left, pair.right) for pair in item.pairs} <= {
            (pair.left, pair.right) for pair in between(after, item.left, item.right).pairs
        }


def test_another_business_object_is_no_overlap():
    found = between(surveyed(town()), "S01", "S02")
    assert found is None or max(found.left_covered, found.right_covered) < 1


def test_a_part_of_a_large_platform_is_seen_from_both_sides():
    large = make_system(
        "S20", "教育综合平台", *COPY, "学籍异动办理", "教师继续教育学时登记", "营养餐采购台账", "校园足球赛事编排"
    )
    found = between(surveyed([*town(), large]), "S01", "S20")
    assert found.left_covered == 1.0
    assert found.right_covered == pytest.approx(2 / 6, abs=1e-4)


def test_retired_systems_are_only_named():
    systems = [replace(item, status="retired") if item.code == "S01" else item for item in twins()]
    found = surveyed(systems)
    assert found.excluded == ("S01",)
    assert found.compared == len(systems) - 1
    assert all("S01" not in (item.left, item.right) for item in found.overlaps)


def test_a_system_without_capabilities_is_compared_by_its_description():
    bare = System("S30", "学生车辆系统", "丁局", "in_operation", "departmental", "校车驾驶员资格审核")
    assert as_proposal(bare).capabilities[0].text == "校车驾驶员资格审核"
    found = between(surveyed([*town(), bare]), "S01", "S30")
    assert found.right_covered == 1.0
    assert found.pairs[0].right == ""


def test_an_empty_inventory_is_an_error():
    with pytest.raises(ScreeningError):
        surveyed([])


# --- grouping -------------------------------------------------------------------------------------------------------


def plain(code, mode="departmental", status="in_operation"):
    return System(code, code, "甲局", status, mode, "")


def overlap(left, right, left_covered, right_covered):
    return Overlap(left, right, left_covered, right_covered, ())


CHAIN = (overlap("A", "B", 0.8, 0.5), overlap("B", "C", 0.8, 0.6), overlap("C", "D", 0.2, 0.9))


def grouped(overlaps, systems, **more):
    return candidates(overlaps, systems, strong=0.5, **more)


def test_a_chain_is_not_one_group():
    found = grouped(CHAIN, [plain(code) for code in "ABCD"])
    # C covers B (.8) and D (.9): it is the best target; A is left with nobody to join, B being merged already.
    assert found == (Candidate("C", ("D", "B")),)


def test_a_unified_platform_comes_before_larger_coverage():
    systems = [plain("A", "unified"), *(plain(code) for code in "BCD")]
    assert grouped(CHAIN, systems)[0] == Candidate("A", ("B",))
    assert grouped(CHAIN, systems)[1] == Candidate("C", ("D",))


def test_a_unified_platform_is_never_merged_into_a_departmental_system():
    assert grouped((overlap("A", "B", 0.9, 0.1),), [plain("A", "unified"), plain("B")]) == ()
    both = [plain("A", "unified"), plain("B", "unified")]
    assert grouped((overlap("A", "B", 0.9, 0.1),), both) == (Candidate("B", ("A",)),)


def test_a_system_in_operation_comes_before_one_that_is_not_built():
    systems = [plain("A", status="approved_not_built"), plain("B")]
    assert grouped((overlap("A", "B", 0.9, 0.9),), systems) == (Candidate("B", ("A",)),)


def test_users_and_then_codes_break_ties():
    systems, equal = [plain("A"), plain("B")], (overlap("A", "B", 0.9, 0.9),)
    assert grouped(equal, systems) == (Candidate("A", ("B",)),)
    assert grouped(equal, systems, users={"B": 10, "A": 9}) == (Candidate("B", ("A",)),)


def test_weak_and_dismissed_overlaps_make_no_group():
    systems = [plain("A"), plain("B")]
    assert grouped((overlap("A", "B", 0.49, 0.49),), systems) == ()
    assert grouped((overlap("A", "B", 0.9, 0.9),), systems, dismissed={("A", "B")}) == ()
