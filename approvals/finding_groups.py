"""The current findings of a case by what they meet: capabilities, money, and how many are answered and settled."""

from typing import Any

from approvals.models import Case
from projects.queries import current_findings
from projects.states import Relation


def finding_groups(case: Case) -> list[dict[str, Any]]:
    """One group a counterpart, the most money first; mere relations are left out. One query."""
    groups: dict[tuple, dict] = {}
    for finding in current_findings(case).exclude(relation=Relation.RELATED):
        target = finding.system or finding.other_project or finding.rule
        group = groups.setdefault((finding.relation, finding.target_code), {
            "relation": finding.relation, "label": finding.get_relation_display(), "target": target,
            "band": finding.band, "findings": [], "capabilities": set(), "money": 0, "answered": 0, "settled": 0,
            "count": 0,
        })  # fmt: skip
        if finding.capability_code not in group["capabilities"]:
            group["money"] += finding.money
        group["findings"].append(finding)
        group["capabilities"].add(finding.capability_code)
        group["answered"] += bool(finding.reply)
        group["settled"] += bool(finding.decision)
        group["count"] += 1
    return sorted(groups.values(), key=lambda group: -group["money"])
