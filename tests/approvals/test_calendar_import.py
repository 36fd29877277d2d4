"""Importing a notice: errors at row and field, a preview, one logged action, and everybody concerned is told."""

import io
import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import EditRecord
from approvals.calendar_files import Paper, read
from approvals.calendar_outlook import outlook
from approvals.calendar_page import missing_notice
from approvals.calendar_services import import_calendar
from approvals.clocks import clock_of
from approvals.models import CorrectionNotice, DeadlineMove
from config import health
from notifications.models import Notification
from planning.models import CalendarDay, CalendarImport
from planning.queries import working_calendar
from planning.services import Notice, NoticeDay, seed_calendar
from portfolio.exporting import write_sheets
from projects.models import Project
from projects.states import State
from tests.approvals.acting import ITEM, act, fresh, guards_down
from tests.cast import make_case
from tests.planning.notices import NUMBERS, as_json, notice_of

PAPER = Paper(NUMBERS[2027])


def as_file(told) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode()


def moment(day):
    return timezone.make_aware(timezone.datetime(2027, *day, 10))


def begun(case, *day):
    """The case as if it had entered its state on that day of 2027; the history stays."""
    with guards_down():
        Project.objects.filter(pk=case.pk).update(state_since=moment(day))
    return fresh(case)


@pytest.fixture
def waiting(city):
    """A case whose limit crosses the Spring Festival of 2027: three working days from Tuesday 2 February."""
    return begun(make_case(city, State.INTAKE, ref="P901"), 2, 2)


# --- files --------------------------------------------------------------------------------------------------------------


def test_json_of_holiday_cn_is_read(db):
    found = read(as_file(as_json(2027)), "2027.json", PAPER)
    assert found.errors == []
    assert (found.notice.year, found.notice.number, found.notice.days) == (2027, PAPER.number, notice_of(2027).days)


def test_workbook_is_read_in_chinese(db):
    rows = [["日期", "是否上班", "名称", "文号"]]
    rows += [[str(one.day), "是" if one.is_workday else "否", one.name, PAPER.number] for one in notice_of(2027).days]
    found = read(write_sheets({"calendar": rows}), "2027.xlsx", Paper())
    assert found.errors == []
    assert (found.notice.number, len(found.notice.days)) == (PAPER.number, len(notice_of(2027).days))


@pytest.mark.parametrize(
    ("change", "row", "field"),
    [
        (lambda told: told["days"][0].update(date="2027-13-01"), 1, "date"),
        (lambda told: told["days"][1].update(isOffDay="yes"), 2, "isOffDay"),
        (lambda told: told["days"][2].update(name=""), 3, "name"),
        (lambda told: told["days"].append(dict(told["days"][0])), len(as_json(2027)["days"]) + 1, "date"),
        (lambda told: told["days"][0].update(date="2025-01-01"), 1, "date"),
        (lambda told: told["days"].append({"name": "x", "date": "2027-03-03", "isOffDay": False}), 43, "workday"),
        (lambda told: told.update(days=told["days"][3:]), None, "date"),
        (lambda told: told.update(days=[]), None, "days"),
    ],
)
def test_error_is_named_at_its_row_and_field(db, change, row, field):
    told = as_json(2027)
    change(told)
    found = read(as_file(told), "2027.json", PAPER)
    assert found.notice is None
    assert field in {error.field for error in found.errors}
    assert row is None or row == 43 or row in {error.row for error in found.errors}


def test_file_that_is_neither_is_refused(db):
    assert read(b"x", "2027.txt", PAPER).errors
    assert read(b"{", "2027.json", PAPER).errors
    assert read(as_file(as_json(2027)), "2027.json", Paper()).errors[0].field == "notice"


def test_notice_may_reach_into_the_december_before(city):
    days = (*notice_of(2027).days, NoticeDay(timezone.datetime(2026, 12, 31).date(), False, "元旦"))
    import_calendar(notice=Notice(2027, days, "x", "x"), actor=city.manager)
    calendar = working_calendar()
    assert not calendar.is_workday(timezone.datetime(2026, 12, 31).date())
    assert calendar.between(*(timezone.datetime(2026, *day).date() for day in ((12, 27), (12, 31)))) == 3
    import_calendar(notice=notice_of(2027), actor=city.manager)  # the correction takes that day back
    assert working_calendar().is_workday(timezone.datetime(2026, 12, 31).date())


# --- the import -----------------------------------------------------------------------------------------------------------


def test_deadline_across_the_unpublished_spring_festival_moves_and_is_told(city, waiting):
    before = clock_of(waiting)
    # The law alone: Friday 5 to Monday 8 are off, so Wednesday 3, Thursday 4 and Tuesday 9 February count.
    assert (before.due.isoformat(), before.years) == ("2027-02-09", (2027,))
    Notification.objects.all().delete()
    found = outlook(notice_of(2027))
    assert [(move.project.ref, str(move.before), str(move.after)) for move in found.moves] == [
        ("P901", "2027-02-09", "2027-02-15")
    ]
    assert not CalendarImport.objects.filter(year=2027).exists()
    imported = import_calendar(notice=notice_of(2027), actor=city.manager)
    after = clock_of(fresh(waiting))
    assert (after.due.isoformat(), after.provisional, after.calendar) == ("2027-02-15", False, imported.pk)
    move = DeadlineMove.objects.get()
    assert (move.imported, move.stage, move.before, move.after) == (imported, "intake", before.due, after.due)
    record = EditRecord.objects.get(table="planning.CalendarDay")
    assert (record.key, record.actor, record.reason) == ("2027", city.manager, NUMBERS[2027])
    told = Notification.objects.filter(event="deadline_moved")
    assert {row.recipient for row in told} == {city.intake, city.applicant}
    assert told[0].payload == {"state": "intake", "due_on": "2027-02-15", "until": "2027-02-09"}


def test_what_cannot_be_told_is_not_imported(city, waiting, monkeypatch):
    monkeypatch.setattr("notifications.clock_tellings.of_moved_deadline", lambda *_args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        import_calendar(notice=notice_of(2027), actor=city.manager)
    assert not CalendarImport.objects.filter(year=2027).exists()
    assert not DeadlineMove.objects.exists()
    assert not CalendarDay.objects.filter(day__year=2027).exists()


def test_second_notice_corrects_the_first_and_keeps_it(city, waiting):
    first = import_calendar(notice=notice_of(2027), actor=city.manager)
    shorter = Notice(2027, tuple(one for one in notice_of(2027).days if str(one.day) != "2027-02-12"), "更正", "x")
    second = import_calendar(notice=shorter, actor=city.planner)
    assert (second.before, len(first.days) - len(second.days)) == (first.days, 1)
    assert clock_of(fresh(waiting)).due.isoformat() == "2027-02-12"
    assert DeadlineMove.objects.count() == 2


def test_open_correction_notice_moves_along_and_never_lapses_earlier(city):
    case = make_case(city, State.INTAKE, ref="P901")
    act(case, "return_for_correction", city.intake, items=[ITEM])
    case = begun(case, 1, 27)
    due = clock_of(case).due
    CorrectionNotice.objects.update(due_on=due, lapses_on=due + timedelta(days=5))
    import_calendar(notice=notice_of(2027), actor=city.manager)
    notice = CorrectionNotice.objects.get()
    assert notice.due_on == clock_of(fresh(case)).due != due
    assert notice.lapses_on >= due + timedelta(days=5)


def test_same_notice_again_and_a_calendar_that_moved_on_are_refused(city):
    version = working_calendar().version
    import_calendar(notice=notice_of(2027), actor=city.manager, expected=version)
    with pytest.raises(ValidationError):
        import_calendar(notice=notice_of(2027), actor=city.manager)
    with pytest.raises(ValidationError):
        import_calendar(notice=notice_of(2026), actor=city.manager, expected=version)
    assert CalendarImport.objects.filter(year=2027).count() == 1


def test_import_is_for_those_who_may(city):
    for who in (city.intake, city.applicant, city.sysadmin):
        with pytest.raises(PermissionDenied):
            import_calendar(notice=notice_of(2027), actor=who)


def test_seed_leaves_an_imported_year_alone(city):
    import_calendar(notice=notice_of(2027), actor=city.manager)
    assert seed_calendar(range(2025, 2029)) == 0
    assert CalendarImport.objects.filter(year__in=[2025, 2026, 2027]).count() == 3


# --- command, page, health ------------------------------------------------------------------------------------------------


def test_command_says_first_and_writes_then(city, waiting, tmp_path):
    path, out = tmp_path / "2027.json", io.StringIO()
    path.write_bytes(as_file(as_json(2027)))
    call_command("import_calendar", path, "--notice", "x", "--dry-run", stdout=out)
    assert "2027-02-09 → 2027-02-15" in out.getvalue()
    assert not CalendarImport.objects.filter(year=2027).exists()
    call_command("import_calendar", path, "--notice", "x", stdout=out)
    assert CalendarImport.objects.get(year=2027).imported_by is None
    with pytest.raises(CommandError):
        call_command("import_calendar", tmp_path / "none.json", stdout=out)


def test_page_shows_what_would_move_and_confirms(city, waiting):
    browser = Client()
    browser.force_login(city.manager)
    address, file = reverse("clocks:import_calendar"), io.BytesIO(as_file(as_json(2027)))
    file.name = "2027.json"
    shown = browser.post(address, {"file": file, "number": "x"})
    assert shown.status_code == 200
    assert not CalendarImport.objects.filter(year=2027).exists()
    assert [row["move"].project.ref for row in shown.context["preview"]["moves"]] == ["P901"]
    start = shown.context["confirm"].initial
    told = json.loads(start["notice"])
    for changed in ({**told, "days": []}, {**told, "days": [["x", True, "y"]]}, {"year": 2027}, [1]):
        browser.post(address, {"notice": json.dumps(changed), "expected": start["expected"]})
    assert not CalendarImport.objects.filter(year=2027).exists()
    assert browser.post(address, start).url.endswith("?year=2027")
    assert browser.post(address, start).url == address  # sent twice: written once
    assert CalendarImport.objects.filter(year=2027).count() == 1
    with translation.override("en"):
        page = browser.get(reverse("clocks:calendar"), {"year": 2027})
    assert page.context["published"]
    assert page.context["imports"][0]["moves"][0].project_id == waiting.pk


def test_page_names_the_errors_and_writes_nothing(city):
    browser = Client()
    browser.force_login(city.planner)
    file = io.BytesIO(as_file({**as_json(2027), "days": []}))
    file.name = "2027.json"
    shown = browser.post(reverse("clocks:import_calendar"), {"file": file, "number": "x"})
    assert shown.status_code == 422
    assert [error.field for error in shown.context["errors"]] == ["days"]


def test_missing_notice_is_warned_of_from_november_on(city, monkeypatch):
    calendar = working_calendar()
    day = timezone.datetime(2026, 10, 31).date()
    assert missing_notice(calendar, day) is None
    assert missing_notice(calendar, day + timedelta(days=1)) == 2027
    monkeypatch.setattr(health.timezone, "localdate", lambda: day + timedelta(days=1))
    assert "2027" in Client().get("/readyz").json()["warnings"]["calendar"]
    import_calendar(notice=notice_of(2027), actor=city.manager)
    assert "calendar" not in Client().get("/readyz").json()["warnings"]
