"""Says in words, and in character offsets, why two capabilities match: from the same parts that made the score."""

from __future__ import annotations

from duplicates import lexicon
from duplicates.matching import Match
from duplicates.model import Model
from duplicates.names import Kind, Relation
from duplicates.normalise import Normal, normalise
from duplicates.results import Evidence, Finding, Span
from duplicates.segment import Term, terms
from duplicates.tokens import generic_spans

SHOWN = 6
_TAG_PARTS = {
    Kind.TAXONOMY: ("same_node", "same_parent", "other_node"),
    Kind.DOMAIN: ("same_domain", "other_domain"),
    Kind.OBJECT: ("same_object",),
}
_LEXICAL = ("covered", "covers", "cosine", "object_covered", "object_covers")


def _places(normal: Normal, found: list[Term]) -> dict[str, list[tuple[Span, str]]]:
    places: dict[str, list[tuple[Span, str]]] = {}
    for term in found:
        places.setdefault(term.key, []).append((normal.span(term.start, term.end), normal.text[term.start : term.end]))
    return places


def _term_evidence(match: Match, total: float) -> list[Evidence]:
    """Shared words and synonyms, each with its contribution, heaviest first; then what is not covered."""
    left_text, right_text = match.left.text, match.right.text
    weights, objects = match.weights()
    left_normal, right_normal = normalise(left_text), normalise(right_text)
    left, right = _places(left_normal, terms(left_normal)), _places(right_normal, terms(right_normal))
    shared = sorted((key for key in left if key in right), key=lambda key: (-weights.get(key, 0.0), key))
    mass = sum(weights.get(key, 0.0) for key in shared) or 1.0
    found = []
    for key in shared[:SHOWN]:
        (_, mine), (_, yours) = left[key][0], right[key][0]
        kind = Kind.SYNONYM if mine != yours and key.startswith("§") else Kind.SHARED_TERM
        weight = round(total * weights.get(key, 0.0) / mass, 3)
        spans = tuple(span for span, _ in left[key]), tuple(span for span, _ in right[key])
        found.append(Evidence(kind, mine, *spans, weight=weight, other=yours if yours != mine else ""))
    missing = sorted((key for key in objects if key not in right), key=lambda key: (-objects[key], key))
    for key in missing[:SHOWN]:
        found.append(Evidence(Kind.NOT_COVERED, left[key][0][1], tuple(span for span, _ in left[key])))
    return found


def _tag_evidence(match: Match, parts: dict[str, float]) -> list[Evidence]:
    mine, yours = match.left, match.right
    tags = {
        Kind.TAXONOMY: (mine.taxonomy, yours.taxonomy),
        Kind.DOMAIN: (mine.domain, yours.domain),
        Kind.OBJECT: (mine.object, yours.object),
    }
    found = []
    for kind, (one, other) in tags.items():
        if one and other:
            weight = round(sum(parts.get(name, 0.0) for name in _TAG_PARTS[kind]), 3)
            found.append(Evidence(kind, one, weight=weight, other="" if one == other else other))
    return found


def evidence(match: Match, model: Model) -> tuple[Evidence, ...]:
    """The parts of a match's score as data."""
    values = match.values
    parts = model.parts(values)
    found = _term_evidence(match, sum(parts.get(name, 0.0) for name in _LEXICAL))
    found += _tag_evidence(match, parts)
    if values["dense"]:
        weight = round(parts.get("dense", 0.0) + parts.get("dense_context", 0.0), 3)
        found.append(Evidence(Kind.DENSE, f"{values['dense']:.2f}", weight=weight))
    normal = normalise(match.left.text)
    for start, end in generic_spans(normal):
        found.append(Evidence(Kind.GENERIC, normal.text[start:end], (normal.span(start, end),)))
    return tuple(found)


_SENTENCES = {
    "zh": {
        Relation.DUPLICATE: "与“{name}”已有功能“{matched}”重复",
        Relation.EXTEND: "“{name}”已有相近功能“{matched}”，宜在其上扩展",
        Relation.UNIFIED: "属统建平台“{name}”已提供的能力“{matched}”，应直接使用",
        Relation.NEGATIVE: "命中负面清单“{name}”",
        Relation.SAME_ROUND: "与同批申报项目“{name}”的“{matched}”重复",
        Relation.RELATED: "与“{name}”的“{matched}”相关，不计入重复",
    },
    "en": {
        Relation.DUPLICATE: "Duplicates “{matched}” of “{name}”",
        Relation.EXTEND: "“{name}” already has the similar “{matched}”; extend it instead",
        Relation.UNIFIED: "The unified platform “{name}” already provides “{matched}”; use it",
        Relation.NEGATIVE: "Hits the negative list: “{name}”",
        Relation.SAME_ROUND: "Duplicates “{matched}” of “{name}”, proposed in the same round",
        Relation.RELATED: "Related to “{matched}” of “{name}”; does not count",
    },
}
_PHRASES = {
    "zh": {
        Kind.SHARED_TERM: "共同用语：{}",
        Kind.SYNONYM: "同义：{}",
        Kind.NOT_COVERED: "未覆盖：{}",
        Kind.GENERIC: "通用模块不单独构成重复：{}",
        Kind.RULE: "命中：{}",
        Kind.DENSE: "语义相似度 {}",
    },
    "en": {
        Kind.SHARED_TERM: "shared: {}",
        Kind.SYNONYM: "synonyms: {}",
        Kind.NOT_COVERED: "not covered: {}",
        Kind.GENERIC: "generic modules do not count alone: {}",
        Kind.RULE: "matched: {}",
        Kind.DENSE: "semantic similarity {}",
    },
}


_MONEY = {"zh": "涉及 {} 万元", "en": "{} × 10,000 CNY at stake"}


def sentence(finding: Finding, language: str = "zh") -> str:
    """One sentence for a reviewer. ``language`` starts with ``zh`` or ``en``."""
    tongue = "en" if language.lower().startswith("en") else "zh"
    name = finding.system_name or finding.system or finding.proposal2 or finding.rule or ""
    first = _SENTENCES[tongue][finding.relation].format(name=name, matched=finding.matched_text)
    comma, stop = (", ", "; ") if tongue == "en" else ("、", "；")
    parts = [first]
    for kind, phrase in _PHRASES[tongue].items():
        terms_shown = [
            f"{item.term}＝{item.other}" if kind is Kind.SYNONYM and item.other else item.term
            for item in finding.evidence
            if item.kind is kind
        ][:3]
        if terms_shown:
            parts.append(phrase.format(comma.join(dict.fromkeys(terms_shown))))
    if finding.counts and finding.money:
        parts.append(_MONEY[tongue].format(finding.money))
    return stop.join(parts) + ("." if tongue == "en" else "。")


def label(code: str) -> str:
    """The printed name of a synonym group's code; other terms are their own name."""
    return next((group.label for group in lexicon.groups() if group.code == code), code)
