"""The pages of the product with who looks at each; {keys} are those of serve.keys()."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import resolve

LANGUAGES = ("zh", "en")
# How many pages of one view are looked at in both languages and with every rule; of the two views whose page is put
# together from many panels, more.
THOROUGH = {"approvals:case": 5, "approvals:review": 4}


@dataclass(frozen=True, slots=True)
class Place:
    """A page: its name, who opens it, its address, the status, and what is pressed there before looking."""

    name: str
    who: str
    path: str
    status: int = 200
    press: str = ""


SEND = "main form.tc-panel button[type=submit]:not([name])"
PLACES = (
    Place("login", "", "/accounts/login/"),
    Place("login-refused", "", "/accounts/login/", press="main form button:not([name])"),
    Place("logout", "auditor", "/accounts/logout/"),
    Place("password", "auditor", "/accounts/password/change/"),
    Place("profile", "planner", "/me/"),
    Place("permissions", "manager", "/me/permissions/"),
    Place("people", "secadmin", "/me/people/"),
    Place("workbench-planner", "planner", "/"),
    Place("workbench-manager", "manager", "/"),
    Place("workbench-done", "intake", "/?tab=done"),
    Place("workbench-drafts", "{clerk_P44}", "/?tab=drafts"),
    Place("workbench-empty", "sysadmin", "/"),
    Place("needs", "applicant", "/needs/"),
    Place("need-new-refused", "applicant", "/needs/new/", press="main form.tc-panel .btn-primary"),
    Place("need-decided", "applicant", "/needs/N2026-003/"),
    Place("need-met", "requirements", "/needs/N2027-004/"),
    Place("need-edit", "applicant", "/needs/N2027-013/edit/"),
    Place("need-withdraw", "applicant", "/needs/N2027-003/withdraw/"),
    Place("need-start", "clerk_m01", "/needs/start/?need=N2026-008"),
    Place("needs-pool", "requirements", "/needs/pool/?call=XQ2026"),
    Place("needs-pool-read", "manager", "/needs/pool/?q=温度"),
    Place("needs-none", "requirements", "/needs/pool/?q=zzzz"),
    Place("needs-decide", "requirements", "/needs/pool/decide/?need=N2027-004&need=N2027-005"),
    Place("needs-decide-refused", "requirements", "/needs/pool/decide/?need=N2027-004", press="main form .btn-primary"),
    Place("need-group", "requirements", "/needs/groups/1/"),
    Place("need-call", "planner", "/needs/calls/XQ2027/"),
    Place("need-call-new", "planner", "/needs/calls/new/"),
    Place("needs-import", "applicant", "/needs/import/"),
    Place("together", "manager", "/together/?act=urge&ref=P04&ref=P25"),
    Place("phrases", "intake", "/me/phrases/"),
    Place("projects", "manager", "/projects/"),
    Place("projects-filtered", "manager", "/projects/?state=review&q=平台"),
    Place("projects-none", "manager", "/projects/?q=zzzz"),
    Place("new", "{clerk_P44}", "/projects/new/"),
    Place("new-refused", "{clerk_P44}", "/projects/new/", press="main form.tc-panel .btn-primary"),
    Place("edit", "{clerk_P44}", "/projects/P44/edit/"),
    Place("section-overview", "{clerk_P44}", "/projects/P44/edit/overview/"),
    Place("section-capabilities", "{clerk_P44}", "/projects/P44/edit/solution/?add=1"),
    Place("section-looked", "{clerk_P44}", "/projects/P44/edit/solution/", press="button[name=look]"),
    Place("section-security", "{clerk_P44}", "/projects/P44/edit/security/"),
    Place("section-resources", "{clerk_P44}", "/projects/P44/edit/resources/?add=1"),
    Place("section-management", "{clerk_P44}", "/projects/P44/edit/management/?add=1"),
    Place("section-reuse", "clerk_m30", "/projects/P39/edit/solution/"),
    Place("section-budget", "{clerk_P44}", "/projects/P44/edit/budget/?add=1"),
    Place("trace", "{clerk_P39}", "/projects/P39/edit/trace/"),
    Place("functions", "{clerk_P39}", "/projects/P39/edit/functions/?add=1"),
    Place("paste-refused", "{clerk_P39}", "/projects/P39/edit/trace/", press="#paste button"),
    Place("section-attachments", "{clerk_P44}", "/projects/P44/edit/attachments/"),
    Place("document-remove", "{clerk_P44}", "/projects/P44/documents/{document_P44}/remove/"),
    Place("check", "{clerk_P44}", "/projects/P44/check/"),
    Place("interruption", "{clerk_P13}", "/projects/P13/steps/resubmit/answers/"),
    Place(
        "interruption-refused", "{clerk_P13}", "/projects/P13/steps/resubmit/answers/", press="main form .btn-primary"
    ),
    Place("interruption-none", "{clerk_P44}", "/projects/P44/steps/submit/answers/"),
    Place("checklist", "{clerk_P44}", "/projects/P44/edit/checklist/?group=PL"),
    Place("checklist-security", "{clerk_P44}", "/projects/P44/edit/checklist/?group=SE"),
    Place("obligations", "standards", "/obligations/"),
    Place("waivers", "manager", "/obligations/?tab=waived&show=running"),
    Place("waivers-none", "{clerk_P44}", "/obligations/?tab=waived&show=ended"),
    Place(
        "obligation-close-refused",
        "standards",
        "/obligations/{obligation}/close/",
        press="main form.tc-panel .btn-primary",
    ),
    Place("case-owes", "standards", "/projects/P28/"),
    Place("review-wanting", "standards", "/projects/P31/reviews/{standards_P31}/"),
    Place("step-waive-refused", "manager", "/projects/P31/steps/waive/", press=SEND),
    Place("delete", "{clerk_P44}", "/projects/P44/delete/"),
    Place("versions", "manager", "/projects/P13/versions/"),
    Place("case-draft", "{clerk_P44}", "/projects/P44/"),
    Place("case-endorsement", "{clerk_P07}", "/projects/P07/"),
    Place("case-intake", "intake", "/projects/P29/"),
    Place("case-correction", "{clerk_P13}", "/projects/P13/"),
    Place("case-review", "planner", "/projects/P25/"),
    Place("case-adjudication", "manager", "/projects/P04/"),
    Place("case-filtered", "manager", "/projects/P04/?kind=reviews"),
    Place("case-experts", "{expert}", "/projects/P35/"),
    Place("case-decision", "approver", "/projects/P38/"),
    Place("draw", "auditor", "/projects/P40/draws/2/?again=1"),
    Place("meeting", "manager", "/meetings/1/"),
    Place("case-approved", "auditor", "/projects/P28/"),
    Place("case-deferred", "{clerk_P27}", "/projects/P27/"),
    Place("case-reuse", "{clerk_P02}", "/projects/P02/"),
    Place("calendar", "manager", "/calendar/"),
    Place("deadline", "{clerk_P13}", "/projects/P13/deadline/"),
    Place("step-approve", "approver", "/projects/P38/steps/approve/"),
    Place("step-approve-refused", "approver", "/projects/P38/steps/approve/", press=SEND),
    Place("step-return-refused", "intake", "/projects/P29/steps/return_for_correction/", press=SEND),
    Place("step-blocked", "manager", "/projects/P25/steps/return_for_correction/"),
    Place("step-propose", "manager", "/projects/P04/steps/propose_ending/"),
    Place("review-new", "planner", "/projects/P31/reviews/{planning_P31}/"),
    Place("review-duplicates", "standards", "/projects/P31/reviews/{standards_P31}/?tab=duplicates&item=SE-02"),
    Place("review-concluded", "manager", "/projects/P12/reviews/{planning_P12}/"),
    Place("review-seats", "standards2", "/projects/P21/reviews/{standards_P21}/"),
    Place("seat-add-refused", "standards2", "/projects/P21/reviews/{standards_P21}/seats/{seat_P21}/add/", press=SEND),
    Place("review-expert", "{expert}", "/projects/P35/reviews/{expert_P35}/"),
    Place("notice", "manager", "/projects/P13/notices/1/"),
    Place("notice-closing", "requirements", "/projects/P14/notices/1/"),
    Place("differences", "requirements", "/projects/P14/differences/?from=1&to=2&all=1"),
    Place("notice-answer", "{clerk_P13}", "/projects/P13/notices/1/"),
    Place("compare", "manager", "/projects/P04/findings/"),
    Place("compare-clerk", "{clerk_P25}", "/projects/P25/findings/"),
    Place("adjudicate", "manager", "/projects/P03/findings/{finding_P03}/"),
    Place("adjudicate-decided", "auditor", "/projects/P04/findings/{finding_P04}/"),
    Place("reply", "{clerk_P25}", "/projects/P25/findings/{finding_P25}/reply/"),
    Place("board", "manager", "/duplicates/"),
    Place("board-none", "manager", "/duplicates/?department=zzz&band=red"),
    Place("batch", "manager", "/duplicates/batch/?findings={amber}"),
    Place("cuts", "manager", "/duplicates/cuts/"),
    Place("exceptions", "manager", "/duplicates/exceptions/"),
    Place("quality", "manager", "/duplicates/quality/"),
    Place("thresholds", "manager", "/duplicates/thresholds/"),
    Place("thresholds-refused", "manager", "/duplicates/thresholds/", press="main form .btn-primary"),
    Place("synonyms", "manager", "/duplicates/synonyms/"),
    Place("trial", "manager", "/duplicates/trials/{trial}/"),
    Place("overlaps", "manager", "/duplicates/overlaps/"),
    Place(
        "overlap-dismiss-refused",
        "manager",
        "/duplicates/overlaps/{overlap}/dismiss/",
        press="main form.tc-panel .btn-primary",
    ),
    Place("compare-hints", "manager", "/projects/P31/findings/"),
    Place(
        "contract-refused", "steward", "/portfolio/systems/S058/contracts/new/", press="main form.tc-panel .btn-primary"
    ),
    Place("portfolio", "manager", "/portfolio/"),
    Place("portfolio-none", "manager", "/portfolio/?q=zzzz"),
    Place("system", "manager", "/portfolio/systems/S005/"),
    Place("system-edit", "steward", "/portfolio/systems/S005/edit/"),
    Place("system-new-refused", "steward", "/portfolio/new/", press="main form .btn-primary"),
    Place("unified", "manager", "/portfolio/unified/"),
    Place("negative", "manager", "/portfolio/negative/"),
    Place("taxonomy", "manager", "/portfolio/taxonomy/"),
    Place("import", "steward", "/portfolio/import/"),
    Place("standards", "planner", "/standards/"),
    Place("standards-item", "planner", "/standards/items/{item}/"),
    Place("catalogue", "planner", "/standards/catalogue/"),
    Place("standard", "planner", "/standards/catalogue/1/"),
    Place("standard-edit-refused", "standards", "/standards/catalogue/new/", press="main form .btn-primary"),
    Place("standard-confirm", "standards", "/standards/catalogue/7/"),
    Place("standard-supersede", "standards", "/standards/catalogue/7/supersede/"),
    Place("standards-import", "standards", "/standards/catalogue/import/"),
    Place("editions", "standards", "/standards/editions/"),
    Place("edition", "standards", "/standards/editions/{draft_edition}/"),
    Place("edition-item", "standards", "/standards/editions/{draft_edition}/items/SE-04/edit/"),
    Place(
        "edition-item-tried",
        "standards",
        "/standards/editions/{draft_edition}/items/SE-04/edit/",
        press="main button[name=try]",
    ),
    Place("edition-preview", "standards", "/standards/editions/{draft_edition}/preview/"),
    Place("condition", "standards", "/standards/conditions/try/?condition=mlps_level+%3E%3D"),
    Place("planning", "manager", "/planning/"),
    Place("plan-round", "planner", "/planning/rounds/YH2026-3/"),
    Place("plan-round-refused", "planner", "/planning/rounds/new/", press="main form .btn-primary"),
    Place("plan-late-refused", "manager", "/planning/rounds/YH2026-3/late/", press="main form .btn-primary"),
    Place("plan-ranking", "{endorser}", "/planning/rounds/YH2026/ranking/"),
    Place("plan-items", "planner", "/planning/items/"),
    Place("plan-items-none", "manager", "/planning/items/?q=zzzz"),
    Place("plan-item", "planner", "/planning/items/BM19-1/"),
    Place("plan-item-refused", "planner", "/planning/items/BM19-1/edit/", press="main form.tc-panel .btn-primary"),
    Place("plan-item-withdraw", "planner", "/planning/items/BM19-1/withdraw/"),
    Place("plan-import", "planner", "/planning/items/import/"),
    Place("plan-view", "planner", "/planning/view/"),
    Place("plan-view-none", "manager", "/planning/view/?q=zzzz"),
    Place("plan-commitments", "planner", "/planning/commitments/"),
    Place("rules", "manager", "/policies/"),
    Place("rule-changes", "auditor", "/policies/changes/"),
    Place("rule-changes-none", "planner", "/policies/changes/?who=zzzz"),
    Place("to-confirm", "standards", "/policies/to-confirm/"),
    Place("policies", "manager", "/policies/rows/"),
    Place("policy", "manager", "/policies/rows/limits/"),
    Place("policy-change", "manager", "/policies/rows/expert_quorum/change/"),
    Place("policy-change-long", "manager", "/policies/rows/function_points/change/"),
    Place("policy-change-refused", "manager", "/policies/rows/limits/change/", press="main form .btn-primary"),
    Place("policy-confirm-refused", "manager", "/policies/rows/tiers/confirm/", press="main form .btn-primary"),
    Place("notifications", "intake", "/notifications/"),
    Place("notifications-empty", "sysadmin", "/notifications/"),
    Place("notifications-failed", "sysadmin", "/notifications/failed/"),
    Place("notifications-preferences", "intake", "/notifications/preferences/"),
    Place("notifications-channel-refused", "sysadmin", "/notifications/channels/new/", press="main form .btn-primary"),
    Place("print", "auditor", "/projects/P28/print/"),
    Place("error-403", "manager", "/me/people/", 403),
    Place("error-403-step", "manager", "/projects/P38/steps/approve/", 403),
    Place("error-404", "manager", "/projects/P999/", 404),
    Place("error-405", "manager", "/notifications/read/", 405),
    Place("error-409", "{clerk_P25}", "/projects/P25/edit/", 409),
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at a place. ruled: whether the accessibility rules are applied, and contrast with them."""

    place: Place
    language: str
    is_wide: bool  # where the rules are applied
    ruled: bool
    contrast: bool

    @property
    def name(self) -> str:
        """As the report names it."""
        return f"{self.place.name}-{self.language}"


def view_of(place: Place) -> str:
    """The name of the view that answers there, whatever the keys are."""
    return resolve(re.sub(r"\{\w+\}", "1", place.path.split("?")[0])).view_name


def visits(*, everything: bool = False) -> Iterator[Visit]:
    """Each place in one language in turn, with the rules: wide in English, narrow in Chinese; all with everything.

    Pages whose texts are the longest, and the first refused form, are opened in both languages. Further places of a
    view that was looked at already leave contrast aside: it follows from the classes.
    """
    seen: Counter[str] = Counter()
    refused = next(place for place in PLACES if place.press)
    for number, place in enumerate(PLACES):
        view = view_of(place)
        seen[view] += 1
        whole = everything or place is refused or seen[view] <= THOROUGH.get(view, 1)
        ruled = LANGUAGES[1 - number % 2]
        both = everything or place is refused or view in THOROUGH
        for language in LANGUAGES if both else (ruled,):
            yield Visit(place, language, language == "en", everything or language == ruled, whole)
