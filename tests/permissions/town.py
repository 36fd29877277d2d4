"""The town of the access matrix: two units with the same kinds of proposal, and where each address leads in it."""

from datetime import timedelta
from types import SimpleNamespace

from django.contrib.auth.hashers import make_password
from django.urls import reverse
from django.utils import timezone

from accounts.models import Substitution, User
from approvals.models import Invitation, Meeting, MeetingItem, Obligation, Question, Review
from notifications.models import Channel, Notification
from planning.models import IntegrationCommitment, LateFiling, PlanItem, PolicyRow
from planning.services.need_pool import save_group
from portfolio.models import MaintenanceContract
from portfolio.synonyms import add_group
from projects.models import CostHint, Project
from projects.services.trials import try_switch
from projects.states import State
from standards.editions import start_draft
from standards.models import ChecklistEdition, ChecklistItem, Standard
from tests.approvals.acting import ITEM, act, fresh
from tests.cast import TEXTS, duplicate_text, make_case, make_city
from tests.planning.asking import make_call, make_need
from tests.projects import making


def make_town() -> SimpleNamespace:
    """The city, and for hospital ("own") and water bureau ("other") one proposal in each state that a page needs.

    Experts come first: at that time no other proposal of the round says the same, so nothing has to be adjudicated.
    """
    city = make_city()
    city.expert = city.expert1
    User.objects.exclude(username="system").update(password=make_password("tongchou-demo"))
    clerks = {"own": city.applicant, "other": city.applicant2}
    city.cases = {}
    for number, (side, clerk) in enumerate(clerks.items(), start=1):
        made = {
            "experts": make_case(
                city, State.EXPERT_REVIEW, ref=f"P{number}1", actor=clerk, amount="150.00", text=TEXTS[number]
            ),
            "review": make_case(city, State.REVIEW, ref=f"P{number}2", actor=clerk, text=TEXTS[number + 2]),
            "draft": make_case(city, State.DRAFT, ref=f"P{number}3", actor=clerk, text=TEXTS[5]),
            "back": _returned(city, f"P{number}4", clerk),
        }
        city.cases |= {(side, name): case for name, case in made.items()}
    for number, (side, clerk) in enumerate(clerks.items(), start=1):
        ref, text = f"P{number}5", duplicate_text(city)
        city.cases[side, "adjudication"] = make_case(city, State.ADJUDICATION, ref=ref, actor=clerk, text=text)
    city.overlap, city.dismissal = making.make_overlap(city.system, city.manager)
    words = {"kind": "object", "members": ("鱼鳞图册", "阡陌卷宗"), "source": "x"}
    city.group = add_group(actor=city.manager, **words)
    city.trial = try_switch(actor=city.manager, group_id=city.group.pk)
    city.edition = start_draft(actor=city.standards, edition=ChecklistEdition(code="2027", name="2027版"))
    city.call = make_call()
    city.needs = {side: make_need(clerk, city.call) for side, clerk in clerks.items()}
    city.need_group = save_group(actor=city.planner, call=city.call, title="x", position=1)
    city.notice = Notification.objects.filter(recipient=city.applicant).first()
    city.dead = Notification.objects.filter(recipient=city.manager).first()
    Notification.objects.filter(pk=city.dead.pk).update(is_dead=True, delivered_at=None, available_at=timezone.now())
    return city


def _returned(city: SimpleNamespace, ref: str, clerk: User) -> Project:
    case = make_case(city, State.INTAKE, ref=ref, actor=clerk, text=TEXTS[0])
    act(case, "return_for_correction", city.intake, items=[ITEM])
    return case


# Which proposal an address is asked for; the rest of them ask for none.
ABOUT = {
    "draft": (
        "projects:edit", "projects:section", "projects:trace", "projects:functions", "projects:paste", "projects:download_table", "projects:preview", "approvals:interruption", "projects:check", "projects:checklist", "projects:upload", "projects:document",
        "projects:remove_document", "projects:delete",
    ),
    "experts": (
        "approvals:differences", "approvals:notice_lines", "approvals:notice_preview",
        "approvals:case", "approvals:deadline", "approvals:follow", "approvals:print", "approvals:compare", "approvals:case_file", "approvals:step",
        "approvals:urge", "approvals:copy", "approvals:ask", "approvals:question", "approvals:withdraw_question",
        "projects:versions", "obligations:close_obligation",
        "approvals:draw", "approvals:declare_interest", "approvals:score", "meetings:letter",
    ),
    "review": (
        "approvals:invite", "approvals:invitation", "approvals:revoke_invitation",
        "approvals:review", "approvals:review_step", "approvals:seat_step",
    ),
    "back": ("approvals:notice", "approvals:close_line"),
    "adjudication": ("approvals:adjudicate", "approvals:reply", "projects:note_hint"),
}  # fmt: skip
STATE_OF = {name: state for state, names in ABOUT.items() for name in names}


def address(town: SimpleNamespace, name: str, side: str) -> str:
    """Where that address leads: to the hospital's object, the water bureau's, or to the only one there is."""
    if name.startswith("needs:"):
        return reverse(name, kwargs=_of_needs(town, name, side))
    if name not in STATE_OF:
        return reverse(name, kwargs=_only(town, name))
    case = town.cases["own" if side == "back" else side, "back" if side == "back" else STATE_OF[name]]
    more = {
        "projects:section": lambda: {"code": "needs"},
        "projects:paste": lambda: {"table": "trace"},
        "projects:download_table": lambda: {"table": "trace"},
        "projects:document": lambda: {"pk": case.documents.first().pk},
        "projects:remove_document": lambda: {"pk": case.documents.first().pk},
        "approvals:interruption": lambda: {"action": "submit"},
        "approvals:step": lambda: {"action": "withdraw"},
        "approvals:review": lambda: {"pk": fresh(case).review_of("planning").pk},
        "approvals:review_step": lambda: {"pk": fresh(case).review_of("planning").pk, "action": "review_open"},
        "approvals:seat_step": lambda: _first_seat(case),
        "approvals:notice": lambda: {"number": 1},
        "approvals:close_line": lambda: {"number": 1, "pk": fresh(case).open_notice().items.first().pk},
        "approvals:notice_preview": lambda: {"action": "return_for_correction"},
        "approvals:draw": lambda: {"number": 1},
        **dict.fromkeys(("approvals:declare_interest", "approvals:score"), lambda: {"pk": _own_seat(town, case).pk}),
        **dict.fromkeys(
            ("approvals:invitation", "approvals:revoke_invitation"), lambda: {"pk": _invited(town, case).pk}
        ),
        **dict.fromkeys(("approvals:question", "approvals:withdraw_question"), lambda: {"pk": _asked(town, case).pk}),
        "approvals:adjudicate": lambda: {"pk": case.findings.filter(is_current=True).first().pk},
        "projects:note_hint": lambda: {"pk": _hint(case).pk},
        "approvals:reply": lambda: {"pk": case.findings.filter(is_current=True).first().pk},
    }.get(name, dict)
    if name == "meetings:letter":
        return reverse(name, args=[_told(town, case).pk])
    if name == "obligations:close_obligation":
        return reverse(name, args=[_owed(case).pk])
    return reverse(name, kwargs={"ref": case.ref, **more()})


def _first_seat(case: Project) -> dict:
    """The address of a move of the free seat of the planning review."""
    review = fresh(case).review_of("planning")
    return {"pk": review.pk, "seat": review.seats.first().pk, "move": "transfer"}


def _asked(town: SimpleNamespace, case: Project) -> Question:
    """A question of the manager to the unit of a case."""
    facts = {"asked_by": town.manager, "asked_at": timezone.now()}
    return Question.objects.get_or_create(project_id=case.pk, text="x", defaults=facts)[0]


def _leave(town: SimpleNamespace) -> Substitution:
    """A leave of the intake officer that has not begun: nobody has other rights because of it."""
    day = timezone.localdate() + timedelta(days=30)
    facts = {"first_day": day, "last_day": day, "arranged_by": town.intake}
    return Substitution.objects.get_or_create(principal=town.intake, substitute=town.planner, defaults=facts)[0]


def _owed(case: Project) -> Obligation:
    """Something that the unit of a case owes."""
    item = ChecklistItem.objects.first()
    facts = {"item": item, "severity": "major"}
    return Obligation.objects.get_or_create(project=case, code=item.code, origin="acceptance", defaults=facts)[0]


def _own_seat(town: SimpleNamespace, case: Project) -> Review:
    """The seat of the expert whose column the matrix has."""
    return Review.objects.get(project_id=case.pk, kind="expert", reviewer=town.expert)


def _invited(town: SimpleNamespace, case: Project) -> Invitation:
    """A question of the planner to an expert who has no column."""
    facts = {"version": fresh(case).current_version, "invited_by": town.planner, "invited_at": timezone.now()}
    return Invitation.objects.get_or_create(project_id=case.pk, expert=town.experts[1], question="x", defaults=facts)[0]


def _meeting(town: SimpleNamespace, title: str) -> Meeting:
    facts = {"held_on": timezone.localdate(), "called_by": town.manager}
    return Meeting.objects.get_or_create(title=title, defaults=facts)[0]


def _item(town: SimpleNamespace) -> MeetingItem:
    """An item whose result is not entered yet."""
    case = town.cases["own", "experts"]
    return MeetingItem.objects.get_or_create(meeting=_meeting(town, "x"), project_id=case.pk)[0]


def _told(town: SimpleNamespace, case: Project) -> MeetingItem:
    """A released result of the case, of which there is a letter."""
    facts = {"pending": "defer", "decision": case.decisions.order_by("-seq").first()}
    return MeetingItem.objects.get_or_create(meeting=_meeting(town, "y"), project_id=case.pk, defaults=facts)[0]


MEETING_PAGES = ("meeting", "edit_meeting", "put_on_agenda", "release", "cancel_meeting", "agenda", "minutes")


def _panels(town: SimpleNamespace) -> dict:
    """Arguments of the pages of the pool and of meetings."""
    pool = dict.fromkeys(
        ("experts:edit_expert", "experts:set_available"), lambda: {"pk": town.expert.expert_profile.pk}
    )
    held = {f"meetings:{name}": lambda: {"pk": _meeting(town, "x").pk} for name in MEETING_PAGES}
    items = dict.fromkeys(("meetings:result", "meetings:take_off_agenda"), lambda: {"pk": _item(town).pk})
    return {**pool, **held, **items}


def _of_needs(town: SimpleNamespace, name: str, side: str) -> dict:
    """The arguments of an address of the demand pool; "own" and "other" are a filed need of each unit."""
    about = {"need", "edit_need", "file", "withdraw", "carry"}
    return {
        **dict.fromkeys(about, {"code": getattr(town.needs.get(side), "code", "")}),
        **dict.fromkeys(("call", "new_group"), {"code": town.call.code}),
        **dict.fromkeys(("group", "remove_group"), {"pk": town.need_group.pk}),
        **dict.fromkeys(("export", "import_template"), {"kind": "csv"}),
    }.get(name.partition(":")[2], {})


def _hint(case: Project) -> CostHint:
    """A sign on the newest run of a case."""
    run = case.runs.order_by("-pk").first()
    return CostHint.objects.get_or_create(project=case, run=run, kind="same_site", money=1, digest="x")[0]


def _robot() -> Channel:
    return Channel.objects.get_or_create(name="x", kind="wecom", url="http://robot.invalid/")[0]


def _contract(town: SimpleNamespace) -> MaintenanceContract:
    facts = {"vendor": "x", "starts_on": "2026-01-01", "ends_on": "2099-01-01", "yearly_amount": 1, "scope": "x"}
    return MaintenanceContract.objects.get_or_create(number="YW-1", system=town.system, defaults=facts)[0]


def _first_row(key: str) -> PolicyRow:
    return PolicyRow.objects.filter(key=key).earliest("valid_from")


STANDARD_PAGES = ("standards:standard", "standards:edit_standard", "standards:confirm_standard", "editions:supersede")
EDITION_PAGES = (
    "standards:edition", "standards:export_items", "standards:import_items", "standards:discard_draft",
    "standards:new_item", "editions:preview_edition",
)  # fmt: skip
EDITION_ITEM_PAGES = (
    "standards:edition_item", "standards:edit_item", "standards:retire_item", "standards:restore_item",
    "standards:confirm_item",
)  # fmt: skip


def _plan(town: SimpleNamespace) -> dict:
    """Arguments of the planning pages: the round, one plan item, one late filing, one commitment."""
    facts = {"title": "x", "year_from": 2026, "year_to": 2027, "source": "x"}
    day = timezone.localdate()
    late = {"until": day, "reason": "x", "basis": "x", "granted_by": town.planner}
    owed = {"text": "x", "due_on": day, "source": "x"}

    def item() -> dict:
        return {"code": PlanItem.objects.get_or_create(code="A", defaults=facts)[0].code}

    def filing() -> dict:
        leave = LateFiling.objects.get_or_create(round=town.round, department=town.water, defaults=late)[0]
        return {"code": town.round.code, "pk": leave.pk}

    def commitment() -> dict:
        return {"pk": IntegrationCommitment.objects.get_or_create(department=town.water, defaults=owed)[0].pk}

    rounds = dict.fromkeys(("round", "edit_round", "grant_late", "ranking"), lambda: {"code": town.round.code})
    items = dict.fromkeys(("item", "edit_item", "withdraw", "link"), item)
    more = {"revoke_late": filing, "close_commitment": commitment, "unlink": lambda: {**item(), "system": "S900"}}
    return {f"plan:{name}": arguments for name, arguments in {**rounds, **items, **more}.items()}


def _only(town: SimpleNamespace, name: str) -> dict:
    """The arguments of an address that belongs to no proposal."""
    return {
        "approvals:switch_synonyms": lambda: {"pk": town.group.pk},
        "approvals:trial": lambda: {"pk": town.trial.pk},
        "policies:policy": lambda: {"key": "limits"},
        "policies:change_policy": lambda: {"key": "limits"},
        "policies:confirm_policy": lambda: {"key": "limits"},
        "policies:cancel_policy": lambda: {"key": "limits", "pk": _first_row("limits").pk},
        **_plan(town),
        **_panels(town),
        "accounts:unlock": lambda: {"pk": town.applicant2.pk},
        "portfolio:system": lambda: {"code": town.system.code},
        "portfolio:edit": lambda: {"code": town.system.code},
        "portfolio:new_contract": lambda: {"code": town.system.code},
        "portfolio:edit_contract": lambda: {"code": town.system.code, "pk": _contract(town).pk},
        "overlaps:download_overlaps": lambda: {"kind": "csv"},
        "overlaps:dismiss_overlap": lambda: {"pk": town.overlap.pk},
        "overlaps:restore_overlap": lambda: {"pk": town.dismissal.pk},
        "portfolio:export": lambda: {"kind": "csv"},
        "portfolio:import_template": lambda: {"kind": "csv"},
        "standards:item": lambda: {"code": ChecklistItem.objects.first().code},
        **dict.fromkeys(STANDARD_PAGES, lambda: {"pk": Standard.objects.first().pk}),
        **dict.fromkeys(EDITION_PAGES, lambda: {"pk": town.edition.pk}),
        **dict.fromkeys(EDITION_ITEM_PAGES, lambda: {"pk": town.edition.pk, "code": "SE-04"}),
        "approvals:end_substitution": lambda: {"pk": _leave(town).pk},
        **dict.fromkeys(("approvals:substitution_of", "approvals:handover_of"), lambda: {"pk": town.intake.pk}),
        "notifications:open": lambda: {"pk": town.notice.pk},
        "notifications:retry": lambda: {"pk": town.dead.pk},
        "notifications:channel": lambda: {"pk": _robot().pk},
        "notifications:try_channel": lambda: {"pk": _robot().pk},
        "notifications:text": lambda: {"event": "to_check", "language": "en"},
        "account_confirm_email": lambda: {"key": "no-such-key"},
        "account_reset_password_from_key": lambda: {"uidb36": "1", "key": "no-such-key"},
    }.get(name, dict)()
