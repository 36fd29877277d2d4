"""Every system of the demo city names somebody to ask."""

import pytest

from accounts.models import User
from accounts.services import load_departments, load_people
from config.demo.contacts import name_contacts
from portfolio.models import System
from portfolio.services import YUNHAI, import_systems, load_taxonomy


@pytest.mark.django_db
def test_systems_name_a_person_of_their_own_unit_and_keep_one_that_is_there():
    load_departments()
    load_people("tongchou-demo")
    load_taxonomy()
    assert not import_systems(YUNHAI / "systems.jsonl").errors
    System.objects.filter(code="S001").update(contact_name="刘向东", contact_phone="5555 0199")
    name_contacts()
    assert not System.objects.filter(contact_name="").exists()
    assert System.objects.get(code="S001").contact_phone == "5555 0199"
    for system in System.objects.exclude(code="S001"):
        person = User.objects.get(name=system.contact_name, phone=system.contact_phone)
        assert person.department_id == system.department_id
