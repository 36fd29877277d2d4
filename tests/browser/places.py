"""The pages of the product with who looks at each; {keys} are those of serve.keys()."""

from dataclasses import dataclass


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
    Place("section-budget", "{clerk_P44}", "/projects/P44/edit/budget/?add=1"),
    Place("section-attachments", "{clerk_P44}", "/projects/P44/edit/attachments/"),
    Place("document-remove", "{clerk_P44}", "/projects/P44/documents/{document_P44}/remove/"),
    Place("check", "{clerk_P44}", "/projects/P44/check/"),
    Place("interruption", "{clerk_P13}", "/projects/P13/steps/resubmit/answers/"),
    Place(
        "interruption-refused", "{clerk_P13}", "/projects/P13/steps/resubmit/answers/", press="main form .btn-primary"
    ),
    Place("interruption-none", "{clerk_P44}", "/projects/P44/steps/submit/answers/"),
    Place("delete", "{clerk_P44}", "/projects/P44/delete/"),
    Place("versions", "manager", "/projects/P13/versions/"),
    Place("case-draft", "{clerk_P44}", "/projects/P44/"),
    Place("case-endorsement", "{clerk_P07}", "/projects/P07/"),
    Place("case-intake", "intake", "/projects/P29/"),
    Place("case-correction", "{clerk_P13}", "/projects/P13/"),
    Place("case-review", "planner", "/projects/P25/"),
    Place("case-adjudication", "manager", "/projects/P04/"),
    Place("case-experts", "{expert}", "/projects/P35/"),
    Place("case-decision", "approver", "/projects/P38/"),
    Place("case-approved", "auditor", "/projects/P28/"),
    Place("case-deferred", "{clerk_P27}", "/projects/P27/"),
    Place("case-reuse", "{clerk_P02}", "/projects/P02/"),
    Place("step-approve", "approver", "/projects/P38/steps/approve/"),
    Place("step-approve-refused", "approver", "/projects/P38/steps/approve/", press=SEND),
    Place("step-return-refused", "intake", "/projects/P29/steps/return_for_correction/", press=SEND),
    Place("step-blocked", "manager", "/projects/P25/steps/return_for_correction/"),
    Place("step-propose", "manager", "/projects/P04/steps/propose_ending/"),
    Place("review-new", "planner", "/projects/P25/reviews/{planning_P25}/"),
    Place("review-concluded", "manager", "/projects/P12/reviews/{planning_P12}/"),
    Place("review-expert", "{expert}", "/projects/P35/reviews/{expert_P35}/"),
    Place("notice", "manager", "/projects/P13/notices/1/"),
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
    Place("planning", "manager", "/planning/"),
    Place("policies", "manager", "/planning/policies/"),
    Place("notifications", "intake", "/notifications/"),
    Place("notifications-empty", "sysadmin", "/notifications/"),
    Place("notifications-failed", "sysadmin", "/notifications/failed/"),
    Place("print", "auditor", "/projects/P28/print/"),
    Place("error-403", "manager", "/me/people/", 403),
    Place("error-403-step", "manager", "/projects/P38/steps/approve/", 403),
    Place("error-404", "manager", "/projects/P999/", 404),
    Place("error-405", "manager", "/notifications/read/", 405),
    Place("error-409", "{clerk_P25}", "/projects/P25/edit/", 409),
)
