"""The department tree: paths, subtrees, and what a tree may not be."""

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from accounts.models import Department
from accounts.services import load_departments
from tests.accounts.people import make_department

pytestmark = pytest.mark.django_db


def test_path_names_every_level():
    city = make_department("M01")
    centre = make_department("U01", parent=city)
    office = make_department("U01-A", parent=centre)
    assert [city.path, centre.path, office.path] == ["M01/", "M01/U01/", "M01/U01/U01-A/"]
    assert set(Department.objects.filter(path__startswith=centre.path)) == {centre, office}
    assert city.is_first_level
    assert not office.is_first_level


def test_moved_unit_takes_its_subtree_along():
    first, second = make_department("M01"), make_department("M02")
    centre = make_department("U01", parent=first)
    make_department("U02", parent=centre)
    centre.parent = second
    centre.save(update_fields=["parent"])
    assert set(Department.objects.filter(path__startswith="M02/").values_list("path", flat=True)) == {
        "M02/",
        "M02/U01/",
        "M02/U01/U02/",
    }


def test_unit_below_itself_is_refused():
    city = make_department("M01")
    centre = make_department("U01", parent=city)
    city.parent = centre
    with pytest.raises(ValidationError):
        city.save()


@pytest.mark.parametrize("code", ["m01", "M/1", "M 1", "", "-M", "M1\n"])
def test_code_that_would_break_paths_is_refused(code):
    with pytest.raises(ValidationError) as refused:
        Department(code=code, name="单位", kind=Department.Kind.MUNICIPAL).full_clean()
    assert set(refused.value.message_dict) == {"code"}


def test_label_follows_the_language():
    unit = make_department("M01", name="市水务局", name_en="Water Bureau")
    with override("en"):
        assert str(unit) == "Water Bureau"
    with override("zh-hans"):
        assert str(unit) == "市水务局"


def test_city_loads_once():
    assert load_departments() == 65
    Department.objects.filter(code="M01").update(name="改过的名称")
    assert load_departments() == 0
    assert Department.objects.get(code="M01").name == "改过的名称"
    assert Department.objects.get(code="U03").path == "M19/U03/"
    assert Department.objects.filter(parent__code="M19").count() == 4


def test_city_loads_in_any_order(tmp_path):
    lines = [
        '{"code": "U9", "name": "中心", "name_en": "", "kind": "subordinate", "parent": "M9"}',
        '{"code": "M9", "name": "局", "name_en": "", "kind": "municipal", "parent": null}',
    ]
    (tmp_path / "units.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert load_departments(tmp_path / "units.jsonl") == 2
    assert Department.objects.get(code="U9").path == "M9/U9/"
