"""The policy rows that a new installation starts with: key, value, source. The office edits rows, not this table."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from planning.clock_rows import CLOCK_ROWS

# Sources are stored in English and translated when shown. "[proposed]" and "[from memory]" mark what an official must
# confirm before it is relied on; a row without a mark names the document that was read.
# Amounts are in 万元 (10,000 CNY), limits in working days, shares between 0 and 1.
SIGNING = {"mode": "any", "seats": 1, "ratio": "0.67", "refusal": "wait", "nobody_left": "reopen"}
# Who signs each review, and how the signatures count. mode: all (会签), any (或签), vote (票签), sequence (依次).
# ratio: share of the weight that carries a vote. refusal: a dissent waits for the others, or concludes at once.
# nobody_left: a seat that somebody left is free for the role again, or the manager names the successor.
SIGNING_ROW = (
    {kind: dict(SIGNING) for kind in ("planning", "requirements", "standards")},
    gettext_noop("[proposed] one reviewer for each review; offices with joint signatures enter their own numbers"),
)

STARTING_ROWS: dict[str, tuple[Any, str]] = {
    "tiers": (
        [
            {"code": "T0", "below": 20},
            {"code": "T1", "below": 100},
            {"code": "T2", "below": 500},
            {"code": "T3", "below": None},
        ],
        gettext_noop("[proposed] amount tiers; rules of other places begin between 0.1 and 0.5 million CNY"),
    ),
    # Tiers that go before experts, and how many opinions they need (odd numbers).
    "expert_quorum": (
        {"T2": 5, "T3": 7},
        gettext_noop("[from memory] an odd number of experts; the numbers by tier are [proposed]"),
    ),
    # How the panel is drawn. draw: by the "system" when the case arrives, or by the "manager". per_employer: at most so
    # many of one employer (0: no limit). fields: those that somebody on the panel must cover, where anybody can.
    "expert_panel": (
        {
            "draw": "system",
            "per_employer": 2,
            "fields": {
                "architecture": True,
                "data": False,
                "security": True,
                "business": False,
                "cost": True,
                "infrastructure": False,
                "ai": False,
                "law": False,
            },
        },
        gettext_noop("[from memory] a random draw with avoidance; fields and the limit of one employer are [proposed]"),
    ),
    # What experts give points for. weight: share of the total, together 1. points: the most that can be given.
    "expert_criteria": (
        [
            {"code": "need", "zh": "必要性", "en": "Need", "weight": "0.25", "points": 100},
            {"code": "feasible", "zh": "方案可行性", "en": "Feasibility", "weight": "0.25", "points": 100},
            {"code": "sharing", "zh": "集约共享", "en": "Sharing and reuse", "weight": "0.20", "points": 100},
            {"code": "security", "zh": "安全合规", "en": "Security and compliance", "weight": "0.15", "points": 100},
            {"code": "cost", "zh": "投资合理性", "en": "Reasonable cost", "weight": "0.15", "points": 100},
        ],
        gettext_noop("[proposed] criteria and weights of the expert review; no rule of the city was read"),
    ),
    # The longest a colleague stands in for another, in days, weekends included; and working days to answer a question
    # that the desk asks the applicant.
    "substitution_days": (90, gettext_noop("[proposed] longer absences are for a transfer of the post")),
    "question_days": (3, gettext_noop("[proposed] a question is smaller than a correction")),
    # The highest tier whose ending the manager decides without the approver.
    "manager_authority": ("T1", gettext_noop("[proposed] smaller projects end without the approver")),
    # "parallel", or the kinds in the order in which they open.
    "review_order": (
        "parallel",
        gettext_noop("《国家政务信息化项目建设管理办法》 (国办发〔2019〕57号, excerpt): parallel management"),
    ),
    "signing": SIGNING_ROW,
    "bands": (
        {"red": 0.70, "amber": 0.30, "mapped": 0.90},
        gettext_noop(
            "[proposed] red as in a prototype of Taixing (public repository); amber and sufficient data are ours"
        ),
    ),
    "limits": (
        {
            "endorsement": 5,
            "intake": 3,
            "correction": 10,
            "review": 5,
            "adjudication": 5,
            "expert_review": 10,
            "decision": 5,
        },
        gettext_noop("[proposed] no rule of the city with these limits could be read"),
    ),
    **CLOCK_ROWS,
    "reply_days": (3, gettext_noop("[proposed] time for the unit to answer a finding before it is decided")),
    "correction_grace": (5, gettext_noop("[proposed] grace after the time for correction")),
    "screening_max_age": (30, gettext_noop("[proposed] how old a screening may be at approval")),
    "approval_validity_months": (
        24,
        gettext_noop("[proposed] two years, after an explanation of a Wuhan district's rule (repost)"),
    ),
    "exception_months": (12, gettext_noop("[proposed] every exception ends")),
    # Steps that may be taken on several cases at once: "endorse", "accept", or "approve:T1" (up to that tier). None.
    "batch_steps": ([], gettext_noop("[proposed] every case is decided by itself")),
    # Waivers of failed major items. max_months: the longest a waiver runs. recheck_days_before: how many calendar days
    # before its end it is looked at again. cure_days: time to cure what comes back after the approval.
    "waiver": (
        {"max_months": 12, "recheck_days_before": 30, "cure_days": 30},
        gettext_noop("[proposed] every waiver ends, and is looked at before it does"),
    ),
    # Consolidation of existing systems. min_share: share of a system's capabilities that the other one must have.
    # om_saved: share of the yearly O&M money of what is covered that is saved. migration: one-off cost as a share of
    # the build cost of the system that is merged. years: over how many years the saving is counted.
    "consolidation": (
        {"min_share": "0.30", "om_saved": "0.60", "migration": "0.10", "years": 5},
        gettext_noop("assumption [proposed], to be settled by the office"),
    ),
    # What weighs against a new application. mode: "warn" (shown), "block" (the submission is refused, new builds only)
    # or "off". grace_months: how long after its end a project may be unaccepted. below: points of 100.
    "carry_over": (
        {
            "projects": {"mode": "warn", "grace_months": 6},
            "commitments": {"mode": "block"},
            "score": {"mode": "warn", "below": 70},
        },
        gettext_noop(
            "Notices of Shandong 2016 and Linyi 2021, template of Taixing 2026 (excerpts); "
            "modes and grace are [proposed]"
        ),
    ),
    # The estimate of software by counted functions: method of GB/T 36964-2018, which carries no benchmark data itself.
    # weights: function points per type (NESMA, estimated count). productivity: hours per function point. rate: 万元 per
    # person-month. usual: the option that holds where none is chosen. required_above: software money in 万元 from which
    # a build must carry its count.
    "function_points": (
        {
            "method": "NESMA, estimated",
            "weights": {"ILF": 10, "EIF": 7, "EI": 4, "EO": 5, "EQ": 4},
            "scale_change": "1.39",
            "productivity": "6.70",
            "productivity_source": "CSBMK, median of all industries [from memory]",
            "productivity_year": 2023,
            "hours_per_month": "174",
            "rate": "2.90",
            "rate_source": "CSBMK, development, second quartile [from memory]",
            "rate_year": 2023,
            "rate_city": "广州",
            "reuse": [
                {"code": "low", "zh": "低", "en": "Low", "coefficient": "1"},
                {"code": "medium", "zh": "中", "en": "Medium", "coefficient": "0.67"},
                {"code": "high", "zh": "高", "en": "High", "coefficient": "0.33"},
            ],
            "factors": [
                {
                    "code": "application",
                    "zh": "应用类型",
                    "en": "Type of application",
                    "usual": "business",
                    "options": [
                        {"code": "business", "zh": "业务处理", "en": "Business processing", "coefficient": "1.0"},
                        {"code": "integration", "zh": "应用集成", "en": "Integration", "coefficient": "1.2"},
                        {"code": "media", "zh": "多媒体", "en": "Multimedia", "coefficient": "1.3"},
                        {"code": "intelligent", "zh": "智能信息", "en": "Intelligent analysis", "coefficient": "1.7"},
                        {"code": "control", "zh": "通信控制", "en": "Communication control", "coefficient": "1.9"},
                    ],
                },
                {
                    "code": "quality",
                    "zh": "质量特性",
                    "en": "Quality required",
                    "usual": "ordinary",
                    "options": [
                        {"code": "ordinary", "zh": "一般要求", "en": "Ordinary", "coefficient": "1.0"},
                        {"code": "raised", "zh": "较高要求", "en": "Raised", "coefficient": "1.05"},
                        {"code": "high", "zh": "很高要求", "en": "High", "coefficient": "1.1"},
                    ],
                },
                {
                    "code": "language",
                    "zh": "开发语言",
                    "en": "Language",
                    "usual": "general",
                    "options": [
                        {"code": "low_level", "zh": "C 及同级语言", "en": "C or similar", "coefficient": "1.2"},
                        {"code": "general", "zh": "Java、C++、C# 等", "en": "Java, C++, C# …", "coefficient": "1.0"},
                        {"code": "visual", "zh": "可视化、低代码", "en": "Visual or low-code", "coefficient": "0.8"},
                    ],
                },
                {
                    "code": "team",
                    "zh": "团队经验",
                    "en": "Experience of the team",
                    "usual": "other",
                    "options": [
                        {"code": "same", "zh": "做过同类项目", "en": "Same field", "coefficient": "0.8"},
                        {"code": "other", "zh": "做过相近项目", "en": "Similar field", "coefficient": "1.0"},
                        {"code": "none", "zh": "没有同类经验", "en": "None", "coefficient": "1.2"},
                    ],
                },
            ],
            "other_cost_share": "0.05",
            "tolerance": "0.30",
            "required_above": "100",
            "from_memory": True,
        },  # fmt: skip
        gettext_noop("[from memory] GB/T 36964-2018 (method), NESMA weights, CSBMK 2023 figures; to be confirmed"),
    ),
}

SHARES = ("red", "amber", "mapped")  # what the row "bands" must say
SCORES = ("finding", "untagged", "related")  # what it may say; left out, the engine's own limits hold


def bands_problems(value: Mapping[str, float]) -> dict[str, str]:
    """What is wrong with a value of the row "bands", by field; empty when it may be put in force.

    Shares of money and scores are from 0 to 1; red above amber, finding above related, and mapped above 0: a limit of
    nothing would call every proposal sufficient. Source: domain reference §6.5, §6.6.
    """
    problems = {name: _("Required.") for name in SHARES if value.get(name) is None}
    for name, number in value.items():
        if name not in (*SHARES, *SCORES):
            problems[name] = _("The product does not read this.")
        elif number is not None and not 0 <= number <= 1:
            problems[name] = _("Enter a number from 0 to 1.")
    if problems:
        return problems
    if value["amber"] >= value["red"]:
        problems["amber"] = _("Amber must begin below red.")
    if value["amber"] <= 0:
        problems["amber"] = _("A limit of 0 would mark every proposal.")
    if value["mapped"] <= 0:
        problems["mapped"] = _("A limit of 0 would call every proposal sufficient.")
    if "finding" in value and value.get("untagged", 0) > value["finding"]:
        problems["untagged"] = _("Without tags it must not begin above “the same function”.")
    counting = [value[name] for name in ("finding", "untagged") if name in value]
    if "related" in value and counting and value["related"] >= min(counting):
        problems["related"] = _("Similar must begin below what counts as the same function.")
    return problems
